# tests of src/report
noinst_HEADERS += src/tests/report_case.h
EXTRA_DIST += \
	docs/report.md docs/signs.md \
	fixtures/golden/report/evidence.csv fixtures/golden/report/findings.csv \
	fixtures/golden/report/findings.jsonl fixtures/golden/report/manifest.json \
	fixtures/golden/report/report.html fixtures/golden/report/timeline.csv \
	fixtures/golden/report/report.md fixtures/golden/report/summary.json \
	fixtures/golden/images/report.md fixtures/golden/images/summary.json \
	fixtures/golden/images/evidence.csv fixtures/golden/images/findings.jsonl \
	fixtures/golden/images/manifest.json fixtures/golden/images/report.html \
	fixtures/golden/images/timeline.csv
if HAVE_CMOCKA
check_LIBRARIES += libreportcase.a
libreportcase_a_SOURCES = src/tests/report_case.c src/tests/report_images.c
REPORT_TEST_LIBS = libreport.a libreportcase.a libreport.a libcoverage.a libmatch.a libsource.a libevent.a $(FWNT_LIBS) $(TEST_LIBS)
REPORT_TESTS = test_report_docs test_report_files test_report_golden test_report_hostile test_report_page \
	test_report_sign test_report_sort test_report_text
check_PROGRAMS += $(REPORT_TESTS)
TESTS += $(REPORT_TESTS)
test_report_docs_SOURCES = src/tests/test_report_docs.c
test_report_docs_LDADD = $(REPORT_TEST_LIBS)
test_report_files_SOURCES = src/tests/test_report_files.c
test_report_files_LDADD = $(REPORT_TEST_LIBS)
test_report_golden_SOURCES = src/tests/test_report_golden.c
test_report_golden_LDADD = $(REPORT_TEST_LIBS)
test_report_hostile_SOURCES = src/tests/test_report_hostile.c
test_report_hostile_LDADD = $(REPORT_TEST_LIBS)
test_report_page_SOURCES = src/tests/test_report_page.c
test_report_page_LDADD = $(REPORT_TEST_LIBS)
test_report_sign_SOURCES = src/tests/test_report_sign.c
test_report_sign_LDADD = $(REPORT_TEST_LIBS)
test_report_sort_SOURCES = src/tests/test_report_sort.c
test_report_sort_LDADD = $(REPORT_TEST_LIBS)
test_report_text_SOURCES = src/tests/test_report_text.c
test_report_text_LDADD = $(REPORT_TEST_LIBS)
endif
