# match: the rules' trees evaluated on one event
noinst_LIBRARIES += libmatch.a
libmatch_a_SOURCES = src/match/match-private.h src/match/ask.c src/match/eval.c src/match/explain.c src/match/expr.c \
	src/match/function.c src/match/index.c src/match/index.h src/match/index-asks.c \
	src/match/index-scan.c src/match/literal.c src/match/matcher.c src/match/needle.c src/match/number.c \
	src/match/pattern.c src/match/regexes.c src/match/rename.c src/match/test.c src/match/time.c \
	src/match/unicode.c src/match/unknowns.c src/match/near.c src/match/verdicts.c src/match/verdicts.h
