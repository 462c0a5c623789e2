/* SPDX-License-Identifier: Apache-2.0 */
/* Where a log lies on its volume, and what has become of it there. */
#include "media.h"

#include <string.h>
#include <unistd.h>

#define WINDOWS_LOGS "Windows/System32/winevt/Logs"
#define CHUNK_HEADER 512u

/* The number of the word that the key has, of `n` words. */
static int read_word(struct scenario *s, const struct yaml_node *node, const char *key,
		     const char *const *words, unsigned n, unsigned *out)
{
	const struct yaml_node *v = yaml_get(node, key);

	for (unsigned i = 0; v && i < n; i++) {
		if (v->kind == YAML_SCALAR && view_eq_str(v->text, words[i])) {
			*out = i;
			return 0;
		}
	}
	return v ? sc_fail(s, v, "\"%s\" is \"%s\" to \"%s\"; docs/forge.md has the words", key,
			   words[0], words[n - 1])
		 : 0;
}

/* A name that NTFS and archives can have, without a meaning of its own to either. */
static bool is_name(struct view v)
{
	if (!v.n || v.n > 200 || v.p[0] == '.')
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] < 0x20 || strchr("/\\:*?\"<>|", v.p[i]))
			return false;
	return true;
}

static bool is_path(struct view v)
{
	for (size_t n; v.n; v = view_sub(v, n + 1, v.n)) {
		for (n = 0; n < v.n && v.p[n] != '/'; n++)
			;
		if (!is_name(view_sub(v, 0, n)) || n + 1 == v.n)
			return false;
	}
	return true;
}

static int read_name(struct scenario *s, const struct yaml_node *n, const char *key,
		     bool (*is)(struct view v), const char **out)
{
	const struct yaml_node *v = yaml_get(n, key);
	struct view text;

	if (!v)
		return 0;
	if (sc_node_text(s, v, &text))
		return -1;
	if (!text.n || !is(text))
		return sc_fail(s, v, "\"%s\" must be a name as Windows has them%s", key,
			       is == is_path ? ", or several with '/' between" : "");
	*out = arena_str(s->arena, text);
	return *out ? 0 : sc_no_memory(s);
}

int sc_read_place(struct scenario *s, const struct yaml_node *n, struct sc_place *p)
{
	static const char *const left[] = {"live", "deleted", "chunks", "records"};
	static const char *const stored[] = {"plain", "compressed", "sparse"};

	p->lost = CHUNK_HEADER;
	if (read_name(s, n, "path", is_path, &p->path) ||
	    read_name(s, n, "stream", is_name, &p->stream) ||
	    read_word(s, n, "left", left, 4, &p->left) ||
	    read_word(s, n, "stored", stored, 3, &p->stored) ||
	    sc_uint(s, n, "lost", BX_CHUNK - 1, &p->lost))
		return -1;
	if (p->stream && p->left == LEFT_DELETED)
		return sc_fail(s, yaml_get(n, "stream"), "a stream is not deleted alone");
	return 0;
}

static const char *whole_path(struct scenario *s, const struct sc_place *p, const char *folder,
			      const char *file)
{
	bool own = !view_eq_str(p->host->key, folder);

	if (!is_name(view_str(file)) || !is_name(view_str(folder))) {
		err_set(s->e, ERR_SYNTAX, 0, "%s: Windows has no files named %s/%s", s->name, folder,
			file);
		return NULL;
	}
	buf_clear(&s->scratch);
	buf_fmt(&s->scratch, "%s/%s", p->path ? p->path : own ? folder : WINDOWS_LOGS, file);
	const char *path = s->scratch.bad ? NULL : arena_str(s->arena, buf_data(&s->scratch));
	if (!path)
		sc_no_memory(s);
	return path;
}

int sc_keep(struct scenario *s, struct sc_sink *sink, const struct sc_file *f, const char *folder,
	    const char *file)
{
	struct sc_file *kept = arena_alloc(s->arena, sizeof(*kept));

	if (!kept)
		return sc_no_memory(s);
	*kept = *f;
	kept->next = NULL;
	kept->place.path = whole_path(s, &f->place, folder, file);
	if (!kept->place.path)
		return -1;
	if (!sink->end)
		sink->end = &sink->first;
	*sink->end = kept;
	sink->end = &kept->next;
	return 0;
}

void sc_sink_release(struct sc_sink *sink)
{
	for (struct sc_file *f = sink->first; f; f = f->next)
		close(f->fd);
	sink->first = NULL;
	sink->end = NULL;
}
