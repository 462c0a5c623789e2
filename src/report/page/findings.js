// SPDX-License-Identifier: Apache-2.0
/* The list of findings: columns in typed arrays, filters and orders over these. */

let meta = null;
const texts = []; /* of all blocks */
let lower = [];   /* the same in lower case, once asked for */
const F = {n: 0, ids: ""};
const TEXT_COLUMNS = ["user", "process", "parent", "command", "destination"];
const range = {from: 0, to: Infinity}; /* what findings and entries are shown of, in ms */
const onRange = []; /* who wants to know */

const ruleOf = i => meta.rules[F.rule[i]];
const idOf = i => "F-" + F.ids.substr(32 * i, 32);

async function readFindings() {
	const here = meta.pages[meta.page], counts = meta.blocks.list;
	F.n = here.findings;
	F.time = new Float64Array(F.n);
	for (const name of ["rule", "unverified", "state", "host", "span", "level", ...TEXT_COLUMNS])
		F[name] = name === "span" ? new Float64Array(F.n) : new Uint32Array(F.n);
	const read = await Promise.all(counts.map((n, k) => block("list-" + k)));
	let at = 0;
	for (const b of read) {
		const base = texts.length;
		let ms = 0;
		for (const t of b.texts)
			texts.push(t);
		for (let i = 0; i < b.n; i++, at++) {
			F.time[at] = ms += b.time[i];
			for (const name of ["rule", "unverified", "state", "host", "span"])
				F[name][at] = b[name][i];
			for (const name of TEXT_COLUMNS)
				F[name][at] = base + b[name][i];
			F.level[at] = ruleOf(at).level;
		}
		F.ids += b.id;
	}
}

/* ---- orders ---- */

/* Of numbers from 0 on, by the texts that they stand for: place in the order, equal for equal texts. */
function ranks(used, textOf) {
	const ids = Array.from(new Set(used)), out = new Uint32Array(ids.reduce((a, b) => Math.max(a, b), 0) + 1);
	const words = new Map(ids.map(i => [i, textOf(i).toLowerCase()]));
	ids.sort((a, b) => words.get(a) < words.get(b) ? -1 : words.get(a) > words.get(b) ? 1 : 0);
	ids.forEach((id, k) => out[id] = k && words.get(id) === words.get(ids[k - 1]) ? out[ids[k - 1]] : k);
	return out;
}

function keysOf(column) {
	const of = (values, textOf) => {
		const rank = ranks(values, textOf);
		return values.map(v => rank[v]);
	};
	switch (column) {
	case "level":
		return F.level;
	case "status":
		return F.unverified;
	case "rule":
		return of(F.rule, r => meta.rules[r].title);
	case "host":
		return of(F.host, h => meta.hosts[h]);
	case "time":
		return F.time;
	default:
		return of(F[column], t => texts[t]);
	}
}

const orders = new Map();

function orderBy(column) {
	if (!orders.has(column)) {
		const keys = keysOf(column);
		const order = Uint32Array.from({length: F.n}, (_, i) => i);
		if (column !== "time")
			order.sort((a, b) => keys[a] - keys[b] || a - b);
		orders.set(column, order);
	}
	return orders.get(column);
}

/* ---- filters ---- */

/* Which texts hold the word, a byte each. */
function holding(word) {
	if (lower.length !== texts.length)
		lower = texts.map(t => t.toLowerCase());
	const out = new Uint8Array(lower.length);
	for (let i = 0; i < lower.length; i++)
		out[i] = lower[i].includes(word) ? 1 : 0;
	return out;
}

function textTest(word) {
	const columns = TEXT_COLUMNS.map(name => F[name]), held = holding(word);
	const rules = {}, hosts = meta.hosts.map(h => h.toLowerCase().includes(word));
	for (const [r, rule] of Object.entries(meta.rules))
		rules[r] = (rule.title + " " + rule.tactics.join(" ") + " " + rule.techniques.join(" "))
			.toLowerCase().includes(word);
	const id = /^(f-)?[0-9a-f]{4,32}$/.test(word) ? word.replace("f-", "") : "";
	return i => rules[F.rule[i]] || hosts[F.host[i]] || columns.some(c => held[c[i]]) ||
		(id && F.ids.startsWith(id, 32 * i));
}

function filtered(f) {
	const order = orderBy(f.order), out = new Uint32Array(F.n);
	const text = f.text && textTest(f.text.toLowerCase());
	let n = 0;
	for (let k = 0; k < F.n; k++) {
		const i = order[f.down ? F.n - 1 - k : k];
		if (F.time[i] + F.span[i] >= range.from && F.time[i] <= range.to && f.levels[F.level[i]] &&
		    (f.rule < 0 || F.rule[i] === f.rule) && (f.host < 0 || F.host[i] === f.host) &&
		    (f.user === null || texts[F.user[i]] === f.user) &&
		    (f.status < 0 || F.unverified[i] === f.status) && (!text || text(i)))
			out[n++] = i;
	}
	return out.subarray(0, n);
}

/* ---- the list and its controls ---- */

const COLUMNS = [["level", "Level"], ["time", "First time"], ["rule", "Rule"], ["host", "Computer"],
	["user", "User"], ["process", "Process"], ["status", "Status"]];
const baseName = path => path.slice(Math.max(path.lastIndexOf("\\"), path.lastIndexOf("/")) + 1);

class FindingList {
	constructor(section) {
		this.f = {order: "time", down: false, text: "", levels: meta.levels.map(() => true), rule: -1, host: -1,
			user: null, status: -1};
		this.shown = new Uint32Array(0);
		this.said = el("p", {class: "said", role: "status"});
		this.list = new LongList("Findings", this.head(), 30, i => this.row(i), i => this.open(this.shown[i]));
		this.whole = el("div", {class: "whole"});
		section.append(this.tools(), this.said, this.list.element, this.whole);
		this.blocks = new Blocks("findings", meta.blocks.findings, 4);
		onRange.push(() => this.times());
	}

	head() {
		this.heads = {};
		const cells = COLUMNS.map(([name, title]) => {
			const c = el("div", {role: "columnheader", class: "at-" + name},
				button(title, () => this.sort(name)));
			this.heads[name] = c;
			return c;
		});
		return el("div", {class: "row head", role: "row"}, ...cells);
	}

	sort(name) {
		this.f.down = this.f.order === name ? !this.f.down : name === "level";
		this.f.order = name;
		this.apply();
	}

	row(k) {
		const i = this.shown[k], cell = (name, ...kids) =>
			el("div", {role: "gridcell", class: "at-" + name}, ...kids);
		return el("div", {class: "row" + (i === this.opened ? " opened" : "")},
			cell("level", levelBadge(F.level[i])),
			cell("time", timeText(F.time[i]).replace("T", " ").replace("Z", "")),
			cell("rule", shown(ruleOf(i).title)), cell("host", shown(meta.hosts[F.host[i]])),
			cell("user", shown(texts[F.user[i]].slice(0, 200))),
			cell("process", shown(baseName(texts[F.process[i]]).slice(0, 200))),
			cell("status", F.unverified[i] ? "unverified" : "fully checked"));
	}

	tools() {
		const change = () => this.apply();
		this.text = el("input", {type: "search", autocomplete: "off", spellcheck: "false", oninput: change});
		this.rule = choice(this.rules(), change);
		this.host = choice(this.counted(F.host, h => meta.hosts[h]), change);
		this.user = choice(this.counted(F.user, t => texts[t]), change);
		this.status = choice([["", "any"], ["0", "fully checked"], ["1", "unverified"]], change);
		this.from = el("input", {type: "text", placeholder: "2026-01-31 12:00", onchange: () => this.typed()});
		this.to = el("input", {type: "text", placeholder: "2026-02-01", onchange: () => this.typed()});
		return el("div", {class: "tools", role: "search", "aria-label": "Filter findings"},
			labelled("Text", this.text), this.levels(change), labelled("Rule", this.rule),
			labelled("Computer", this.host), labelled("User", this.user), labelled("Status", this.status),
			labelled("From (UTC)", this.from), labelled("To (UTC)", this.to),
			button("Show all", () => this.reset()));
	}

	levels(change) {
		this.boxes = [];
		const kids = [];
		for (let l = meta.levels.length - 1; l >= 0; l--) {
			if (!F.level.includes(l))
				continue;
			const box = el("input", {type: "checkbox", id: "level" + l, onchange: change});
			box.checked = true;
			this.boxes.push([l, box]);
			kids.push(el("label", {for: "level" + l}, box, meta.levels[l]));
		}
		return el("fieldset", null, el("legend", null, "Level"), ...kids);
	}

	rules() {
		const n = {};
		for (const r of F.rule)
			n[r] = (n[r] || 0) + 1;
		const rows = Object.entries(meta.rules).filter(([r]) => n[r]);
		rows.sort((a, b) => b[1].level - a[1].level || (a[1].title < b[1].title ? -1 : 1));
		return [["", "any"], ...rows.map(([r, rule]) =>
			[r, meta.levels[rule.level] + ": " + visible(rule.title) + " (" + number(n[r]) + ")"])];
	}

	/* Choices by their texts: how many findings each has. Of very many the most frequent. A choice's value is
	   a number: a text of evidence is in no attribute. */
	counted(values, textOf) {
		const n = new Map();
		for (const v of values) {
			const key = textOf(v);
			n.set(key, [(n.get(key) || [0])[0] + 1, v]);
		}
		const rows = Array.from(n).sort((a, b) => b[1][0] - a[1][0]).slice(0, 1000);
		rows.sort((a, b) => a[0] < b[0] ? -1 : 1);
		return [["", n.size > 1000 ? "any (the 1,000 with most findings are listed)" : "any"],
			...rows.map(([text, [many, v]]) =>
				[v, (visible(text) || "(none)") + " (" + number(many) + ")"])];
	}

	typed() {
		const from = this.from.value ? timeRead(this.from.value) : 0;
		const to = this.to.value ? timeRead(this.to.value) : Infinity;
		this.from.setAttribute("aria-invalid", isNaN(from));
		this.to.setAttribute("aria-invalid", isNaN(to));
		if (!isNaN(from) && !isNaN(to))
			setRange(from, to);
	}

	times() {
		this.from.value = range.from ? timeText(range.from).replace("T", " ") : "";
		this.to.value = range.to < Infinity ? timeText(range.to).replace("T", " ") : "";
		this.from.removeAttribute("aria-invalid");
		this.to.removeAttribute("aria-invalid");
		this.apply();
	}

	reset() {
		this.text.value = this.rule.value = this.host.value = this.user.value = this.status.value = "";
		for (const [, box] of this.boxes)
			box.checked = true;
		setRange(0, Infinity);
	}

	apply() {
		const f = this.f;
		f.text = this.text.value.trim();
		for (const [l, box] of this.boxes)
			f.levels[l] = box.checked;
		f.rule = this.rule.value === "" ? -1 : +this.rule.value;
		f.host = this.host.value === "" ? -1 : +this.host.value;
		f.user = this.user.value === "" ? null : texts[+this.user.value];
		f.status = this.status.value === "" ? -1 : +this.status.value;
		this.shown = filtered(f);
		this.list.show(this.shown.length);
		for (const [name, cell] of Object.entries(this.heads))
			cell.setAttribute("aria-sort", name !== f.order ? "none" : f.down ? "descending" : "ascending");
		this.said.textContent = this.shown.length === F.n ? count(F.n, "finding", "findings")
			: number(this.shown.length) + " of " + count(F.n, "finding", "findings");
	}

	/* The i-th of the page, whole. */
	async open(i, quiet) {
		const first = meta.pages[meta.page].first_finding, k = this.blocks.number(i);
		const read = (await this.blocks.load(k).promise)[i - this.blocks.first[k]];
		const place = this.shown.indexOf(i);
		this.opened = i;
		if (location.hash !== "#" + idOf(i))
			history.replaceState(null, "", "#" + idOf(i));
		if (place >= 0 && this.list.at !== place)
			this.list.select(place);
		this.list.draw();
		const article = findingWhole(i, first + i + 1, read[0], read[1], this.steps(place));
		this.whole.replaceChildren(article);
		if (!quiet)
			article.querySelector("h3").focus({preventScroll: true});
		article.scrollIntoView({block: "start", behavior: calm() ? "auto" : "smooth"});
	}

	steps(place) {
		const step = (text, to) => button(text, () => this.open(this.shown[to]),
			{disabled: place < 0 || to < 0 || to >= this.shown.length});
		return el("div", {class: "steps"}, step("Previous", place - 1), step("Next", place + 1),
			button("On the timeline", () => this.onTimeline(this.opened)), button("Close", () => this.close()));
	}

	/* Five minutes on either side. */
	onTimeline(i) {
		setRange(Math.max(0, F.time[i] - 300000), F.time[i] + F.span[i] + 300000);
		byId("timeline").scrollIntoView({behavior: calm() ? "auto" : "smooth"});
	}

	close() {
		this.opened = -1;
		this.whole.replaceChildren();
		history.replaceState(null, "", "#findings");
		this.list.draw();
		this.list.box.focus();
	}

	/* "#F-..." of the address. */
	follow() {
		const m = /^#F-([0-9a-f]{32})$/.exec(location.hash);
		if (!m)
			return;
		let at = F.ids.indexOf(m[1]);
		while (at >= 0 && at % 32)
			at = F.ids.indexOf(m[1], at + 1);
		if (at >= 0)
			this.open(at / 32);
		else
			this.whole.replaceChildren(elsewhere(m[1]));
	}
}

/* Choices hold text alone: hidden characters are told in it. */
const visible = text => shown(text.slice(0, 120)).textContent;
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function setRange(from, to) {
	range.from = from;
	range.to = to;
	for (const tell of onRange)
		tell();
}

function pageLinks(hash) {
	return meta.pages.filter((p, k) => k !== meta.page && (p.findings || p.entries)).map(p => el("li", null,
		el("a", {href: p.name + hash}, p.name), ": " + count(p.findings, "finding", "findings") + ", " +
		count(p.entries, "timeline entry", "timeline entries") + ", " + p.from + " to " + p.to));
}

function elsewhere(id) {
	const links = pageLinks("#F-" + id);
	return el("p", {class: "warn", role: "alert"}, "Finding F-" + id + " is not on this page. ",
		links.length ? "It may be on another one:" : "", el("ul", null, ...links));
}
