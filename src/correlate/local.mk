# correlate: kept events put together across the logs of one host
noinst_LIBRARIES += libcorrelate.a
libcorrelate_a_SOURCES = src/correlate/correlate-private.h src/correlate/tree.h \
	src/correlate/bind.c src/correlate/chain.c src/correlate/clocks.c src/correlate/count.c \
	src/correlate/measure.c src/correlate/measure.h src/correlate/correlate.c src/correlate/draw.c \
	src/correlate/evidence.c src/correlate/explain.c src/correlate/explain.h src/correlate/near.c src/correlate/filtered.c src/correlate/finding.c \
	src/correlate/identity.c \
	src/correlate/life.c src/correlate/nearby.c src/correlate/pending.c src/correlate/pending.h \
	src/correlate/rules.c src/correlate/sample.c src/correlate/sequence.c \
	src/correlate/steps.c src/correlate/temporal.c src/correlate/tree.c \
	src/correlate/wanted.c src/correlate/who.c
