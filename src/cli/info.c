/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "cli-private.h"

enum { OPT_JOBS, OPT_NO_HASH, OPT_VERBOSE, OPT_HELP, N_OPTIONS };
static const struct option_row option_rows[N_OPTIONS] = {
	[OPT_JOBS] = {"jobs", 'j', "N", "worker processes; else as many as processors"},
	[OPT_NO_HASH] = {"no-hash", 0, NULL, "leave out the SHA-256"},
	[OPT_VERBOSE] = {"verbose", 'v', NULL, "also a line for every chunk"},
	[OPT_HELP] = {"help", 'h', NULL, "this text"},
};
static const struct command_help info_help = {
	"info", "[OPTION]... FILE...", "Tells what a log holds and in what state it is.", option_rows,
	N_OPTIONS, true};

static unsigned long long ull(uint64_t n)
{
	return (unsigned long long)n;
}

static void print_time(const char *label, uint64_t t)
{
	char text[TIME_TEXT];
	time_format(t, text);
	printf("%s%s", label, text);
}

static void print_header(const struct source_result *r)
{
	if (!r->has_header) {
		printf("  header     none\n");
		return;
	}
	printf("  header     EVTX %u.%u, %u chunks, next record id %llu, checksum %s%s%s\n",
	       r->header_major, r->header_minor, r->header_chunks, ull(r->header_next_id),
	       r->header_crc_ok ? "right" : "wrong", r->header_flags & 1 ? ", dirty" : "",
	       r->header_flags & 2 ? ", full" : "");
}

static void print_records(const struct source_result *r)
{
	printf("  chunks     %llu: %llu in use, %llu without a signature, %llu with a wrong checksum%s\n",
	       ull(r->chunks), ull(r->chunks_used), ull(r->chunks_bad), ull(r->checksums_bad),
	       r->checksums_off ? ", checksums switched off" : "");
	printf("  records    %llu: %llu whole, %llu in part, %llu not decodable\n", ull(r->records),
	       ull(r->whole), ull(r->partly), ull(r->undecoded));
	if (r->recovered)
		printf("  recovered  %llu more, of them %llu hidden within other records\n",
		       ull(r->recovered), ull(r->hidden));
	if (r->reconstructed)
		printf("  of these   %llu read through a template of another chunk\n",
		       ull(r->reconstructed));
	if (!r->records)
		return;
	printf("  record ids %llu to %llu, %llu missing between them\n", ull(r->first_id),
	       ull(r->last_id), ull(r->id_gaps));
	print_time("  times      ", r->first_time);
	print_time(" to ", r->last_time);
	putchar('\n');
}

static void print_bytes(const struct source_result *r)
{
	printf("  bytes      header %llu, records %llu, slack %llu, free %llu, zero %llu, unknown %llu;"
	       " %llu in all\n",
	       ull(r->bytes_header), ull(r->bytes_record), ull(r->bytes_slack), ull(r->bytes_free),
	       ull(r->bytes_zero), ull(r->bytes_unknown),
	       ull(r->bytes_header + r->bytes_record + r->bytes_slack + r->bytes_free +
		   r->bytes_zero + r->bytes_unknown));
}

static void print_counts(const struct source_result *r)
{
	for (size_t i = 0; i < r->n_counts; i++) {
		const struct count *c = &r->counts[i];
		printf("  %10llu  event id %-5u ", ull(c->n), c->event_id);
		print_text(stdout, c->channel);
		printf(" (");
		print_text(stdout, c->provider);
		printf(")\n");
	}
}

static void print_damage(const struct source_result *r)
{
	for (size_t i = 0; i < r->n_damage; i++) {
		const struct damage *d = &r->damage[i];
		printf("  %s at offset %llu (0x%llx): %s: ", d->severity == DAMAGE_NOTE ? "note  " : "damage",
		       ull(d->offset), ull(d->offset), d->kind);
		print_text(stdout, view_str(d->what));
		putchar('\n');
	}
	if (r->more_damage)
		printf("  and %llu more\n", ull(r->more_damage));
}

static void print_place(const struct buf *text, const struct sign_place *p)
{
	char time[TIME_TEXT];
	printf("      ");
	if (p->offset) {
		printf("offset %llu", ull(p->offset));
		if (p->record_id)
			printf(", record %llu", ull(p->record_id));
		if (p->time) {
			time_format(p->time, time);
			printf(", %s", time);
		}
		printf(": ");
	}
	print_text(stdout, buf_data(text));
	putchar('\n');
}

static void print_sign(const struct sign *s)
{
	const struct sign_about *a = sign_about(s->kind);
	struct buf text;
	buf_init(&text, 0);
	printf("    %s (%s): %llu\n", a->name, sign_severity_name(a->severity), ull(s->n));
	for (size_t i = 0; i < s->n_places; i++) {
		buf_clear(&text);
		sign_text(&text, s->kind, &s->places[i]);
		print_place(&text, &s->places[i]);
	}
	if (s->n > s->n_places) {
		printf("      and %llu more", ull(s->n - s->n_places));
		if (a->unit != AMOUNT_NONE) {
			printf("; the largest:\n");
			buf_clear(&text);
			sign_text(&text, s->kind, &s->largest);
			print_place(&text, &s->largest);
		} else {
			putchar('\n');
		}
	}
	printf("      may mean:   %s\n      or else:    %s\n", a->meaning, a->innocent);
	buf_release(&text);
}

static void print_signs(const struct source_result *r)
{
	if (r->n_signs)
		printf("  signs of tampering or loss; none of them is proof:\n");
	for (size_t i = 0; i < r->n_signs; i++)
		print_sign(&r->signs[i]);
}

static void print_chunks(const struct hunt *h, uint32_t source)
{
	size_t n;
	const struct chunk_summary *v = hunt_chunks(h, source, &n);
	for (size_t i = 0; i < n; i++) {
		const struct chunk_summary *s = &v[i];
		printf("  chunk %-5llu offset %-10llu ", ull(s->chunk), ull(s->offset));
		if (!s->present) {
			printf("%s\n", s->unused ? "unused" : "no signature");
			continue;
		}
		printf("records %u, ids %llu to %llu, checksums %s\n", s->records, ull(s->first_id),
		       ull(s->last_id),
		       s->checksums_off                               ? "off"
		       : s->header_crc_ok && s->records_crc_ok ? "right"
							       : "wrong");
	}
}

static void print_source(const struct hunt *h, const struct run *run, size_t at, bool verbose)
{
	const struct source_result *r = &run->sources[at];
	const struct source *s = r->source;
	char hex[65];
	if (s->kind != SOURCE_EVTX) {
		print_unread(stdout, r);
		print_signs(r);
		return;
	}
	print_text(stdout, view_str(s->path));
	printf("\n  size       %llu bytes\n", ull(s->size));
	if (s->hashed) {
		hex_format(s->sha256, 32, hex);
		printf("  SHA-256    %s\n", hex);
	}
	print_header(r);
	print_records(r);
	if (run->sightings.counted)
		printf("  only here  %llu records that no other source holds\n", ull(r->only_here));
	print_bytes(r);
	print_counts(r);
	print_damage(r);
	print_signs(r);
	if (verbose)
		print_chunks(h, s->index);
}

static int show(struct info_options *o, bool verbose)
{
	struct run run = {0};
	struct hunt *h = NULL;
	struct err e = {0};
	int code;
	if (info_run(o, &h, &run, &e) < 0) {
		code = report_error(&e);
	} else {
		for (size_t i = 0; i < run.n_sources; i++)
			print_source(h, &run, i, verbose);
		print_sightings(stdout, &run);
		code = run.exit_code;
	}
	hunt_free(h);
	return finish_stdout(code);
}

static int parse(int argc, char **argv, struct info_options *o, struct evidence_command *c,
		 bool *verbose, bool *help)
{
	const char *value;
	int option;
	while ((option = next_option(&info_help, argc, argv, &value)) != -1) {
		if (option < 0)
			return EXIT_USAGE;
		if (option >= N_OPTIONS &&
		    take_evidence_option(c, "info", option - N_OPTIONS, value) != EXIT_NOTHING)
			return EXIT_USAGE;
		if (option == OPT_JOBS && take_jobs("info", value, &o->jobs) != EXIT_NOTHING)
			return EXIT_USAGE;
		o->hash = o->hash && option != OPT_NO_HASH;
		*verbose = *verbose || option == OPT_VERBOSE;
		*help = *help || option == OPT_HELP;
	}
	if (!*help && optind == argc)
		return usage_error("info", "there is no log to tell of");
	return EXIT_NOTHING;
}

int info_command(int argc, char **argv)
{
	struct info_options o = {.jobs = processors(), .hash = true};
	struct source_list sources;
	struct err e = {0};
	bool verbose = false, help = false;
	struct evidence_command containers;
	evidence_init(&containers);
	o.evidence = &containers.options;
	int code = parse(argc, argv, &o, &containers, &verbose, &help);
	if (code != EXIT_NOTHING)
		return code;
	if (help) {
		print_help(&info_help);
		return finish_stdout(EXIT_NOTHING);
	}
	source_list_init(&sources);
	o.sources = &sources;
	o.stop = catch_signals();
	if (list_evidence(&containers, &sources, argv + optind, (size_t)(argc - optind), -1, &e) < 0)
		code = report_error(&e);
	else
		code = show(&o, verbose);
	evidence_release(&containers);
	source_list_release(&sources);
	return code;
}
