// SPDX-License-Identifier: Apache-2.0
"use strict";
/*
 * The script of report.html. It reads the data that the page holds in blocks (zlib, base64, JSON;
 * docs/report.md says what is in them), and makes of them a list of findings, each finding, and the
 * timeline. It asks for nothing elsewhere, stores nothing, and never makes markup of a text: elements
 * come of el(), texts of shown() or text nodes.
 */

const byId = id => document.getElementById(id);

/* An element; attributes are names of ours. A string among the kids is a text. */
function el(tag, attributes, ...kids) {
	const e = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes || {}))
		if (name.startsWith("on"))
			e.addEventListener(name.slice(2), value);
		else if (value !== null && value !== false)
			e.setAttribute(name, value === true ? "" : value);
	e.append(...kids.filter(k => k !== null && k !== undefined && k !== ""));
	return e;
}

function svg(tag, attributes, ...kids) {
	const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
	for (const [name, value] of Object.entries(attributes))
		e.setAttribute(name, value);
	e.append(...kids);
	return e;
}

let hidden = []; /* first, last, first, last ...: what has no shape, or turns text around */

function isHidden(c) {
	if (c >= 0xd800 && c <= 0xdfff)
		return true;
	for (let i = 0; i < hidden.length; i += 2)
		if (c <= hidden[i + 1])
			return c >= hidden[i];
	return false;
}

/* A text of evidence, its hidden characters told by their numbers; of a path, bytes that are no text. */
function shown(text, isPath) {
	const out = document.createDocumentFragment();
	let plain = "";
	for (const c of text) {
		const code = c.codePointAt(0);
		if (!isHidden(code)) {
			plain += c;
			continue;
		}
		const hex = code.toString(16).toUpperCase();
		out.append(plain, el("span", {class: "c"}, isPath && code >= 0xdc80 && code <= 0xdcff
			? "\\x" + hex.slice(2) : "U+" + hex.padStart(4, "0")));
		plain = "";
	}
	out.append(plain);
	return out;
}

const code = (text, isPath) => el("code", null, shown(text, isPath));
const number = n => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
const count = (n, one, many) => number(n) + " " + (n === 1 ? one : many);

/* ---- time: milliseconds since 1601, as Windows counts ---- */

const EPOCH = 11644473600000;

function timeText(ms, ticks) {
	const date = new Date(ms - EPOCH);
	if (!ms || isNaN(date))
		return ms ? "beyond the calendar" : "unknown";
	const text = date.toISOString().replace("Z", "");
	return text + (ticks === undefined ? "" : String(ticks).padStart(4, "0")) + "Z";
}

/* What a person types: a date, or a date and a time, UTC. NaN: neither. */
function timeRead(text) {
	const m = /^\s*(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?)?\s*Z?\s*$/.exec(text);
	if (!m)
		return NaN;
	const ms = Date.UTC(+m[1], m[2] - 1, +m[3], +(m[4] || 0), +(m[5] || 0), +(m[6] || 0));
	return ms + Math.floor(+(m[7] || 0) * 1000) + EPOCH;
}

/* ---- blocks ---- */

const parsed = new Promise(done => {
	if (document.readyState !== "loading")
		done();
	else
		document.addEventListener("DOMContentLoaded", done);
});

function bytesOf(base64) {
	if (Uint8Array.fromBase64)
		return Uint8Array.fromBase64(base64);
	const text = atob(base64), bytes = new Uint8Array(text.length);
	for (let i = 0; i < text.length; i++)
		bytes[i] = text.charCodeAt(i);
	return bytes;
}

/* The block's JSON. The script begins before the page is whole: large blocks are behind it. */
async function block(id) {
	if (!byId(id))
		await parsed;
	const packed = new Blob([bytesOf(byId(id).textContent)]);
	const stream = packed.stream().pipeThrough(new DecompressionStream("deflate"));
	return JSON.parse(await new Response(stream).text());
}

/* Blocks of whole findings or entries, found by the number of what is in them; the last ones are kept. */
class Blocks {
	constructor(name, counts, keep) {
		this.name = name;
		this.keep = keep;
		this.first = [0];
		for (const n of counts)
			this.first.push(this.first[this.first.length - 1] + n);
		this.loaded = new Map();
	}

	number(i) {
		let low = 0, high = this.first.length - 1;
		while (high - low > 1) {
			const middle = (low + high) >> 1;
			if (this.first[middle] <= i)
				low = middle;
			else
				high = middle;
		}
		return low;
	}

	load(k) {
		const known = this.loaded.get(k);
		this.loaded.delete(k);
		const it = known || {data: null, promise: null};
		this.loaded.set(k, it); /* now the newest */
		if (!known)
			it.promise = block(this.name + "-" + k).then(data => it.data = data);
		if (this.loaded.size > this.keep)
			this.loaded.delete(this.loaded.keys().next().value);
		return it;
	}
}

/* ---- a list of which only what is seen is there ---- */

const TALLEST = 8000000; /* px of an element, which browsers bound */

class LongList {
	/* row(i) makes the element of the i-th; open(i) is what Enter or a click does. */
	constructor(label, head, rowHeight, row, open) {
		this.height = rowHeight;
		this.row = row;
		this.open = open;
		this.n = 0;
		this.at = -1;
		this.id = "row" + LongList.lists++ + "-";
		this.space = el("div", {class: "space", role: "presentation"});
		this.box = el("div", {class: "rows", tabindex: "0", role: "grid", "aria-label": label,
			onkeydown: e => this.key(e), onclick: e => this.click(e)}, this.space);
		this.box.addEventListener("scroll", () => this.soon());
		new ResizeObserver(() => this.soon()).observe(this.box);
		this.element = el("div", {class: "list"}, head, this.box);
	}

	show(n) {
		this.n = n;
		this.at = -1;
		this.box.setAttribute("aria-rowcount", n);
		this.box.removeAttribute("aria-activedescendant");
		this.space.style.height = Math.min(n * this.height, TALLEST) + "px";
		this.box.scrollTop = 0;
		this.draw();
	}

	soon() {
		if (!this.waiting)
			this.waiting = requestAnimationFrame(() => this.draw());
	}

	/* Rows that fit, and how many px of the list one px of the bar is. */
	measure() {
		const all = this.n * this.height, seen = this.box.clientHeight;
		const bar = Math.max(1, Math.min(all, TALLEST) - seen);
		return {seen, scale: all > TALLEST ? (all - seen) / bar : 1};
	}

	draw() {
		cancelAnimationFrame(this.waiting);
		this.waiting = 0;
		const {seen, scale} = this.measure(), top = this.box.scrollTop;
		const first = Math.max(0, Math.floor(top * scale / this.height) - 2);
		const last = Math.min(this.n, Math.ceil((top * scale + seen) / this.height) + 2);
		const rows = [];
		for (let i = first; i < last; i++) {
			const r = this.row(i);
			r.id = this.id + i;
			r.setAttribute("role", "row");
			r.setAttribute("aria-rowindex", i + 1);
			r.setAttribute("aria-selected", i === this.at);
			r.style.top = Math.round(i * this.height - top * scale + top) + "px";
			r.style.height = this.height + "px";
			rows.push(r);
		}
		this.space.replaceChildren(...rows);
	}

	select(i) {
		if (!this.n)
			return;
		this.at = Math.max(0, Math.min(this.n - 1, i));
		const {seen, scale} = this.measure(), y = this.at * this.height;
		if (y < this.box.scrollTop * scale)
			this.box.scrollTop = y / scale;
		else if (y + this.height > this.box.scrollTop * scale + seen)
			this.box.scrollTop = (y + this.height - seen) / scale;
		this.box.setAttribute("aria-activedescendant", this.id + this.at);
		this.draw();
	}

	key(e) {
		const page = Math.max(1, Math.floor(this.box.clientHeight / this.height) - 1);
		const steps = {ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -this.n, End: this.n};
		if (e.target !== this.box || e.ctrlKey || e.altKey || e.metaKey)
			return;
		if (e.key in steps)
			this.select(this.at + steps[e.key]);
		else if ((e.key === "Enter" || e.key === " ") && this.at >= 0)
			this.open(this.at);
		else
			return;
		e.preventDefault();
	}

	click(e) {
		const r = e.target.closest("[role=row]");
		if (!r || e.target.closest("a"))
			return;
		this.select(+r.getAttribute("aria-rowindex") - 1);
		this.open(this.at);
	}
}
LongList.lists = 0;

/* ---- controls ---- */

let controls = 0;

function labelled(label, control) {
	control.id = "control" + controls++;
	return el("div", {class: "control"}, el("label", {for: control.id}, label), control);
}

/* entries: [value, text]. */
function choice(entries, change) {
	return el("select", {onchange: change}, ...entries.map(([value, text]) => el("option", {value}, text)));
}

const button = (text, press, attributes) => el("button", {type: "button", onclick: press, ...attributes}, text);

function levelBadge(level) {
	return el("span", {class: "lv l" + level}, meta.levels[level]);
}
