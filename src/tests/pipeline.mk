# tests of src/pipeline
if HAVE_CMOCKA
check_PROGRAMS += test_pipeline_message
TESTS += test_pipeline_message
test_pipeline_message_SOURCES = src/tests/test_pipeline_message.c src/tests/testing.h \
	src/pipeline/message.c
test_pipeline_message_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/src/tests
test_pipeline_message_LDADD = libevent.a $(FWNT_LIBS) $(TEST_LIBS)
endif
