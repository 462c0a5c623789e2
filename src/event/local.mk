# event: what a record says, whoever decoded it
noinst_LIBRARIES += libevent.a
libevent_a_CFLAGS = $(AM_CFLAGS) $(FWNT_CFLAGS)
libevent_a_SOURCES = \
	src/event/fields.c src/event/member.c src/event/sid.c src/event/value.c \
	src/event/value-private.h
