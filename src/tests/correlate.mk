# tests of src/correlate
noinst_HEADERS += src/tests/story.h
dist_check_SCRIPTS += src/tests/published.sh
TESTS += src/tests/published.sh
CORRELATE_TEST_LIBS = libcorrelate.a libmatch.a $(RULE_TEST_LIBS)
if HAVE_CMOCKA
CORRELATE_TESTS = test_correlate_filtered test_correlate_identity test_correlate_who test_correlate_when \
	test_correlate_run test_correlate_sequence test_correlate_count
check_PROGRAMS += $(CORRELATE_TESTS)
TESTS += $(CORRELATE_TESTS)
test_correlate_filtered_SOURCES = src/tests/test_correlate_filtered.c
test_correlate_filtered_LDADD = $(CORRELATE_TEST_LIBS)
test_correlate_identity_SOURCES = src/tests/test_correlate_identity.c
test_correlate_identity_LDADD = $(CORRELATE_TEST_LIBS)
test_correlate_who_SOURCES = src/tests/test_correlate_who.c
test_correlate_who_LDADD = $(CORRELATE_TEST_LIBS)
test_correlate_when_SOURCES = src/tests/test_correlate_when.c
test_correlate_when_LDADD = $(CORRELATE_TEST_LIBS)
test_correlate_run_SOURCES = src/tests/test_correlate_run.c
test_correlate_run_LDADD = $(CORRELATE_TEST_LIBS)
test_correlate_count_SOURCES = src/tests/test_correlate_count.c
test_correlate_count_LDADD = $(CORRELATE_TEST_LIBS)
test_correlate_sequence_SOURCES = src/tests/test_correlate_sequence.c
test_correlate_sequence_LDADD = $(CORRELATE_TEST_LIBS)
endif
