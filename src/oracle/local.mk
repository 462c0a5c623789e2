# oracle: libevtx as the second decoder, its XML read with expat
noinst_LIBRARIES += liboracle.a
liboracle_a_SOURCES = src/oracle/oracle-private.h src/oracle/oracle.c \
	src/oracle/instance.c src/oracle/library.c src/oracle/locate.c src/oracle/look.c \
	src/oracle/shield.c src/oracle/xml.c
liboracle_a_CFLAGS = $(AM_CFLAGS) $(EVTX_CFLAGS) $(EXPAT_CFLAGS)
