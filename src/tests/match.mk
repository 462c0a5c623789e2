# tests of src/match
noinst_HEADERS += src/tests/match_stub.h
if HAVE_CMOCKA
check_PROGRAMS += test_match_pattern test_match_eval test_match_index test_match_ops
TESTS += test_match_pattern test_match_eval test_match_index test_match_ops
test_match_pattern_SOURCES = src/tests/test_match_pattern.c
test_match_pattern_LDADD = libmatch.a $(TEST_LIBS)
test_match_eval_SOURCES = src/tests/test_match_eval.c
test_match_eval_LDADD = libmatch.a libevent.a $(TEST_LIBS)
test_match_index_SOURCES = src/tests/test_match_index.c
test_match_index_LDADD = libmatch.a libevent.a $(TEST_LIBS)
test_match_ops_SOURCES = src/tests/test_match_ops.c
test_match_ops_LDADD = libmatch.a libevent.a $(TEST_LIBS)
endif

check_PROGRAMS += index_agree
index_agree_SOURCES = src/tests/index_agree.c
index_agree_LDADD = libevtx.a libmatch.a librule.a libyaml.a libevent.a $(FYAML_LIBS) $(FWNT_LIBS) $(BASE_LIBS)
dist_check_SCRIPTS += src/tests/index.sh
TESTS += src/tests/index.sh
