# tests of src/correlate
noinst_HEADERS += src/tests/story.h
CORRELATE_TEST_LIBS = libcorrelate.a libmatch.a $(RULE_TEST_LIBS)
if HAVE_CMOCKA
CORRELATE_TESTS = test_correlate_identity
check_PROGRAMS += $(CORRELATE_TESTS)
TESTS += $(CORRELATE_TESTS)
test_correlate_identity_SOURCES = src/tests/test_correlate_identity.c
test_correlate_identity_LDADD = $(CORRELATE_TEST_LIBS)
endif
