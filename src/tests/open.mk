# tests of src/open
noinst_HEADERS += src/tests/archive_make.h src/tests/carved_read.h src/tests/open_listing.h
OPEN_TEST_LIBS = libopen.a libsource.a libevent.a $(OPEN_LIBS) $(FWNT_LIBS) $(TEST_LIBS)
if HAVE_CMOCKA
check_PROGRAMS += test_open_exfat
TESTS += test_open_exfat
test_open_exfat_SOURCES = src/tests/test_open_exfat.c
test_open_exfat_LDADD = $(OPEN_TEST_LIBS)

check_PROGRAMS += test_open_choose
TESTS += test_open_choose
test_open_choose_SOURCES = src/tests/test_open_choose.c
test_open_choose_LDADD = $(OPEN_TEST_LIBS)
check_PROGRAMS += test_open_archive
TESTS += test_open_archive
test_open_archive_SOURCES = src/tests/test_open_archive.c src/tests/archive_make.c src/tests/open_listing.c
test_open_archive_LDADD = $(OPEN_TEST_LIBS)
check_PROGRAMS += test_open_carve
TESTS += test_open_carve
test_open_carve_SOURCES = src/tests/test_open_carve.c src/tests/carved_read.c
test_open_carve_LDADD = libopen.a libsource.a $(OPEN_LIBS) $(EVTX_TEST_LIBS)
endif
# images: a program that writes what is found in one, and the tools of others beside it
check_PROGRAMS += open_list
open_list_SOURCES = src/tests/open_list.c src/tests/open_listing.c
open_list_LDADD = libopen.a libsource.a libevent.a $(OPEN_LIBS) $(FWNT_LIBS) $(BASE_LIBS)
dist_check_SCRIPTS += src/tests/open_image.sh
TESTS += src/tests/open_image.sh

# Shadow copies of a real volume.
check_PROGRAMS += shadow_raw
shadow_raw_SOURCES = src/tests/shadow_raw.c
shadow_raw_LDADD = $(VSHADOW_LIBS)
dist_check_SCRIPTS += src/tests/shadow.sh
TESTS += src/tests/shadow.sh

# Carving, of a forged disk.
check_PROGRAMS += carve_planted
carve_planted_SOURCES = src/tests/carve_planted.c src/tests/carved_read.c
carve_planted_LDADD = libopen.a libevtx.a libsource.a libevent.a $(FWNT_LIBS) $(BASE_LIBS)
dist_check_SCRIPTS += src/tests/carve.sh
TESTS += src/tests/carve.sh

# A disk of 100 GiB.
dist_check_SCRIPTS += src/tests/large_image.sh
TESTS += src/tests/large_image.sh
