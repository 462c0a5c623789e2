# tests of src/event
