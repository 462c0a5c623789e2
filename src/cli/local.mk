# cli: the program
bin_PROGRAMS += evtxhound
evtxhound_SOURCES = src/cli/cli-private.h src/cli/common.c src/cli/dump.c src/cli/evidence.c src/cli/explain.c src/cli/extract.c src/cli/folder.c src/cli/forge.c \
	src/cli/hunt.c src/cli/info.c src/cli/key.c src/cli/list.c src/cli/main.c src/cli/options.c src/cli/progress.c src/cli/resume.c \
	src/cli/rules.c src/cli/rules-coverage.c src/cli/summary.c src/cli/verify.c
evtxhound_CPPFLAGS = $(AM_CPPFLAGS) -DPKGDATADIR='"$(pkgdatadir)"' \
	-DPKGLIBEXECDIR='"$(pkglibexecdir)"' -DBUILD_TEXT='"$(CC) $(CFLAGS)"'
evtxhound_LDADD = libpipeline.a libopen.a libreport.a libcoverage.a libcorrelate.a libmatch.a librule.a libforge.a libyaml.a \
	liboracle.a libevtx.a libevent.a libsource.a \
	$(EVTX_LIBS) $(BFIO_LIBS) $(EXPAT_LIBS) $(FWNT_LIBS) $(FYAML_LIBS) $(LIBARCHIVE_LIBS) $(BASE_LIBS)
