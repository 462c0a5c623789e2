# yaml: text to a constant tree, by libfyaml
