# tests of src/base
noinst_HEADERS += src/tests/testing.h
if HAVE_CMOCKA
check_PROGRAMS += test_base_memory test_base_regex test_base_text test_base_text16 test_base_values
TESTS += test_base_memory test_base_regex test_base_text test_base_text16 test_base_values
test_base_memory_SOURCES = src/tests/test_base_memory.c
test_base_memory_LDADD = $(TEST_LIBS)
test_base_regex_SOURCES = src/tests/test_base_regex.c
test_base_regex_LDADD = $(TEST_LIBS)
test_base_text_SOURCES = src/tests/test_base_text.c
test_base_text_LDADD = $(TEST_LIBS)
test_base_text16_SOURCES = src/tests/test_base_text16.c
test_base_text16_LDADD = $(TEST_LIBS)
test_base_values_SOURCES = src/tests/test_base_values.c
test_base_values_LDADD = $(TEST_LIBS)
endif
