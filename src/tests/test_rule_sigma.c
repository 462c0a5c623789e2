/* SPDX-License-Identifier: Apache-2.0 */
#include "rule_text.h"

/* Around a `detection` of one selection `s`, whose first line is line 5; the condition is line 4. */
#define RULE(condition, selections)                                                                \
	"title: T\nid: t\nlogsource: {category: process_creation, product: windows}\n"                \
	"detection: {condition: " condition ",\n" selections "}\n"
#define ONE(item) RULE("s", " s: {" item "}")
#define KNOWN                                                                                      \
	"known are contains, startswith, endswith, all, cased, exists, windash, re, i, m, s, cidr, "  \
	"base64, base64offset, wide, utf16le, utf16, utf16be, fieldref, expand, lt, lte, gt, gte, neq, " \
	"minute, hour, day, week, month, year"
#define SINGLE(tree) "(single (stage process_creation " tree "))"

struct row {
	const char *name, *text, *want;
};

static void run(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		rule_row(rows[i].name, "t.yml", view_str(rows[i].text), rows[i].want);
}

static void values(void **state)
{
	static const struct row rows[] = {
		{"text", ONE("A: Bc"), SINGLE("(~ A \"bc\")")},
		{"number", ONE("A: 80"), SINGLE("(~ A 80)")},
		{"quoted number", ONE("A: '80'"), SINGLE("(~ A \"80\")")},
		{"truth value", ONE("A: True"), SINGLE("(~ A \"true\")")},
		{"null", ONE("A: null"), SINGLE("(null A)")},
		{"missing value", ONE("A: "), SINGLE("(null A)")},
		{"empty text", ONE("A: ''"), SINGLE("(empty A)")},
		{"list", ONE("A: [b, c]"), SINGLE("(~ A \"b\" \"c\")")},
		{"list with null and empty", ONE("A: [b, null, '', c]"),
		 SINGLE("(or (~ A \"b\" \"c\") (null A) (empty A))")},
		{"two fields", ONE("A: b, C: d"), SINGLE("(and (~ A \"b\") (~ C \"d\"))")},
		{"field with a blank", ONE("'A B': c"), SINGLE("(~ A B \"c\")")},
		{"folds beyond ASCII", ONE("A: \xc3\x84"), SINGLE("(~ A \"\xc3\xa4\")")},
		{"list of maps", RULE("s", " s: [{A: b}, {A: c, D: e}]"),
		 SINGLE("(or (~ A \"b\") (and (~ A \"c\") (~ D \"e\")))")},
		{"empty list", ONE("A: []"), "5:9: `A` needs a value or a list of values"},
		{"map as value", ONE("A: {b: c}"), "5:9: `A` needs a value or a list of values"},
		{"list in a list", ONE("A: [b, [c]]"),
		 "5:13: a value must be a text, a number or null"},
		{"empty selection", RULE("s", " s: {}"), "5:5: an empty selection matches nothing"},
		{"keywords", RULE("s", " s: [a, B*c]"), SINGLE("(~ any \"*a*\" \"*b*c*\")")},
		{"keyword", RULE("s", " s: a"), SINGLE("(~ any \"*a*\")")},
		{"a number as keyword", RULE("s", " s: [12]"), SINGLE("(~ any \"*12*\")")},
		{"keywords with all", ONE("'|all': [a, b]"),
		 SINGLE("(all~ any \"*a*\" \"*b*\")")},
		{"keywords with re", ONE("'|re': a.b"), SINGLE("(re any /a.b/)")},
		{"keywords cased", ONE("'|cased': Ab"), SINGLE("(= any \"*Ab*\")")},
		{"keywords and maps mixed", RULE("s", " s: [a, b, {A: c}, d]"),
		 SINGLE("(or (~ any \"*a*\" \"*b*\") (~ A \"c\") (~ any \"*d*\"))")},
		{"a list among keywords", RULE("s", " s: [a, [b]]"),
		 "5:9: a selection is a mapping, a list of mappings, or keywords"},
		{"null as keyword", RULE("s", " s: [a, null]"), "5:9: null is no keyword"},
		{"empty keyword", RULE("s", " s: [a, '']"), "5:9: an empty keyword is in every record"},
		{"keywords compared", ONE("'|lt': 5"),
		 "5:6: keywords (values without a field) are looked for anywhere in the record: of modifiers "
		 "they take all, cased, re, cidr, windash, expand and encodings"},
		{"a key twice", ONE("A: b, A: c"),
		 "5:12: the key \"A\" stands here for the second time (first in line 5)"},
	};

	(void)state;
	run(rows, TEST_COUNT(rows));
}

static void wildcards(void **state)
{
	static const struct row rows[] = {
		{"star and question mark", ONE("A: 'a*b?c'"), SINGLE("(~ A \"a*b?c\")")},
		{"stars run together", ONE("A: 'a**b'"), SINGLE("(~ A \"a*b\")")},
		{"escaped star", ONE("A: 'a\\*b'"), SINGLE("(~ A \"a\\*b\")")},
		{"escaped question mark", ONE("A: 'a\\?b'"), SINGLE("(~ A \"a\\?b\")")},
		{"backslash and star", ONE("A: 'a\\\\*b'"), SINGLE("(~ A \"a\\\\*b\")")},
		{"backslash and escaped star", ONE("A: 'a\\\\\\*b'"), SINGLE("(~ A \"a\\\\\\*b\")")},
		{"plain backslash", ONE("A: 'a\\b'"), SINGLE("(~ A \"a\\\\b\")")},
		{"two backslashes are one", ONE("A: 'a\\\\b'"), SINGLE("(~ A \"a\\\\b\")")},
		{"three are two", ONE("A: 'a\\\\\\b'"), SINGLE("(~ A \"a\\\\\\\\b\")")},
		{"four are two", ONE("A: '\\\\\\\\host'"), SINGLE("(~ A \"\\\\\\\\host\")")},
		{"backslash at the end", ONE("A: 'a\\'"), SINGLE("(~ A \"a\\\\\")")},
		{"and under contains", ONE("A|contains: '\\Temp\\'"),
		 SINGLE("(~ A \"*\\\\temp\\\\*\")")},
	};

	(void)state;
	run(rows, TEST_COUNT(rows));
}

static void modifiers(void **state)
{
	static const struct row rows[] = {
		{"contains", ONE("A|contains: b"), SINGLE("(~ A \"*b*\")")},
		{"startswith", ONE("A|startswith: b"), SINGLE("(~ A \"b*\")")},
		{"endswith", ONE("A|endswith: b"), SINGLE("(~ A \"*b\")")},
		{"a number under contains is a text", ONE("A|contains: 12"), SINGLE("(~ A \"*12*\")")},
		{"empty under contains", ONE("A|contains: ''"), SINGLE("(~ A \"*\")")},
		{"all", ONE("A|contains|all: [b, c]"), SINGLE("(all~ A \"*b*\" \"*c*\")")},
		{"cased", ONE("A|cased: Bc"), SINGLE("(= A \"Bc\")")},
		{"cased and all", ONE("A|contains|cased|all: [B, C]"),
		 SINGLE("(all= A \"*B*\" \"*C*\")")},
		{"exists", ONE("A|exists: true"), SINGLE("(exists A)")},
		{"exists not", ONE("A|exists: no"), "5:16: `exists` takes true or false"},
		{"exists false", ONE("A|exists: false"), SINGLE("(not (exists A))")},
		{"exists with another", ONE("A|exists|all: true"),
		 "5:6: `exists` goes with no other modifier"},
		{"windash", ONE("A|windash: -x"),
		 SINGLE("(~ A \"-x\" \"/x\" \"\xe2\x80\x93x\" \"\xe2\x80\x94x\" \"\xe2\x80\x95x\")")},
		{"windash, no dash of an option", ONE("A|windash: a-b"), SINGLE("(~ A \"a-b\")")},
		{"windash and all", ONE("A|windash|contains|all: ['/x', yz]"),
		 SINGLE("(and (~ A \"*-x*\" \"*/x*\" \"*\xe2\x80\x93x*\" \"*\xe2\x80\x94x*\" "
			"\"*\xe2\x80\x95x*\") (~ A \"*yz*\"))")},
		{"windash, too many", ONE("A|windash: '-a -b -c -d -e -f'"),
		 "5:17: `windash` takes at most 5 option dashes in one value"},
		{"null under contains", ONE("A|contains: null"),
		 "5:18: null cannot go with a modifier of texts"},
		{"two places", ONE("A|contains|endswith: b"),
		 "5:6: of contains, startswith and endswith only one can be given"},
		{"twice", ONE("A|all|all: [b]"), "5:12: modifier `all` is given twice"},
		{"in a quoted key", ONE("'A B|foo': c"), "5:11: unknown modifier `foo`; " KNOWN},
		{"unknown", ONE("A|contians: b"),
		 "5:8: unknown modifier `contians`: did you mean `contains`?; " KNOWN},
		{"unknown, like nothing", ONE("A|xyzzyfoo: b"), "5:8: unknown modifier `xyzzyfoo`; " KNOWN},
		{"neq", ONE("A|neq: b"), SINGLE("(not (~ A \"b\"))")},
		{"neq of several", ONE("A|neq: [b, c]"), SINGLE("(not (~ A \"b\" \"c\"))")},
		{"neq null", ONE("A|neq: null"), SINGLE("(not (null A))")},
		{"neq and contains", ONE("A|contains|neq: b"), SINGLE("(not (~ A \"*b*\"))")},
	};

	(void)state;
	run(rows, TEST_COUNT(rows));
}

static void expressions(void **state)
{
	static const struct row rows[] = {
		{"re", ONE("A|re: B.c"), SINGLE("(re A /B.c/)")},
		{"re with flags", ONE("A|re|i|s|m: b"), SINGLE("(reims A /b/)")},
		{"re, all", ONE("A|re|all: [b, c]"), SINGLE("(allre A /b/ /c/)")},
		{"flag before re", ONE("A|i|re: b"), "5:8: modifier `i` belongs behind `re`"},
		{"flag without re", ONE("A|contains|s: b"), "5:17: modifier `s` belongs behind `re`"},
		{"re and contains", ONE("A|re|contains: b"), "5:6: `contains` and `re` do not go together"},
		{"re and cased", ONE("A|re|cased: b"), "5:6: `cased` and `re` do not go together"},
		{"faulty", ONE("A|re: '(a|b'"), "5:17: regular expression: missing closing parenthesis"},
		{"faulty within", ONE("A|re: ['ok', 'ab[z-a]c']"),
		 "5:25: regular expression: range out of order in character class"},
		{"cidr", ONE("A|cidr: 10.0.0.0/8"), SINGLE("(cidr A 10.0.0.0/8)")},
		{"cidr, one address", ONE("A|cidr: 127.0.0.1"),
		 SINGLE("(cidr A 127.0.0.1/32)")},
		{"cidr of IPv6", ONE("A|cidr: ['fe80::/10', '::1/128']"),
		 SINGLE("(cidr A fe80:0:0:0:0:0:0:0/10 0:0:0:0:0:0:0:1/128)")},
		{"no network", ONE("A|cidr: 10.0.0/8"),
		 "5:14: `10.0.0/8` is no network; networks are written 10.0.0.0/8 or fe80::/10"},
		{"too many bits", ONE("A|cidr: 10.0.0.0/33"),
		 "5:14: `10.0.0.0/33` is no network; networks are written 10.0.0.0/8 or fe80::/10"},
		{"lt", ONE("A|lt: 5"), SINGLE("(< A 5)")},
		{"lte", ONE("A|lte: -5"), SINGLE("(<= A -5)")},
		{"gt with a fraction", ONE("A|gt: 1.25"), SINGLE("(> A 1.25)")},
		{"gte of several", ONE("A|gte|all: [5, 0x10]"), SINGLE("(all>= A 5 16)")},
		{"a text compared", ONE("A|lt: '5'"),
		 "5:12: `5` is no number: lt, lte, gt and gte compare numbers"},
		{"two orders", ONE("A|lt|gt: 5"), "5:6: `lt` and `gt` do not go together"},
		{"hour", ONE("A|hour: 8"), SINGLE("(~ (hour A) 8)")},
		{"hours", ONE("A|hour|gte: 20"), SINGLE("(>= (hour A) 20)")},
		{"week, not", ONE("A|week|neq: 53"), SINGLE("(not (~ (week A) 53))")},
		{"month of several", ONE("A|month: [1, 12]"), SINGLE("(~ (month A) 1 12)")},
		{"no such hour", ONE("A|hour: 24"), "5:14: `hour` takes whole numbers from 0 to 23"},
		{"a text as day", ONE("A|day: monday"), "5:13: `day` takes whole numbers from 1 to 31"},
		{"two parts", ONE("A|day|hour: 1"), "5:6: `hour` and `day` do not go together"},
		{"another field", ONE("A|fieldref: B"), SINGLE("(~ A B)")},
		{"another field within", ONE("A|fieldref|contains: B"), SINGLE("(within~ A B)")},
		{"another field at the start", ONE("A|startswith|fieldref: B"), SINGLE("(starts~ A B)")},
		{"another field at the end, cased", ONE("A|fieldref|endswith|cased: B"),
		 SINGLE("(ends= A B)")},
		{"several fields", ONE("A|fieldref: [B, C]"), SINGLE("(or (~ A B) (~ A C))")},
		{"all fields", ONE("A|fieldref|all: [B, C]"), SINGLE("(and (~ A B) (~ A C))")},
		{"no field", ONE("A|fieldref: null"), "5:18: `fieldref` takes the name of a field"},
	};

	(void)state;
	run(rows, TEST_COUNT(rows));
}

static void encodings(void **state)
{
	static const struct row rows[] = {
		{"base64", ONE("A|base64: foobar"), SINGLE("(~ A \"zm9vymfy\")")},
		{"base64, filled up", ONE("A|base64|contains|cased: fooba"), SINGLE("(= A \"*Zm9vYmE=*\")")},
		{"base64offset", ONE("A|base64offset|contains|cased: foobar"),
		 SINGLE("(= A \"*Zm9vYmFy*\" \"*Zvb2Jhc*\" \"*mb29iYX*\")")},
		{"base64offset, all", ONE("A|base64offset|cased|contains|all: [foo, bar]"),
		 SINGLE("(and (= A \"*Zm9v*\" \"*Zvb*\" \"*mb2*\") (= A \"*YmFy*\" \"*Jhc*\" \"*iYX*\"))")},
		{"wide and base64offset", ONE("A|wide|base64offset|contains|cased: ab"),
		 SINGLE("(= A \"*YQBiA*\" \"*EAYg*\" \"*hAGIA*\")")},
		{"utf16 and base64", ONE("A|utf16|base64|cased: a"), SINGLE("(= A \"//5hAA==\")")},
		{"utf16be and base64", ONE("A|utf16be|base64|cased: a"), SINGLE("(= A \"AGE=\")")},
		{"utf16le is wide", ONE("A|utf16le|base64|cased: a"), SINGLE("(= A \"YQA=\")")},
		{"beyond ASCII", ONE("A|base64|cased: \xc3\xa4"), SINGLE("(= A \"w6Q=\")")},
		{"windash and base64", ONE("A|windash|base64|cased: -x"),
		 SINGLE("(= A \"LXg=\" \"L3g=\" \"4oCTeA==\" \"4oCUeA==\" \"4oCVeA==\")")},
		{"escapes are undone", ONE("A|base64|cased: 'a\\*\\\\b'"), SINGLE("(= A \"YSpcYg==\")")},
		{"wildcards", ONE("A|base64: 'a*'"),
		 "5:16: a value that is encoded takes no wildcards; write \\* and \\? for the characters "
		 "themselves"},
		{"nothing", ONE("A|base64: ''"), "5:16: there is nothing to encode"},
		{"contains first", ONE("A|contains|base64: a"), "5:17: `base64` must stand before `contains`"},
		{"base64 before wide", ONE("A|base64|wide: a"), "5:15: `wide` must stand before `base64`"},
		{"two of a kind", ONE("A|base64|base64offset: a"),
		 "5:6: `base64` and `base64offset` do not go together"},
		{"base64 and re", ONE("A|base64|re: a"), "5:6: `re` and `base64` do not go together"},
	};

	(void)state;
	run(rows, TEST_COUNT(rows));
}

/* Selections a, b, c1, c2, _d; the condition starts in column 24 of line 4. */
#define CONDITION(text) RULE(text, " a: {A: 1}, b: {B: 2}, c1: {C: 3}, c2: {C: 4}, _d: {D: 5}")

static void conditions(void **state)
{
	static const struct row rows[] = {
		{"and before or", CONDITION("a or b and c1"),
		 SINGLE("(or (~ A 1) (and (~ B 2) (~ C 3)))")},
		{"not before and", CONDITION("not a and b"), SINGLE("(and (not (~ A 1)) (~ B 2))")},
		{"parentheses", CONDITION("not (a or b) and (c1)"),
		 SINGLE("(and (not (or (~ A 1) (~ B 2))) (~ C 3))")},
		{"not not", CONDITION("not not a"), SINGLE("(not (not (~ A 1)))")},
		{"keywords in any case", CONDITION("a AND Not b OR c1"),
		 SINGLE("(or (and (~ A 1) (not (~ B 2))) (~ C 3))")},
		{"one of", CONDITION("1 of c*"), SINGLE("(or (~ C 3) (~ C 4))")},
		{"any of", CONDITION("any of c*"), SINGLE("(or (~ C 3) (~ C 4))")},
		{"all of", CONDITION("all of c*"), SINGLE("(and (~ C 3) (~ C 4))")},
		{"one of one", CONDITION("1 of a*"), SINGLE("(~ A 1)")},
		{"star within", CONDITION("1 of *1"), SINGLE("(~ C 3)")},
		{"one of them", CONDITION("1 of them"),
		 SINGLE("(or (~ A 1) (~ B 2) (~ C 3) (~ C 4))")},
		{"all of them", CONDITION("all of them"),
		 SINGLE("(and (~ A 1) (~ B 2) (~ C 3) (~ C 4))")},
		{"not all of", CONDITION("a and not all of c*"),
		 SINGLE("(and (~ A 1) (not (and (~ C 3) (~ C 4))))")},
		{"list of conditions", CONDITION("[a, b and c1]"),
		 SINGLE("(or (~ A 1) (and (~ B 2) (~ C 3)))")},
		{"unknown selection", CONDITION("a and c3 or x_long_name"),
		 "4:30: there is no selection `c3`: did you mean `c1`?\n"
		 "4:36: there is no selection `x_long_name`"},
		{"nothing like it", CONDITION("1 of z*"), "4:29: no selection is named like `z*`"},
		{"two of two", CONDITION("2 of c*"), SINGLE("(and (~ C 3) (~ C 4))")},
		{"two of four", CONDITION("2 of them"),
		 SINGLE("(or (and (~ A 1) (or (~ B 2) (~ C 3) (~ C 4))) (and (~ B 2) (or (~ C 3) (~ C 4))) "
			"(and (~ C 3) (~ C 4)))")},
		{"three of two", CONDITION("3 of c*"), "4:29: there are only 2 of them, not 3"},
		{"none of", CONDITION("0 of c*"),
		 "4:24: there is no selection `0`\n"
		 "4:26: expected `and` or `or`, not `of`"},
		{"of nothing", CONDITION("1 of"),
		 "4:28: `of` needs `them` or a pattern of selection names at the end of the condition"},
		{"count", CONDITION("a | count() > 5"),
		 "4:26: unsupported: aggregation (`| count()`, `| near`) is the old way: write a correlation"},
		{"no operator", CONDITION("a b"), "4:26: expected `and` or `or`, not `b`"},
		{"no operand", CONDITION("a and"),
		 "4:29: expected the name of a selection at the end of the condition"},
		{"unclosed", CONDITION("(a or b"), "4:31: expected `)` at the end of the condition"},
		{"too much closed", CONDITION("a)"), "4:25: expected `and` or `or`, not `)`"},
		{"timeframe", RULE("s", " s: {A: 1}, timeframe: 5m"),
		 "5:13: unsupported: `timeframe` is the old way: write a correlation"},
		{"places in folded text",
		 "title: T\nid: t\nlogsource: {category: process_creation}\ndetection:\n"
		 "  condition: >-\n    a\n    and\n    zz\n  a: {A: 1}\n",
		 "8:5: there is no selection `zz`"},
		{"places in quoted text",
		 "title: T\nid: t\nlogsource: {category: process_creation}\ndetection:\n"
		 "  condition: \"a and \\x7Az\"\n  a: {A: 1}\n",
		 "5:21: there is no selection `zz`"},
	};

	(void)state;
	run(rows, TEST_COUNT(rows));
}

#define DETECTION "detection: {s: {A: b}, condition: s}\n"
#define SOURCE "logsource: {category: process_creation, product: windows}\n"

static void rules(void **state)
{
	static const struct row rows[] = {
		{"network", "title: T\nid: t\nlogsource: {category: network_connection}\n" DETECTION,
		 "(single (stage network_connection (~ A \"b\")))"},
		{"process end", "title: T\nid: t\nlogsource: {category: process_termination}\n" DETECTION,
		 "(single (stage process_termination (~ A \"b\")))"},
		{"unknown category", "title: T\nid: t\nlogsource: {category: file_evend, product: windows}\n"
		 DETECTION,
		 "(single (stage file_evend (~ A \"b\"))) idle: no log is known for category `file_evend` of windows "
		 "(did you mean `file_event`?); --logsources FILE can tell of one"},
		{"other product", "title: T\nid: t\nlogsource: {category: process_creation, product: linux}\n"
		 DETECTION,
		 "(single (stage process_creation (~ A \"b\"))) idle: no log is known for category `process_creation` of "
		 "linux; --logsources FILE can tell of one"},
		{"live tracing only", "title: T\nid: t\nlogsource: {category: file_access, product: windows}\n"
		 DETECTION,
		 "(single (stage file_access (~ A \"b\"))) idle: only live tracing (the provider "
		 "Microsoft-Windows-Kernel-File) tells of it"},
		{"service", "title: T\nid: t\nlogsource: {service: system, product: windows}\n" DETECTION,
		 "(single (stage system (~ raw:A \"b\")))"},
		{"service and category", "title: T\nid: t\nlogsource: {service: sysmon, category: file_event}\n"
		 DETECTION, "(single (stage file_event (~ A \"b\")))"},
		{"category of another service",
		 "title: T\nid: t\nlogsource: {service: system, category: file_event}\n" DETECTION,
		 "(single (stage file_event (~ A \"b\"))) idle: no log is known for category `file_event` of windows; "
		 "--logsources FILE can tell of one"},
		{"product alone", "title: T\nid: t\nlogsource: {product: windows}\n" DETECTION,
		 "(single (stage any (~ raw:A \"b\")))"},
		{"other product alone", "title: T\nid: t\nlogsource: {product: macos}\n" DETECTION,
		 "(single (stage any (~ raw:A \"b\"))) idle: its log source is not of windows but of macos"},
		{"nothing named", "title: T\nid: t\nlogsource: {definition: all}\n" DETECTION,
		 "3:12: `logsource` names neither category nor product nor service"},
		{"a field against another", "title: T\nid: t\nlogsource: {service: system}\n"
		 "detection: {s: {A|fieldref: B}, condition: s}\n",
		 "(single (stage system (~ raw:A raw:B)))"},
		{"a placeholder", "title: T\nid: t\n" SOURCE
		 "detection: {s: {A|expand: 'x%y_z%'}, condition: s}\n",
		 SINGLE("false") " idle: the placeholder %y_z% has no values; --placeholders FILE gives them"},
		{"narrowed log source", "title: T\nid: t\nlogsource: {category: process_creation, x: y}\n"
		 DETECTION,
		 "3:41: unsupported: logsource member `x` is not supported: it would narrow what the rule "
		 "looks at"},
		{"everything missing", "foo: bar\n",
		 "1:1: the rule has neither `id` nor `name`\n1:1: the rule has no `detection`\n"
		 "1:1: the rule has no `logsource`\n1:1: the rule has no `title`"},
		{"misspelt members", "titel: T\nid: t\nlogsorce: {category: process_creation}\n" DETECTION,
		 "1:1: the rule has no `title`: was `titel` meant to be it?\n"
		 "3:1: the rule has no `logsource`: was `logsorce` meant to be it?"},
		{"no condition", "title: T\nid: t\n" SOURCE "detection: {s: {A: b}}\n",
		 "4:12: `detection` has no `condition`"},
		{"bad metadata", "title: T\nid: 'a b'\nstatus: good\nlevel: huge\ndate: 2020\n" SOURCE DETECTION,
		 "2:5: an id is a UUID, or a name of letters, digits, `_`, `.` and `-`\n"
		 "3:9: `good` is no status; statuses are stable, test, experimental, deprecated, unsupported\n"
		 "4:8: `huge` is no level; levels are informational, low, medium, high, critical\n"
		 "5:7: `date` is a day, written YYYY-MM-DD"},
		{"custom members", "title: T\nid: t\nour_own: {a: b}\ntriage: {a: b}\n" SOURCE DETECTION,
		 SINGLE("(~ A \"b\")")},
		{"what is said globally", "action: global\ntitle: T\ndetection: {condition: s, s: {A: a}}\n---\nid: t1\n"
		 SOURCE "---\nid: t2\nlogsource: {service: system}\ndetection: {s: {B: b}}\n",
		 SINGLE("(~ A \"a\")") "\n(single (stage system (and (~ raw:A \"a\") (~ raw:B \"b\"))))"},
		{"and no more", "action: global\ntitle: T\n---\naction: reset\n---\nid: t1\n" SOURCE DETECTION,
		 "6:1: the rule has no `title`"},
		{"once more", "title: T\nid: t1\n" SOURCE DETECTION "---\naction: repeat\nid: t2\n"
		 "detection: {s: {A: c}}\n", SINGLE("(~ A \"b\")") "\n" SINGLE("(~ A \"c\")")},
		{"nothing to repeat", "action: repeat\nid: t2\n", "1:9: there is no rule before it to repeat"},
		{"another action", "action: forget\n", "1:9: an `action` is global, reset or repeat"},
		{"taxonomy", "title: T\nid: t\ntaxonomy: ecs\n" SOURCE DETECTION,
		 "3:11: unsupported: taxonomies other than sigma are not supported"},
		{"not a mapping", "- a\n- b\n", "1:1: a rule is a mapping"},
		{"nothing", "# only a comment\n", "0:0: the file holds no rule"},
		{"two documents", "title: T\nid: t1\n" SOURCE DETECTION "---\ntitle: U\nid: t2\n" SOURCE
		 DETECTION, SINGLE("(~ A \"b\")") "\n" SINGLE("(~ A \"b\")")},
		{"the same id twice", "title: T\nid: t1\n" SOURCE DETECTION "---\ntitle: U\nid: T1\n" SOURCE
		 DETECTION, SINGLE("(~ A \"b\")") "\n7:5: the id `T1` is given twice in this set of rules"},
		{"alias", "title: T\nid: t\n" SOURCE "detection:\n  a: &x {A: b}\n  c: {D: e}\n"
		 "  b: *x\n  condition: all of them\n",
		 SINGLE("(and (~ A \"b\") (~ D \"e\") (~ A \"b\"))")},
	};

	(void)state;
	run(rows, TEST_COUNT(rows));
}

#define BASES                                                                                      \
	"---\ntitle: P\nname: p\nlogsource: {category: process_creation}\n" DETECTION                  \
	"---\ntitle: N\nid: n\nlogsource: {category: network_connection}\n" DETECTION
#define CORRELATION(members) "title: C\nid: c\ncorrelation: {" members "}\n"
#define COUNT(type, condition)                                                                     \
	CORRELATION("type: " type ", rules: [p, n], timespan: 1s, condition: {" condition "}") BASES
#define COUNTED(measure, field)                                                                    \
	"(count " measure " (span 10000000) " STAGES(" (of " field ")") ")"
/* What is left beside a faulty correlation of p. */
#define KEPT "(single (stage network_connection (~ A \"b\")))\n"
#define STAGES(by)                                                                                 \
	"(stage process_creation (name p)" by " (~ A \"b\")) (stage network_connection (name n)" by " (~ A \"b\"))"

static void correlations(void **state)
{
	static const struct row rows[] = {
		{"temporal", CORRELATION("type: temporal, rules: [p, n], timespan: 30m") BASES,
		 "(temporal (span 18000000000) " STAGES("") ")"},
		{"by identity", CORRELATION("type: temporal, rules: [p, n], group-by: [process.entity_id], "
					    "timespan: process-lifetime") BASES,
		 "(temporal (span lifetime) " STAGES(" (by process.entity_id)") ")"},
		{"by two fields", CORRELATION("type: temporal, rules: [p, n], group-by: [A, B], timespan: 1h")
		 BASES, "(temporal (span 36000000000) " STAGES(" (by A B)") ")"},
		{"generate", CORRELATION("type: temporal, rules: [p, n], timespan: 1s, generate: true") BASES,
		 "(temporal (span 10000000) " STAGES("") ")\n"
		 "(single (stage network_connection (~ A \"b\")))\n"
		 "(single (stage process_creation (name p) (~ A \"b\")))"},
		{"generate above", "generate: true\n" CORRELATION("type: temporal, rules: [n], timespan: 1d")
		 BASES, "(temporal (span 864000000000) (stage network_connection (name n) (~ A \"b\")))\n"
		 "(single (stage network_connection (~ A \"b\")))\n"
		 "(single (stage process_creation (name p) (~ A \"b\")))"},
		{"lifetime of what", CORRELATION("type: temporal, rules: [p, n], timespan: process-lifetime")
		 "---\n", "3:56: `process-lifetime` needs group-by process.entity_id"},
		{"no such rule", CORRELATION("type: temporal, rules: [p, x], timespan: 1h") BASES,
		 "(single (stage network_connection (~ A \"b\")))\n"
		 "3:42: there is no rule named or with the id `x` in this set"},
		{"ordered", CORRELATION("type: temporal_ordered, rules: [p, n], timespan: 1s") BASES,
		 "(ordered temporal (span 10000000) " STAGES("") ")"},
		{"so many of the rules", CORRELATION("type: temporal, rules: [p, n], timespan: 1s, "
						     "condition: {gte: 1}") BASES,
		 "(temporal >= 1 (span 10000000) " STAGES("") ")"},
		{"event_count", CORRELATION("type: event_count, rules: [p, n], timespan: 1s, group-by: [A], "
					    "condition: {gt: 5, lte: 10, neq: 7}") BASES,
		 "(count events > 5 <= 10 not = 7 (span 10000000) " STAGES(" (by A)") ")"},
		{"value_count", COUNT("value_count", "field: V, eq: 3"), COUNTED("values = 3", "V")},
		{"value_count of a list", COUNT("value_count", "field: [V], lt: 3"), COUNTED("values < 3", "V")},
		{"value_sum", COUNT("value_sum", "field: V, gte: 1.5"), COUNTED("sum >= 1.5", "V")},
		{"value_avg", COUNT("value_avg", "field: V, gte: -2"), COUNTED("avg >= -2", "V")},
		{"value_percentile", COUNT("value_percentile", "field: V, percentile: 95, gt: 2"),
		 COUNTED("percentile 95 > 2", "V")},
		{"value_median", COUNT("value_median", "field: V, gt: 2"), COUNTED("percentile 50 > 2", "V")},
		{"no condition", CORRELATION("type: event_count, rules: [p], timespan: 1s") BASES,
		 KEPT "3:14: the correlation has no `condition`"},
		{"no bound", COUNT("value_sum", "field: V"),
		 "3:72: the correlation has no `gt`, `gte`, `lt`, `lte`, `eq` or `neq` in its condition"},
		{"no field", COUNT("value_sum", "gt: 1"),
		 "3:72: the correlation has no `field` in its condition"},
		{"no percentile", COUNT("value_percentile", "field: V, gt: 1"),
		 "3:79: the correlation has no `percentile` in its condition"},
		{"two fields together", COUNT("value_sum", "field: [V, W], gt: 1"),
		 "3:80: unsupported: values of several fields together are not supported: name one"},
		{"a field of events", CORRELATION("type: event_count, rules: [p], timespan: 1s, condition: "
						  "{field: V, gt: 1}") BASES,
		 KEPT "3:71: `field` goes with the types of values"},
		{"percentile of a sum", COUNT("value_sum", "field: V, percentile: 3, gt: 1"),
		 "3:95: `percentile` goes with the type value_percentile"},
		{"percentile beyond", COUNT("value_percentile", "field: V, percentile: 101, gt: 1"),
		 "3:102: a percentile is from 0 to 100"},
		{"misspelt bound", COUNT("value_sum", "field: V, gtee: 1"),
		 "3:83: unknown member `gtee` of a condition: did you mean `gte`?"},
		{"a bound of text", COUNT("value_sum", "field: V, gt: many"), "3:87: `gt` takes a number"},
		{"a condition of text", CORRELATION("type: temporal, rules: [p], timespan: 1s, condition: p and n")
		 BASES, KEPT "3:68: a correlation's `condition` is a mapping: gte: 10, for instance"},
		{"lifetime of a count", CORRELATION("type: event_count, rules: [p], timespan: process-lifetime, "
		 "group-by: [process.entity_id], condition: {gt: 1}") BASES,
		 KEPT "3:56: `process-lifetime` goes with the type temporal"},
		{"misspelt type", CORRELATION("type: temporl"),
		 "3:21: unknown correlation type `temporl`: did you mean `temporal`?"},
		{"no type", CORRELATION("rules: [p]"), "3:14: the correlation has no `type`"},
		{"nothing else", CORRELATION("type: temporal"),
		 "3:14: the correlation has no `rules`\n3:14: the correlation has no `timespan`"},
		{"bad span", CORRELATION("type: temporal, rules: [p], timespan: soon"),
		 "3:53: `timespan` is a whole number and a unit of s, m, h, d, w, M, y (or process-lifetime)"},
		{"span of nothing", CORRELATION("type: temporal, rules: [p], timespan: 0s"),
		 "3:53: `timespan` is a whole number and a unit of s, m, h, d, w, M, y (or process-lifetime)"},
		{"misspelt member", CORRELATION("type: temporal, rules: [p], timespan: 1s, group_by: [A]"),
		 "3:57: unknown correlation member `group_by`: did you mean `group-by`?"},
		{"aliases", CORRELATION("type: temporal, rules: [p, n], timespan: 1s, group-by: [x, B], "
					"aliases: {x: {p: X1, n: X2}}") BASES,
		 "(temporal (span 10000000) (stage process_creation (name p) (by X1 B) (~ A \"b\")) "
		 "(stage network_connection (name n) (by X2 B) (~ A \"b\")))"},
		{"an alias is measured", CORRELATION("type: value_sum, rules: [p, n], timespan: 1s, condition: "
						     "{field: x, gt: 1}, aliases: {x: {p: X1, n: X2}}") BASES,
		 "(count sum > 1 (span 10000000) (stage process_creation (name p) (of X1) (~ A \"b\")) "
		 "(stage network_connection (name n) (of X2) (~ A \"b\")))"},
		{"half an alias", CORRELATION("type: temporal, rules: [p, n], timespan: 1s, group-by: [x], "
					      "aliases: {x: {p: X1}}") BASES,
		 "3:42: the alias `x` does not say what it is in rule `n`"},
		{"alias of another rule", CORRELATION("type: temporal, rules: [n], timespan: 1s, group-by: [x], "
						      "aliases: {x: {n: X1, p: X2}}") BASES,
		 "(single (stage process_creation (name p) (~ A \"b\")))\n"
		 "3:93: the alias speaks of `p`, which is none of the `rules`"},
		{"alias that is none", CORRELATION("type: temporal, rules: [p], timespan: 1s, aliases: {x: y}")
		 BASES, KEPT "3:70: an alias is a mapping from rules to fields"},
		{"a correlation of itself", CORRELATION("type: temporal, rules: [c], timespan: 1s"),
		 "3:39: the correlation rests on itself by way of `c`"},
		{"a correlation of a correlation", CORRELATION("type: temporal_ordered, rules: [d, n], timespan: 1s, "
							       "group-by: [A]")
		 "---\ntitle: D\nid: d\ncorrelation: {type: event_count, rules: [p], timespan: 1s, group-by: [A], "
		 "condition: {gte: 5}}\n" BASES,
		 "(ordered temporal (span 10000000) (stage of d (name d) (by A)) "
		 "(stage network_connection (name n) (by A) (~ A \"b\")))\n"
		 "(quiet count events >= 5 (span 10000000) (stage process_creation (name p) (by A) (~ A \"b\")))"},
		{"and with findings of its own", CORRELATION("type: temporal, rules: [d], timespan: 1s, generate: true")
		 "---\ntitle: D\nid: d\ncorrelation: {type: event_count, rules: [p, n], timespan: 1s, "
		 "condition: {gte: 5}}\n" BASES,
		 "(temporal (span 10000000) (stage of d (name d)))\n"
		 "(count events >= 5 (span 10000000) " STAGES("") ")"},
		{"a ring", CORRELATION("type: temporal, rules: [d], timespan: 1s")
		 "---\ntitle: D\nid: d\ncorrelation: {type: temporal, rules: [c], timespan: 1s}\n",
		 "3:39: rule `d` has faults of its own\n"
		 "7:39: the correlation rests on itself by way of `c`"},
		{"of an idle rule", CORRELATION("type: temporal, rules: [i, p], timespan: 1s") BASES
		 "---\ntitle: I\nname: i\nlogsource: {product: macos}\n" DETECTION,
		 "(temporal (span 10000000) (stage any (name i) (~ raw:A \"b\")) "
		 "(stage process_creation (name p) (~ A \"b\"))) idle: its log source is not of windows but of macos\n"
		 "(single (stage network_connection (~ A \"b\")))"},
		{"a faulty base", CORRELATION("type: temporal, rules: [p], timespan: 1s")
		 "---\ntitle: P\nname: p\n" SOURCE,
		 "3:39: rule `p` has faults of its own\n5:1: the rule has no `detection`"},
		{"both", "title: C\nid: c\ncorrelation: {type: temporal, rules: [c], timespan: 1s}\n" DETECTION,
		 "4:12: a document is a detection or a correlation, not both"},
	};

	(void)state;
	run(rows, TEST_COUNT(rows));
}

/* What a rule says of itself, and of its conditions. */
static void metadata(void **state)
{
	static const char text[] =
		"title: T\nid: t\nname: n\nstatus: test\nlevel: high\ndate: 2020/01/02\n"
		"author: [A, B]\nrisk_score: 21\nreferences: [r1, r2]\nfalsepositives: f\n"
		"tags: [attack.command-and-control, attack.T1218.007, attack.g0032, cve.2020-1, "
		"attack.defense_evasion]\ntriage: [look, think]\n" SOURCE
		"detection: {s: {Cmd|contains|all: [' a', b c, 5]}, condition: not  s}\n";
	struct ruleset s;
	struct err e = {0};
	const struct rule *r;

	(void)state;
	assert_int_equal(ruleset_init(&s, &e), 0);
	assert_int_equal(ruleset_add_text(&s, "t.yml", view_str(text), &e), 0);
	assert_int_equal(s.n, 1);
	r = &s.rules[0];
	test_view_is("author", r->author, view_str("A, B"));
	assert_true(r->has_risk && r->risk_score == 21 && r->level == LEVEL_HIGH);
	assert_int_equal(r->tactics.n, 2);
	test_view_is("tactic", r->tactics.v[0], view_str("Command and Control"));
	test_view_is("tactic", r->tactics.v[1], view_str("Defense Evasion"));
	assert_int_equal(r->techniques.n, 1);
	test_view_is("technique", r->techniques.v[0], view_str("T1218.007"));
	assert_int_equal(r->references.n, 2);
	assert_int_equal(r->false_positives.n, 1);
	assert_int_equal(r->triage.n, 2);
	test_view_is("stage", r->stages[0].source, view_str("not s"));
	test_view_is("source", r->stages[0].condition->kids[0]->test->source,
		     view_str("Cmd|contains|all: ' a', b c, 5"));
	assert_int_equal(r->stages[0].condition->kids[0]->test->line, 14);
	assert_int_equal(r->stages[0].condition->kids[0]->test->column, 17);
	ruleset_release(&s);
}

static void notes(void **state)
{
	struct ruleset s;
	struct err e = {0};

	(void)state;
	assert_int_equal(ruleset_init(&s, &e), 0);
	assert_int_equal(ruleset_add_text(&s, "t.yml", view_str(CONDITION("a or 1 of c*")), &e), 0);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.faults.n, 0);
	assert_int_equal(s.notes.n, 1);
	assert_string_equal(s.notes.v[0].message, "no condition names the selection `b`");
	assert_int_equal(s.notes.v[0].line, 5);
	assert_int_equal(s.notes.v[0].column, 13);
	ruleset_release(&s);
}

#define FILTER(members) "---\ntitle: F\nid: f\n" SOURCE "filter: {" members "}\n"
#define FILTERED "title: T\nid: t\n" SOURCE DETECTION

static void filters(void **state)
{
	static const struct row rows[] = {
		{"by id", FILTERED FILTER("rules: [t], x: {B: c}, condition: not x"),
		 SINGLE("(and (~ A \"b\") (not (~ B \"c\")))")},
		{"before its rule", FILTER("rules: t, x: {B: c}, condition: not x") "---\n" FILTERED,
		 SINGLE("(and (~ A \"b\") (not (~ B \"c\")))")},
		{"all of the log source", FILTERED "---\ntitle: U\nid: u\nlogsource: {service: system}\n" DETECTION
		 FILTER("rules: any, x: {B: c}, condition: not x"),
		 SINGLE("(and (~ A \"b\") (not (~ B \"c\")))") "\n(single (stage system (~ raw:A \"b\")))"},
		{"in each rule's words", FILTERED "---\ntitle: U\nid: u\nlogsource: {service: system}\n" DETECTION
		 "---\ntitle: F\nlogsource: {product: windows}\nfilter: {rules: [], x: {B: c}, condition: x}\n",
		 SINGLE("(and (~ A \"b\") (~ B \"c\"))")
		 "\n(single (stage system (and (~ raw:A \"b\") (~ raw:B \"c\"))))"},
		{"also in a correlation", FILTERED FILTER("rules: [t], x: {B: c}, condition: x")
		 "---\ntitle: C\nid: c\ncorrelation: {type: temporal, rules: [t], timespan: 1s}\n",
		 "(temporal (span 10000000) (stage process_creation (name t) (and (~ A \"b\") (~ B \"c\"))))"},
		{"no rules", FILTERED FILTER("x: {B: c}, condition: x"),
		 SINGLE("(~ A \"b\")") "\n9:9: a `filter` is a mapping of rules, selections and a condition"},
		{"no condition", FILTERED FILTER("rules: t, x: {B: c}"),
		 SINGLE("(~ A \"b\")") "\n9:9: `detection` has no `condition`"},
		{"no log source", FILTERED "---\ntitle: F\nfilter: {rules: t, x: {B: c}, condition: x}\n",
		 SINGLE("(~ A \"b\")") "\n6:1: a filter needs a `logsource`"},
	};

	(void)state;
	run(rows, TEST_COUNT(rows));
}

static void filter_notes(void **state)
{
	struct ruleset s;
	struct err e = {0};

	(void)state;
	assert_int_equal(ruleset_init(&s, &e), 0);
	assert_int_equal(ruleset_add_text(&s, "t.yml",
					  view_str(FILTERED FILTER("rules: [zz, t], x: {B: c}, condition: not x")),
					  &e), 0);
	assert_int_equal(s.faults.n, 0);
	assert_int_equal(s.notes.n, 1);
	assert_string_equal(s.notes.v[0].message, "the filter does nothing to rule `zz`, which is not in this set");
	test_view_is("the rule tells", s.rules[0].stages[0].source, view_str("(s) and (filter F: not x)"));
	ruleset_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),	cmocka_unit_test(wildcards),
		cmocka_unit_test(modifiers),	cmocka_unit_test(expressions),
		cmocka_unit_test(encodings),	cmocka_unit_test(conditions),
		cmocka_unit_test(rules),	cmocka_unit_test(correlations),
		cmocka_unit_test(metadata),	cmocka_unit_test(notes),
		cmocka_unit_test(filters),	cmocka_unit_test(filter_notes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
