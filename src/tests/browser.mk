# what a real browser says of the report
dist_check_SCRIPTS += src/tests/browser/report.sh src/tests/browser/page.sh src/tests/browser/injection.sh
TESTS += src/tests/browser/report.sh src/tests/browser/page.sh src/tests/browser/injection.sh
EXTRA_DIST += src/tests/browser/lib.sh src/tests/browser/browser.py src/tests/browser/corpus.py \
	src/tests/browser/injection.py src/tests/browser/page.py src/tests/browser/report.py
