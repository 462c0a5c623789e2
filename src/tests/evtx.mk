# tests of src/evtx
noinst_HEADERS += src/tests/evtx_build.h src/tests/evtx_log.h src/tests/evtx_mutate.h src/tests/evtx_needs.h \
	src/tests/evtx_outcome.h src/tests/evtx_show.h src/tests/evtx_subject.h \
	src/tests/render_records.h src/tests/valid.h
if HAVE_CMOCKA
check_LIBRARIES += libevtx_build.a
libevtx_build_a_SOURCES = src/tests/evtx_build.c src/tests/evtx_show.c
EVTX_TEST_LIBS = libevtx_build.a libevtx.a libevent.a $(FWNT_LIBS) $(TEST_LIBS)
check_PROGRAMS += test_evtx test_evtx_damage test_evtx_render test_evtx_shared test_evtx_types
TESTS += test_evtx test_evtx_damage test_evtx_render test_evtx_shared test_evtx_types
test_evtx_SOURCES = src/tests/test_evtx.c
test_evtx_LDADD = $(EVTX_TEST_LIBS)
test_evtx_types_SOURCES = src/tests/test_evtx_types.c
test_evtx_types_LDADD = $(EVTX_TEST_LIBS)
test_evtx_damage_SOURCES = src/tests/test_evtx_damage.c
test_evtx_damage_LDADD = $(EVTX_TEST_LIBS)
test_evtx_render_SOURCES = src/tests/test_evtx_render.c
test_evtx_render_LDADD = $(EVTX_TEST_LIBS)
check_PROGRAMS += test_evtx_agree
TESTS += test_evtx_agree
test_evtx_agree_SOURCES = src/tests/test_evtx_agree.c src/tests/json_leaves.c src/tests/json_leaves.h
test_evtx_agree_LDADD = libforge.a libyaml.a libevtx.a libevent.a $(FYAML_LIBS) $(FORGE_LIBS) $(FWNT_LIBS) \
	$(TEST_LIBS)
check_PROGRAMS += test_evtx_bounds test_evtx_borrow
TESTS += test_evtx_bounds test_evtx_borrow
test_evtx_bounds_SOURCES = src/tests/test_evtx_bounds.c
test_evtx_bounds_LDADD = $(EVTX_TEST_LIBS)
test_evtx_borrow_SOURCES = src/tests/test_evtx_borrow.c
test_evtx_borrow_LDADD = $(EVTX_TEST_LIBS)
test_evtx_shared_SOURCES = src/tests/test_evtx_shared.c
test_evtx_shared_CFLAGS = $(AM_CFLAGS) $(EVTX_CFLAGS)
test_evtx_shared_LDADD = libevtx.a libevent.a $(EVTX_LIBS) $(FWNT_LIBS) $(TEST_LIBS)
check_PROGRAMS += test_evtx_layout
TESTS += test_evtx_layout
test_evtx_layout_SOURCES = src/tests/test_evtx_layout.c
test_evtx_layout_LDADD = $(EVTX_TEST_LIBS)
check_PROGRAMS += test_evtx_mutants test_evtx_flips
TESTS += test_evtx_mutants test_evtx_flips
check_PROGRAMS += test_valid
TESTS += test_valid
test_valid_SOURCES = src/tests/test_valid.c src/tests/valid.c
test_valid_LDADD = $(EXPAT_LIBS) $(TEST_LIBS)
check_LIBRARIES += libevtx_subject.a
libevtx_subject_a_SOURCES = src/tests/evtx_needs.c src/tests/evtx_outcome.c \
	src/tests/evtx_subject.c src/tests/valid.c
EVTX_SUBJECT_LIBS = libevtx_subject.a libforge.a libyaml.a $(FYAML_LIBS) $(EXPAT_LIBS) \
	$(EVTX_TEST_LIBS)
test_evtx_mutants_SOURCES = src/tests/test_evtx_mutants.c src/tests/evtx_mutate.c
test_evtx_mutants_LDADD = $(EVTX_SUBJECT_LIBS)
check_PROGRAMS += test_evtx_logs
TESTS += test_evtx_logs
test_evtx_logs_SOURCES = src/tests/test_evtx_logs.c src/tests/evtx_log.c
test_evtx_logs_LDADD = $(EVTX_SUBJECT_LIBS)
test_evtx_flips_SOURCES = src/tests/test_evtx_flips.c
test_evtx_flips_LDADD = $(EVTX_SUBJECT_LIBS)
endif
