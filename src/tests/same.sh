#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The same evidence gives the same bytes, 20 times: workers, locale, time zone, order in the folder, environment.
. "${SRCDIR:-.}/src/tests/lib.sh"
SRCDIR=$(cd "$SRCDIR" && pwd)
"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/story.yml" --out "$work/triage" >/dev/null
cd "$work"
hunt_it() {
	rm -rf "$1"
	out=$1
	shift
	env "$@" "$EVTXHOUND" hunt -q -j "$jobs" --rules "$SRCDIR/rules" --export-records --output timesketch \
		--output timeline-explorer --output ecs --out "$out" triage
}
jobs=1
expect 'the first' 1 hunt_it first LC_ALL=C TZ=UTC
i=1
for zone in UTC Asia/Kolkata America/St_Johns Pacific/Kiritimati; do
	for locale in C C.UTF-8 tr_TR.UTF-8 de_DE.UTF-8 ja_JP.UTF-8; do
		jobs=$((i % 8 + 1))
		expect "run $i" 1 hunt_it again "TZ=$zone" "LC_ALL=$locale" "LANG=$locale"
		rows=$((rows + 1))
		diff -r -x manifest.json first again >diff 2>&1 || fail "run $i, -j$jobs $zone $locale: $(head -3 diff)"
		# Of the manifest only what is told of the run itself may differ.
		for folder in first again; do
			sed '/^  "run": {$/,/^  }/d' "$folder/manifest.json" >"$folder.manifest"
		done
		same "run $i: the manifest" first.manifest again.manifest
		i=$((i + 1))
	done
done
rows=$((rows + 1))
[ "$i" = 21 ] || fail "$((i - 1)) runs"

# Files made in another order, and elsewhere: the same relative paths.
mkdir elsewhere
(cd triage && find . -type f | LC_ALL=C sort -r) | while read -r file; do
	mkdir -p "elsewhere/triage/$(dirname "$file")"
	cp "triage/$file" "elsewhere/triage/$file"
done
cd elsewhere
expect 'elsewhere' 1 hunt_it again TZ=UTC
rows=$((rows + 1))
diff -r -x manifest.json ../first again >/dev/null || fail 'elsewhere: other bytes'
finish
