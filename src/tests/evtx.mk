# tests of src/evtx
