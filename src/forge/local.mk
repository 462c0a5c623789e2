# forge: scenario text to logs
noinst_LIBRARIES += libforge.a
libforge_a_SOURCES = src/forge/binxml.c src/forge/chunk.c src/forge/events.c src/forge/forge.c \
	src/forge/happen.c src/forge/log.c src/forge/noise.c src/forge/people.c src/forge/process.c \
	src/forge/raw.c src/forge/read.c src/forge/record.c src/forge/value.c src/forge/values.c \
	src/forge/evtx-write.h src/forge/scenario.h
EXTRA_DIST += docs/forge.md
