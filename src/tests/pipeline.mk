# tests of src/pipeline
