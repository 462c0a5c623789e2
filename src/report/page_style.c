/* SPDX-License-Identifier: Apache-2.0 */
/* How the page looks, and the policy that lets it look so and do nothing but what its script does. */
#include "page.h"

static const char *const style[] = {
	":root{color-scheme:light dark;--bg:#f6f5f2;--paper:#fff;--ink:#1c1e22;--soft:#565c66;",
	"--line:#d8d8d4;--faint:#f3f2ee;--accent:#1d4a73;--mark:#fff3c9;--markink:#5a3d00}",
	"*{box-sizing:border-box}",
	"html{font:16px/1.5 system-ui,-apple-system,'Segoe UI','Liberation Sans',Arial,sans-serif;",
	"background:var(--bg);color:var(--ink);-webkit-text-size-adjust:100%}",
	"body{margin:0 auto;max-width:74rem;padding:2.5rem 3rem 4rem;background:var(--paper);",
	"min-height:100vh;border-left:1px solid var(--line);border-right:1px solid var(--line)}",
	"h1,h2,h3,h4{font-family:ui-serif,Georgia,'Liberation Serif','Times New Roman',serif;",
	"line-height:1.25;margin:0;overflow-wrap:anywhere}",
	"h1{font-size:2.1rem;font-weight:600;letter-spacing:-.01em}",
	"h2{font-size:1.5rem;font-weight:600;margin:3.2rem 0 1rem;padding-bottom:.4rem;",
	"border-bottom:2px solid var(--ink)}",
	"h3{font-size:1.2rem;font-weight:600;margin:1.8rem 0 .6rem}",
	"h4{font-size:1.02rem;font-weight:600;margin:1.5rem 0 .5rem}",
	"p{margin:.5rem 0;max-width:52rem}",
	"ul,ol{margin:.4rem 0;padding-left:1.5rem;max-width:52rem}li{margin:.25rem 0}",
	"a{color:var(--accent);text-underline-offset:.15em}",
	".sub{color:var(--soft);margin:.3rem 0 0}",
	".sum{margin:1.6rem 0;padding:1.1rem 1.4rem;border:1px solid var(--line);",
	"border-left:5px solid var(--accent);background:var(--faint)}",
	".sum p{margin:.35rem 0;font-size:1.04rem;max-width:none}",
	".sum p:first-child{font-size:1.18rem}",
	"nav{margin:1rem 0 0;font-size:.95rem;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem}",
	"nav a{white-space:nowrap}",
	"table{border-collapse:collapse;width:100%;margin:.7rem 0 1.2rem;font-size:.92rem}",
	"th,td{text-align:left;vertical-align:top;padding:.38rem .7rem .38rem 0;",
	"border-bottom:1px solid var(--line);overflow-wrap:anywhere}",
	"thead th{font-weight:600;color:var(--soft);border-bottom:1.5px solid var(--soft);",
	"overflow-wrap:normal}",
	"td.n,th.n{text-align:right;padding-right:1.2rem;",
	"font-variant-numeric:tabular-nums;white-space:nowrap;",
	"overflow-wrap:normal}",
	"td.w{white-space:nowrap;overflow-wrap:normal}",
	"tbody th{font-weight:500;color:var(--soft);width:12.5rem}",
	"code,.e{font-family:ui-monospace,'SF Mono','Cascadia Mono',Consolas,'Liberation Mono',",
	"monospace;font-size:.9em;overflow-wrap:anywhere;white-space:pre-wrap;tab-size:8;",
	"unicode-bidi:isolate}",
	".e{overflow:hidden}",
	".h{font-family:ui-monospace,Consolas,'Liberation Mono',monospace;font-size:.78rem;",
	"color:var(--soft);overflow-wrap:anywhere}",
	".t{font-variant-numeric:tabular-nums;white-space:nowrap}",
	".c{font-family:ui-monospace,Consolas,'Liberation Mono',monospace;font-size:.72rem;",
	"padding:0 .22em;margin:0 .1em;border:1px solid;border-radius:.25em;white-space:nowrap;",
	"background:var(--mark);color:var(--markink)}",
	".lv{display:inline-block;",
	"font:600 .74rem/1.5 system-ui,'Liberation Sans',Arial,sans-serif;",
	"letter-spacing:.05em;text-transform:uppercase;padding:.05rem .5rem;border-radius:.2rem;",
	"border:1px solid;white-space:nowrap;vertical-align:.12em}",
	".l5{background:#7d0a1e;color:#fff;border-color:#7d0a1e}",
	".l4{background:#fbdcd7;color:#7f1a10;border-color:#d98b82}",
	".l3{background:#fdebbd;color:#5e3f00;border-color:#d6ac4a}",
	".l2{background:#dceaf7;color:#173f68;border-color:#8fb2d6}",
	".l1,.l0{background:#e9eaec;color:#3a3f47;border-color:#b3b7be}",
	".warn{color:#7f1a10;font-weight:600}.ok{color:#1b5e32;font-weight:600}",
	".f{margin:2.2rem 0;border:1px solid var(--line);border-radius:.35rem;",
	"padding:1.2rem 1.5rem 1.4rem}",
	".f:target,.rule:target{outline:3px solid var(--accent);outline-offset:3px}",
	".f>h3{margin-top:0;font-size:1.3rem}.f h3 .lv{margin-right:.6rem}",
	".rec{margin:1rem 0 0;padding:.7rem 0 0 1.1rem;border-left:4px solid var(--line)}",
	".rec.stage{border-left-color:var(--accent)}",
	".rec h4{margin:0 0 .3rem}",
	".rec h4 .k{font-variant-numeric:tabular-nums;color:var(--accent);",
	"margin-right:.5rem}",
	".role{font:500 .8rem system-ui,'Liberation Sans',Arial,sans-serif;color:var(--soft);",
	"margin-left:.5rem}",
	".prov{font-size:.86rem;color:var(--soft);margin:.1rem 0;max-width:none;",
	"overflow-wrap:anywhere}",
	".rec table{margin:.5rem 0 .3rem}.rec td,.rec tbody th{padding-top:.2rem;",
	"padding-bottom:.2rem}",
	".tree ul{list-style:none;margin:0;padding:0;max-width:none}",
	".tree ul{margin-left:.55rem;padding-left:1.3rem;border-left:1.5px solid var(--line)}",
	".tree li{margin:.4rem 0;position:relative}",
	".tree ul>li::before{content:'';position:absolute;left:-1.3rem;top:.75em;width:.95rem;",
	"border-top:1.5px solid var(--line)}",
	".tree>ul{margin:0;padding:0;border:0}.tree>ul>li::before{display:none}",
	".nd b{font-weight:600}.nd .m{color:var(--soft);font-size:.86rem}",
	".in{font:600 .72rem/1.5 system-ui,'Liberation Sans',Arial,sans-serif;color:var(--accent);",
	"border:1px solid;border-radius:.2rem;padding:0 .35rem;margin-left:.4rem;",
	"white-space:nowrap}",
	".tree summary{cursor:pointer}.tree summary .m,.tree li>.m{color:var(--soft);font-size:.86rem}",
	".tree .nd>code{display:block}.others{margin:.3rem 0 .3rem .55rem;color:var(--soft)}",
	"dl{max-width:52rem;margin:.4rem 0}dt{font-weight:600;margin-top:.5rem}dd{margin:0 0 0 1.5rem}",
	"details>summary{cursor:pointer}",
	".nd.m{color:var(--soft);font-size:.86rem}.nd .cmd{display:block;margin-top:.1rem}",
	".case p{margin:0 0 .3rem}",
	".signs td:first-child{width:16.5rem}.signs td[colspan]{padding-top:.8rem}",
	"@media(max-width:48rem){.signs tr,.signs td,.signs td:first-child{display:block;width:auto}",
	".signs td:first-child{border:0;padding-bottom:0}.signs thead{display:none}}",
	".note{color:var(--soft);font-size:.9rem}",
	"footer{margin-top:4rem;padding-top:1rem;border-top:1px solid var(--line);",
	"color:var(--soft);font-size:.88rem}",
	"@media(max-width:48rem){body{padding:1.2rem 1rem 3rem;border:0}tbody th{width:8rem}",
	".f{padding:.9rem}.wide{display:block;overflow-x:auto}",
	".wide td{min-width:8rem}.wide td.n{min-width:0}}",
	"@media(prefers-color-scheme:dark){:root{--bg:#101216;--paper:#16191e;--ink:#e7e8ea;",
	"--soft:#a9b0ba;--line:#363b44;--faint:#1c2027;--accent:#8fbce8;--mark:#453604;",
	"--markink:#ffe08a}",
	".l4{background:#4d1a15;color:#ffc9c2;border-color:#8f3f36}",
	".l3{background:#43330a;color:#ffe09a;border-color:#86681c}",
	".l2{background:#16304a;color:#c3dffa;border-color:#3d6690}",
	".l1,.l0{background:#2a2e35;color:#d3d6db;border-color:#50565f}",
	".warn{color:#ffb4ab}.ok{color:#8fd6a6}}",
	"@page{margin:18mm 16mm;@bottom-right{content:counter(page) ' / ' counter(pages);",
	"font:9pt system-ui,'Liberation Sans',Arial,sans-serif}}",
	"@media print{:root{--bg:#fff;--paper:#fff;--ink:#000;--soft:#3f444c;--line:#bbb;",
	"--faint:#fff;--accent:#1d4a73;--mark:#fff;--markink:#000}",
	"html{font-size:10.5pt}body{padding:0;border:0;max-width:none}nav{display:none}",
	"a{color:inherit;text-decoration:none}h2,h3,h4,thead{break-after:avoid}",
	"tr,.sum,.nd,.rec,summary,dd{break-inside:avoid}dt,.prov{break-after:avoid}",
	"#findings,#rules,#examined,#hosts,#signs,#method{break-before:page}",
	"td,th{overflow-wrap:anywhere}.wide .t{white-space:normal}",
	"tbody th{width:11rem}.rec td,.rec tbody th{padding-top:.06rem;padding-bottom:.06rem;",
	"line-height:1.3}",
	".quote::before{content:'report.html#'}",
	".f{border:0;border-top:1px solid #000;border-radius:0;",
	"padding:1rem 0}.lv{background:#fff;color:#000;border-color:#000}",
	".warn,.ok{color:#000}.wide{display:table;overflow:visible;font-size:.8em}",
	".e{overflow:visible}",
	"details:not(.others)::details-content{content-visibility:visible;block-size:auto}}",
};

extern const uint8_t page_css_text[], page_js_text[];
extern const size_t page_css_size, page_js_size;

struct view page_css(void)
{
	return (struct view){page_css_text, page_css_size};
}

struct view page_js(void)
{
	return (struct view){page_js_text, page_js_size};
}

static bool style_hash(uint8_t out[32])
{
	struct sha256 sha;

	if (!sha256_start(&sha))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(style); i++)
		sha256_add(&sha, view_str(style[i]));
	sha256_add(&sha, page_css());
	sha256_end(&sha, out);
	return true;
}

int page_style(struct buf *b, struct err *e)
{
	uint8_t hash[32];

	if (!style_hash(hash))
		return no_memory(e, "the page");
	buf_str(b, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		   "style-src 'sha256-");
	base64_add(b, (struct view){hash, sizeof(hash)});
	if (!sha256_of(page_js(), hash))
		return no_memory(e, "the page");
	buf_str(b, "'; script-src 'sha256-");
	base64_add(b, (struct view){hash, sizeof(hash)});
	buf_str(b, "'; base-uri 'none'; form-action 'none'\">\n<style>");
	for (size_t i = 0; i < ARRAY_LEN(style); i++)
		buf_str(b, style[i]);
	buf_view(b, page_css());
	buf_str(b, "</style>\n");
	return 0;
}
