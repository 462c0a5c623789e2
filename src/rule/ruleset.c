/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files to drafts, drafts to rules: what is given twice, what replaces what, what is only a part of
 * a correlation.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sigma.h"

static void faults_release(struct faults *f)
{
	for (size_t i = 0; i < f->n; i++) {
		mem_free(f->v[i].file);
		mem_free(f->v[i].message);
	}
	mem_free(f->v);
}

void ruleset_release(struct ruleset *s)
{
	faults_release(&s->faults);
	faults_release(&s->notes);
	mem_free(s->rules);
	mem_free(s->replaced);
	fields_release(&s->fields);
	arena_release(&s->arena);
	*s = (struct ruleset){0};
}

/* ---- one file ---- */

static bool ends_with(struct view name, const char *ending)
{
	size_t n = strlen(ending);

	return name.n >= n && view_eq_str_nocase(view_sub(name, name.n - n, n), ending);
}

static bool text_is_clean(struct loader *l)
{
	const uint8_t *nul = l->text.n ? memchr(l->text.p, 0, l->text.n) : NULL;
	struct view before = l->text;
	uint32_t line = 1, column = 1;
	size_t at;

	if (nul)
		before.n = (size_t)(nul - l->text.p);
	if (text_valid(before, &at) && !nul)
		return true;
	before.n = text_valid(before, &at) ? before.n : at;
	while (before.n) {
		bool end = text_next(&before) == '\n';

		line += end;
		column = end ? 1 : column + 1;
	}
	load_fault(l, (struct spot){line, column}, ERR_SYNTAX,
		   nul && (size_t)(nul - l->text.p) == (size_t)(before.p - l->text.p)
			   ? "the file holds a NUL character: it is no text"
			   : "the file is not valid UTF-8");
	return false;
}

bool load_yaml(struct loader *l, struct yaml *y)
{
	struct err e = {0};

	if (yaml_read(y, l->text, &l->scratch, &e) < 0) {
		l->no_memory = true;
		return false;
	}
	for (size_t i = 0; i < y->n_faults; i++)
		load_fault(l, (struct spot){y->faults[i].line, y->faults[i].column}, y->faults[i].code,
			   "%.*s", (int)(y->faults[i].message.n < 300 ? y->faults[i].message.n : 300),
			   (const char *)y->faults[i].message.p);
	if (y->n_documents <= LIMIT_RULE_DOCUMENTS)
		return true;
	load_fault(l, (struct spot){0, 0}, ERR_LIMIT, "the file holds more than %u documents",
		   LIMIT_RULE_DOCUMENTS);
	return false;
}

/* Of a faulty table nothing is known to be whole. */
static void table_load(struct loader *l)
{
	struct yaml y = {0};

	if (!load_yaml(l, &y) || y.n_faults)
		return;
	if (y.n_documents == 1)
		l->table(l, y.documents[0]);
	else
		load_fault(l, (struct spot){0, 0}, ERR_SYNTAX, "a table is one document of YAML");
}

static void load_text(struct loader *l, struct view text)
{
	l->text = text;
	l->faults = l->notes = 0;
	l->lines = NULL;
	l->set->files += !l->table;
	if (text.n >= 3 && !memcmp(text.p, "\xef\xbb\xbf", 3))
		l->text = view_sub(text, 3, SIZE_MAX);
	if (!sha256_of(text, l->sha256))
		l->no_memory = true;
	else if (text.n > LIMIT_RULE_FILE)
		load_fault(l, (struct spot){0, 0}, ERR_LIMIT, "the file is larger than %u MiB",
			   LIMIT_RULE_FILE >> 20);
	else if (!text_is_clean(l))
		;
	else if (l->table)
		table_load(l);
	else if (l->front)
		l->front(l);
	else if (ends_with(l->path, ".toml"))
		elastic_load(l);
	else if (ends_with(l->path, ".eql"))
		eql_file_load(l);
	else if (rule_is_file_name(l->path))
		sigma_load(l);
	else
		load_fault(l, (struct spot){0, 0}, ERR_USAGE,
			   "not the name of a rule file: .yml, .yaml (Sigma), .toml, .eql (EQL)");
	arena_reset(&l->scratch);
}

static bool read_whole(struct loader *l, int fd, size_t size, uint8_t *p)
{
	size_t n = 0;

	while (n < size) {
		ssize_t got = read(fd, p + n, size - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			load_fault(l, (struct spot){0, 0}, ERR_IO, "cannot be read: %s",
				   got ? strerror(errno) : "it became shorter");
			return false;
		}
		n += (size_t)got;
	}
	return true;
}

static void load_fd(struct loader *l, int fd)
{
	struct stat st;
	uint8_t *p;

	if (fstat(fd, &st) < 0) {
		load_fault(l, (struct spot){0, 0}, ERR_IO, "cannot be read: %s", strerror(errno));
	} else if (!S_ISREG(st.st_mode)) {
		load_fault(l, (struct spot){0, 0}, ERR_USAGE, "is not a regular file");
	} else if (st.st_size > (off_t)LIMIT_RULE_FILE) {
		l->set->files += !l->table;
		load_fault(l, (struct spot){0, 0}, ERR_LIMIT, "the file is larger than %u MiB",
			   LIMIT_RULE_FILE >> 20);
	} else {
		p = mem_alloc((size_t)st.st_size + 1);
		l->no_memory |= !p;
		if (p && read_whole(l, fd, (size_t)st.st_size, p))
			load_text(l, (struct view){p, (size_t)st.st_size});
		mem_free(p);
	}
}

static void load_path(struct loader *l, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	l->faults = 0;
	l->path = load_keep_view(l, view_str(path));
	if (fd < 0) {
		load_fault(l, (struct spot){0, 0}, ERR_IO, "cannot be opened: %s", strerror(errno));
		return;
	}
	load_fd(l, fd);
	close(fd);
}

/* ---- one set ---- */

static bool loader_init(struct loader *l, struct ruleset *s)
{
	*l = (struct loader){.set = s, .keep = &s->arena, .index = s->sets};
	arena_init(&l->scratch, LIMIT_RULES_ARENA);
	l->units = mem_alloc((LIMIT_PATTERN + 2) * sizeof *l->units);
	return l->units;
}

static void loader_release(struct loader *l)
{
	mem_free(l->units);
	mem_free(l->drafts);
	mem_free(l->meanings);
	mem_free(l->filters);
	arena_release(&l->scratch);
}

static void name_once(struct loader *l, struct strtab *seen, struct draft *d, struct view name,
		      const char *what)
{
	if (!name.n)
		return;
	if (strtab_find(seen, name) != STRTAB_NONE) {
		load_fault_in(l, d->rule.path, d->id_spot, ERR_USAGE,
			      "the %s `%.*s` is given twice in this set of rules", what,
			      SHOWN(name));
		d->broken = true;
	} else if (strtab_add(seen, name) == STRTAB_NONE) {
		l->no_memory = true;
	}
}

static void check_names(struct loader *l)
{
	struct strtab ids, names;

	strtab_init(&ids, true, LIMIT_RULES_ARENA);
	strtab_init(&names, false, LIMIT_RULES_ARENA);
	for (size_t i = 0; i < l->n_drafts; i++) {
		name_once(l, &ids, &l->drafts[i], l->drafts[i].rule.id, "id");
		name_once(l, &names, &l->drafts[i], l->drafts[i].name, "name");
	}
	strtab_release(&ids);
	strtab_release(&names);
}

static bool add_replaced(struct ruleset *s, const struct rule *old, const struct rule *new)
{
	struct replaced *v = mem_grow(s->replaced, (s->n_replaced + 1) * sizeof *v);

	if (!v)
		return false;
	s->replaced = v;
	v[s->n_replaced++] = (struct replaced){old->id, new->path, old->path};
	return true;
}

static bool add_rule(struct ruleset *s, const struct rule *r)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 16;
		struct rule *v = mem_grow(s->rules, cap * sizeof *v);

		if (!v)
			return false;
		s->rules = v;
		s->cap = cap;
	}
	s->rules[s->n++] = *r;
	return true;
}

/* Rules of earlier sets by id; rules of this one have ids of their own already. */
static void keep_rules(struct loader *l)
{
	struct ruleset *s = l->set;
	struct strtab old;
	bool good = true;

	strtab_init(&old, true, LIMIT_RULES_ARENA);
	for (size_t i = 0; good && i < s->n; i++)
		good = strtab_add(&old, s->rules[i].id) == i;
	for (size_t i = 0; good && i < l->n_drafts; i++) {
		const struct draft *d = &l->drafts[i];
		uint32_t at;

		if (d->broken || d->used)
			continue;
		at = strtab_find(&old, d->rule.id);
		if (at == STRTAB_NONE) {
			good = add_rule(s, &d->rule);
			continue;
		}
		good = add_replaced(s, &s->rules[at], &d->rule);
		if (good)
			s->rules[at] = d->rule;
	}
	strtab_release(&old);
	l->no_memory |= !good;
}

static int by_place(const void *pa, const void *pb)
{
	const struct fault *a = pa, *b = pb;
	int files = strcmp(a->file, b->file);

	if (files)
		return files;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	return strcmp(a->message, b->message);
}

static int finish_set(struct loader *l, size_t first_fault, struct err *e)
{
	struct faults *f = &l->set->faults;

	l->faults = 0;
	if (!l->table) {
		check_names(l);
		sigma_apply_filters(l);
		sigma_resolve(l);
		keep_rules(l);
		l->set->sets++;
	}
	if (f->n > first_fault)
		qsort(f->v + first_fault, f->n - first_fault, sizeof *f->v, by_place);
	loader_release(l);
	return l->no_memory ? err_set(e, ERR_NOMEM, 0, "no memory for the rules") : 0;
}

static void walk_fault(void *ctx, const char *path, const char *what)
{
	struct loader *l = ctx;

	l->faults = 0;
	load_fault_in(l, view_str(path), (struct spot){0, 0}, ERR_IO, "cannot be read: %s", what);
}

static void load_folder(struct loader *l, const char *path)
{
	struct arena names;
	struct walk w = {.arena = &names, .fault = walk_fault, .ctx = l};

	arena_init(&names, LIMIT_RULES_ARENA);
	if (rule_walk(&w, path) < 0)
		l->no_memory = true;
	for (size_t i = 0; i < w.n && !l->no_memory; i++)
		load_path(l, w.v[i]);
	if (!w.n && !l->no_memory)
		load_fault_in(l, view_str(path), (struct spot){0, 0}, ERR_USAGE,
			      "the folder holds no rule files (.yml, .yaml, .toml, .eql)");
	arena_release(&names);
}

int ruleset_add(struct ruleset *s, const char *path, struct err *e)
{
	size_t first = s->faults.n;
	struct loader l;
	struct stat st;

	if (stat(path, &st) < 0)
		return err_errno(e, ERR_USAGE, "rules %s", path);
	if (!loader_init(&l, s))
		l.no_memory = true;
	else if (S_ISDIR(st.st_mode))
		load_folder(&l, path);
	else
		load_path(&l, path);
	return finish_set(&l, first, e);
}

int ruleset_suppress(struct ruleset *s, const char *path, struct err *e)
{
	size_t first = s->faults.n, sets = s->sets;
	uint64_t files = s->files;
	struct loader l;
	int rc;

	if (!loader_init(&l, s))
		l.no_memory = true;
	l.front = suppress_load;
	if (!l.no_memory)
		load_path(&l, path);
	rc = finish_set(&l, first, e);
	s->sets = sets;
	s->files = files;
	return rc;
}

int ruleset_add_text(struct ruleset *s, const char *name, struct view text, struct err *e)
{
	size_t first = s->faults.n;
	struct loader l;

	if (!loader_init(&l, s)) {
		l.no_memory = true;
	} else {
		l.path = load_keep_view(&l, view_str(name));
		load_text(&l, text);
	}
	return finish_set(&l, first, e);
}

/* ---- tables ---- */

static int add_table(struct ruleset *s, const char *path,
		     void (*table)(struct loader *l, const struct yaml_node *doc), struct err *e)
{
	size_t first = s->faults.n;
	struct loader l;
	struct stat st;

	if (stat(path, &st) < 0)
		return err_errno(e, ERR_USAGE, "%s", path);
	l.no_memory = !loader_init(&l, s);
	l.table = table;
	if (!l.no_memory)
		load_path(&l, path);
	return finish_set(&l, first, e);
}

int ruleset_logsources(struct ruleset *s, const char *path, struct err *e)
{
	return add_table(s, path, logsources_load, e);
}

int ruleset_placeholders(struct ruleset *s, const char *path, struct err *e)
{
	return add_table(s, path, placeholders_load, e);
}

static int add_built_in(struct ruleset *s, struct err *e)
{
	struct loader l;

	l.no_memory = !loader_init(&l, s);
	l.table = logsources_load;
	l.path = view_str("logsources.yml");
	if (!l.no_memory)
		load_text(&l, (struct view){logsources_text, logsources_size});
	return finish_set(&l, 0, e);
}

int ruleset_init(struct ruleset *s, struct err *e)
{
	*s = (struct ruleset){0};
	arena_init(&s->arena, LIMIT_RULES_ARENA);
	if (fields_init(&s->fields, e) < 0)
		return -1;
	if (add_built_in(s, e) == 0)
		return 0;
	ruleset_release(s);
	return -1;
}

static int by_id(const void *pa, const void *pb)
{
	const struct rule *a = pa, *b = pb;

	return view_cmp(a->id, b->id);
}

int ruleset_finish(struct ruleset *s, struct err *e)
{
	(void)e;
	if (s->n)
		qsort(s->rules, s->n, sizeof *s->rules, by_id);
	sigma_settle(s);
	return 0;
}
