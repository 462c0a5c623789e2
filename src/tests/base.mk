# tests of src/base
noinst_HEADERS += src/tests/testing.h
if HAVE_CMOCKA
check_PROGRAMS += test_base_memory
TESTS += test_base_memory
test_base_memory_SOURCES = src/tests/test_base_memory.c
test_base_memory_LDADD = $(TEST_LIBS)
endif
