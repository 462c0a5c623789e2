# tests of src/match
