#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# No room at any write of a hunt: it ends with 4 and says why, what has its final name is whole, and --resume
# finishes when there is room again. A bound on the size of files fails every write in turn, be it of a spool,
# the journal or a file of the report; a pipe that nobody reads fails the summary.
. "${SRCDIR:-.}/src/tests/lib.sh"
SRCDIR=$(cd "$SRCDIR" && pwd)
"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/story.yml" --out "$work/triage" >/dev/null
cd "$work"
limited() { # BLOCKS FOLDER: of 512 bytes
	trap '' XFSZ
	ulimit -f "$1"
	exec "$EVTXHOUND" hunt -q --rules "$SRCDIR/rules" --export-records --output ecs --output timesketch \
		--out "$2" triage
}
expect 'room enough' 1 sh -c 'exec "$0" hunt -q --rules "$1/rules" --export-records --output ecs \
	--output timesketch --out whole triage' "$EVTXHOUND" "$SRCDIR"
largest=$(find whole -type f -printf '%s\n' | sort -n | tail -n 1)

blocks=1
stopped=0
while [ $((blocks * 512)) -lt "$largest" ]; do
	rm -rf full
	got=0
	(limited "$blocks" full) >stdout 2>stderr || got=$?
	rows=$((rows + 1))
	[ "$got" = 4 ] || fail "$blocks blocks: exit code $got"
	grep -q 'File too large' stderr || fail "$blocks blocks: no reason: $(cat stderr)"
	[ ! -e full/manifest.json ] || fail "$blocks blocks: there is a manifest"
	[ -z "$(find full -name '*.part')" ] || fail "$blocks blocks: a half file is left: $(ls -A full)"
	for file in $(cd full && find . -type f ! -path './.*'); do
		same "$blocks blocks: $file" "whole/$file" "full/$file"
	done
	if [ -e full/.evtxhound.journal ]; then
		stopped=$((stopped + 1))
		expect "$blocks blocks, gone on with" 1 "$EVTXHOUND" hunt -q --resume full
		rows=$((rows + 1))
		diff -r -x manifest.json whole full >diff 2>&1 || fail "$blocks blocks: $(head -3 diff)"
	fi
	blocks=$((blocks * 2 + 1))
done
rows=$((rows + 1))
[ "$stopped" -gt 3 ] || fail "only $stopped runs could be gone on with"

# Nobody reads what is said.
if [ -c /dev/full ]; then
	rm -rf full
	got=0
	"$EVTXHOUND" hunt -q --rules "$SRCDIR/rules" --out full triage >/dev/full 2>stderr || got=$?
	rows=$((rows + 1))
	[ "$got" = 4 ] && [ -s stderr ] || fail "a full standard output: exit code $got, $(cat stderr)"
	rows=$((rows + 1))
	[ -s full/manifest.json ] || fail 'a full standard output: the report is not whole'
fi
for command in "hunt -q --force --rules $SRCDIR/rules --out piped triage" 'info triage' 'dump triage' 'list triage'; do
	{
		got=0
		# shellcheck disable=SC2086
		"$EVTXHOUND" $command 2>stderr || got=$?
		echo "$got" >code
	} | true
	rows=$((rows + 1))
	case $(cat code) in
	141 | 4) ;; # ended by the signal, or told
	0 | 1) ;;   # it all went into the pipe before that was closed
	*) fail "a pipe that nobody reads: $command ends with $(cat code)" ;;
	esac
done
finish
