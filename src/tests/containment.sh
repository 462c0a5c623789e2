#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The program that opens evidence really crashes, over and over, on one image: that costs this source one
# retry and a line; everything else is hunted as if nothing were. strace lets it be hit by SIGSEGV when it
# reads that image for the n-th time.
. "${SRCDIR:-.}/src/tests/lib.sh"
story=$SRCDIR/fixtures/scenarios/story.yml
real=$(cd "$(dirname "$EVTXHOUND")" && pwd)
if ! command -v strace >/dev/null || ! strace -o /dev/null true 2>/dev/null; then
	echo 'no strace, or it may not trace'
	exit 77
fi
if [ ! -x "$real/evtxhound-ntfs" ] || [ ! -x /usr/sbin/mkntfs ]; then
	echo 'no evtxhound-ntfs or mkntfs'
	exit 77
fi

# ---- as installed, but for what opens evidence ----
mkdir -p "$work/bin" "$work/libexec/evtxhound" "$work/share/evtxhound" "$work/evidence"
cp "$EVTXHOUND" "$work/bin/evtxhound"
ln -s "$real/rules" "$work/share/evtxhound/rules"
bad=$work/evidence/bad.raw
cat >"$work/libexec/evtxhound/evtxhound-open" <<END
#!/bin/sh
echo started >>"$work/starts"
exec strace -qq -o /dev/null -P "$bad" -e trace=pread64 \
	-e inject=pread64:signal=SEGV:when=\$(cat "$work/when") "$real/evtxhound-open" "\$@"
END
chmod +x "$work/libexec/evtxhound/evtxhound-open"
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0:handle_segv=0"

# ---- the evidence: what is hunted by itself, and the image ----
expect 'a zip' 0 "$EVTXHOUND" forge "$story" --archive "$work/evidence/good.zip"
expect 'hunted by itself' 1 "$EVTXHOUND" hunt -q --out "$work/alone" "$work/evidence/good.zip"
cut -d, -f1-8 "$work/alone/findings.csv" >"$work/wanted"
[ "$(wc -l <"$work/wanted")" -gt 5 ] || fail 'the story has no findings'
expect 'an image' 0 "$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/left-on-disk.yml" --image "$bad"
rm -f "$bad.tsv"

# crashing NAME WHEN JOBS: the image is read so often before it crashes.
crashing() {
	echo "$2" >"$work/when"
	rm -rf "$work/report" "$work/starts"
	expect "$1" 3 "$work/bin/evtxhound" hunt -q -j "$3" --out "$work/report" "$work/evidence"
	says "$1" stdout "bad.raw: 1 damages"
	in_file "$1: how often" "$work/report/manifest.json" '"deaths": 2'
	in_file "$1: a line" "$work/report/manifest.json" \
		'a worker died of signal 11 opening it, twice: what else it holds is missing'
	in_file "$1: and on the page" "$work/report/report.html" 'opening it, twice'
	cut -d, -f1-8 "$work/report/findings.csv" >"$work/findings"
	rows=$((rows + 1))
	while read -r finding; do
		grep -qxF -- "$finding" "$work/findings" || fail "$1: missing: $finding"
	done <"$work/wanted"
}
expect 'it does not crash' 1 sh -c "echo 60000 >'$work/when' &&
	'$work/bin/evtxhound' hunt -q --out '$work/report' '$work/evidence'"
crashing 'at the first bytes' 1 1
crashing 'in the middle of the volume' 15 1
crashing 'beside another one' 15 4
finish
