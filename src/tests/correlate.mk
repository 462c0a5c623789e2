# tests of src/correlate
