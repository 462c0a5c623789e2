// SPDX-License-Identifier: Apache-2.0
/* The timeline: a chart of all hosts, and the list of what is in the part of it that is seen. */

const T = {n: 0};
const KINDS = ["Process Created", "Process Ended", "Network Connection", "Record"];
const LANE = 46, LANES = 20, LEFT = 150, TOP = 8, FOOT = 26;

async function readChart() {
	T.n = meta.pages[meta.page].entries;
	T.time = new Float64Array(T.n);
	T.host = new Uint32Array(T.n);
	T.kind = new Uint8Array(T.n);
	T.findings = new Map(); /* of an entry: findings, counted over all pages */
	const read = await Promise.all(meta.blocks.chart.map((n, k) => block("chart-" + k)));
	let at = 0;
	for (const b of read) {
		for (let i = 0; i < b.findings.length; i += 2) {
			const e = at + b.findings[i];
			T.findings.set(e, (T.findings.get(e) || []).concat(b.findings[i + 1]));
		}
		for (let i = 0, ms = 0; i < b.n; i++, at++) {
			T.time[at] = ms += b.time[i];
			T.host[at] = b.host[i];
			T.kind[at] = b.kind[i];
		}
	}
}

/* The first of the sorted times that is not before t. */
function lowerBound(times, n, t) {
	let low = 0, high = n;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (times[middle] < t)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The host's own signs, and those of logs that are of no one host. */
const signsOf = host => meta.signs.filter(s => s.host === host);
const isGap = s => s.to > s.from && s.kind === "id-gap";
const MARKS = {"log-cleared": "C", "time-changed": "T", "time-backwards": "T", "logging-stopped": "S", "id-gap": "G"};

class Timeline {
	constructor(section) {
		this.lanes = this.hosts();
		this.from = this.to = 0;
		this.least = Infinity;
		this.most = 0;
		for (const t of [T.time, F.time, Float64Array.from(meta.signs.flatMap(s => [s.from, s.to]))])
			for (const ms of t) {
				this.least = ms && ms < this.least ? ms : this.least;
				this.most = ms > this.most ? ms : this.most;
			}
		this.most = Math.max(this.most, this.least + 1);
		this.blocks = new Blocks("entries", meta.blocks.entries, 12);
		this.said = el("p", {class: "said", role: "status"});
		this.under = el("p", {class: "note", "aria-hidden": "true"});
		this.list = new LongList("Records of the timeline", this.head(), 28, k => this.row(k), k => this.open(k));
		this.one = el("div", {class: "whole"});
		section.append(this.tools(), this.canvasBox(), this.legend(), this.under, this.said, this.list.element, this.one);
		onRange.push(() => this.apply());
		new ResizeObserver(() => this.soon()).observe(this.canvas);
		matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.soon());
	}

	/* Those with findings first, by how many. */
	hosts() {
		const n = new Float64Array(meta.hosts.length);
		for (const h of F.host)
			n[h] += 1e9;
		for (const h of T.host)
			n[h]++;
		const all = Array.from(n.keys()).filter(h => n[h] || signsOf(h).length);
		all.sort((a, b) => n[b] - n[a] || a - b);
		return signsOf(-1).length ? [...all, -1] : all;
	}

	hostName(h) {
		return h < 0 ? "(logs of no one computer)" : meta.hosts[h];
	}

	/* ---- controls ---- */

	tools() {
		const change = () => this.apply();
		this.host = choice([["", "all"], ...this.lanes.filter(h => h >= 0).slice(0, 1000).map(h =>
			[h, visible(meta.hosts[h])])], change);
		this.kind = choice([["", "all"], ...KINDS.slice(0, 3).map((k, i) => [i, k]), ["f", "of findings only"]], change);
		this.text = el("input", {type: "search", autocomplete: "off", spellcheck: "false", onchange: () => this.search()});
		this.page = 0;
		const more = this.lanes.length > LANES ? [button("Next computers", () => this.turn())] : [];
		return el("div", {class: "tools", role: "group", "aria-label": "Timeline"},
			labelled("Computer", this.host), labelled("Records", this.kind),
			labelled("Text (Enter searches)", this.text),
			button("Earlier", () => this.move(-0.5)), button("Later", () => this.move(0.5)),
			button("Zoom in", () => this.zoom(0.5)), button("Zoom out", () => this.zoom(2)),
			button("Whole period", () => setRange(0, Infinity)), ...more);
	}

	turn() {
		this.page = (this.page + 1) % Math.ceil(this.lanes.length / LANES);
		this.soon();
	}

	canvasBox() {
		this.canvas = el("canvas", {class: "chart", tabindex: "0", role: "application",
			"aria-label": "Chart of the timeline by computer. Arrow keys move, plus and minus zoom, 0 shows the " +
			"whole period. The list below has what it shows.",
			onkeydown: e => this.key(e), onpointerdown: e => this.down(e), onpointermove: e => this.hover(e),
			onpointerup: e => this.up(e), onpointercancel: () => this.drop(), onpointerleave: () => this.leave(),
			ondblclick: () => setRange(0, Infinity)});
		return this.canvas;
	}

	legend() {
		const of = (name, text) => el("span", null, el("i", {class: "key " + name}), text);
		return el("p", {class: "legend note"}, of("density", "records"), of("finding", "findings, by level"),
			of("gap", "record ids missing in a log"), of("mark", "C log cleared, S logging stopped, T clock or order of " +
			"time, G ids missing"), el("span", null, "Drag to zoom in; double click shows all."),
			meta.more_signs ? el("span", null, number(meta.more_signs) + " more signs are in manifest.json.") : "");
	}

	/* ---- moving ---- */

	seen() {
		const from = Math.max(range.from, this.least), to = Math.min(range.to, this.most);
		return from < to ? [from, to] : [from, from + 1];
	}

	show(from, to) {
		if (from <= this.least && to >= this.most)
			setRange(0, Infinity);
		else
			setRange(Math.max(0, Math.floor(from)), Math.ceil(to));
	}

	zoom(by, around) {
		const [from, to] = this.seen(), middle = around === undefined ? (from + to) / 2 : around;
		const half = Math.max(1, (to - from) * by / 2);
		this.show(Math.max(this.least, middle - half), Math.min(this.most, middle + half));
	}

	move(by) {
		const [from, to] = this.seen(), span = to - from;
		const start = Math.max(this.least, Math.min(this.most - span, from + by * span));
		this.show(start, start + span);
	}

	key(e) {
		const keys = {ArrowLeft: () => this.move(-0.25), ArrowRight: () => this.move(0.25), "+": () => this.zoom(0.5),
			"=": () => this.zoom(0.5), "-": () => this.zoom(2), "0": () => setRange(0, Infinity),
			Home: () => this.move(-1e9), End: () => this.move(1e9)};
		if (!(e.key in keys) || e.ctrlKey || e.altKey || e.metaKey)
			return;
		e.preventDefault();
		keys[e.key]();
	}

	timeAt(x) {
		const [from, to] = this.seen(), width = this.canvas.clientWidth - this.left - 8;
		return from + (to - from) * Math.max(0, Math.min(1, (x - this.left) / width));
	}

	down(e) {
		this.drag = {from: e.offsetX, to: e.offsetX};
		this.canvas.setPointerCapture(e.pointerId);
	}

	up() {
		const d = this.drag;
		this.drop();
		if (d && Math.abs(d.to - d.from) > 4)
			this.show(this.timeAt(Math.min(d.from, d.to)), this.timeAt(Math.max(d.from, d.to)));
	}

	drop() {
		this.drag = null;
		this.soon();
	}

	leave() {
		this.under.textContent = "";
	}

	hover(e) {
		if (this.drag) {
			this.drag.to = e.offsetX;
			this.soon();
		}
		const lane = this.visibleLanes()[Math.floor((e.offsetY - TOP) / LANE)];
		const a = this.timeAt(e.offsetX - 3), b = this.timeAt(e.offsetX + 3);
		if (lane === undefined || e.offsetX < this.left)
			return this.leave();
		let n = 0;
		for (let i = lowerBound(T.time, T.n, a); i < T.n && T.time[i] <= b; i++)
			n += T.host[i] === lane;
		const signs = signsOf(lane).filter(s => s.from <= b && s.to >= a).slice(0, 3);
		this.under.replaceChildren(shown(this.hostName(lane)), " around " + timeText(Math.round((a + b) / 2)) + ": " +
			count(n, "record", "records"), ...signs.flatMap(s => ["; " + meta.sign_names[s.kind] + ": ", shown(s.text)]));
	}

	/* ---- what is seen ---- */

	visibleLanes() {
		if (this.host.value !== "")
			return [+this.host.value];
		return this.lanes.slice(this.page * LANES, this.page * LANES + LANES);
	}

	async search() {
		const word = this.text.value.trim().toLowerCase();
		this.held = null;
		this.word = word;
		if (word) {
			const held = new Uint8Array(T.n);
			for (let k = 0; k < meta.blocks.entries.length; k++) {
				const b = await block("entries-" + k);
				if (this.word !== word)
					return; /* another one is looked for meanwhile */
				b.message.forEach((m, i) => held[this.blocks.first[k] + i] = m.toLowerCase().includes(word));
				this.said.textContent = "Searching, " + Math.round(100 * (k + 1) / meta.blocks.entries.length) + " %";
			}
			this.held = held;
		}
		this.apply();
	}

	apply() {
		const out = new Uint32Array(T.n);
		const host = this.host.value === "" ? -1 : +this.host.value, kind = this.kind.value;
		const only = kind === "" || kind === "f" ? -1 : +kind, held = this.held;
		let n = 0;
		for (let i = lowerBound(T.time, T.n, range.from); i < T.n && T.time[i] <= range.to; i++)
			if ((host < 0 || T.host[i] === host) && (only < 0 || T.kind[i] === only) &&
			    (kind !== "f" || T.findings.has(i)) && (!held || held[i]))
				out[n++] = i;
		this.entries = out.subarray(0, n);
		this.list.show(n);
		const [from, to] = this.seen();
		this.said.textContent = number(n) + " of " + count(T.n, "record", "records") + " (starts and ends of processes, " +
			"connections), " + timeText(from) + " to " + timeText(to);
		this.draw();
	}

	head() {
		return el("div", {class: "row head", role: "row"}, ...["Time", "Computer", "Record", "What", "Findings"].map(t =>
			el("div", {role: "columnheader", class: "in-" + t.toLowerCase()}, t)));
	}

	row(k) {
		const i = this.entries[k], b = this.blocks.number(i), it = this.blocks.load(b), at = i - this.blocks.first[b];
		const cell = (name, ...kids) => el("div", {role: "gridcell", class: "in-" + name}, ...kids);
		if (!it.data)
			it.promise.then(() => this.list.soon());
		return el("div", {class: "row"},
			cell("time", timeText(T.time[i], it.data ? it.data.ticks[at] : undefined).replace("T", " ").replace("Z", "")),
			cell("computer", shown(meta.hosts[T.host[i]])), cell("record", KINDS[T.kind[i]]),
			cell("what", it.data ? shown(it.data.message[at].replace(/^[^:]*: /, "").slice(0, 300)) : "..."),
			cell("findings", T.findings.has(i) ? number(T.findings.get(i).length) : ""));
	}

	async open(k) {
		const i = this.entries[k], b = this.blocks.number(i), at = i - this.blocks.first[b];
		const data = await this.blocks.load(b).promise, found = T.findings.get(i) || [];
		this.one.replaceChildren(el("article", {class: "f", "aria-label": "Record"},
			el("div", {class: "steps"}, button("Close", () => this.one.replaceChildren())),
			el("h3", {tabindex: "-1"}, KINDS[T.kind[i]] + ", ", el("span", {class: "t"}, timeText(T.time[i], data.ticks[at]))),
			el("p", null, code(data.message[at])),
			el("p", {class: "prov"}, shown(data.channels[data.channel[at]]), ", event " + data.event[at] + ", record " +
				data.record[at] + ", computer ", shown(meta.hosts[T.host[i]])),
			el("p", {class: "prov"}, "In ", code(data.sources[data.source[at]], true), " at byte " + data.offset[at] +
				"; timeline.csv has all its columns"),
			found.length ? el("p", null, "Findings that rest on it:") : "",
			found.length ? el("ul", null, ...found.slice(0, 200).map(n => this.finding(n))) : ""));
		this.one.querySelector("h3").focus({preventScroll: true});
	}

	finding(n) {
		const i = n - meta.pages[meta.page].first_finding;
		if (i < 0 || i >= F.n)
			return el("li", null, "finding " + number(n + 1) + ", on another page");
		return el("li", null, levelBadge(F.level[i]), " ", el("a", {href: "#" + idOf(i)}, shown(ruleOf(i).title)));
	}

	/* ---- drawing ---- */

	soon() {
		if (!this.waiting)
			this.waiting = requestAnimationFrame(() => this.draw());
	}

	draw() {
		cancelAnimationFrame(this.waiting);
		this.waiting = 0;
		const lanes = this.visibleLanes(), width = this.canvas.clientWidth, ratio = window.devicePixelRatio || 1;
		const tall = TOP + lanes.length * LANE + FOOT;
		if (!width)
			return;
		this.left = width < 600 ? 70 : LEFT;
		this.canvas.style.height = tall + "px";
		this.canvas.width = Math.round(width * ratio);
		this.canvas.height = Math.round(tall * ratio);
		const c = this.canvas.getContext("2d"), style = getComputedStyle(document.documentElement);
		this.colour = name => style.getPropertyValue("--" + name).trim();
		c.scale(ratio, ratio);
		c.font = "12px system-ui, 'Liberation Sans', sans-serif";
		const [from, to] = this.seen(), inner = width - this.left - 8;
		this.x = t => this.left + (t - from) / (to - from) * inner;
		this.drawAxis(c, from, to, inner, tall);
		lanes.forEach((host, k) => this.drawName(c, host, TOP + k * LANE));
		this.drawSigns(c, lanes, from, to);
		this.drawDensity(c, lanes, from, to, inner);
		this.drawFindings(c, lanes, from, to);
		if (this.drag) {
			c.fillStyle = this.colour("accent");
			c.globalAlpha = 0.2;
			c.fillRect(Math.min(this.drag.from, this.drag.to), TOP, Math.abs(this.drag.to - this.drag.from), tall - TOP - FOOT);
			c.globalAlpha = 1;
		}
	}

	drawAxis(c, from, to, inner, tall) {
		const steps = Math.max(1, Math.floor(inner / 170)), short = to - from < 864e5 * steps;
		c.strokeStyle = this.colour("line");
		c.fillStyle = this.colour("soft");
		for (let k = 0; k <= steps; k++) {
			const t = from + (to - from) * k / steps, x = this.x(t), text = timeText(Math.round(t));
			c.beginPath();
			c.moveTo(x, TOP);
			c.lineTo(x, tall - FOOT + 4);
			c.stroke();
			c.textAlign = k === 0 ? "left" : k === steps ? "right" : "center";
			c.fillText(!short ? text.slice(0, 10) : to - from < 60000 ? text.slice(5, 23).replace("T", " ")
				: text.slice(0, 16).replace("T", " "), x, tall - 8);
		}
	}

	drawName(c, host, y) {
		c.strokeStyle = this.colour("line");
		c.beginPath();
		c.moveTo(0, y + LANE - 2.5);
		c.lineTo(this.canvas.clientWidth, y + LANE - 2.5);
		c.stroke();
		c.fillStyle = this.colour("ink");
		c.textAlign = "left";
		let name = visible(this.hostName(host));
		while (name.length > 1 && c.measureText(name).width > this.left - 12)
			name = name.slice(0, -2).replace(/…?$/, "") + "…";
		c.fillText(name, 2, y + 26);
	}

	drawSigns(c, lanes, from, to) {
		for (const s of meta.signs) {
			const k = lanes.indexOf(s.host), y = TOP + k * LANE;
			if (k < 0 || s.to < from || s.from > to || !(s.kind in MARKS))
				continue;
			const a = Math.max(this.left, this.x(s.from)), b = Math.min(this.canvas.clientWidth - 8, this.x(s.to));
			c.fillStyle = c.strokeStyle = this.colour("sign");
			if (isGap(s)) {
				c.globalAlpha = 0.22;
				c.fillRect(a, y, Math.max(2, b - a), LANE - 4);
				c.globalAlpha = 1;
			}
			if (s.to > to)
				continue;
			c.beginPath();
			c.moveTo(b, y + 11);
			c.lineTo(b, y + LANE - 4);
			c.stroke();
			c.textAlign = "center";
			c.fillText(MARKS[s.kind], b, y + 9);
		}
	}

	/* Records by pixel; the tallest of all lanes is as high as a lane, by its logarithm. */
	drawDensity(c, lanes, from, to, inner) {
		const lane = new Int32Array(meta.hosts.length).fill(-1), wide = Math.max(1, Math.floor(inner));
		const bins = new Uint32Array(lanes.length * wide);
		lanes.forEach((h, k) => h >= 0 && (lane[h] = k));
		const per = (wide - 1) / (to - from);
		let most = 1;
		for (let i = lowerBound(T.time, T.n, from); i < T.n && T.time[i] <= to; i++) {
			const k = lane[T.host[i]];
			if (k >= 0) {
				const n = ++bins[k * wide + Math.floor((T.time[i] - from) * per)];
				most = n > most ? n : most;
			}
		}
		c.fillStyle = this.colour("density");
		for (let k = 0; k < lanes.length; k++)
			for (let x = 0; x < wide; x++) {
				const n = bins[k * wide + x];
				const high = n ? 2 + (LANE - 22) * Math.log1p(n) / Math.log1p(most) : 0;
				if (n)
					c.fillRect(this.left + x, TOP + (k + 1) * LANE - 4 - high, 1.5, high);
			}
	}

	/* A mark for each pixel that has findings, in the colour of the gravest; grave ones over others. */
	drawFindings(c, lanes, from, to) {
		const lane = new Int32Array(meta.hosts.length).fill(-1), marks = new Map();
		lanes.forEach((h, k) => h >= 0 && (lane[h] = k));
		for (let i = 0; i < F.n; i++) {
			const k = lane[F.host[i]], t = F.time[i];
			if (k < 0 || t < from || t > to)
				continue;
			const key = k * 65536 + Math.round(this.x(t));
			marks.set(key, Math.max(marks.get(key) || 0, F.level[i]));
		}
		for (const [key, level] of Array.from(marks).sort((a, b) => a[1] - b[1])) {
			const x = key % 65536, y = TOP + Math.floor(key / 65536) * LANE + 12;
			c.fillStyle = this.colour("level" + level);
			c.beginPath();
			c.moveTo(x - 4, y);
			c.lineTo(x + 4, y);
			c.lineTo(x, y + 8);
			c.fill();
		}
	}
}
