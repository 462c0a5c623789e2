# tests of src/rule
EXTRA_DIST += docs/rules.md
noinst_HEADERS += src/tests/rule_text.h
RULE_TEST_LIBS = librule.a libyaml.a libevent.a $(FYAML_LIBS) $(FWNT_LIBS) $(TEST_LIBS)
if HAVE_CMOCKA
check_PROGRAMS += test_rule_docs test_rule_eql test_rule_hostile test_rule_set test_rule_sigma
TESTS += test_rule_docs test_rule_eql test_rule_hostile test_rule_set test_rule_sigma
test_rule_docs_SOURCES = src/tests/test_rule_docs.c
test_rule_docs_LDADD = $(RULE_TEST_LIBS)
test_rule_eql_SOURCES = src/tests/test_rule_eql.c
test_rule_eql_LDADD = $(RULE_TEST_LIBS)
test_rule_hostile_SOURCES = src/tests/test_rule_hostile.c
test_rule_hostile_LDADD = $(RULE_TEST_LIBS)
test_rule_set_SOURCES = src/tests/test_rule_set.c
test_rule_set_LDADD = $(RULE_TEST_LIBS)
test_rule_sigma_SOURCES = src/tests/test_rule_sigma.c
test_rule_sigma_LDADD = $(RULE_TEST_LIBS)
check_PROGRAMS += test_eql
TESTS += test_eql
test_eql_SOURCES = src/tests/test_eql.c
test_eql_LDADD = libmatch.a $(RULE_TEST_LIBS)
endif

dist_check_SCRIPTS += src/tests/eql.sh src/tests/sigma.sh src/tests/rules_options.sh
TESTS += src/tests/eql.sh src/tests/sigma.sh src/tests/rules_options.sh
