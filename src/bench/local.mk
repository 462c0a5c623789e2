# bench: built on demand (make decode), never installed
EXTRA_PROGRAMS = decode
EXTRA_DIST += src/bench/run src/bench/compare/__main__.py src/bench/compare/decoders.py \
	src/bench/compare/differ.py src/bench/compare/kinds.py src/bench/compare/record.py
decode_SOURCES = src/bench/decode.c
decode_LDADD = libevtx.a libevent.a $(FWNT_LIBS) $(BASE_LIBS)
EXTRA_PROGRAMS += match
match_SOURCES = src/bench/match.c
match_LDADD = libevtx.a libmatch.a librule.a libyaml.a libevent.a $(FYAML_LIBS) $(FWNT_LIBS) $(BASE_LIBS)
