# tests of src/oracle
