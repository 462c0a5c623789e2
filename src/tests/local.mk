# What takes longest begins first.
include src/tests/browser.mk

# Unit tests: one fragment per module.
include src/tests/base.mk
include src/tests/source.mk
include src/tests/open.mk
include src/tests/event.mk
include src/tests/evtx.mk
include src/tests/oracle.mk
include src/tests/yaml.mk
include src/tests/rule.mk
include src/tests/match.mk
include src/tests/coverage.mk
include src/tests/correlate.mk
include src/tests/report.mk
include src/tests/forge.mk
include src/tests/pipeline.mk
include src/tests/cli.mk

# The house itself.
dist_check_SCRIPTS += src/tests/includes.sh
TESTS += src/tests/includes.sh
