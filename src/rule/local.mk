# rule: Sigma and EQL to one tree
noinst_LIBRARIES += librule.a
librule_a_SOURCES = \
	src/rule/elastic.c src/rule/eql-ast.h src/rule/eql-expr.c src/rule/eql-file.c \
	src/rule/eql-lexer.c src/rule/eql-lower.c src/rule/eql-lower.h src/rule/eql-parse.c src/rule/eql-primary.c \
	src/rule/eql-terms.c src/rule/eql-test.c src/rule/eql-value.c src/rule/fault.c \
	src/rule/logsources.c src/rule/meta.c src/rule/meta.h src/rule/net-build.c src/rule/net-build.h \
	src/rule/pattern-build.c src/rule/pattern-build.h \
	src/rule/placeholders.c src/rule/rule-load.h src/rule/rule-walk.c src/rule/ruleset.c \
	src/rule/sigma-action.c src/rule/sigma-condition.c src/rule/sigma-correlation.c src/rule/sigma-detection.c \
	src/rule/sigma-encode.c src/rule/sigma-filter.c src/rule/sigma-item.c src/rule/sigma-item.h src/rule/sigma-logsource.c \
	src/rule/sigma-measure.c src/rule/sigma-modifier.c src/rule/sigma-resolve.c src/rule/sigma-value.c src/rule/sigma.c src/rule/sigma.h src/rule/suggest.c \
	src/rule/text-map.c src/rule/text-map.h src/rule/toml-scan.c src/rule/toml-scan.h \
	src/rule/toml-value.c src/rule/toml.c src/rule/toml.h src/rule/tree-build.c src/rule/tree-build.h \
	src/rule/tree-text.c
librule_a_SOURCES += src/rule/suppress.c
# The table of log sources, as bytes in the program.
EXTRA_DIST += src/rule/logsources.yml
nodist_librule_a_SOURCES = src/rule/logsources-text.c
CLEANFILES += src/rule/logsources-text.c
src/rule/logsources-text.c: src/rule/logsources.yml src/rule/local.mk
	@$(MKDIR_P) src/rule
	$(AM_V_GEN){ echo '#include "evtxhound/base.h"'; \
	  echo 'extern const uint8_t logsources_text[];'; echo 'extern const size_t logsources_size;'; \
	  echo 'const uint8_t logsources_text[] = {'; \
	  od -An -v -tu1 $(srcdir)/src/rule/logsources.yml | sed 's/[0-9][0-9]*/&,/g'; \
	  echo '};'; echo 'const size_t logsources_size = sizeof logsources_text;'; } >$@.new && mv $@.new $@
