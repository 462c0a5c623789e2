# tests of src/pipeline
if HAVE_CMOCKA
PIPELINE_TEST_LIBS = libpipeline.a libopen.a libreport.a libcoverage.a libcorrelate.a libmatch.a librule.a libforge.a libyaml.a \
	liboracle.a libevtx.a libevent.a libsource.a $(EVTX_LIBS) $(BFIO_LIBS) $(EXPAT_LIBS) $(FWNT_LIBS) \
	$(FYAML_LIBS) $(TEST_LIBS)
check_PROGRAMS += test_pipeline_message
TESTS += test_pipeline_message
test_pipeline_message_SOURCES = src/tests/test_pipeline_message.c src/tests/testing.h \
	src/pipeline/message.c src/pipeline/turn.c
test_pipeline_message_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/src/tests
test_pipeline_message_LDADD = libsource.a libevent.a $(FWNT_LIBS) $(TEST_LIBS)
check_PROGRAMS += test_pipeline_run
TESTS += test_pipeline_run
test_pipeline_run_SOURCES = src/tests/test_pipeline_run.c src/tests/accounts.h \
	src/tests/testing_forge.h
test_pipeline_run_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/src/tests
test_pipeline_run_LDADD = $(PIPELINE_TEST_LIBS)
check_PROGRAMS += test_pipeline_open
TESTS += test_pipeline_open
test_pipeline_open_SOURCES = src/tests/test_pipeline_open.c src/tests/accounts.h \
	src/tests/testing_forge.h
test_pipeline_open_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/src/tests
test_pipeline_open_LDADD = $(PIPELINE_TEST_LIBS)
check_PROGRAMS += test_pipeline_layout
TESTS += test_pipeline_layout
test_pipeline_layout_SOURCES = src/tests/test_pipeline_layout.c src/tests/accounts.h \
	src/tests/testing_forge.h
test_pipeline_layout_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/src/tests
test_pipeline_layout_LDADD = $(PIPELINE_TEST_LIBS)
check_PROGRAMS += test_pipeline_dump
TESTS += test_pipeline_dump
test_pipeline_dump_SOURCES = src/tests/test_pipeline_dump.c src/tests/testing_forge.h
test_pipeline_dump_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/src/tests
test_pipeline_dump_LDADD = $(PIPELINE_TEST_LIBS)
check_PROGRAMS += test_pipeline_signs
TESTS += test_pipeline_signs
test_pipeline_signs_SOURCES = src/tests/test_pipeline_signs.c src/tests/testing.h
test_pipeline_signs_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/src/tests
test_pipeline_signs_LDADD = $(PIPELINE_TEST_LIBS)
check_PROGRAMS += test_pipeline_accounts
TESTS += test_pipeline_accounts
test_pipeline_accounts_SOURCES = src/tests/test_pipeline_accounts.c src/tests/accounts.h \
	src/tests/testing_forge.h
test_pipeline_accounts_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/src/tests
test_pipeline_accounts_LDADD = $(PIPELINE_TEST_LIBS)
check_PROGRAMS += test_pipeline_extract
TESTS += test_pipeline_extract
test_pipeline_extract_SOURCES = src/tests/test_pipeline_extract.c src/tests/testing_files.h
test_pipeline_extract_LDADD = $(PIPELINE_TEST_LIBS)
check_PROGRAMS += test_pipeline_bulk test_pipeline_collections
TESTS += test_pipeline_bulk test_pipeline_collections
test_pipeline_bulk_SOURCES = src/tests/test_pipeline_bulk.c src/tests/testing_forge.h
test_pipeline_bulk_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/src/tests
test_pipeline_bulk_LDADD = $(PIPELINE_TEST_LIBS)
test_pipeline_collections_SOURCES = src/tests/test_pipeline_collections.c src/tests/testing_forge.h
test_pipeline_collections_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/src/tests
test_pipeline_collections_LDADD = $(PIPELINE_TEST_LIBS)
check_PROGRAMS += test_pipeline_sightings
TESTS += test_pipeline_sightings
test_pipeline_sightings_SOURCES = src/tests/test_pipeline_sightings.c src/tests/testing_forge.h
test_pipeline_sightings_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/src/tests
test_pipeline_sightings_LDADD = $(PIPELINE_TEST_LIBS)
check_PROGRAMS += test_pipeline_lend
TESTS += test_pipeline_lend
test_pipeline_lend_SOURCES = src/tests/test_pipeline_lend.c src/tests/accounts.h \
	src/tests/testing_files.h
test_pipeline_lend_LDADD = libevtx_build.a $(PIPELINE_TEST_LIBS)
endif
noinst_HEADERS += src/tests/testing_findings.h
