/* SPDX-License-Identifier: Apache-2.0 */
#include "rule_text.h"

/* A plain .eql file: the query starts in line 4, column 1. */
#define HEADER "// id: t\n// title: T\n\n"
#define Q(query) HEADER query "\n"
#define W(condition) Q("process where " condition)
#define SINGLE(tree) "(single (stage any (and (= event.category \"process\") " tree ")))"

struct row {
	const char *name, *text, *want;
};

static void run(const struct row *rows, size_t n, const char *file)
{
	for (size_t i = 0; i < n; i++)
		rule_row(rows[i].name, file, view_str(rows[i].text), rows[i].want);
}

static void comparisons(void **state)
{
	static const struct row rows[] = {
		{"equal", W("process.name == \"Cmd.exe\""), SINGLE("(= process.name \"Cmd.exe\")")},
		{"no wildcards in ==", W("process.name == \"a*\""), SINGLE("(= process.name \"a\\*\")")},
		{"unequal", W("process.name != \"a\""), SINGLE("(not (= process.name \"a\"))")},
		{"number", W("process.pid == 4"), SINGLE("(= process.pid 4)")},
		{"negative number", W("process.pid == -4"), SINGLE("(= process.pid -4)")},
		{"greater", W("process.pid > 4"), SINGLE("(> process.pid 4)")},
		{"the constant first", W("4 > process.pid and 4 <= process.pid and 4 == process.pid"),
		 SINGLE("(and (< process.pid 4) (>= process.pid 4) (= process.pid 4))")},
		{"truth value", W("process.code_signature.trusted == true"),
		 SINGLE("(~ process.code_signature.trusted \"true\")")},
		{"a field alone", W("process.code_signature.trusted"),
		 SINGLE("(~ process.code_signature.trusted \"true\")")},
		{"null", W("process.name == null"), SINGLE("(null process.name)")},
		{"not null", W("process.name != null"), SINGLE("(not (null process.name))")},
		{"null first", W("null != process.name"), SINGLE("(not (null process.name))")},
		{"true", W("true"), SINGLE("true")},
		{"false", W("false"), SINGLE("false")},
		{"optional field", W("?process.foo == \"a\""), SINGLE("(= process.foo \"a\")")},
		{"backquoted field", W("`process`.`name` == \"a\""), SINGLE("(= process.name \"a\")")},
		{"field of no vocabulary", W("process.foo == \"a\" and process.bar != 1"),
		 SINGLE("(and (= process.foo \"a\") (not (= process.bar 1)))")},
		{"two fields", W("process.name == user.name"), SINGLE("(= process.name user.name)")},
		{"two fields, unequal", W("process.name != user.name"),
		 SINGLE("(or (< process.name user.name) (> process.name user.name))")},
		{"order of texts", W("process.name > \"Ab\""), SINGLE("(> process.name \"Ab\")")},
		{"decimal", W("process.pid > 1.5 and -.25 >= process.pid"),
		 SINGLE("(and (> process.pid 1.5) (<= process.pid -0.25))")},
		{"decimals that are whole", W("process.pid in (5.0, 1e3, -2E+0)"),
		 SINGLE("(= process.pid 5 1000 -2)")},
		{"decimal too large", W("process.pid == 1e999"), "4:30: the number is too large"},
		{"negated comparisons", W("not process.pid > 4 and not process.pid <= 4 and "
					  "not process.pid != 4 and not not process.pid < 4"),
		 SINGLE("(and (<= process.pid 4) (> process.pid 4) (= process.pid 4) "
			"(not (>= process.pid 4)))")},
		{"two constants", W("1 == 2"), SINGLE("(= 1 2)")},
		{"null against null", W("null == null"), SINGLE("(null null)")},
		{"order of null", W("process.pid > null"),
		 "4:15: null has no order; compare it with == or !="},
		{"order of truth", W("process.pid > true"),
		 "4:15: a truth value has no order; compare it with == or !="},
		{"a condition and a truth value",
		 W("(process.pid == 4) == true and (process.pid == 4) == false and "
		   "true != (process.name : \"a\")"),
		 SINGLE("(and (= process.pid 4) (not (= process.pid 4)) "
			"(not (~ process.name \"a\")))")},
		{"two conditions", W("(process.pid == 4) == (process.pid == 5)"),
		 "4:38: unsupported: a condition as a value is not supported"},
		{"element", W("process.args[0] == \"a\""),
		 "4:15: unsupported: elements of an array, `field[0]`, are not supported"},
		{"a text alone", W("\"a\""), "4:15: a text is no condition"},
		{"too large a number", W("process.pid == 9223372036854775808"),
		 "4:30: the number is too large"},
	};

	(void)state;
	run(rows, TEST_COUNT(rows), "t.eql");
}

static void sets(void **state)
{
	static const struct row rows[] = {
		{"colon", W("process.name : \"A*?\""), SINGLE("(~ process.name \"a*?\")")},
		{"colon, several", W("process.name : (\"a\", \"b\")"),
		 SINGLE("(~ process.name \"a\" \"b\")")},
		{"colon, number", W("process.pid : 4"), "4:29: `:` takes texts, not a number"},
		{"backslash before a star", W("process.name : \"\\\\*\""),
		 SINGLE("(~ process.name \"\\\\*\")")},
		{"in", W("process.name in (\"A\", \"b*\")"), SINGLE("(= process.name \"A\" \"b\\*\")")},
		{"in, numbers", W("process.pid in (4, 5)"), SINGLE("(= process.pid 4 5)")},
		{"in~", W("process.name in~ (\"A\")"), SINGLE("(~ process.name \"a\")")},
		{"not in", W("process.name not in (\"A\")"), SINGLE("(not (= process.name \"A\"))")},
		{"not in~", W("process.name not in~ (\"A\")"), SINGLE("(not (~ process.name \"a\"))")},
		{"like", W("process.name like \"A*\""), SINGLE("(= process.name \"A*\")")},
		{"like~", W("process.name like~ (\"A*\", \"b\")"),
		 SINGLE("(~ process.name \"a*\" \"b\")")},
		{"like, number", W("process.pid like 4"), "4:32: `like` takes texts, not a number"},
		{"null in a list", W("process.name in (\"a\", null)"),
		 "4:37: null in a list is never found; write `or ... == null`"},
		{"field in a list", W("process.name in (\"a\", user.name)"),
		 "4:37: `in` takes constants, not a field"},
		{"list of another type", W("length(process.name) in (5, \"a\")"),
		 "4:43: a number cannot be compared with a text"},
		{"regex", W("process.name regex \"a\" and process.name regex~ (\"b\", \"\"\"c\\d\"\"\")"),
		 SINGLE("(and (rewl process.name /a/) (reiwl process.name /b/ /c\\d/))")},
		{"regex that is none", W("process.name regex (\"a\", \"\"\"b(c\"\"\", \"\\td[\", \"a~b\")"),
		 "4:46: regular expression: `(` without `)`\n"
		 "4:51: regular expression: `[` without `]`\n"
		 "4:61: unsupported: regular expression: the operators `~`, `&` and `<1-2>` are not supported; "
		 "a backslash before them makes them characters"},
		{"regex, number", W("process.name regex 5"), "4:34: `regex` takes texts, not a number"},
		{"texts of a number", W("(process.pid + 1) : \"a\""),
		 "4:16: `:` asks a text, not a number; see string(...)"},
		{"of a value", W("substring(process.name, 1) : (\"a*\", \"b\") and "
				 "length(process.name) in (5, 6)"),
		 SINGLE("(and (~ (substring process.name 1) \"a*\" \"b\") "
			"(= (length process.name) 5 6))")},
		{"in without a list", W("process.name in \"a\""),
		 "4:31: expected `(` and a list of values, not `\"a\"`"},
		{"not like", W("process.name not like \"a\""),
		 "4:28: expected `and`, `or` or the end, not `not`"},
	};

	(void)state;
	run(rows, TEST_COUNT(rows), "t.eql");
}

static void logic(void **state)
{
	static const struct row rows[] = {
		{"and before or", W("true or false and true"), SINGLE("(or true (and false true))")},
		{"not binds closest", W("not process.name == \"a\" and true"),
		 SINGLE("(and (not (= process.name \"a\")) true)")},
		{"parentheses", W("not (true or false) and ((true))"),
		 SINGLE("(and (not (or true false)) true)")},
		{"not not", W("not not true"), SINGLE("(not (not true))")},
		{"comments", Q("process /* a /* b */ c */ where // d\n true"), SINGLE("true")},
		{"words of another case", W("true AND false"),
		 "4:20: expected `and`, `or` or the end, not `AND`"},
		{"nothing", W(""), "4:14: expected a field, a value or `(` at the end of the query"},
		{"unclosed", W("(true"), "4:20: expected `)` at the end of the query"},
		{"unclosed comment", W("true /* a"), "4:20: the comment has no end"},
		{"a word of the language", W("and true"),
		 "4:15: expected a field, a value or `(`, not `and`"},
		{"odd character", W("true; false"), "4:19: this character does not belong to EQL"},
	};

	(void)state;
	run(rows, TEST_COUNT(rows), "t.eql");
}

static void functions(void **state)
{
	static const struct row rows[] = {
		{"startsWith", W("startsWith(process.name, \"A*\") and startswith~(process.name, \"A\")"),
		 SINGLE("(and (= process.name \"A\\**\") (~ process.name \"a*\"))")},
		{"endsWith", W("endsWith(process.name, \"A\") and ENDSWITH~(process.name, \"A\")"),
		 SINGLE("(and (= process.name \"*A\") (~ process.name \"*a\"))")},
		{"stringContains", W("stringContains(process.name, \"A\") and stringcontains~(process.name, \"A\")"),
		 SINGLE("(and (= process.name \"*A*\") (~ process.name \"*a*\"))")},
		{"in a value", W("startsWith(process.name, user.name) and endsWith~(string(process.pid), \"4\")"
				 " and stringContains(\"abc\", process.name)"),
		 SINGLE("(and (starts= process.name user.name) (ends~ (string process.pid) \"4\") "
			"(within= \"abc\" process.name))")},
		{"not", W("not startsWith(process.name, \"a\") and startsWith(process.name, \"a\") == false"),
		 SINGLE("(and (not (= process.name \"a*\")) (not (= process.name \"a*\")))")},
		{"cidrMatch", W("cidrmatch(source.ip, \"10.1.2.3/8\", \"::1\", \"127.0.0.1\", \"fe80::1/10\", \"0.0.0.0/0\")"),
		 SINGLE("(cidr source.ip 10.0.0.0/8 0:0:0:0:0:0:0:1/128 127.0.0.1/32 "
			"fe80:0:0:0:0:0:0:0/10 0.0.0.0/0)")},
		{"no networks", W("cidrMatch(source.ip, \"10.0.0.0/33\", \"a\", \"1.2.3.4/\", \"::/129\", user.name)"),
		 "4:36: a network is a text such as \"10.0.0.0/8\" or \"fe80::/10\"\n"
		 "4:51: a network is a text such as \"10.0.0.0/8\" or \"fe80::/10\"\n"
		 "4:56: a network is a text such as \"10.0.0.0/8\" or \"fe80::/10\"\n"
		 "4:68: a network is a text such as \"10.0.0.0/8\" or \"fe80::/10\"\n"
		 "4:78: a network is a text such as \"10.0.0.0/8\" or \"fe80::/10\""},
		{"length", W("length(process.name) > 4"), SINGLE("(> (length process.name) 4)")},
		{"unequal", W("length(process.name) != 4 and not length(process.name) == 4"),
		 SINGLE("(and (or (< (length process.name) 4) (> (length process.name) 4)) "
			"(or (< (length process.name) 4) (> (length process.name) 4)))")},
		{"indexOf", W("indexOf(process.name, \"a\") == null and indexOf~(process.name, \"a\", 2) != null"),
		 SINGLE("(and (null (indexof process.name \"a\")) "
			"(not (null (indexof~ process.name \"a\" 2))))")},
		{"substring", W("substring(process.name, 0, -1) == \"a\" and substring(process.name, -4) : \".exe\""),
		 SINGLE("(and (= (substring process.name 0 -1) \"a\") (~ (substring process.name -4) \".exe\"))")},
		{"null for what may be left out",
		 W("substring(process.name, null, 5) == \"a\" and substring(process.name, 1, null) == \"a\" and "
		   "indexOf(process.name, \"a\", null) == null and number(process.name, null) == 1"),
		 SINGLE("(and (= (substring process.name 0 5) \"a\") (= (substring process.name 1) \"a\") "
			"(null (indexof process.name \"a\")) (= (number process.name) 1))")},
		{"between", W("between(process.name, \"a\", \"b\") == \"\" and between~(process.name, \"a\", \"b\", true) == \"\""),
		 SINGLE("(and (= (between process.name \"a\" \"b\") \"\") "
			"(= (between~ process.name \"a\" \"b\" true) \"\"))")},
		{"concat", W("concat(process.name, \":\", null, 1, 1.5, true) == \"a\""),
		 SINGLE("(= (concat process.name \":\" null 1 1.5 true) \"a\")")},
		{"number", W("number(process.name) == 5 and number(\"0x1f\", 16) == process.pid"),
		 SINGLE("(and (= (number process.name) 5) (= (number \"0x1f\" 16) process.pid))")},
		{"string", W("string(source.ip) == \"1.2.3.4\""), SINGLE("(= (string source.ip) \"1.2.3.4\")")},
		{"arithmetic", W("add(process.pid, 1) == 2 and subtract(process.pid, 1) == 2 and "
				 "multiply(process.pid, 1) == 2 and divide(process.pid, 1) == 2 and "
				 "modulo(process.pid, 1) == 2"),
		 SINGLE("(and (= (add process.pid 1) 2) (= (subtract process.pid 1) 2) "
			"(= (multiply process.pid 1) 2) (= (divide process.pid 1) 2) "
			"(= (modulo process.pid 1) 2))")},
		{"operators", W("process.pid + 2 * 3 - 4 / 5 % 6 == -process.pid"),
		 SINGLE("(= (subtract (add process.pid (multiply 2 3)) (modulo (divide 4 5) 6)) "
			"(subtract 0 process.pid))")},
		{"parentheses", W("(process.pid + 2) * 3 > 1"),
		 SINGLE("(> (multiply (add process.pid 2) 3) 1)")},
		{"functions in functions",
		 W("endswith~(substring(dll.path, 0, length(dll.path) - (length(dll.name) + 1)), user.name)"),
		 SINGLE("(ends~ (substring dll.path 0 (subtract (length dll.path) (add (length dll.name) 1))) "
			"user.name)")},
		{"a value is no condition", W("length(process.name) and process.pid + 1"),
		 "4:15: length is a number and no condition\n4:40: a number is no condition"},
		{"a condition is no value", W("string(startsWith(process.name, \"a\")) == \"true\""),
		 "4:22: unsupported: startsWith is a condition; as a value it is not supported"},
		{"arguments", W("length() == 1 and between(process.name, \"a\") == 1 and cidrMatch(source.ip) and "
				"startsWith(process.name, \"a\", \"b\")"),
		 "4:15: length takes 1 argument, not 0\n"
		 "4:33: a text cannot be compared with a number\n"
		 "4:69: cidrMatch takes 2 arguments or more, not 1\n"
		 "4:94: startsWith takes 2 arguments, not 3"},
		{"number of arguments", W("between(process.name, \"a\") == \"b\""),
		 "4:15: between takes 3 to 4 arguments, not 2"},
		{"kinds of arguments", W("length(5) == 1 and startsWith(process.name, 5) and "
					 "substring(process.name, \"a\") == \"b\" and "
					 "between(process.name, \"a\", \"b\", 1) == \"c\" and process.pid + \"a\" == 1"),
		 "4:22: argument 1 of length is a text, not a number\n"
		 "4:59: argument 2 of startsWith is a text, not a number\n"
		 "4:90: argument 2 of substring is a number, not a text\n"
		 "4:138: argument 4 of between is true or false, not a number\n"
		 "4:166: arithmetic takes numbers, not a text"},
		{"no form with ~", W("length~(process.name) == 1"), "4:15: function length has no form with ~"},
		{"another type", W("length(process.name) == \"5\""),
		 "4:15: a number cannot be compared with a text"},
		{"functions of the past", W("wildcard(process.name, \"a*\") and bucket(process.pid, 5) == 1"),
		 "4:15: unsupported: function wildcard is not supported; write `field like \"...\"`\n"
		 "4:48: unsupported: function bucket is not supported"},
		{"unknown function", W("startsWiht(process.name, \"a\")"),
		 "4:15: unknown function `startsWiht`: did you mean `startsWith`?"},
	};

	(void)state;
	run(rows, TEST_COUNT(rows), "t.eql");
}

static void texts(void **state)
{
	static const struct row rows[] = {
		{"escapes", W("process.name == \"\\\\ \\\" \\t \\u{e9}\""),
		 SINGLE("(= process.name \"\\\\ \\\" \t \xc3\xa9\")")},
		{"raw", W("process.name == \"\"\"a\\b\"\"\""), SINGLE("(= process.name \"a\\\\b\")")},
		{"raw with quotes", W("process.name == \"\"\"a\"b\"\"\"\"\""),
		 SINGLE("(= process.name \"a\\\"b\\\"\\\"\")")},
		{"empty", W("process.name == \"\""), SINGLE("(= process.name \"\")")},
		{"unknown escape", W("process.name == \"a\\d\""),
		 "4:33: unknown escape; write \\\\ for a backslash, or use \"\"\"raw text\"\"\""},
		{"bad code point", W("process.name == \"\\u{110000}\""),
		 "4:32: the escape names no character"},
		{"surrogate", W("process.name == \"\\u{d800}\""), "4:32: the escape names no character"},
		{"no braces", W("process.name == \"\\u00e9\""),
		 "4:32: \\u takes two to eight hexadecimal digits in braces"},
		{"unclosed", W("process.name == \"a"), "4:31: the text has no closing quote in its line"},
		{"single quotes", W("process.name == 'a'"),
		 "4:31: unsupported: 'single quotes' are EQL's old syntax and not supported; use \"...\""},
		{"columns count characters", W("process.name == \"\xc3\xa9\" and process.foo : 1"),
		 "4:53: `:` takes texts, not a number"},
	};

	(void)state;
	run(rows, TEST_COUNT(rows), "t.eql");
}

#define STAGE(category, by) "(stage any" by " (and (= event.category \"" category "\") true))"

static void queries(void **state)
{
	static const struct row rows[] = {
		{"network", Q("network where true"), "(single (stage any (and (= event.category \"network\") true)))"},
		{"quoted category", Q("\"network\" where true"), "(single (stage any (and (= event.category \"network\") true)))"},
		{"any", Q("any where true"),
		 "(single (stage any true))"},
		{"other category", Q("iam where true"), "(single (stage any (and (= event.category \"iam\") true)))"},
		{"any in quotes", Q("\"any\" where true"), "(single (stage any (and (= event.category \"any\") true)))"},
		{"pipes", Q("any where true | head 100 | tail 5"), "(single (stage any true) (head 100) (tail 5))"},
		{"pipes behind a sequence", Q("sequence [any where true] [any where true]\n| tail 1"),
		 "(sequence (stage any true) (stage any true) (tail 1))"},
		{"pipes without a number", Q("any where true | head | tail 0 | head -1 | tail user.name | head 1, 2"),
		 "4:23: head takes a whole number from 1 on\n"
		 "4:30: tail takes a whole number from 1 on\n"
		 "4:39: head takes a whole number from 1 on\n"
		 "4:49: tail takes a whole number from 1 on\n"
		 "4:66: head takes a whole number from 1 on"},
		{"other pipes", Q("any where true | unique process.name, user.name | filter process.pid > 4 | count"),
		 "4:18: unsupported: pipe unique is not supported; head and tail are\n"
		 "4:51: unsupported: pipe filter is not supported; head and tail are\n"
		 "4:76: unsupported: pipe count is not supported; head and tail are"},
		{"behind a pipe", Q("any where true | head 5 foo"), "4:25: expected `|` or the end, not `foo`"},
		{"sequence", Q("sequence [network where true] [network where true]"),
		 "(sequence " STAGE("network", "") " " STAGE("network", "") ")"},
		{"span", Q("sequence with maxspan=500ms [network where true] [network where true]"),
		 "(sequence (span 5000000) " STAGE("network", "") " " STAGE("network", "") ")"},
		{"span in days", Q("sequence with maxspan = 2d [network where true] [network where true]"),
		 "(sequence (span 1728000000000) " STAGE("network", "") " " STAGE("network", "") ")"},
		{"by", Q("sequence by user.id, host.name [network where true] [network where true]"),
		 "(sequence " STAGE("network", " (by user.id host.name)") " "
		 STAGE("network", " (by user.id host.name)") ")"},
		{"by and by", Q("sequence by user.id with maxspan=1m [network where true] by process.pid "
				"[network where true] by process.parent.pid"),
		 "(sequence (span 600000000) " STAGE("network", " (by user.id process.pid)") " "
		 STAGE("network", " (by user.id process.parent.pid)") ")"},
		{"number of keys", Q("sequence [network where true] by user.id\n [network where true]"),
		 "5:2: this term joins by 0 keys, the first by 1"},
		{"one term", Q("sequence [network where true]"), "4:1: a sequence needs two terms or more"},
		{"no unit", Q("sequence with maxspan=5 [network where true] [network where true]"),
		 "4:25: expected a unit of ms, s, m, h, d, not `[`"},
		{"span and then by", Q("sequence with maxspan=5s by user.id [network where true]"),
		 "4:26: `by` comes before `with maxspan`"},
		{"optional keys", Q("sequence by ?user.id, host.id [any where true] by ?process.pid [any where true] by user.name"),
		 "(sequence (stage any (by ?user.id host.id ?process.pid) true) "
		 "(stage any (by ?user.id host.id user.name) true))"},
		{"runs", Q("sequence by host.id [any where false] with runs=3 [any where true] by user.id"),
		 "4:51: this term joins by 1 keys, the first by 0"},
		{"runs of a term with keys", Q("sequence [any where false] by user.id with runs=2 [any where true] by user.id with runs=1"),
		 "(sequence (stage any (by user.id) false) (stage any (by user.id) false) "
		 "(stage any (by user.id) true))"},
		{"runs alone", Q("sequence [any where false] with runs=3"),
		 "(sequence (stage any false) (stage any false) (stage any false))"},
		{"runs of nothing", Q("sequence [any where false] with runs=0 [any where true]"),
		 "4:28: `runs` is a whole number from 1 to 100"},
		{"too many runs", Q("sequence [any where true] [any where false] with runs=101"),
		 "4:45: `runs` is a whole number from 1 to 100"},
		{"too many terms", Q("sequence [any where true] with runs=100 [any where true] with runs=100 [any where true] with runs=57"),
		 "4:89: the query has more than 256 terms, runs counted"},
		{"far too many runs", Q("sequence [any where false] with runs=9223372036854775807 [any where true]"),
		 "4:28: `runs` is a whole number from 1 to 100"},
		{"until", Q("sequence by host.id [any where true] [any where true] until [any where false]"),
		 "(sequence (stage any (by host.id) true) (stage any (by host.id) true) "
		 "(until any (by host.id) false))"},
		{"until with keys", Q("sequence [any where true] by user.id [any where true] by user.id until [any where false]"),
		 "4:72: this term joins by 0 keys, the first by 1"},
		{"until with more", Q("sequence [any where true] [any where true] until ![any where false] with runs=2"),
		 "4:50: `until` is an event, not a missing one\n4:69: `until` has no runs\n"
		 "4:69: `with runs` is for the events of a sequence"},
		{"missing events", Q("sequence with maxspan=1s [any where true] ![any where false]"),
		 "(sequence (span 10000000) (stage any true) (missing any false))"},
		{"missing without end", Q("sequence [any where true] ![any where false] [any where true]"),
		 "4:27: how long is nothing to happen? Missing events need `with maxspan`"},
		{"only missing", Q("sequence with maxspan=1s ![any where true] ![any where false]"),
		 "4:1: a sequence needs an event that is there"},
		{"missing with runs", Q("sequence with maxspan=1s [any where true] ![any where false] with runs=2"),
		 "4:62: `with runs` is for the events of a sequence"},
		{"sample", Q("sample by host.name [network where true] by user.id [any where true] by user.name"),
		 "(sample (stage any (by host.name user.id) (and (= event.category \"network\") true)) "
		 "(stage any (by host.name user.name) true))"},
		{"sample without keys", Q("sample [any where true] [any where true]"),
		 "4:1: a sample needs join keys: `sample by ...`"},
		{"sample of one", Q("sample by host.id [any where true]"), "4:1: a sample needs two terms or more"},
		{"sample with more", Q("sample by host.id [any where true] with runs=2 ![any where true] until [any where true] | head 5"),
		 "4:36: `with runs` is for the events of a sequence\n4:48: a sample has no missing events\n"
		 "4:72: `until` ends sequences only\n4:91: a sample has no pipes"},
		{"sample with a span", Q("sample by host.id with maxspan=5s [any where true] [any where true]"),
		 "4:19: expected `[`, not `with`"},
		{"join", Q("join by host.id [any where true] [any where true]"),
		 "4:1: unsupported: `join` is not supported; see `sample`"},
		{"key that is no field", Q("sequence by length(user.id) [any where true] [any where true]"),
		 "4:13: only a field can stand here"},
		{"too many keys", Q("sequence by a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q [any where true] [any where true]"),
		 "4:45: more than 16 join keys"},
		{"element or term", Q("sequence [any where true] by user.id [any where true] by user.id"),
		 "(sequence (stage any (by user.id) true) "
		 "(stage any (by user.id) true))"},
		{"something behind", Q("sequence [any where true] [any where true] foo"),
		 "4:44: expected `[` or the end, not `foo`"},
		{"no where", Q("process when true"), "4:9: expected `where`, not `when`"},
	};

	(void)state;
	run(rows, TEST_COUNT(rows), "t.eql");
}

static void headers(void **state)
{
	static const struct row rows[] = {
		{"no header", "process where true\n",
		 "1:1: the header has no `// id: ...`\n1:1: the header has no `// title: ...`"},
		{"misspelt key", "// id: t\n// title: T\n// leveI: low\n\nany where tru :\n",
		 "3:4: unknown key `leveI` of the header: did you mean `level`?\n"
		 "5:16: expected a field, a value or `(` at the end of the query"},
		{"twice", "// id: t\n// id: u\n// title: T\nprocess where true\n", "2:4: `id` is given twice"},
		{"no colon", "// id: t\n// title: T\n// hello\nprocess where true\n",
		 "3:4: a line of the header is `// key: value`; leave a line free before comments"},
		{"comments behind a free line", "// id: t\n// title: T\n\n// hello\nprocess where true\n",
		 SINGLE("true")},
		{"byte order mark", "\xef\xbb\xbf// id: t\n// title: T\nprocess where true\n", SINGLE("true")},
		{"lines that end in CR LF", "// id: t\r\n// title: T\r\nprocess where\r\ntrue\r\n", SINGLE("true")},
		{"bad values", "// id: a b\n// title: T\n// level: huge\n// date: x\n// status: y\n"
		 "// risk_score: z\nprocess where true\n",
		 "1:4: an id is a UUID, or a name of letters, digits, `_`, `.` and `-`\n"
		 "3:4: `huge` is no level; levels are informational, low, medium, high, critical\n"
		 "4:4: `date` is a day, written YYYY-MM-DD\n"
		 "5:4: `y` is no status; statuses are stable, test, experimental, deprecated, unsupported\n"
		 "6:4: `risk_score` must be a whole number"},
		{"nothing", "", "1:1: expected an event category at the end of the query\n"
		 "1:1: the header has no `// id: ...`\n1:1: the header has no `// title: ...`"},
	};
	static const char text[] = "// id: t\n// title: A title\n//     of two lines\n// triage: a\n"
				   "// triage: b\n//\n// level: low\nprocess  where\n true // x\n";
	struct ruleset s;
	struct err e = {0};

	(void)state;
	run(rows, TEST_COUNT(rows), "t.eql");
	assert_int_equal(ruleset_init(&s, &e), 0);
	assert_int_equal(ruleset_add_text(&s, "t.eql", view_str(text), &e), 0);
	assert_int_equal(s.n, 1);
	test_view_is("title", s.rules[0].title, view_str("A title of two lines"));
	assert_int_equal(s.rules[0].triage.n, 2);
	assert_int_equal(s.rules[0].level, LEVEL_LOW);
	test_view_is("stage", s.rules[0].stages[0].source, view_str("process where true"));
	assert_int_equal(s.rules[0].stages[0].line, 8);
	ruleset_release(&s);
}

/* Elastic's TOML; the query's text starts in line 8. */
#define ELASTIC(query) ELASTIC_HEAD "query = " query "\n"
#define ELASTIC_HEAD                                                                               \
	"# a comment\n[rule]\nname = \"T\" # another\nrule_id = 't'\nlanguage = \"eql\"\n"            \
	"type = \"eql\"\nrisk_score = 21\n"

static void toml(void **state)
{
	static const struct row rows[] = {
		{"literal string", ELASTIC("'process where true'"), SINGLE("true")},
		{"literal, several lines", ELASTIC("'''\nprocess where process.name : \"\\\\a\"\n'''"),
		 SINGLE("(~ process.name \"\\\\a\")")},
		{"basic string", ELASTIC("\"process where process.name : \\\"a\\\"\""),
		 SINGLE("(~ process.name \"a\")")},
		{"basic, several lines", ELASTIC("\"\"\"\\\n  process \\\n  where true\"\"\""), SINGLE("true")},
		{"places in a literal", ELASTIC("'''\nprocess where\n  process.foo : 1\n'''"),
		 "10:17: `:` takes texts, not a number"},
		{"places in a line", ELASTIC("'process where process.foo : 1'"),
		 "8:38: `:` takes texts, not a number"},
		{"places behind escapes",
		 ELASTIC("\"process where \\u0070rocess.name : \\\"\\u00e9\\\" and process.foo : 1\""),
		 "8:73: `:` takes texts, not a number"},
		{"other tables", ELASTIC("'process where true'") "[[rule.threat]]\nframework = \"A\"\n"
		 "[[rule.threat.technique]]\nid = \"T1\"\n[rule.threat.tactic]\nname = \"N\"\n"
		 "[metadata]\nx = [ [1, -2], # c\n true,\n ]\ny = {a = 1, \"b c\" = [{}]}\n", SINGLE("true")},
		{"no rule", "[metadata]\n", "0:0: the file has no table [rule]"},
		{"nothing in it", "[rule]\n", "1:1: [rule] has no `language`\n1:1: [rule] has no `name`\n"
		 "1:1: [rule] has no `query`\n1:1: [rule] has no `rule_id`\n1:1: [rule] has no `type`"},
		{"other language", "[rule]\nname = 'T'\nrule_id = 't'\nlanguage = 'kuery'\ntype = 'query'\n"
		 "query = 'a:b'\n",
		 "4:12: unsupported: language kuery is not supported; eql is\n"
		 "5:8: unsupported: type query is not supported; eql is"},
		{"new terms", "[rule]\nname = 'T'\nrule_id = 't'\nlanguage = 'kuery'\ntype = 'new_terms'\n"
		 "query = 'a:b'\n[rule.new_terms]\nfield = \"new_terms_fields\"\nvalue = [\"host.id\"]\n",
		 "4:12: unsupported: language kuery is not supported; eql is\n"
		 "5:8: unsupported: type new_terms is not supported; eql is"},
		{"filters", ELASTIC("'process where true'") "[[rule.filters]]\na = 1\n",
		 "9:8: unsupported: `filters` of a rule is not supported"},
		{"what holds anyway", ELASTIC("'process where true'") "filters = []\nexceptions_list = []\n"
		 "timestamp_field = \"@timestamp\"\nevent_category_override = 'event.category'\n"
		 "timestamp_override = 'event.ingested'\nindex = ['logs-*']\n", SINGLE("true")},
		{"what changes the rule", ELASTIC("'process where true'") "exceptions_list = [1]\n"
		 "timestamp_field = \"event.ingested\"\nevent_category_override = 'event.type'\n"
		 "tiebreaker_field = \"event.sequence\"\n",
		 "9:1: unsupported: `exceptions_list` of a rule is not supported\n"
		 "10:1: unsupported: `timestamp_field` of a rule is not supported\n"
		 "11:1: unsupported: `event_category_override` of a rule is not supported\n"
		 "12:1: unsupported: `tiebreaker_field` of a rule is not supported"},
		{"a key twice", "[rule]\nname = 'T'\nname = 'U'\n", "3:1: `name` is given twice"},
		{"a table twice", "[rule]\n[rule]\n", "2:2: `rule` is given twice"},
		{"table and value", "rule = 1\n[rule.x]\n", "2:2: `rule` is given twice"},
		{"no value", "a =\n", "1:4: expected a value"},
		{"no equals sign", "a b\n", "1:3: expected `=`"},
		{"float", "a = 1.5\n",
		 "1:5: unsupported: only decimal integers are supported here: no floats, dates or other bases"},
		{"dotted key", "a.b = 1\n", "1:2: unsupported: dotted keys are not supported"},
		{"more behind a value", "a = 1 2\n", "1:7: expected the end of the line"},
		{"unclosed string", "a = \"b\n", "1:7: the string has no end in its line"},
		{"unclosed long string", "a = '''b\n", "2:1: the string has no end"},
		{"unclosed array", "a = [1,\n", "2:1: expected a value"},
		{"unknown escape", "a = \"\\d\"\n", "1:6: unknown escape; in '...' a backslash is itself"},
		{"unclosed header", "[a\n", "1:3: expected `]`"},
	};

	(void)state;
	run(rows, TEST_COUNT(rows), "t.toml");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comparisons), cmocka_unit_test(sets),	  cmocka_unit_test(logic),
		cmocka_unit_test(functions),
		cmocka_unit_test(texts),       cmocka_unit_test(queries), cmocka_unit_test(headers),
		cmocka_unit_test(toml),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
