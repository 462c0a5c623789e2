# base: what every module stands on
noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = src/base/version.c
