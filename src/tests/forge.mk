# tests of src/forge
