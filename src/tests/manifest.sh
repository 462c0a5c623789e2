#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every member of real manifests, of runs that have all there is to tell, stands in docs/report.md.
. "${SRCDIR:-.}/src/tests/lib.sh"
SRCDIR=$(cd "$SRCDIR" && pwd)
awk '/^## manifest.json$/ { on = 1; next } /^## / { on = 0 } on' "$SRCDIR/docs/report.md" >"$work/section"
told() {
	# What has free names: parts and options of the run.
	awk '/^    "parts": \{$/ || /^  "options": \{$/ || /"reasons": \{$/ { skip = 1; print; next }
		skip && /^ *\}/ { skip = 0 } !skip' "$work/out/manifest.json" |
		sed -n 's/^ *"\([a-z][a-z0-9_-]*\)": .*/\1/p' | sort -u >"$work/members"
	rows=$((rows + 1))
	[ "$(wc -l <"$work/members")" -gt 80 ] || fail "$1: few members: $(wc -l <"$work/members")"
	while read -r member; do
		rows=$((rows + 1))
		grep -qF "\`$member\`" "$work/section" || fail "$1: the manual does not tell of $member"
	done <"$work/members"
}
"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/story.yml" --out "$work/story" >/dev/null
printf -- '- rule: f7b5f842-a6af-4da5-9e95-e32478f3cd2f\n  reason: known\n  who: A\n  date: 2026-03-05\n' >"$work/except.yml"
expect 'all is asked' 1 hunt --verify all --suppress "$work/except.yml" --export-records --output ecs \
	--rules "$SRCDIR/rules" "$work/story"
told 'all is asked'
mkdir "$work/rules"
cp "$SRCDIR"/rules/* "$work/rules"
printf 'title: x\nlevel: hgih\nlogsource: {product: windows}\n' >"$work/rules/bad.yml"
"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/damaged-chunk.yml" --out "$work/damaged" >/dev/null
expect 'damage, faulty rules' 3 hunt --skip-bad-rules --rules "$SRCDIR/rules" --rules "$work/rules" "$work/damaged"
told 'damage, faulty rules'
if "$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/web-install.yml" --archive "$work/logs.zip" >/dev/null 2>&1; then
	hunt --rules "$SRCDIR/rules" "$work/logs.zip" >/dev/null 2>&1 || true
	told 'an archive'
fi
finish
