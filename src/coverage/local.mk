# coverage: what rules could see
noinst_LIBRARIES += libcoverage.a
libcoverage_a_SOURCES = src/coverage/coverage-private.h src/coverage/look.c src/coverage/schema.c \
	src/coverage/static.c
