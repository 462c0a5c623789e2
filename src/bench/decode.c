/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode [-t ROUNDS] [-f xml|json|payload] FILE...: every record of the logs as text lines, for
 * comparing with other decoders (compare/ reads them); with -f as documents, one a line. With -t
 * only decodes, and prints how fast that was, in time of the processor.
 *
 *   C chunk summary | D damage | R record | S System members | F field
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "evtxhound/evtx.h"

struct job {
	bool quiet, render;
	enum evtx_format format;
	struct buf out;
	struct buf text;
	uint64_t bytes, written, records, fields, partly, undecoded;
};

static void escaped(struct buf *out, struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] < 0x20 || v.p[i] == '\\' || v.p[i] == 0x7f)
			buf_fmt(out, "\\x%02x", v.p[i]);
		else
			buf_byte(out, v.p[i]);
}

static void on_damage(void *ctx, const struct damage *d)
{
	struct job *j = ctx;

	if (!j->quiet && !j->render)
		buf_fmt(&j->out, "D %s %llu %llu %s %s\n",
			d->severity == DAMAGE_LOSS ? "loss" : "note", (unsigned long long)d->offset,
			(unsigned long long)d->length, d->kind, d->what);
}

static void text_line(struct job *j, const char *name, struct view v)
{
	buf_fmt(&j->out, "S %s\t", name);
	escaped(&j->out, v);
	buf_byte(&j->out, '\n');
}

static void print_record(struct job *j, const struct record *r, const struct event *ev)
{
	char time[TIME_TEXT], guid[GUID_TEXT];

	buf_fmt(&j->out, "R %llu %u %llu %d %d %s\n", (unsigned long long)r->offset, r->size,
		(unsigned long long)r->id, r->state, ev->has_system,
		r->hidden ? "hidden" : r->recovered ? "recovered" : "-");
	time_format(ev->time_created, time);
	guid_format(&ev->provider_guid, guid);
	text_line(j, "Provider", ev->provider);
	text_line(j, "Channel", ev->channel);
	text_line(j, "Computer", ev->computer);
	text_line(j, "UserID", ev->user_sid);
	text_line(j, "Guid", view_str(guid));
	text_line(j, "Time", view_str(time));
	buf_fmt(&j->out,
		"S EventID\t%u\nS Qualifiers\t%u\nS Version\t%u\nS Level\t%u\nS Opcode\t%u\n",
		ev->event_id, ev->qualifiers, ev->version, ev->level, ev->opcode);
	buf_fmt(&j->out, "S Task\t%u\nS Keywords\t0x%llx\nS EventRecordID\t%llu\n", ev->task,
		(unsigned long long)ev->keywords, (unsigned long long)ev->record_id);
	buf_fmt(&j->out, "S ProcessID\t%u\nS ThreadID\t%u\n", ev->execution_pid, ev->execution_tid);
	for (size_t i = 0; i < ev->n_fields; i++) {
		buf_str(&j->out, "F ");
		escaped(&j->out, ev->fields[i].name);
		buf_fmt(&j->out, "\t%02x\t", ev->fields[i].value.type);
		buf_clear(&j->text);
		value_text(&j->text, ev->fields[i].value);
		escaped(&j->out, buf_data(&j->text));
		buf_byte(&j->out, '\n');
	}
}

static void print_summary(struct job *j, const struct chunk_summary *s)
{
	uint32_t sum = s->bytes_header + s->bytes_record + s->bytes_slack + s->bytes_free +
		       s->bytes_zero + s->bytes_unknown;

	buf_fmt(&j->out,
		"C %llu present=%d unused=%d off=%d crc=%d,%d ids=%llu-%llu records=%u whole=%u "
		"partly=%u undecoded=%u bytes=%u header=%u record=%u slack=%u free=%u zero=%u "
		"unknown=%u\n",
		(unsigned long long)s->chunk, s->present, s->unused, s->checksums_off,
		s->header_crc_ok, s->records_crc_ok, (unsigned long long)s->first_id,
		(unsigned long long)s->last_id, s->records, s->whole, s->partly, s->undecoded, sum,
		s->bytes_header, s->bytes_record, s->bytes_slack, s->bytes_free, s->bytes_zero,
		s->bytes_unknown);
}

static void render_record(struct job *j, struct decoder *d, struct record *r)
{
	bool odd;

	if (evtx_render(d, r, j->format, &j->out, &odd, NULL) < 0)
		exit(4);
	buf_byte(&j->out, '\n');
	if (j->quiet && j->out.n >= 1 << 17) {
		j->written += j->out.n;
		buf_clear(&j->out);
	}
}

static void read_record(struct job *j, struct decoder *d, struct record *r)
{
	struct event ev;

	if (d->ops->head(d, r, &ev, NULL) < 0 || d->ops->data(d, r, &ev, NULL) < 0)
		exit(4);
	j->fields += ev.n_fields;
	if (!j->quiet)
		print_record(j, r, &ev);
}

static void decode_chunk(struct job *j, struct decoder *d, struct view bytes, uint64_t offset)
{
	struct chunk_summary sum;
	struct record r;

	if (d->ops->chunk(d, bytes, offset, NULL) < 0)
		exit(4);
	while (!d->ops->next(d, &r, NULL)) {
		if (j->render)
			render_record(j, d, &r);
		else
			read_record(j, d, &r);
		j->records++;
		j->partly += r.state == RECORD_PARTLY;
		j->undecoded += r.state == RECORD_UNDECODED;
	}
	d->ops->summary(d, &sum);
	if (!j->quiet && !j->render)
		print_summary(j, &sum);
}

static void decode_file(struct job *j, struct decoder *d, struct view file)
{
	struct evtx_header h;

	evtx_header_read(view_sub(file, 0, EVTX_HEADER_SIZE), file.n, &h, on_damage, j);
	for (uint64_t i = 0; i < evtx_chunk_count(file.n); i++)
		decode_chunk(j, d, view_sub(file, evtx_chunk_offset(i), EVTX_CHUNK_SIZE),
			     evtx_chunk_offset(i));
	j->bytes += file.n;
	j->written += j->out.n;
	if (!j->quiet)
		fwrite(j->out.p, 1, j->out.n, stdout);
	buf_clear(&j->out);
}

static struct view map_file(const char *path)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	void *p;

	if (fd < 0 || fstat(fd, &st) < 0 || !st.st_size)
		return (struct view){0};
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	return p == MAP_FAILED ? (struct view){0} : (struct view){p, (size_t)st.st_size};
}

static int usage(void)
{
	fputs("usage: decode [-t ROUNDS] [-f xml|json|payload] FILE...\n", stderr);
	return 2;
}

static int options(struct job *j, int argc, char **argv, int *rounds)
{
	static const char *const formats[] = {"xml", "json", "payload"};
	int opt;

	while ((opt = getopt(argc, argv, "t:f:")) != -1) {
		if (opt == 't') {
			j->quiet = true;
			*rounds = atoi(optarg);
			continue;
		}
		for (int i = 0; opt == 'f' && i < 3; i++)
			if (!strcmp(optarg, formats[i])) {
				j->render = true;
				j->format = (enum evtx_format)i;
			}
		if (!j->render)
			return usage();
	}
	return 0;
}

static void all_files(struct job *j, struct decoder *d, char **paths, int rounds)
{
	for (; *paths; paths++) {
		struct view v = map_file(*paths);

		if (!j->quiet && !j->render)
			printf("L %s\n", *paths);
		for (int n = 0; n < rounds; n++)
			decode_file(j, d, v);
		if (v.n)
			munmap((void *)(uintptr_t)v.p, v.n);
	}
}

static void report(const struct job *j, double s)
{
	printf("%.1f MB, %llu records (%llu partly, %llu not), %llu fields: %.3f s, %.0f MB/s",
	       (double)j->bytes / 1e6, (unsigned long long)j->records,
	       (unsigned long long)j->partly, (unsigned long long)j->undecoded,
	       (unsigned long long)j->fields, s, (double)j->bytes / 1e6 / s);
	if (j->render)
		printf("; %.1f MB written, %.0f MB/s", (double)j->written / 1e6,
		       (double)j->written / 1e6 / s);
	putchar('\n');
}

int main(int argc, char **argv)
{
	struct job j = {0};
	struct fields f;
	struct timespec a, b;
	int rounds = 1;

	if (options(&j, argc, argv, &rounds))
		return 2;
	if (fields_init(&f, NULL) < 0)
		return 4;
	struct decoder *d = evtx_decoder_new(&f, on_damage, &j);
	if (!d)
		return 4;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	all_files(&j, d, argv + optind, rounds);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	if (j.quiet)
		report(&j, (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9);
	d->ops->destroy(d);
	fields_release(&f);
	buf_release(&j.out);
	buf_release(&j.text);
	return 0;
}
