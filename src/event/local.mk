# event: what a record says, whoever decoded it
noinst_LIBRARIES += libevent.a
libevent_a_CFLAGS = $(AM_CFLAGS) $(FWNT_CFLAGS)
libevent_a_SOURCES = \
	src/event/activity.c src/event/answer.c src/event/answer-network.c src/event/answer-record.c \
	src/event/answer-registry.c src/event/answer-signature.c src/event/answer-who.c \
	src/event/args.c src/event/array.c src/event/ask.c src/event/clue.c \
	src/event/compare.c \
	src/event/connection.c src/event/damage.c \
	src/event/event.c src/event/fact.c src/event/fields.c src/event/kind.c \
	src/event/member.c src/event/number.c src/event/raw.c src/event/scalar.c src/event/sid.c src/event/value.c \
	src/event/vocabulary.c \
	src/event/makers.def src/event/records.def src/event/value-private.h \
	src/event/vocabulary-private.h

# In the LDADD of whoever links libevent.a, before the base libraries.
EVENT_LIBS = libevent.a $(FWNT_LIBS)
