# forge: scenario text to logs
noinst_LIBRARIES += libforge.a
libforge_a_SOURCES = \
	src/forge/archive.c src/forge/binxml.c src/forge/chunk.c src/forge/disk.h \
	src/forge/events.c src/forge/evidence.c src/forge/evtx-write.h src/forge/filler.c \
	src/forge/forge.c src/forge/frames.c \
	src/forge/gpt.c src/forge/happen.c src/forge/image.c src/forge/list.c src/forge/log.c \
	src/forge/media.h src/forge/noise.c src/forge/output.c src/forge/people.c \
	src/forge/place.c src/forge/plan.h src/forge/process.c src/forge/raw.c src/forge/read.c \
	src/forge/record.c src/forge/scenario.h src/forge/spool.c src/forge/template.c \
	src/forge/tokens.c src/forge/tokens.h src/forge/value.c src/forge/values.c
EXTRA_DIST += docs/forge.md
