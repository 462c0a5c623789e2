# tests of src/source
noinst_HEADERS += src/tests/testing_files.h
if HAVE_CMOCKA
check_PROGRAMS += test_source_extents test_source_origin test_source_sniff test_source_walk
TESTS += test_source_extents test_source_origin test_source_sniff test_source_walk
test_source_extents_SOURCES = src/tests/test_source_extents.c
test_source_extents_LDADD = libsource.a $(TEST_LIBS)
test_source_origin_SOURCES = src/tests/test_source_origin.c
test_source_origin_LDADD = libsource.a $(TEST_LIBS)
test_source_sniff_SOURCES = src/tests/test_source_sniff.c
test_source_sniff_LDADD = libsource.a $(TEST_LIBS)
test_source_walk_SOURCES = src/tests/test_source_walk.c
test_source_walk_LDADD = libsource.a $(TEST_LIBS)
endif
