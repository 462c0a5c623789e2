# base: what every module stands on
noinst_LIBRARIES += libbase.a libmem.a
libbase_a_SOURCES = src/base/address.c src/base/arena.c src/base/buf.c src/base/channel.c src/base/crc.c src/base/log_header.c src/base/cursor.c \
	src/base/digest.c src/base/err.c src/base/escape.c \
	src/base/escape.h src/base/fold.c src/base/guid.c src/base/hash.c \
	src/base/hex.c src/base/keyed.c src/base/keyed.h src/base/lucene.c src/base/map.c src/base/pack.c \
	src/base/regex.c src/base/regex.h src/base/signature.c \
	src/base/strtab.c src/base/text.c src/base/text16.c src/base/time.c \
	src/base/version.c src/base/view.c
libbase_a_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(DEFLATE_CFLAGS) $(PCRE_CFLAGS)

# The heap, plain for programs, and with the injector of failures for tests.
libmem_a_SOURCES = src/base/mem.c
check_LIBRARIES = libmem_testing.a
libmem_testing_a_SOURCES = src/base/mem.c
libmem_testing_a_CPPFLAGS = $(AM_CPPFLAGS) -DEVTXHOUND_TESTING

# Last in the LDADD of a program, of a test.
BASE_LIBS = libbase.a libmem.a $(CRYPTO_LIBS) $(DEFLATE_LIBS) $(PCRE_LIBS)
TEST_LIBS = libbase.a libmem_testing.a $(CMOCKA_LIBS) $(CRYPTO_LIBS) $(DEFLATE_LIBS) $(PCRE_LIBS)
