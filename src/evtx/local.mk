# evtx: the format, read by ourselves
noinst_LIBRARIES += libevtx.a
libevtx_a_SOURCES = \
	src/evtx/borrow.c src/evtx/chunk.c src/evtx/chunk.h src/evtx/compile.c src/evtx/compile.h \
	src/evtx/compiler.c src/evtx/damage.c src/evtx/damage.h src/evtx/decoder.c \
	src/evtx/decoder.h src/evtx/definition.c src/evtx/definition.h src/evtx/frame.c \
	src/evtx/frame.h src/evtx/header.c src/evtx/instance.c src/evtx/library.c src/evtx/lost.c \
	src/evtx/members.c src/evtx/program.c src/evtx/program.h src/evtx/program_json.c \
	src/evtx/program_xml.c src/evtx/put.c src/evtx/reading.c src/evtx/reading.h \
	src/evtx/remains.c src/evtx/render.c src/evtx/render.h src/evtx/run.c src/evtx/template.c \
	src/evtx/template.h src/evtx/token.c src/evtx/token.h src/evtx/values.c src/evtx/xml_name.c
libevtx_a_SOURCES += src/evtx/ansi.c src/evtx/layout.c src/evtx/plan.c src/evtx/run.h
libevtx_a_SOURCES += src/evtx/name.c src/evtx/trace.c src/evtx/trace.h
EXTRA_DIST += docs/evtx.md
