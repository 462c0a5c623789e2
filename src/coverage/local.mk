# coverage: what rules could see
noinst_LIBRARIES += libcoverage.a
libcoverage_a_SOURCES = src/coverage/coverage-private.h src/coverage/coverage.c src/coverage/judge.c \
	src/coverage/look.c src/coverage/schema.c src/coverage/seen.c src/coverage/seen.h src/coverage/static.c
