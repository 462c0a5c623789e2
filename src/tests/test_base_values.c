/* SPDX-License-Identifier: Apache-2.0 */
/* Times, GUIDs, digests. */
#include <stdio.h>

#include "testing.h"

/* ---- time ---- */

static void times_have_texts(void **state)
{
	static const struct {
		uint64_t time;
		const char *text;
	} rows[] = {
		{ 0, "1601-01-01T00:00:00.0000000Z" },
		{ 1, "1601-01-01T00:00:00.0000001Z" },
		{ 116444736000000000u, "1970-01-01T00:00:00.0000000Z" },
		{ 132223104000000000u, "2020-01-01T00:00:00.0000000Z" },
		{ 132274079999999999u, "2020-02-28T23:59:59.9999999Z" },
		{ 132274080000000000u, "2020-02-29T00:00:00.0000000Z" },
		{ 132274944000000000u, "2020-03-01T00:00:00.0000000Z" },
		{ 94354848000000000u, "1900-01-01T00:00:00.0000000Z" },
		{ 94405824000000000u, "1900-03-01T00:00:00.0000000Z" },
		{ 125962560000000000u, "2000-02-29T00:00:00.0000000Z" },
		{ 2650467743999999999u, "9999-12-31T23:59:59.9999999Z" },
		{ 2650467744000000000u, "10000-01-01T00:00:00.0000000Z" },
		{ INT64_MAX, "30828-09-14T02:48:05.4775807Z" },
		{ UINT64_MAX, "60056-05-28T05:36:10.9551615Z" },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		char out[TIME_TEXT];
		uint64_t back = 7;
		size_t n = time_format(rows[i].time, out);
		assert_string_equal(out, rows[i].text);
		assert_int_equal(n, strlen(out));
		TEST_ROW(rows[i].text, time_parse(test_view(out), &back) && back == rows[i].time);
	}
}

/* Every day of four centuries and beyond is read back. */
static void days_go_there_and_back(void **state)
{
	char out[TIME_TEXT], before[TIME_TEXT] = "";
	uint64_t back;

	(void)state;
	for (uint64_t day = 0; day < 170000; day++) {
		uint64_t t = day * 864000000000u + 12345 * day;
		time_format(t, out);
		assert_true(time_parse(test_view(out), &back) && back == t);
		assert_true(strcmp(before, out) < 0);
		memcpy(before, out, sizeof(before));
	}
}

static void times_are_read(void **state)
{
	static const struct {
		const char *text;
		const char *same; /* NULL: refused */
	} rows[] = {
		{ "2020-10-20 12:34:56.789", "2020-10-20T12:34:56.7890000Z" },
		{ "2020-10-20T12:34:56Z", "2020-10-20T12:34:56.0000000Z" },
		{ "2020-10-20T12:34:56", "2020-10-20T12:34:56.0000000Z" },
		{ "2020-10-20", "2020-10-20T00:00:00.0000000Z" },
		{ "2020-10-20T12:34:56.123456789Z", "2020-10-20T12:34:56.1234567Z" },
		{ "2020-10-20T12:34:56.1+02:00", "2020-10-20T10:34:56.1000000Z" },
		{ "2020-10-20T12:34:56-0530", "2020-10-20T18:04:56.0000000Z" },
		{ "2020-10-20T12:34:56+01", "2020-10-20T11:34:56.0000000Z" },
		{ "2020-01-01T00:30:00+01:00", "2019-12-31T23:30:00.0000000Z" },
		{ "2020-02-29", "2020-02-29T00:00:00.0000000Z" },
		{ "60056-05-28T05:36:10.9551616Z", NULL },
		{ "60056-05-28T05:36:10.9551615-01:00", NULL },
		{ "99999-12-31", NULL },
		{ "1601-01-01T00:00:00+00:01", NULL },
		{ "1600-12-31", NULL },
		{ "1900-02-29", NULL },
		{ "2021-02-29", NULL },
		{ "2020-04-31", NULL },
		{ "2020-13-01", NULL },
		{ "2020-00-01", NULL },
		{ "2020-01-00", NULL },
		{ "2020-1-01", NULL },
		{ "02020-01-01", NULL },
		{ "2020-01-01T24:00:00Z", NULL },
		{ "2020-01-01T23:60:00Z", NULL },
		{ "2020-01-01T23:59:60Z", NULL },
		{ "2020-01-01T23:59Z", NULL },
		{ "2020-01-01T", NULL },
		{ "2020-01-01Z", NULL },
		{ "2020-01-01t12:00:00Z", NULL },
		{ "2020-01-01T12:00:00z", NULL },
		{ "2020-01-01T12:00:00.Z", NULL },
		{ "2020-01-01T12:00:00.1234567890Z", NULL },
		{ "2020-01-01T12:00:00Z ", NULL },
		{ " 2020-01-01", NULL },
		{ "2020-01-01T12:00:00+24:00", NULL },
		{ "2020-01-01T12:00:00+1:00", NULL },
		{ "2020-01-01T12:00:00+01:", NULL },
		{ "2020-01-01T12:00:00+01:60", NULL },
		{ "2020-01-01T12:00:00ZZ", NULL },
		{ "2020-01-01T12:00:00:Z", NULL },
		{ "", NULL },
		{ "-", NULL },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		char out[TIME_TEXT];
		uint64_t t = 7;
		bool ok = time_parse(test_view(rows[i].text), &t);
		TEST_ROW(rows[i].text, ok == (rows[i].same != NULL));
		TEST_ROW(rows[i].text, ok || t == 7);
		time_format(t, out);
		if (ok)
			assert_string_equal(out, rows[i].same);
	}
}

static void unix_times_become_filetimes(void **state)
{
	(void)state;
	assert_true(time_from_unix(0, 0) == 116444736000000000u);
	assert_true(time_from_unix(0, 199) == 116444736000000001u);
	assert_true(time_from_unix(-11644473600, 100) == 1);
	assert_true(time_from_unix(-11644473601, 0) == 0);
	assert_true(time_from_unix(INT64_MIN, 0) == 0);
	assert_true(time_from_unix(INT64_MAX, 999999999) == UINT64_MAX);
	assert_true(time_from_unix(1833029933770, 955161500) == UINT64_MAX);
	assert_true(time_from_unix(1833029933770, 955161400) == UINT64_MAX - 1);
	assert_true(time_from_unix(1833029933771, 0) == UINT64_MAX);
}

/* ---- GUID ---- */

static void guids_are_mixed_endian(void **state)
{
	static const uint8_t raw[16] = { 0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66,
					 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff };
	static const char text[] = "{00112233-4455-6677-8899-aabbccddeeff}";
	static const struct {
		const char *text;
		bool ok;
	} rows[] = {
		{ text, true },
		{ "00112233-4455-6677-8899-AABBCCDDEEFF", true },
		{ "{00112233-4455-6677-8899-aAbBcCdDeEfF}", true },
		{ "{00112233-4455-6677-8899-aabbccddeeff", false },
		{ "00112233-4455-6677-8899-aabbccddeeff}", false },
		{ "(00112233-4455-6677-8899-aabbccddeeff)", false },
		{ "00112233-4455-6677-8899-aabbccddeef", false },
		{ "00112233-4455-6677-8899-aabbccddeefff", false },
		{ "00112233-4455-6677-8899-aabbccddeefg", false },
		{ "00112233-4455-6677-8899aabbccddeeff--", false },
		{ "00112233445566778899aabbccddeeff", false },
		{ "", false },
	};
	struct guid want, g;
	char out[GUID_TEXT];

	(void)state;
	memcpy(want.b, raw, 16);
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		memset(&g, 0, sizeof(g));
		TEST_ROW(rows[i].text, guid_parse(test_view(rows[i].text), &g) == rows[i].ok);
		TEST_ROW(rows[i].text, rows[i].ok ? guid_eq(&g, &want) : guid_is_null(&g));
	}
	guid_format(&want, out);
	assert_string_equal(out, text);
	assert_false(guid_is_null(&want));
}

/* ---- digests ---- */

static void digests_match_the_standards(void **state)
{
	uint8_t out[32];
	char hex[65];

	(void)state;
	assert_true(sha256_of((struct view){ NULL, 0 }, out));
	hex_format(out, 32, hex);
	assert_string_equal(hex,
			    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	struct sha256 s;
	assert_true(sha256_start(&s));
	sha256_add(&s, test_view("a"));
	sha256_add(&s, (struct view){ NULL, 0 });
	sha256_add(&s, test_view("bc"));
	sha256_end(&s, out);
	hex_format(out, 32, hex);
	assert_string_equal(hex,
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_true(sha256_start(&s));
	sha256_end(&s, out);
	sha256_add(&s, test_view("after the end"));
	sha256_end(&s, out);
	assert_int_equal(out[0], 0);
	assert_true(strlen(crypto_version()) > 0);
}

static void crc_is_the_usual_one(void **state)
{
	(void)state;
	assert_int_equal(crc32_add(0, test_view("123456789")), 0xcbf43926);
	uint32_t crc = crc32_add(0, test_view("1234"));
	crc = crc32_add(crc, (struct view){ NULL, 0 });
	assert_int_equal(crc32_add(crc, test_view("56789")), 0xcbf43926);
	assert_true(strlen(deflate_version()) > 0);
	assert_true(strlen(program_version()) > 0);
}

static void test_image_digests(void **state)
{
	static const struct {
		enum digest_kind kind;
		const char *hex;
	} rows[] = {
		{ DIGEST_MD5, "900150983cd24fb0d6963f7d28e17f72" },
		{ DIGEST_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d" },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct digest d;
		uint8_t sum[20];
		char hex[41];
		assert_true(digest_start(&d, rows[i].kind));
		digest_add(&d, view_str("ab"));
		digest_add(&d, view_str("c"));
		size_t n = digest_end(&d, sum);
		hex_format(sum, n, hex);
		assert_string_equal(hex, rows[i].hex);
	}
}

/* At every power of ten, where the digits become more, and where eight at once are not enough. */
static void numbers_have_all_their_digits(void **state)
{
	uint64_t power = 1;

	(void)state;
	for (int i = 0; i < 20; i++, power *= 10) {
		const uint64_t near[] = {power - 1, power, power + 1, UINT64_MAX / power};

		for (size_t k = 0; k < TEST_COUNT(near); k++) {
			char out[DECIMAL_ROOM], want[DECIMAL_ROOM];
			size_t n = decimal_format(near[k], out);

			snprintf(want, sizeof(want), "%llu", (unsigned long long)near[k]);
			test_view_is(want, (struct view){(const uint8_t *)out, n}, view_str(want));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_image_digests),
		cmocka_unit_test(times_have_texts),
		cmocka_unit_test(days_go_there_and_back),
		cmocka_unit_test(times_are_read),
		cmocka_unit_test(unix_times_become_filetimes),
		cmocka_unit_test(guids_are_mixed_endian),
		cmocka_unit_test(digests_match_the_standards),
		cmocka_unit_test(crc_is_the_usual_one),
		cmocka_unit_test(numbers_have_all_their_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
