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
		{"unknown field", W("process.foo == \"a\" and process.bar != 1"),
		 "4:15: unsupported: field process.foo is not supported yet\n"
		 "4:38: unsupported: field process.bar is not supported yet"},
		{"two fields", W("process.name == user.name"),
		 "4:15: unsupported: comparing two fields is not supported yet"},
		{"order of texts", W("process.name > \"a\""),
		 "4:30: unsupported: ordering by a text is not supported yet; whole numbers are"},
		{"decimal", W("process.pid > 1.5"),
		 "4:29: unsupported: ordering by a decimal number is not supported yet; whole numbers are"},
		{"arithmetic", W("process.pid + 1 == 2"),
		 "4:15: unsupported: arithmetic is not supported yet"},
		{"two constants", W("1 == 2"), "4:15: unsupported: only a field can stand here"},
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
		 "4:37: unsupported: null is not supported here yet"},
		{"regex", W("process.name regex \"a\" and process.name regex~ (\"b\")"),
		 "4:15: unsupported: `regex` is not supported yet\n"
		 "4:42: unsupported: `regex` is not supported yet"},
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
		{"functions", W("length(process.name) > 4 and startswith~(process.name, \"a\")"),
		 "4:15: unsupported: function length is not supported yet\n"
		 "4:44: unsupported: function startsWith is not supported yet"},
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
		{"columns count characters", W("process.name == \"\xc3\xa9\" and process.foo : \"a\""),
		 "4:39: unsupported: field process.foo is not supported yet"},
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
		{"other category", Q("file where true"),
		 "4:1: unsupported: event category file is not supported yet; process, network and any are"},
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
		{"all that is refused at once",
		 Q("sequence by ?user.id with maxspan=5s\n [network where true] with runs=3\n"
		   " ![file where true]\n until [network where process.foo : \"a\"]\n| tail 5"),
		 "4:13: unsupported: optional join keys, `by ?field`, are not supported yet\n"
		 "5:23: unsupported: `with runs` is not supported yet\n"
		 "6:2: unsupported: missing events, `![...]`, are not supported yet\n"
		 "6:4: unsupported: event category file is not supported yet; process, network and any are\n"
		 "7:2: unsupported: `until` is not supported yet\n"
		 "7:23: unsupported: field process.foo is not supported yet\n"
		 "8:3: unsupported: pipe tail is not supported yet"},
		{"sample", Q("sample by host.name [network where true] [process where true]"),
		 "4:1: unsupported: `sample` is not supported yet"},
		{"key that is no field", Q("sequence by length(user.id) [any where true] [any where true]"),
		 "4:13: unsupported: function length is not supported yet"},
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
		{"places in a literal", ELASTIC("'''\nprocess where\n  process.foo : \"a\"\n'''"),
		 "10:3: unsupported: field process.foo is not supported yet"},
		{"places in a line", ELASTIC("'process where process.foo : 1'"),
		 "8:24: unsupported: field process.foo is not supported yet\n"
		 "8:38: `:` takes texts, not a number"},
		{"places behind escapes",
		 ELASTIC("\"process where \\u0070rocess.name : \\\"\\u00e9\\\" and process.foo : \\\"a\\\"\""),
		 "8:59: unsupported: field process.foo is not supported yet"},
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
		{"filters", ELASTIC("'process where true'") "[[rule.filters]]\na = 1\n",
		 "9:8: unsupported: `filters` of a rule is not supported yet"},
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
		cmocka_unit_test(texts),       cmocka_unit_test(queries), cmocka_unit_test(headers),
		cmocka_unit_test(toml),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
