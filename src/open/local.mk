# open: what is inside archives and disk images, in a program of its own
noinst_LIBRARIES += libopen.a
libopen_a_SOURCES = src/open/archive.c src/open/bfio.c src/open/bfio.h src/open/carve.c src/open/choose.c src/open/formats.c src/open/files.c \
	src/open/image-private.h src/open/image.c src/open/open-private.h src/open/open.c \
	src/open/progress.c src/open/serve.c src/open/shadow.c src/open/spool.c src/open/wire.c
OPEN_LIBS = $(TSK_LIBS) $(EWF_LIBS) $(QCOW_LIBS) $(VHDI_LIBS) $(VMDK_LIBS) $(VSHADOW_LIBS) $(BFIO_LIBS) \
	$(LIBARCHIVE_LIBS)
pkglibexec_PROGRAMS += evtxhound-open
evtxhound_open_SOURCES = src/open/main.c
evtxhound_open_LDADD = libopen.a libsource.a libevent.a $(OPEN_LIBS) $(FWNT_LIBS) $(BASE_LIBS)
