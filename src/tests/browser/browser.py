# SPDX-License-Identifier: Apache-2.0
"""Chromium, driven through chromium-driver, and what is asked of every page that it opens."""
import base64
import json
import os
import pathlib
import sys
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

# What can be reached by Tab, were it seen.
TABBABLE = "a[href],button:enabled,input:enabled:not([type=hidden]),select:enabled," \
    "textarea:enabled,summary,[tabindex]"

CONTRAST = r"""
const seen = new Map(), out = [];
function parse(c) {
	const m = c.match(/[\d.]+/g).map(Number);
	if (c.startsWith("color(")) { m[0] *= 255; m[1] *= 255; m[2] *= 255; }
	return [m[0], m[1], m[2], m.length > 3 ? m[3] : 1];
}
function over(top, under) {
	const a = top[3];
	return [0, 1, 2].map(i => top[i] * a + under[i] * (1 - a)).concat(1);
}
function backdrop(e) {
	const layers = [];
	for (; e; e = e.parentElement) {
		const c = parse(getComputedStyle(e).backgroundColor);
		layers.push(c);
		if (c[3] === 1)
			break;
	}
	let under = matchMedia("(prefers-color-scheme:dark)").matches ? [0, 0, 0, 1] : [255, 255, 255, 1];
	for (const c of layers.reverse())
		under = over(c, under);
	return under;
}
function light(c) {
	const l = c.slice(0, 3).map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
	return .2126 * l[0] + .7152 * l[1] + .0722 * l[2];
}
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let n; (n = walk.nextNode());) {
	const e = n.parentElement;
	if (!n.data.trim() || !e.checkVisibility({visibilityProperty: true}) || e.closest("script,style"))
		continue;
	const s = getComputedStyle(e), under = backdrop(e), ink = over(parse(s.color), under);
	const a = light(ink), b = light(under), ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
	const size = parseFloat(s.fontSize), large = size >= 24 || (size >= 18.66 && s.fontWeight >= 700);
	const key = [s.color, under, large].join();
	if (ratio + .005 >= (large ? 3 : 4.5) || seen.has(key))
		continue;
	seen.set(key, 1);
	out.push(ratio.toFixed(2) + " " + s.color + " on " + under.join() + ": " + n.data.trim().slice(0, 40));
}
return out;
"""

# Whatever is wrong with headings, tables and landmarks.
OUTLINE = r"""
const out = [], one = s => document.querySelectorAll(s).length === 1 || out.push("not one " + s);
["h1", "body > header", "main", "body > footer", "head > title"].forEach(one);
if (!document.documentElement.lang)
	out.push("no language");
let before = 1;
for (const h of document.querySelectorAll("h1,h2,h3,h4,h5,h6")) {
	const level = +h.tagName[1];
	if (level > before + 1)
		out.push("heading skips a level: " + h.textContent.slice(0, 60));
	before = level;
}
for (const t of document.querySelectorAll("table"))
	if (t.rows.length && !t.querySelector("th[scope]"))
		out.push("a table without heads: " + t.textContent.slice(0, 60));
for (const n of document.querySelectorAll("nav, section"))
	if (!n.getAttribute("aria-label") && !n.getAttribute("aria-labelledby") && !n.querySelector("h2,h3"))
		out.push("without a name: " + n.outerHTML.slice(0, 60));
const ids = new Set();
for (const e of document.querySelectorAll("[id]")) {
	if (ids.has(e.id))
		out.push("an id twice: " + e.id);
	ids.add(e.id);
}
for (const a of document.querySelectorAll("a[href]"))
	if (!a.getAttribute("href").startsWith("#") || !ids.has(decodeURIComponent(a.hash.slice(1))))
		out.push("a link to nowhere: " + a.getAttribute("href"));
return out;
"""


class Browser:
    """One Chromium with an empty profile; every check counts, and a failed one is told."""

    def __init__(self, work):
        self.work = pathlib.Path(work)
        self.shots = pathlib.Path(os.environ.get("SCREENSHOTS", work))
        self.rows = self.failures = 0
        options = webdriver.ChromeOptions()
        options.binary_location = os.environ["CHROMIUM"]
        for word in ("headless=new", "no-first-run", "disable-background-networking",
                     "disable-component-update", "disable-default-apps", "disable-sync",
                     "disable-dev-shm-usage", "disable-gpu", "force-color-profile=srgb",
                     "hide-scrollbars", f"user-data-dir={self.work}/profile"):
            options.add_argument("--" + word)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        options.set_capability("unhandledPromptBehavior", "ignore")
        self.driver = webdriver.Chrome(service=Service(os.environ["CHROMEDRIVER"]), options=options)
        self.driver.set_page_load_timeout(120)
        self.driver.set_script_timeout(120)
        self.width()

    def check(self, name, ok, detail=""):
        self.rows += 1
        if ok:
            return True
        self.failures += 1
        print(f"FAILED: {name}: {detail}"[:2000])
        return False

    def none(self, name, found):
        return self.check(name, not found, "; ".join(map(str, found[:12])))

    def finish(self):
        self.driver.quit()
        print(f"{self.rows} rows, {self.failures} failed")
        sys.exit(self.failures != 0)

    # ---- the page ----

    def open(self, path, fragment="", script=True):
        self.driver.get("about:blank")
        self.driver.get_log("browser")
        self.driver.get_log("performance")
        self.driver.get(pathlib.Path(path).resolve().as_uri() + fragment)
        if script:
            self.wait("the script is ready", "return document.documentElement.dataset.ready !== undefined")

    def wait(self, name, script, *args, seconds=30):
        end = time.monotonic() + seconds
        while not (got := self.js(script, *args)) and time.monotonic() < end:
            time.sleep(.02)
        return self.check(name, got, "not in time") and got

    def js(self, script, *args):
        return self.driver.execute_script(script, *args)

    def cdp(self, command, **args):
        return self.driver.execute_cdp_cmd(command, args)

    def find(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def quiet(self, name):
        """Since it was opened: nothing on the console, and no request but for files, data and blobs."""
        said = [e["message"] for e in self.driver.get_log("browser")]
        asked = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] in ("Network.requestWillBeSent", "Network.webSocketCreated"):
                params = message["params"]
                url = params.get("request", params)["url"]
                if not url.startswith(("file:", "data:", "blob:", "about:")):
                    asked.append(url)
        self.none(f"{name}: the console", said)
        self.none(f"{name}: requests", asked)

    # ---- how it looks ----

    def width(self, width=1280, height=900):
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height,
                 deviceScaleFactor=1, mobile=False)

    def media(self, media="screen", scheme="light"):
        self.cdp("Emulation.setEmulatedMedia", media=media,
                 features=[{"name": "prefers-color-scheme", "value": scheme}])

    def shot(self, name, height=None, of="body"):
        """The first `height` pixels of an element's part of the page, or what is in view."""
        args = {"format": "png"}
        if height:
            width = self.js("return innerWidth")
            args["captureBeyondViewport"] = True
            top = self.js("return document.querySelector(arguments[0]).getBoundingClientRect().top + scrollY", of)
            args["clip"] = {"x": 0, "y": top, "width": width, "height": height, "scale": 1}
        data = base64.b64decode(self.cdp("Page.captureScreenshot", **args)["data"])
        self.check(f"screenshot {name}", data.startswith(b"\x89PNG"), "no PNG")
        self.shots.mkdir(parents=True, exist_ok=True)
        (self.shots / f"{name}.png").write_bytes(data)

    def contrast(self, name):
        self.none(f"{name}: contrast", self.js(CONTRAST))

    def overflow(self, name):
        wide = self.js("return document.scrollingElement.scrollWidth - innerWidth")
        self.check(f"{name}: within its width", wide <= 0, f"{wide} pixels too wide")

    def pdf(self, name):
        self.cdp("Emulation.setEmulatedMedia", media="", features=[])
        data = base64.b64decode(self.cdp("Page.printToPDF", preferCSSPageSize=True,
                                         printBackground=False)["data"])
        self.check(f"PDF {name}", data.startswith(b"%PDF-") and data.count(b"/Type /Page\n") != 0,
                   "no PDF")
        path = self.shots / f"{name}.pdf"
        path.write_bytes(data)
        return path

    # ---- keyboard and screen reader ----

    def outline(self, name):
        self.none(f"{name}: outline", self.js(OUTLINE))

    def names(self, name):
        """Every control that takes the focus has an accessible name."""
        nodes = self.cdp("Accessibility.getFullAXTree")["nodes"]
        nameless = []
        for n in nodes:
            props = {p["name"]: p["value"].get("value") for p in n.get("properties", [])}
            role = n.get("role", {}).get("value")
            if n.get("ignored") or not props.get("focusable") or role == "RootWebArea":
                continue
            if not (n.get("name", {}).get("value") or "").strip():
                nameless.append(f"{role} {n.get('backendDOMNodeId')}")
        self.none(f"{name}: controls without a name", nameless)

    def tab_order(self, name, limit=1500):
        """Tab goes to all that can be seen and used, once each."""
        total = self.js("""
            document.activeElement && document.activeElement.blur();
            scrollTo(0, 0);
            let n = 0;
            for (const e of document.querySelectorAll(arguments[0]))
                if (e.tabIndex >= 0 && e.checkVisibility({visibilityProperty: true}) &&
                    !(e.name && e.type === "radio" && !e.checked))
                    e.dataset.wanted = n++;
            window.reached = new Set();
            addEventListener("focusin", e => reached.add(e.target.dataset.wanted), true);
            return n""", TABBABLE)
        self.check(f"{name}: few enough controls to walk", total <= limit, total)
        for start in range(0, min(total, limit) + 1, 50):
            ActionChains(self.driver).send_keys(Keys.TAB * min(50, total + 1 - start)).perform()
        missed = self.js("""
            return [...document.querySelectorAll("[data-wanted]")]
                .filter(e => !reached.has(e.dataset.wanted)).map(e => e.outerHTML.slice(0, 120))""")
        self.none(f"{name}: not reached by Tab", missed)
