# tests of src/yaml
if HAVE_CMOCKA
check_PROGRAMS += test_yaml
TESTS += test_yaml
test_yaml_SOURCES = src/tests/test_yaml.c
test_yaml_CPPFLAGS = $(AM_CPPFLAGS) -DEVTXHOUND_TESTING
test_yaml_LDADD = libyaml.a $(FYAML_LIBS) $(TEST_LIBS)
endif
