# fuzz: an entry per place where untrusted bytes come in; see fuzz.h. To add one: its library list,
# replay_NAME, fuzz_NAME, and corpus/NAME.
FUZZ_CHUNK_LIBS = libevtx.a libevent.a $(FWNT_LIBS) $(EXPAT_LIBS) $(BASE_LIBS)
FUZZ_RULE_LIBS = librule.a libyaml.a libevent.a $(FYAML_LIBS) $(FWNT_LIBS) $(BASE_LIBS)
noinst_HEADERS += src/fuzz/fuzz.h
EXTRA_DIST += src/fuzz/corpus src/fuzz/corpus.sh src/fuzz/coverage.sh

check_PROGRAMS += replay_chunk replay_rule
TESTS += replay_chunk replay_rule
FUZZ_CHUNK_SOURCES = src/fuzz/fuzz_chunk.c src/tests/evtx_outcome.c src/tests/valid.c
replay_chunk_SOURCES = $(FUZZ_CHUNK_SOURCES) src/fuzz/replay.c
replay_chunk_LDADD = $(FUZZ_CHUNK_LIBS)
replay_rule_SOURCES = src/fuzz/fuzz_rule.c src/fuzz/replay.c
replay_rule_LDADD = $(FUZZ_RULE_LIBS)

FUZZ_MESSAGE_LIBS = libsource.a libevent.a $(FWNT_LIBS) $(BASE_LIBS)
check_PROGRAMS += replay_message
TESTS += replay_message
replay_message_SOURCES = src/fuzz/fuzz_message.c src/fuzz/replay.c src/pipeline/message.c src/pipeline/turn.c
replay_message_LDADD = $(FUZZ_MESSAGE_LIBS)

FUZZ_LOG_SOURCES = src/fuzz/fuzz_log.c src/tests/evtx_outcome.c src/tests/valid.c
check_PROGRAMS += replay_log
TESTS += replay_log
replay_log_SOURCES = $(FUZZ_LOG_SOURCES) src/fuzz/replay.c
replay_log_LDADD = $(FUZZ_CHUNK_LIBS)

FUZZ_IMAGE_LIBS = libopen.a libsource.a libevent.a $(OPEN_LIBS) $(FWNT_LIBS) $(BASE_LIBS)
check_PROGRAMS += replay_image
TESTS += replay_image
replay_image_SOURCES = src/fuzz/fuzz_image.c src/fuzz/replay.c
replay_image_LDADD = $(FUZZ_IMAGE_LIBS)
FUZZ_CARVE_LIBS = libopen.a libsource.a libevent.a $(FWNT_LIBS) $(BASE_LIBS)
check_PROGRAMS += replay_carve
TESTS += replay_carve
replay_carve_SOURCES = src/fuzz/fuzz_carve.c src/fuzz/replay.c
replay_carve_LDADD = $(FUZZ_CARVE_LIBS)

FUZZ_ARCHIVE_LIBS = libopen.a libsource.a libevent.a $(OPEN_LIBS) $(FWNT_LIBS) $(BASE_LIBS)
check_PROGRAMS += replay_archive
TESTS += replay_archive
replay_archive_SOURCES = src/fuzz/fuzz_archive.c src/fuzz/replay.c
replay_archive_LDADD = $(FUZZ_ARCHIVE_LIBS)

FUZZ_MANIFEST_LIBS = libreport.a libcorrelate.a libmatch.a librule.a libyaml.a libevent.a libsource.a \
	$(FYAML_LIBS) $(FWNT_LIBS) $(BASE_LIBS)
check_PROGRAMS += replay_manifest
TESTS += replay_manifest
replay_manifest_SOURCES = src/fuzz/fuzz_manifest.c src/fuzz/replay.c
replay_manifest_LDADD = $(FUZZ_MANIFEST_LIBS)

FUZZ_MATCH_LIBS = libmatch.a librule.a libyaml.a libevent.a $(FYAML_LIBS) $(FWNT_LIBS) $(BASE_LIBS)
check_PROGRAMS += replay_match
TESTS += replay_match
replay_match_SOURCES = src/fuzz/fuzz_match.c src/fuzz/replay.c
replay_match_LDADD = $(FUZZ_MATCH_LIBS)

noinst_PROGRAMS =
if FUZZ
LINK_FUZZER = $(AM_LDFLAGS) -fsanitize=fuzzer
noinst_PROGRAMS += fuzz_chunk fuzz_rule
fuzz_chunk_SOURCES = $(FUZZ_CHUNK_SOURCES) src/fuzz/mutate_chunk.c src/tests/evtx_build.c
fuzz_chunk_LDADD = $(FUZZ_CHUNK_LIBS)
fuzz_chunk_LDFLAGS = $(LINK_FUZZER)
noinst_PROGRAMS += fuzz_archive fuzz_log
fuzz_archive_SOURCES = src/fuzz/fuzz_archive.c
fuzz_archive_LDADD = $(FUZZ_ARCHIVE_LIBS)
fuzz_archive_LDFLAGS = $(LINK_FUZZER)
fuzz_log_SOURCES = $(FUZZ_LOG_SOURCES) src/fuzz/mutate_chunk.c src/tests/evtx_build.c
fuzz_log_LDADD = $(FUZZ_CHUNK_LIBS)
fuzz_log_LDFLAGS = $(LINK_FUZZER)
noinst_PROGRAMS += fuzz_carve
fuzz_carve_SOURCES = src/fuzz/fuzz_carve.c
fuzz_carve_LDADD = $(FUZZ_CARVE_LIBS)
fuzz_carve_LDFLAGS = $(LINK_FUZZER)
noinst_PROGRAMS += fuzz_message
fuzz_message_SOURCES = src/fuzz/fuzz_message.c src/pipeline/message.c src/pipeline/turn.c
fuzz_message_LDADD = $(FUZZ_MESSAGE_LIBS)
fuzz_message_LDFLAGS = $(LINK_FUZZER)
noinst_PROGRAMS += fuzz_image fuzz_manifest
fuzz_manifest_SOURCES = src/fuzz/fuzz_manifest.c
fuzz_manifest_LDADD = $(FUZZ_MANIFEST_LIBS)
fuzz_manifest_LDFLAGS = $(LINK_FUZZER)
fuzz_image_SOURCES = src/fuzz/fuzz_image.c
fuzz_image_LDADD = $(FUZZ_IMAGE_LIBS)
fuzz_image_LDFLAGS = $(LINK_FUZZER)
fuzz_rule_SOURCES = src/fuzz/fuzz_rule.c
fuzz_rule_LDADD = $(FUZZ_RULE_LIBS)
fuzz_rule_LDFLAGS = $(LINK_FUZZER)
noinst_PROGRAMS += fuzz_match
fuzz_match_SOURCES = src/fuzz/fuzz_match.c
fuzz_match_LDADD = $(FUZZ_MATCH_LIBS)
fuzz_match_LDFLAGS = $(LINK_FUZZER)
endif
