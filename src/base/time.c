/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "evtxhound/base.h"

#define TICKS 10000000u                    /* of a second */
#define DAY (86400u * (uint64_t)TICKS)     /* in ticks */
#define EPOCH 11644473600                  /* seconds from 1601 to 1970 */
#define DAYS_0000_03_01_TO_1601 584694u    /* the calendar is reckoned from a March */
#define DAYS_400_YEARS 146097u

struct civil {
	uint64_t year;
	unsigned month, day;
};

/*
 * The proleptic Gregorian calendar, from days since 1601. Years begin in March here, so that the
 * leap day is the last of a year and months follow the pattern 31 30 31 30 31, 153 days each five.
 */
static struct civil civil_of(uint64_t days)
{
	uint64_t all = days + DAYS_0000_03_01_TO_1601;
	uint64_t era = all / DAYS_400_YEARS;
	unsigned in_era = (unsigned)(all % DAYS_400_YEARS);
	unsigned year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	unsigned in_year = in_era - (365 * year + year / 4 - year / 100);
	unsigned month = (5 * in_year + 2) / 153;
	unsigned day = in_year - (153 * month + 2) / 5 + 1;

	month = month < 10 ? month + 3 : month - 9;
	return (struct civil){ era * 400 + year + (month <= 2), month, day };
}

/* Days since 1601; the year is at least 1601. */
static uint64_t days_of(struct civil c)
{
	uint64_t year = c.year - (c.month <= 2);
	uint64_t era = year / 400;
	unsigned in_era = (unsigned)(year % 400);
	unsigned month = c.month > 2 ? c.month - 3 : c.month + 9;
	unsigned in_year = (153 * month + 2) / 5 + c.day - 1;

	return era * DAYS_400_YEARS + in_era * 365u + in_era / 4 - in_era / 100 + in_year -
	       DAYS_0000_03_01_TO_1601;
}

/* Two digits of eight, the first at `at`, to where they stand in a text's next eight characters. */
static inline uint64_t two(uint64_t eight, unsigned at, unsigned to)
{
	return (eight >> 8 * at & 0xffff) << 8 * to;
}

static inline uint64_t mark_at(char c, unsigned to)
{
	return (uint64_t)(uint8_t)c << 8 * to;
}

size_t time_format(uint64_t filetime, char out[TIME_TEXT])
{
	struct civil c = civil_of(filetime / DAY);
	unsigned sec = (unsigned)(filetime % DAY / TICKS);
	unsigned year = c.year > 9999 ? 5 : 4; /* the last one is 60056 */
	char *p = out + year;
	uint64_t v = decimal_eight(c.month * 100 + c.day) | DECIMAL_ZEROS;

	store_u64(out, (decimal_eight((uint32_t)c.year) | DECIMAL_ZEROS) >> 8 * (8 - year));
	store_u64(p, mark_at('-', 0) | two(v, 4, 1) | mark_at('-', 3) | two(v, 6, 4) |
			     mark_at('T', 6));
	v = decimal_eight(sec / 3600 * 10000 + sec / 60 % 60 * 100 + sec % 60) | DECIMAL_ZEROS;
	store_u64(p + 7, two(v, 2, 0) | mark_at(':', 2) | two(v, 4, 3) | mark_at(':', 5) |
				 two(v, 6, 6));
	p[15] = '.';
	v = decimal_eight((uint32_t)(filetime % TICKS)) | DECIMAL_ZEROS;
	store_u64(p + 16, v >> 8 | mark_at('Z', 7));
	p[24] = '\0';
	return year + 24;
}

/* ---- reading ---- */

static bool is_digit(const struct view *v)
{
	return v->n && v->p[0] >= '0' && v->p[0] <= '9';
}

static bool digits(struct view *v, unsigned count, unsigned *out)
{
	unsigned n = 0;

	for (unsigned i = 0; i < count; i++) {
		if (!is_digit(v))
			return false;
		n = n * 10 + (v->p[0] - '0');
		*v = view_sub(*v, 1, v->n);
	}
	*out = n;
	return true;
}

static bool mark(struct view *v, const char *set)
{
	for (; v->n && *set; set++) {
		if (v->p[0] == (uint8_t)*set) {
			*v = view_sub(*v, 1, v->n);
			return true;
		}
	}
	return false;
}

static unsigned days_in(uint64_t year, unsigned month)
{
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (month == 2)
		return leap ? 29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* Four digits, or five from 10000 on: time_format() writes those. */
static bool parse_date(struct view *v, struct civil *c)
{
	unsigned year, more;

	if (!digits(v, 4, &year))
		return false;
	if (is_digit(v)) {
		if (year < 1000 || !digits(v, 1, &more))
			return false;
		year = year * 10 + more;
	}
	c->year = year;
	return mark(v, "-") && digits(v, 2, &c->month) && mark(v, "-") && digits(v, 2, &c->day) &&
	       year >= 1601 && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
	       c->day <= days_in(year, c->month);
}

/* Decimals beyond the seventh are less than a tick. */
static bool parse_clock(struct view *v, uint64_t *ticks)
{
	unsigned h, m, s;
	uint64_t fraction = 0, unit = TICKS;

	if (!digits(v, 2, &h) || !mark(v, ":") || !digits(v, 2, &m) || !mark(v, ":") ||
	    !digits(v, 2, &s) || h > 23 || m > 59 || s > 59)
		return false;
	if (mark(v, ".")) {
		unsigned n = 0, d;
		for (; is_digit(v) && digits(v, 1, &d); n++) {
			unit /= 10;
			fraction += d * unit;
		}
		if (n == 0 || n > 9)
			return false;
	}
	*ticks = (h * 3600u + m * 60u + s) * (uint64_t)TICKS + fraction;
	return true;
}

/* Z, +hh, +hhmm, +hh:mm or nothing: the ticks to take away. */
static bool parse_zone(struct view *v, uint64_t *east, uint64_t *west)
{
	unsigned h, m = 0;

	if (v->n == 0 || mark(v, "Z"))
		return v->n == 0;
	uint64_t *side = v->p[0] == '-' ? west : east;
	if (!mark(v, "+-") || !digits(v, 2, &h))
		return false;
	bool colon = mark(v, ":");
	if ((colon || v->n) && !digits(v, 2, &m))
		return false;
	*side = (h * 3600u + m * 60u) * (uint64_t)TICKS;
	return v->n == 0 && h <= 23 && m <= 59;
}

bool time_parse(struct view v, uint64_t *filetime)
{
	struct civil c;
	uint64_t clock = 0, east = 0, west = 0, t;

	if (!parse_date(&v, &c))
		return false;
	if (v.n && !(mark(&v, "T ") && parse_clock(&v, &clock) && parse_zone(&v, &east, &west)))
		return false;
	if (__builtin_mul_overflow(days_of(c), DAY, &t) || __builtin_add_overflow(t, clock, &t) ||
	    __builtin_add_overflow(t, west, &t) || __builtin_sub_overflow(t, east, &t))
		return false;
	*filetime = t;
	return true;
}

/* What lies before 1601 or beyond the last FILETIME becomes the first or the last. */
uint64_t time_from_unix(int64_t sec, uint32_t nsec)
{
	uint64_t t;

	if (sec < -EPOCH)
		return 0;
	if (__builtin_mul_overflow((uint64_t)sec + EPOCH, (uint64_t)TICKS, &t) ||
	    __builtin_add_overflow(t, (uint64_t)(nsec / 100), &t))
		return UINT64_MAX;
	return t;
}
