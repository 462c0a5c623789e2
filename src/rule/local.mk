# rule: Sigma and EQL to one tree
noinst_LIBRARIES += librule.a
librule_a_SOURCES = \
	src/rule/elastic.c src/rule/eql-ast.h src/rule/eql-expr.c src/rule/eql-file.c \
	src/rule/eql-lexer.c src/rule/eql-lower.c src/rule/eql-lower.h src/rule/eql-parse.c src/rule/eql-primary.c \
	src/rule/eql-terms.c src/rule/eql-test.c src/rule/eql-value.c src/rule/fault.c \
	src/rule/meta.c src/rule/meta.h src/rule/net-build.c src/rule/net-build.h src/rule/pattern-build.c src/rule/pattern-build.h \
	src/rule/rule-load.h src/rule/rule-walk.c src/rule/ruleset.c src/rule/sigma-condition.c \
	src/rule/sigma-correlation.c src/rule/sigma-detection.c src/rule/sigma-item.c \
	src/rule/sigma-logsource.c src/rule/sigma.c src/rule/sigma.h src/rule/suggest.c \
	src/rule/text-map.c src/rule/text-map.h src/rule/toml-scan.c src/rule/toml-scan.h \
	src/rule/toml-value.c src/rule/toml.c src/rule/toml.h src/rule/tree-build.c src/rule/tree-build.h \
	src/rule/tree-text.c
