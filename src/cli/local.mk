# cli: the program
bin_PROGRAMS += evtxhound
evtxhound_SOURCES = src/cli/main.c
evtxhound_LDADD = $(BASE_LIBS)
