/* SPDX-License-Identifier: Apache-2.0 */
/* How the statements of the report come about, and its words for readers who are no examiners. */
#include "page.h"

struct word {
	const char *term, *words;
};

static const struct word derivations[] = {
	{"Times",
	 "Every record has the time at which it was logged (TimeCreated). Sysmon's records also "
	 "say when the event occurred (UtcTime), which for connections is some seconds earlier. "
	 "A sequence is looked for on each clock, all its records on the same one, and holds "
	 "when it holds on either; the finding says on which. Records with equal times are "
	 "ordered by their numbers within one log. All times are UTC; none was corrected. Where "
	 "the clock of the computer was wrong, so are they: changes of the clock that were "
	 "logged stand with the signs of tampering."},
	{"Users",
	 "The user that Sysmon's own frame names is the service that wrote the record, not the "
	 "user of the process. So the account is derived, and each finding says how: from the "
	 "record itself; from the fixed logon ids of the system's own accounts; from the newest "
	 "sign-on record (event 4624) of that computer with the same logon id since it was last "
	 "started; or, where only the name's authority is known, as a class of accounts, whose "
	 "SID ends in *. Where a record names only who started a process, that is said: the "
	 "process may run as another."},
	{"Processes",
	 "Windows gives process numbers (PID) out again. A process is therefore known by "
	 "Sysmon's ProcessGuid, or by computer, PID and life: from its start to its end, the "
	 "next start with that PID, the next start of the computer or the end of the logs. Two "
	 "records of one start, Sysmon's and Security's, are put together when computer, PID "
	 "and program agree and they lie at most two seconds apart. Records of different "
	 "computers are never joined by process."},
	{"Same record twice",
	 "A record that stands in several places (the live log, an archived one, a shadow copy, "
	 "free space) is one record. It is told with the best of its places."},
	{"What is unknown",
	 "A condition on something that a record cannot tell is unknown, not false. A finding "
	 "is told where the published rule would tell one; conditions that could not be checked "
	 "are listed with it, and its status is then unverified."},
	{"Two decoders",
	 "The records were read by evtxhound's own decoder, and those of findings once more by "
	 "libevtx, which others wrote. What is known to differ without either record being "
	 "damaged: libevtx ends texts at their first NUL character, shows rare characters (most "
	 "pictographs, unpaired surrogates) as others, writes negative and broken numbers in "
	 "other ways, and refuses some records altogether. Where the two differ the record says "
	 "in which field: somebody should look."},
	{"Limits",
	 "An event log holds what Windows was told to record and what has not been overwritten. "
	 "It does not show what a person did or wanted. Whoever has the rights of an "
	 "administrator can clear logs, stop them, or change the clock. Damage is counted and "
	 "told; it never ends the examination."},
};

static const struct word glossary[] = {
	{"ATT&amp;CK",
	 "A public catalogue of what attackers do; its numbers (T1218.007) name techniques."},
	{"Channel", "One of the logs of Windows, such as Security, System, or that of Sysmon."},
	{"Checksum", "A number kept beside data that shows whether it was changed by accident."},
	{"Chunk", "A piece of 64 KiB of a log file. Each can be read by itself."},
	{"Command line", "The text with which a program was started, with what it was told to do."},
	{"Corroborating",
	 "A record of another log that tells of the same event as a stage's record."},
	{"Disk image", "A copy of a whole disk, byte by byte."},
	{"Event id",
	 "The number that says what kind of event a record tells of: 4624 is a sign-on."},
	{"EVTX", "The format of Windows' event log files since 2007."},
	{"False positive", "A finding of something harmless. Each rule names its usual ones."},
	{"Finding",
	 "Records that match a rule. It says that they do, not that something evil was done."},
	{"Finding id",
	 "A name made of the rule and what its records say, not of paths: the same in every "
	 "copy."},
	{"Fully checked", "Every condition of the rule was answered by the records."},
	{"Integrity level",
	 "How far Windows trusts a process: Low, Medium (a user), High (an administrator), "
	 "System."},
	{"Level",
	 "How grave what a rule looks for would be, as its author puts it: informational to "
	 "critical."},
	{"Logon id", "A number that Windows gives each sign-on until it ends; processes carry it."},
	{"Not observable", "The logs of a computer could not have shown what a rule looks for."},
	{"Parent process", "The process that started another one."},
	{"PID", "The number of a process while it lives. Windows gives it out again afterwards."},
	{"Process", "A program that runs, or ran."},
	{"Provider", "The part of Windows, or the program, that wrote a record."},
	{"Record", "One entry of an event log."},
	{"Recovered record",
	 "A record found where the log no longer counts it: behind the live ones, or in free "
	 "space."},
	{"Rule",
	 "What is looked for, in words that a program can check: Sigma and EQL are languages "
	 "for that."},
	{"SHA-256",
	 "A fingerprint of data. Nobody is known to have made other data with the same one."},
	{"Shadow copy", "An earlier state of a disk that Windows keeps."},
	{"SID", "The number of an account, which stays when its name changes."},
	{"Sign of tampering",
	 "Something in a log that deletion or change would leave behind, and that often has "
	 "another cause."},
	{"Sign-on",
	 "Somebody, or some service, becoming a user of the computer, at its keyboard or over "
	 "the network."},
	{"Source", "A file that was examined, or that lay in one."},
	{"Stage", "One of the records that a rule asks for, in its order."},
	{"Supporting",
	 "A record that a statement rests on, such as the sign-on that tells whose a process "
	 "was."},
	{"Suppressed", "Set apart by an exception that somebody wrote down, with a reason."},
	{"Sysmon",
	 "A program by Microsoft that records more of processes than Windows does; it must be "
	 "installed."},
	{"Unverified",
	 "The rule holds, but some of its conditions are of what the records do not tell."},
	{"UTC", "The time of the world's clocks, without time zones and summer time."},
};

static void list(struct buf *b, const struct word *w, size_t n)
{
	buf_str(b, "<dl>\n");
	for (size_t i = 0; i < n; i++)
		buf_fmt(b, "<dt>%s</dt><dd>%s</dd>\n", w[i].term, w[i].words);
	buf_str(b, "</dl>\n");
}

/* ---- what the decoders made of this evidence ---- */

struct said {
	uint64_t n, agree, not_asked;
};

static int count_witness(void *ctx, const struct finding *f, size_t i, struct err *e)
{
	struct said *s = ctx;

	(void)e;
	if (i == LIMIT_PAGE_FINDINGS)
		return 1;
	for (size_t k = 0; k < f->n_evidence; k++) {
		struct view w = evidence_witness(&f->evidence[k]);

		s->n++;
		s->agree += view_eq_str(w, "agree");
		s->not_asked += view_eq_str(w, "not asked");
	}
	return 0;
}

static void witness(struct buf *b, const struct said *s)
{
	if (!s->n)
		return;
	buf_str(b, "<p>Of ");
	page_count(b, s->n, "record", "records");
	buf_str(b, " of the findings shown here both decoders agree on ");
	page_number(b, s->agree);
	buf_str(b, ", differ on ");
	page_number(b, s->n - s->agree - s->not_asked);
	buf_str(b, ", and ");
	page_number(b, s->not_asked);
	buf_str(b, " were read by one only.</p>\n");
}

static void everything(struct buf *b, const struct run *run)
{
	uint64_t agree = 0, n[DIFFERENCE_KINDS] = {0};

	if (!run->verified)
		return;
	for (size_t i = 0; i < run->n_sources; i++) {
		agree += run->sources[i].verify.agree;
		for (size_t k = 0; k < DIFFERENCE_KINDS; k++)
			n[k] += run->sources[i].verify.n[k];
	}
	buf_str(b, "<p>Both decoders read everything. They agree on ");
	page_count(b, agree, "record", "records");
	for (size_t k = 0; k < DIFFERENCE_KINDS; k++) {
		buf_fmt(b, "; %s: ", difference_name((enum difference_kind)k));
		page_number(b, n[k]);
	}
	buf_str(b, ". The records stand in manifest.json.</p>\n");
}

int page_words(struct sheet *s, struct err *e)
{
	struct said said = {0};
	struct buf *b = &s->b;

	buf_str(b, "<h3>How its statements come about</h3>\n");
	list(b, derivations, ARRAY_LEN(derivations));
	if (each_finding(s->run, count_witness, &said, e) < 0)
		return -1;
	witness(b, &said);
	everything(b, s->run);
	buf_str(b, "<h3 id=words>Words of this report</h3>\n");
	list(b, glossary, ARRAY_LEN(glossary));
	return sheet_flush(s, e);
}
