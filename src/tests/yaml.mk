# tests of src/yaml
