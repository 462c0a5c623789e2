# tests of src/oracle
EXTRA_DIST += docs/witness.md
noinst_HEADERS += src/tests/made_chunk.h
if HAVE_CMOCKA
check_PROGRAMS += test_oracle test_decoders
TESTS += test_oracle test_decoders
test_oracle_SOURCES = src/tests/test_oracle.c
test_oracle_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/src/oracle
test_oracle_LDADD = liboracle.a libevent.a $(EVTX_LIBS) -lbfio $(EXPAT_LIBS) \
	$(FWNT_LIBS) $(TEST_LIBS)
test_decoders_SOURCES = src/tests/test_decoders.c
test_decoders_LDADD = libforge.a libyaml.a $(FYAML_LIBS) libevtx.a $(test_oracle_LDADD)
endif
