# tests of the whole program
dist_check_SCRIPTS += src/tests/commands.sh src/tests/bad_input.sh src/tests/readers.sh src/tests/verify.sh
TESTS += src/tests/commands.sh src/tests/bad_input.sh src/tests/readers.sh src/tests/verify.sh
EXTRA_DIST += src/tests/lib.sh

dist_check_SCRIPTS += src/tests/dump.sh
TESTS += src/tests/dump.sh
dist_check_SCRIPTS += src/tests/large.sh
TESTS += src/tests/large.sh

dist_check_SCRIPTS += src/tests/lessons.sh src/tests/docs.sh src/tests/install.sh
TESTS += src/tests/lessons.sh src/tests/docs.sh src/tests/install.sh

dist_check_SCRIPTS += src/tests/list.sh
TESTS += src/tests/list.sh

dist_check_SCRIPTS += src/tests/evidence.sh
TESTS += src/tests/evidence.sh
dist_check_SCRIPTS += src/tests/provenance.sh
TESTS += src/tests/provenance.sh
dist_check_SCRIPTS += src/tests/containment.sh
TESTS += src/tests/containment.sh
dist_check_SCRIPTS += src/tests/sign.sh
TESTS += src/tests/sign.sh
dist_check_SCRIPTS += src/tests/records.sh
TESTS += src/tests/records.sh
dist_check_SCRIPTS += src/tests/outputs.sh
TESTS += src/tests/outputs.sh
EXTRA_DIST += docs/outputs.md
dist_check_SCRIPTS += src/tests/resume.sh
TESTS += src/tests/resume.sh
dist_check_SCRIPTS += src/tests/same.sh src/tests/full.sh
TESTS += src/tests/same.sh src/tests/full.sh
dist_check_SCRIPTS += src/tests/manifest.sh
TESTS += src/tests/manifest.sh
