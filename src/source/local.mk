# source: evidence as read-only byte ranges with provenance
noinst_LIBRARIES += libsource.a
libsource_a_SOURCES = src/source/extents.c src/source/inner.c src/source/inner.h src/source/inside.c src/source/list.c src/source/look.c src/source/look.h \
	src/source/origin.c src/source/reader.c src/source/sniff.c src/source/sniff.h src/source/walk.c \
	src/source/walk.h
