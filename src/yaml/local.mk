# yaml: text to a constant tree, by libfyaml
noinst_LIBRARIES += libyaml.a
libyaml_a_SOURCES = src/yaml/yaml.c src/yaml/build.c src/yaml/value.c src/yaml/yaml-build.h
libyaml_a_CFLAGS = $(AM_CFLAGS) $(FYAML_CFLAGS)
