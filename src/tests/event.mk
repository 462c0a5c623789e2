# tests of src/event
noinst_HEADERS += src/tests/event_build.h
dist_check_SCRIPTS += src/tests/vocabulary.sh
TESTS += src/tests/vocabulary.sh
check_PROGRAMS += vocabulary_table
vocabulary_table_SOURCES = src/tests/vocabulary_table.c
vocabulary_table_LDADD = $(EVENT_LIBS) $(BASE_LIBS)
if HAVE_CMOCKA
EVENT_TESTS = test_event_value test_event_record test_event_meaning test_event_ask test_event_raw \
	test_event_words
check_PROGRAMS += $(EVENT_TESTS)
TESTS += $(EVENT_TESTS)
test_event_value_SOURCES = src/tests/test_event_value.c
test_event_value_CFLAGS = $(AM_CFLAGS) $(FWNT_CFLAGS)
test_event_value_LDADD = $(EVENT_LIBS) $(TEST_LIBS)
test_event_record_SOURCES = src/tests/test_event_record.c
test_event_record_LDADD = $(EVENT_LIBS) $(TEST_LIBS)
test_event_meaning_SOURCES = src/tests/test_event_meaning.c
test_event_meaning_LDADD = $(EVENT_LIBS) $(TEST_LIBS)
test_event_ask_SOURCES = src/tests/test_event_ask.c
test_event_ask_LDADD = $(EVENT_LIBS) $(TEST_LIBS)
test_event_words_SOURCES = src/tests/test_event_words.c
test_event_words_LDADD = $(EVENT_LIBS) $(TEST_LIBS)
test_event_raw_SOURCES = src/tests/test_event_raw.c
test_event_raw_LDADD = $(EVENT_LIBS) $(TEST_LIBS)
endif
