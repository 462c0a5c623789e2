// SPDX-License-Identifier: Apache-2.0
/* Puts it all on the page. Until then, and where this fails, the page is what it is without script. */

function sectionOf(id, title) {
	return el("section", {id, class: "app"}, el("h2", null, title));
}

async function start() {
	/* The findings that stand on the page are for paper now; the screen has the list. */
	document.documentElement.classList.add("live");
	meta = await block("meta");
	hidden = meta.hidden;
	await Promise.all([readFindings(), readChart()]);
	const findings = byId("findings"), app = el("div", {class: "app"});
	const links = pageLinks("");
	if (links.length)
		app.append(el("div", {class: "sum"}, el("p", null, "There are " + count(meta.findings, "finding", "findings") +
			", too many for one page. This one has " + number(F.n) + " of them. Others:"), el("ul", null, ...links)));
	findings.append(app);
	const list = new FindingList(app), time = sectionOf("timeline", "Timeline");
	findings.before(time);
	new Timeline(time);
	const nav = document.querySelector("nav");
	if (nav)
		nav.insertBefore(el("a", {href: "#timeline"}, "Timeline"), nav.querySelector("[href='#findings']"));
	setRange(0, Infinity);
	addEventListener("hashchange", () => list.follow());
	list.follow();
	/* For whoever measures: since the page began to load, ms. */
	document.documentElement.dataset.ready = Math.round(performance.now());
}

start().catch(e => {
	document.documentElement.classList.remove("live");
	document.body.prepend(el("p", {class: "warn", role: "alert"},
		"The list and the timeline could not be shown (" + e.message + "). What stands below is what the page holds " +
		"without them."));
});
