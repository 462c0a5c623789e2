# bench: built on demand (make decode), never installed
EXTRA_PROGRAMS = decode
EXTRA_DIST += src/bench/compare.py
decode_SOURCES = src/bench/decode.c
decode_LDADD = libevtx.a libevent.a $(FWNT_LIBS) $(BASE_LIBS)
