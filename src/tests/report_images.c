/* SPDX-License-Identifier: Apache-2.0 */
/* The case's logs in images and archives. */
#include "report_case.h"

#define FILETIME_OF(days) ((uint64_t)(155000 + (days)) * 864000000000u)

static char *words(struct report_case *c, const char *s)
{
	return (char *)case_str(c, s);
}

static struct source *container(struct report_case *c, uint32_t i, const char *path, const char *format,
				uint64_t size)
{
	struct source *s = &c->list.v[i];

	*s = (struct source){.index = i, .path = words(c, path), .kind = SOURCE_CONTAINER,
			     .format = format, .named = true, .size = size};
	s->contents = arena_alloc(&c->arena, sizeof(*s->contents));
	assert_non_null(s->contents);
	c->run.sources[i].source = s;
	c->run.n_sources = i + 1;
	return s;
}

static void fact(struct report_case *c, struct source *s, const char *name, const char *value)
{
	struct source_contents *t = s->contents;

	if (!t->facts)
		t->facts = arena_array(&c->arena, 16, sizeof(*t->facts));
	t->facts[t->n_facts++] = (struct source_fact){words(c, name), words(c, value)};
}

/* Its name is one of a library, whatever follows. */
static void library(struct report_case *c, struct source *s, const char *name, const char *version)
{
	struct source_fact *f;
	struct buf b;

	fact(c, s, name, version);
	buf_init(&b, 0);
	buf_fmt(&b, "library_%s", case_str(c, name));
	f = &s->contents->facts[s->contents->n_facts - 1];
	f->name = arena_str(&c->arena, buf_data(&b));
	assert_non_null(f->name);
	buf_release(&b);
}

/* Its texts, and all else. */
static void volume(struct report_case *c, struct source *s, const char *name, const char *what,
		   const char *why, struct source_volume v)
{
	struct source_contents *t = s->contents;

	if (!t->volumes)
		t->volumes = arena_array(&c->arena, 8, sizeof(*t->volumes));
	v.name = words(c, name);
	v.what = words(c, what);
	v.why = words(c, why);
	t->volumes[t->n_volumes++] = v;
}

static void part(struct report_case *c, struct source *s, const char *name, uint64_t size)
{
	struct source_contents *t = s->contents;

	if (!t->parts)
		t->parts = arena_array(&c->arena, 4, sizeof(*t->parts));
	t->parts[t->n_parts++] = (struct source_part){words(c, name), size};
}

static void put_into(struct report_case *c, uint32_t i, uint32_t in, const char *path, const char *inner)
{
	struct source *s = &c->list.v[i];

	s->path = words(c, path);
	s->container = in + 1;
	s->inner = words(c, inner);
	s->named = false;
	c->list.v[in].contents->logs++;
}

static void piece(struct report_case *c, struct source *s, uint64_t at)
{
	s->image = arena_alloc(&c->arena, sizeof(*s->image));
	s->image[0] = (struct extent){0, at, s->size};
	s->n_image = 1;
}

static void e01(struct report_case *c, uint32_t i)
{
	struct source *s = container(c, i, "seized/disk.E01", "E01 image", 7340032);

	fact(c, s, "case_number", "2026-117");
	fact(c, s, "evidence_number", "7");
	fact(c, s, "examiner", "M. Dubois");
	fact(c, s, "description", "Laptop of the accounts department");
	fact(c, s, "acquired", "2026-03-12T10:00:00.0000000Z");
	fact(c, s, "stored_md5", "D41D8CD98F00B204E9800998ECF8427E");
	library(c, s, "libewf", "20140813");
	library(c, s, "libtsk", "4.11.1");
	part(c, s, "disk.E02", 7340032);
	part(c, s, "disk.E03", 1048576);
	volume(c, s, "p1", "GPT partition 'EFI system partition'", "it holds no logs",
	       (struct source_volume){.offset = 1048576, .size = 104857600, .quiet = true});
	volume(c, s, "p2", "NTFS", "",
	       (struct source_volume){.read = true, .offset = 105906176, .size = 68719476736,
				      .files = 214500, .bytes = 2293760});
	volume(c, s, "p2/vss1", "shadow copy", "",
	       (struct source_volume){.read = true, .size = 68719476736, .files = 213900,
				      .bytes = 2293760, .created = FILETIME_OF(1)});
	volume(c, s, "p3", "BitLocker", "it is encrypted; decrypt it first",
	       (struct source_volume){.offset = 68825382912, .size = 1073741824});
}

void case_contain(struct report_case *c)
{
	struct source *v = c->list.v;

	e01(c, 4);
	container(c, 5, "seized/disk.E01:/p2/Users/a.moreau/case.zip", "zip archive", 409600)->named = false;
	put_into(c, 5, 4, "seized/disk.E01:/p2/Users/a.moreau/case.zip", "p2/Users/a.moreau/case.zip");
	v[4].contents->logs = 1;
	v[5].volume = words(c, "p2");
	v[5].inode = words(c, "81-128-1");
	v[5].hashed = true;
	library(c, &v[5], "libarchive", "3.6.2");
	put_into(c, 0, 4, "seized/disk.E01:/p2/vss1/Windows/Sysmon.evtx#41-128-1",
		 "p2/vss1/Windows/Sysmon.evtx");
	v[0].volume = words(c, "p2/vss1");
	v[0].inode = words(c, "41-128-1");
	v[0].state = SOURCE_SHADOW;
	for (size_t i = 0; i < 4; i++)
		v[0].times[i] = FILETIME_OF(2 + i);
	piece(c, &v[0], 105906176 + 786432);
	put_into(c, 1, 5, "seized/disk.E01:/p2/Users/a.moreau/case.zip:/C/Security-\xe9t.evtx",
		 "C/Security-\xe9t.evtx");
	v[1].inode = words(c, "3");
	v[1].times[0] = FILETIME_OF(9);
	container(c, 6, "seized/vm.raw", "raw disk image (MBR)", 4096000)->hashed = true;
	volume(c, &v[6], "p1", "unknown", "nothing known is in it",
	       (struct source_volume){.offset = 512, .size = 1048576});
	v[6].contents->deaths = 1;
	container(c, 7, "seized/last.raw", "raw image", 512)->kind = SOURCE_RECOGNISED;
	v[7].error.code = ERR_DAMAGE;
	snprintf(v[7].error.msg, sizeof(v[7].error.msg), "%.190s", case_str(c, "it ends in its first sector"));
}
