# tests of src/event
noinst_HEADERS += src/tests/event_build.h
if HAVE_CMOCKA
EVENT_TESTS = test_event_value test_event_record test_event_meaning test_event_ask test_event_raw
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
test_event_raw_SOURCES = src/tests/test_event_raw.c
test_event_raw_LDADD = $(EVENT_LIBS) $(TEST_LIBS)
endif
