# tests of src/forge
dist_check_SCRIPTS += src/tests/scenarios.sh
TESTS += src/tests/scenarios.sh
if HAVE_CMOCKA
check_PROGRAMS += test_forge
TESTS += test_forge
test_forge_SOURCES = src/tests/test_forge.c
test_forge_LDADD = libforge.a libyaml.a liboracle.a libevtx.a libevent.a $(FYAML_LIBS) \
	$(EVTX_LIBS) -lbfio $(EXPAT_LIBS) $(FWNT_LIBS) $(TEST_LIBS)
endif

dist_check_SCRIPTS += src/tests/archive.sh src/tests/image.sh
TESTS += src/tests/archive.sh src/tests/image.sh
