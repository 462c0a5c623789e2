# open: what is inside archives and disk images, in a program of its own
noinst_LIBRARIES += libopen.a
libopen_a_SOURCES = src/open/choose.c src/open/formats.c src/open/open-private.h src/open/open.c \
	src/open/serve.c src/open/spool.c src/open/versions.c src/open/wire.c
# archives
libopen_a_SOURCES += src/open/archive.c src/open/archive-entry.c src/open/archive-feed.c \
	src/open/archive-name.c src/open/archive-packed.c src/open/archive-private.h src/open/packed.c \
	src/open/packed.h
# disk images: their media, volumes, files
libopen_a_SOURCES += src/open/bfio.c src/open/bfio.h src/open/image-private.h src/open/image.c \
	src/open/media.c src/open/media.h src/open/media-disk.c src/open/media-ewf.c src/open/media-raw.c \
	src/open/parts.c src/open/parts.h src/open/progress.c src/open/verify.c
libopen_a_SOURCES += src/open/table.c src/open/table.h src/open/tsk.c src/open/tsk.h src/open/volumes.c
libopen_a_SOURCES += src/open/data.c src/open/exfat.c src/open/exfat.h src/open/files.c src/open/files.h src/open/give.c src/open/mend.c \
	src/open/mend.h src/open/ntfs.c src/open/tree.c
# shadow copies, carving
libopen_a_SOURCES += src/open/shadow.c
libopen_a_SOURCES += src/open/carve.c src/open/carve-find.c src/open/carve-out.c src/open/carve-private.h \
	src/open/carve-scan.c
OPEN_LIBS = $(TSK_LIBS) $(EWF_LIBS) $(QCOW_LIBS) $(VHDI_LIBS) $(VMDK_LIBS) $(VSHADOW_LIBS) $(BFIO_LIBS) \
	$(LIBARCHIVE_LIBS) $(ZLIB_LIBS) $(LZMA_LIBS)
pkglibexec_PROGRAMS += evtxhound-open
evtxhound_open_SOURCES = src/open/main.c
evtxhound_open_LDADD = libopen.a libsource.a libevent.a $(OPEN_LIBS) $(FWNT_LIBS) $(BASE_LIBS)
