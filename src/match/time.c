/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of times, in UTC. */
#include "match-private.h"

struct date {
	uint64_t year;
	unsigned month, day, hour, minute;
};

static unsigned two_digits(const char *p)
{
	return (unsigned)(p[0] - '0') * 10 + (unsigned)(p[1] - '0');
}

static struct date date_of(uint64_t filetime)
{
	char text[TIME_TEXT];
	const char *p = text;
	struct date d = {0};

	time_format(filetime, text);
	for (; *p != '-'; p++)
		d.year = d.year * 10 + (uint64_t)(*p - '0');
	d.month = two_digits(p + 1);
	d.day = two_digits(p + 4);
	d.hour = two_digits(p + 7);
	d.minute = two_digits(p + 10);
	return d;
}

static bool is_leap(uint64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* From 1. */
static unsigned day_of_year(const struct date *d)
{
	static const unsigned before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};

	return before[d->month - 1] + d->day + (d->month > 2 && is_leap(d->year));
}

/* Weeks begin with Monday; a week is of the year that has its Thursday. 1601-01-01 was a Monday. */
static uint64_t iso_week(uint64_t filetime)
{
	const uint64_t day = 864000000000u, weekday = filetime / day % 7;
	uint64_t thursday = filetime / day * day;
	struct date d;

	thursday = weekday <= 3 ? thursday + (3 - weekday) * day : thursday - (weekday - 3) * day;
	d = date_of(thursday);
	return (day_of_year(&d) - 1) / 7 + 1;
}

bool time_part_of(struct view v, enum time_part part, uint64_t *out)
{
	uint64_t filetime;
	struct date d;

	if (!time_parse(v, &filetime))
		return false;
	d = date_of(filetime);
	switch (part) {
	case PART_MINUTE:
		*out = d.minute;
		return true;
	case PART_HOUR:
		*out = d.hour;
		return true;
	case PART_DAY:
		*out = d.day;
		return true;
	case PART_WEEK:
		*out = iso_week(filetime);
		return true;
	case PART_MONTH:
		*out = d.month;
		return true;
	case PART_YEAR:
		*out = d.year;
		return true;
	case PART_NONE:
		break;
	}
	return false;
}
