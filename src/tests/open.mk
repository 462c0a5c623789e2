# tests of src/open
noinst_HEADERS += src/tests/open_listing.h
OPEN_TEST_LIBS = libopen.a libsource.a libevent.a $(OPEN_LIBS) $(FWNT_LIBS) $(TEST_LIBS)
if HAVE_CMOCKA
check_PROGRAMS += test_open_choose
TESTS += test_open_choose
test_open_choose_SOURCES = src/tests/test_open_choose.c
test_open_choose_LDADD = $(OPEN_TEST_LIBS)
endif
