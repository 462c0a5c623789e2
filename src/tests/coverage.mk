# tests of src/coverage
EXTRA_DIST += docs/coverage.md docs/exceptions.md docs/explain.md
dist_check_SCRIPTS += src/tests/coverage.sh src/tests/explain.sh src/tests/near_misses.sh src/tests/side_by_side.sh src/tests/suppress.sh
TESTS += src/tests/coverage.sh src/tests/explain.sh src/tests/near_misses.sh src/tests/side_by_side.sh src/tests/suppress.sh
if HAVE_CMOCKA
check_PROGRAMS += test_coverage
TESTS += test_coverage
test_coverage_SOURCES = src/tests/test_coverage.c
test_coverage_LDADD = libcoverage.a libmatch.a $(RULE_TEST_LIBS)
endif
