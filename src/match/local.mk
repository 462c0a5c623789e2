# match: the rules' trees evaluated on one event
noinst_LIBRARIES += libmatch.a
libmatch_a_SOURCES = src/match/match-private.h src/match/eval.c src/match/matcher.c \
	src/match/number.c src/match/pattern.c src/match/rename.c src/match/test.c src/match/unknowns.c
