#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# hunt --export-records: every record of a finding is in a log of one chunk, byte for byte.
. "${SRCDIR:-.}/src/tests/lib.sh"
SRCDIR=$(cd "$SRCDIR" && pwd)
"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/story.yml" --out "$work/triage" >/dev/null
cd "$work"

sum() {
	sha256sum | cut -d' ' -f1
}
cut_out() { # FILE OFFSET SIZE
	tail -c +$(($2 + 1)) "$1" | head -c "$3"
}
# Every row of the index is true, and every file is named by one.
check() {
	n=0
	tr -d '\r' <"$2/records/index.csv" | sed 1d >rows
	while IFS=, read -r id role record source ssha chunk cat csize csha off size rsha file at note; do
		n=$((n + 1))
		[ -z "$note" ] || fail "$1: $id: $note"
		[ "$(cut_out "$2/records/$file" "$at" "$size" | sum)" = "$rsha" ] ||
			fail "$1: $file does not hold record $record at $at"
		[ "$(cut_out "$source" "$off" "$size" | sum)" = "$rsha" ] || fail "$1: record $record of $source"
		[ "$(tail -c +4097 "$2/records/$file" | sum)" = "$csha" ] || fail "$1: $file is not its chunk"
		[ "$file" = "$csha.evtx" ] || fail "$1: $file is not named by its chunk"
		[ "$(tail -c "$csize" "$2/records/$file" | sum)" = "$(cut_out "$source" "$cat" "$csize" | sum)" ] ||
			fail "$1: $file is not the chunk $chunk of $source"
		[ "$ssha" = "$(sum <"$source")" ] || fail "$1: the hash of $source"
		case $role in stage | corroborating | supporting) ;; *) fail "$1: the role $role" ;; esac
	done <rows
	rows=$((rows + n))
	[ "$n" = "$(($(wc -l <"$2/evidence.csv") - 1))" ] || fail "$1: $n rows are not those of evidence.csv"
	for file in "$2"/records/*.evtx; do
		grep -q "$(basename "$file")" rows || fail "$1: nobody names $file"
		grep -q "records/$(basename "$file")" "$2/manifest.json" || fail "$1: $file is not in the manifest"
	done
	in_file "$1" "$2/manifest.json" '"name": "records/index.csv"'
}

expect 'export' 1 "$EVTXHOUND" hunt -q --export-records --out report triage
check 'export' report
expect 'one worker' 1 "$EVTXHOUND" hunt -q --export-records -j 1 --out one triage
rows=$((rows + 1))
diff -r report/records one/records >/dev/null || fail 'one worker: other records'

# Others open them: each is a log in which no damage is found, and nothing but its chunk.
for file in report/records/*.evtx; do
	expect "info of $file" 0 "$EVTXHOUND" info "$file"
	says "info of $file" stdout 'chunks     1: 1 in use, 0 without a signature, 0 with a wrong checksum'
	if command -v evtxexport >/dev/null; then
		expect "evtxexport of $file" 0 evtxexport "$file"
		says "evtxexport of $file" stdout 'Event identifier'
	fi
done
expect 'the records are hunted' 1 "$EVTXHOUND" hunt -q --rules "$SRCDIR/rules/msiexec_web_install.yml" \
	--out again report/records
says 'the records are hunted' stdout '2 findings'

expect 'verify' 0 "$EVTXHOUND" verify report
first=$(basename "$(find report/records -name '*.evtx' | LC_ALL=C sort | head -n 1)")
printf x >>"report/records/$first"
expect 'a chunk that was changed' 1 "$EVTXHOUND" verify --no-run report
says 'a chunk that was changed' stdout "output records/$first: changed"

# The folder of an earlier report goes, and what is not ours in it stays.
expect 'not again' 1 "$EVTXHOUND" hunt -q --force --out report triage
rows=$((rows + 1))
[ ! -e report/records ] || fail 'the records of an earlier report are left'
mkdir one/records/theirs
expect 'not again beside others' 1 "$EVTXHOUND" hunt -q --force --out one triage
rows=$((rows + 1))
[ "$(ls one/records)" = theirs ] || fail "not again: $(ls one/records)"
rm -r one
mkdir one
ln -s "$work/triage" one/records
expect 'a link in its place' 4 "$EVTXHOUND" hunt -q --force --export-records --out one triage
says 'a link in its place' stderr 'cannot open records'

# A log whose beginning is lost, in the middle of a chunk: what is there is given, zeros before it.
tail -c +4197 triage/WS01/Microsoft-Windows-Sysmon%4Operational.evtx >cut.evtx
expect 'a log that was cut' 3 "$EVTXHOUND" hunt -q --export-records --out cut cut.evtx
check 'a log that was cut' cut
finish
