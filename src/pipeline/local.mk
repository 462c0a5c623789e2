# pipeline: worker processes, units of work, the run
noinst_LIBRARIES += libpipeline.a
libpipeline_a_SOURCES = src/pipeline/candidates.c src/pipeline/findings.c src/pipeline/show.c src/pipeline/singles.c src/pipeline/expand.c src/pipeline/expand-take.c \
	src/pipeline/expand-private.h src/pipeline/clues.c \
	src/pipeline/fetch-list.c src/pipeline/fetch.c \
	src/pipeline/hunt.c src/pipeline/hunt-private.h \
	src/pipeline/journal.c src/pipeline/ledger.c src/pipeline/lend.c src/pipeline/message.c src/pipeline/pipeline-private.h \
	src/pipeline/pool.c src/pipeline/refetch.c src/pipeline/rehash.c src/pipeline/scan.c src/pipeline/schedule.c \
	src/pipeline/signs.c src/pipeline/signs-close.c \
	src/pipeline/spool.c src/pipeline/worker.c src/pipeline/worker-private.h
libpipeline_a_SOURCES += src/pipeline/dump.c src/pipeline/dump-private.h src/pipeline/dump-unit.c \
	src/pipeline/envelope.c
libpipeline_a_SOURCES += src/pipeline/near.c src/pipeline/places.c src/pipeline/turn.c
libpipeline_a_SOURCES += src/pipeline/installers.c src/pipeline/observe.c src/pipeline/suppress.c src/pipeline/tally.c
libpipeline_a_SOURCES += src/pipeline/collections.c src/pipeline/peek.c src/pipeline/sight.c src/pipeline/sightings.c
libpipeline_a_SOURCES += src/pipeline/verify.c src/pipeline/verify-unit.c
libpipeline_a_SOURCES += src/pipeline/copy.c src/pipeline/extract.c src/pipeline/extract-private.h src/pipeline/list.c
