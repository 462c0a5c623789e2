// SPDX-License-Identifier: Apache-2.0
/* One finding whole: what the list's column say of it, its stages in time, its records, its processes. */

function factRow(label, ...kids) {
	return el("tr", null, el("th", {scope: "row"}, label), el("td", null, ...kids));
}

function textRow(label, text, isPath) {
	return text ? factRow(label, code(text, isPath)) : null;
}

const between = kids => kids.flatMap((k, i) => i ? [", ", k] : [k]);

function whenRow(f) {
	const one = f.first_time === f.last_time;
	return factRow("When", el("span", {class: "t"}, f.first_time || "unknown"),
		one ? "" : " to ", one ? "" : el("span", {class: "t"}, f.last_time),
		one ? "" : el("div", {class: "note"}, f.span_seconds.logged.toFixed(7) + " s between the records " +
			"as logged, " + f.span_seconds.occurred.toFixed(7) + " s as the events occurred; the rule holds on " +
			{both: "both clocks", logged: "the time of logging", occurred: "the time of occurrence"}[f.clock] + "."),
		f.other_clock ? el("div", {class: "note"}, "On the other clock the same last record has other " +
			"records before it: ", shown(f.other_clock)) : "");
}

function facts(i, f) {
	const rule = ruleOf(i), of = name => texts[F[name][i]];
	return el("table", {class: "facts"}, el("tbody", null, ...[
		textRow("Computer", f.computer), whenRow(f), f.measured ? factRow("Measured", shown(f.measured)) : null,
		textRow("User", of("user")), textRow("Process", of("process")), textRow("Command line", of("command")),
		textRow("Parent process", of("parent")), textRow("Connected to", of("destination")),
		rule.tactics.length ? factRow("ATT&CK tactics", ...between(rule.tactics.map(t => shown(t)))) : null,
		rule.techniques.length ? factRow("ATT&CK techniques", ...between(rule.techniques.map(t => shown(t)))) : null,
		factRow("Status", el("span", {class: F.unverified[i] ? "warn" : "ok"}, f.status),
			f.brief ? el("div", {class: "note"}, "Brief: its rule found so much that only some findings were " +
				"looked into. This one is told out of its record alone.") : ""),
		f.only_in ? textRow("Only in", f.only_in) : null,
		factRow("Rule", shown(f.rule.title), " ", code(f.rule.id), el("div", {class: "note"},
			f.rule.language + ", ", shown(f.rule.path, true))),
		factRow("Finding", el("a", {href: "#" + f.finding_id}, f.finding_id))].filter(r => r)));
}

function unchecked(f) {
	if (!f.unchecked.length)
		return "";
	return el("div", null, el("h4", null, "What could not be checked"),
		el("p", null, "The rule holds as it was published. These conditions of it are not false but unknown: " +
			"the records do not tell."),
		el("ul", null, ...f.unchecked.map(u => el("li", null, code(u)))));
}

/* ---- stages in time, on both clocks ---- */

/* 100 ns since 1601, exact. */
function ticksOf(text) {
	const m = text && /^(.*)\.(\d{7})Z$/.exec(text);
	const ms = m ? Date.parse(m[1] + "Z") : NaN;
	return isNaN(ms) ? null : BigInt(ms + EPOCH) * 10000n + BigInt(m[2]);
}

function axis(f, kinds) {
	const points = [];
	f.evidence.forEach((ev, k) => {
		for (const [clock, text] of [["logged", ev.time_created], ["occurred", ev.utc_time]]) {
			const t = ticksOf(text);
			if (t !== null)
				points.push({k, ev, clock, t, kind: kinds[k], text});
		}
	});
	const times = points.map(p => p.t);
	const least = times.reduce((a, b) => a < b ? a : b, times[0]), most = times.reduce((a, b) => a > b ? a : b, times[0]);
	if (times.length < 2 || least === most)
		return "";
	const wide = 720, left = 70, x = t => left + Number((t - least) * 10000n / (most - least)) / 10000 * (wide - left - 20);
	const y = {logged: 22, occurred: 58}, out = svg("svg", {viewBox: "0 0 " + wide + " 88", role: "img", class: "axis",
		"aria-label": "Records in time: " + points.map(p => (p.k + 1) + " " + p.clock + " " + p.text).join("; ")});
	for (const clock of ["logged", "occurred"])
		out.append(svg("text", {x: 0, y: y[clock] + 4}, clock),
			svg("line", {x1: left, x2: wide - 20, y1: y[clock], y2: y[clock]}));
	for (const p of points)
		out.append(svg("circle", {cx: x(p.t), cy: y[p.clock], r: p.ev.role === "stage" ? 6 : 4, class: p.ev.role},
			svg("title", {}, (p.k + 1) + ". " + p.kind + ", " + p.clock + " " + p.text)),
			svg("text", {x: x(p.t), y: y[p.clock] - 10, class: "mid"}, String(p.k + 1)));
	out.append(svg("text", {x: left, y: 84}, "0 s"), svg("text", {x: wide - 20, y: 84, class: "end"},
		"+" + (Number(most - least) / 1e7).toFixed(3) + " s"));
	return el("div", null, el("h4", null, "Its records in time"), out);
}

/* ---- records ---- */

function provenance(ev) {
	const out = [el("p", {class: "prov"}, ...between([ev.channel !== null ? shown(ev.channel) : "",
		ev.event_id !== null ? "event " + ev.event_id : "", "record " + ev.record_id,
		ev.computer ? el("span", null, "computer ", shown(ev.computer)) : ""].filter(k => k !== "")))];
	const where = el("p", {class: "prov"}, "In ", code(ev.source || "", true), " at byte " + ev.offset + " (0x" +
		ev.offset.toString(16) + "), " + ev.size + " bytes, chunk " + ev.chunk);
	if (ev.source_image)
		where.append("; in ", code(ev.source_image, true), ", volume ", code(ev.volume || ""), ", inode ",
			code(ev.inode || ""), ev.path_in_image ? ", " : "", ev.path_in_image ? code(ev.path_in_image, true) : "",
			ev.offset_in_image !== null ? ", byte " + ev.offset_in_image + " of it" : "");
	const warn = text => where.append("; ", el("span", {class: "warn"}, text));
	if (ev.source_state && ev.source_state !== "live")
		warn("the log is of a kind that is not live: " + ev.source_state);
	if (ev.recovered)
		warn("recovered from outside the live records");
	if (ev.checksum_bad)
		warn("the checksum of its chunk does not hold");
	if (ev.state !== "whole")
		warn("not wholly decoded");
	out.push(where, el("p", {class: "prov"}, ...(ev.record_sha256 ? ["Record SHA-256 ", el("span", {class: "h"},
		ev.record_sha256), el("br"), "Chunk SHA-256 ", el("span", {class: "h"}, ev.chunk_sha256), el("br")] : []),
		...(ev.source_sha256 ? ["Source SHA-256 ", el("span", {class: "h"}, ev.source_sha256), el("br")] : []),
		"Second decoder (libevtx): ", el("span", {class: {agree: "ok", "not asked": "note"}[ev.witness] || "warn"},
			ev.witness === "agree" ? "agrees on every field" : shown(ev.witness))));
	return out;
}

function fields(ev) {
	const rows = [];
	for (const [name, value] of Object.entries(ev.fields))
		for (const v of Array.isArray(value) ? value : [value])
			rows.push(el("tr", null, el("th", {scope: "row"}, shown(name)), el("td", {class: "e"}, shown(String(v)))));
	return el("table", {class: "fields"}, el("tbody", null, ...rows));
}

function recordWhole(f, ev, k, kind, n) {
	const role = (ev.role === "stage" ? "" : ev.role + " ") + (ev.stage ? "stage " + ev.stage : "");
	return el("div", {class: "rec " + ev.role}, el("h4", null, el("span", {class: "k"}, n + "." + (k + 1)), " ", kind,
		", ", el("span", {class: "t"}, ev.time_created || "unknown"), el("span", {class: "role"}, role)),
		ev.utc_time && ev.utc_time !== ev.time_created ? el("p", {class: "prov"}, "Occurred " + ev.utc_time) : "",
		ev.user_sid ? el("p", {class: "prov"}, "SID ", code(ev.user_sid), " (" + ev.user_sid_from + ")") : "",
		...provenance(ev), ev.channel === null ? el("p", {class: "warn"}, "The record could not be read again.") : fields(ev));
}

/* ---- processes around it ---- */

/* What the finding names, all that led to it and all that came of it. */
function mainNodes(tree) {
	const main = new Set(), up = i => {
		for (let steps = 0; i >= 0 && steps <= tree.length; steps++, i = tree[i].parent)
			main.add(i);
	};
	const below = i => {
		for (let steps = 0; i >= 0 && steps <= tree.length; steps++, i = tree[i].parent)
			if (tree[i].in)
				return true;
		return false;
	};
	tree.forEach((n, i) => (!tree.some(m => m.in) || below(i)) && up(i));
	return main;
}

function nodeText(n) {
	const when = n.start ? "started " + n.start : n.nameless ? "cannot be told from other processes" : "start not recorded";
	return el("div", {class: "nd"}, el("b", null, shown(baseName(n.image) || "(image not recorded)")), " ",
		el("span", {class: "m"}, n.nameless ? "PID not recorded" : "PID " + n.pid),
		n.in ? el("span", {class: "in"}, "in this finding") : "",
		el("span", {class: "m"}, " " + when + (n.end ? ", ended " + n.end : ""), n.user ? ", as " : "", shown(n.user),
			n.integrity ? ", integrity " : "", shown(n.integrity)),
		el("code", {class: "cmd"}, shown(n.command || n.image)));
}

function treeList(tree, main) {
	const kids = new Map(tree.map((n, i) => [i, []]).concat([[-1, []]])), seen = new Set();
	tree.forEach((n, i) => kids.get(n.parent < tree.length ? n.parent : -1).push(i));
	const branch = parent => {
		const here = kids.get(parent).filter(i => !main || main.has(i));
		const others = kids.get(parent).length - here.length;
		const items = here.filter(i => !seen.has(i) && seen.add(i)).map(i => el("li", null, nodeText(tree[i]), ...branch(i)));
		return [items.length ? el("ul", null, ...items) : "", others ? el("div", {class: "nd m"},
			count(others, "other process", "other processes") + (parent < 0 ? "" : " started by it")) : ""];
	};
	return branch(-1);
}

function processes(more) {
	if (!more.tree.length)
		return more.tree_cut ? el("p", {class: "note"}, "The processes around it were not gathered: there are many " +
			"findings.") : "";
	const main = mainNodes(more.tree), box = el("div", {class: "tree"}, ...treeList(more.tree, main));
	const toggle = button("Show all " + more.tree.length + " processes", () => {
		const all = toggle.getAttribute("aria-expanded") !== "true";
		toggle.setAttribute("aria-expanded", all);
		toggle.textContent = all ? "Show what matters" : "Show all " + more.tree.length + " processes";
		box.replaceChildren(...treeList(more.tree, all ? null : main));
	}, {"aria-expanded": "false"});
	return el("div", null, el("h4", null, "Processes around it"), main.size < more.tree.length ? toggle : "", box,
		more.tree_cut ? el("p", {class: "note"}, "More processes belong to this tree than were gathered: timeline.csv " +
			"has them all.") : "");
}

/* What the page says of the rule, again: triage, response, false positives. */
function advice(i) {
	const section = byId("R-" + (F.rule[i] + 1));
	if (!section)
		return "";
	const kids = Array.from(section.childNodes).filter(k => k.nodeName !== "H3").map(k => k.cloneNode(true));
	return el("details", {class: "advice", open: true}, el("summary", null, "Triage, response, false positives of the rule"),
		...kids);
}

function findingWhole(i, n, f, more, steps) {
	const left = more.left_out + (f.records_left_out || 0);
	return el("article", {class: "f", "aria-label": "Finding " + n}, steps,
		el("h3", {tabindex: "-1"}, levelBadge(F.level[i]), number(n) + ". ", shown(f.rule.title)), facts(i, f), unchecked(f),
		axis(f, more.kinds), processes(more), el("h4", null, "Records, in order"),
		left ? el("p", {class: "note"}, "The first " + number(f.evidence.length) + " of " +
			number(f.evidence.length + left) + " are shown here; evidence.csv and findings.jsonl have those of a finding.") : "",
		...f.evidence.map((ev, k) => recordWhole(f, ev, k, more.kinds[k], n)), advice(i));
}
