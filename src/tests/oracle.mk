# tests of src/oracle
noinst_HEADERS += src/tests/made_chunk.h
if HAVE_CMOCKA
check_PROGRAMS += test_oracle
TESTS += test_oracle
test_oracle_SOURCES = src/tests/test_oracle.c
test_oracle_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/src/oracle
test_oracle_LDADD = liboracle.a libevent.a $(EVTX_LIBS) -lbfio $(EXPAT_LIBS) \
	$(FWNT_LIBS) $(TEST_LIBS)
endif
