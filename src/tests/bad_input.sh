#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Bad input: each has a defined exit code, a message that says where, and costs only itself.
. "${SRCDIR:-.}/src/tests/lib.sh"

"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/story.yml" --out "$work/story" >"$work/made"
good=$(find "$work/story" -name '*Sysmon*' | LC_ALL=C sort | head -n 1)
size=$(wc -c <"$good")
records() {
	sed -n 's/^read [0-9]* logs*, \([0-9]*\) records.*/\1/p' "$work/stdout"
}
expect 'the story itself' 1 hunt "$good"
all=$(records)

# ---- no logs ----
echo 'hello' >"$work/text.evtx"
expect 'not a log' 3 hunt "$work/text.evtx"
says 'not a log' stdout 'text.evtx: no event log'
: >"$work/empty.evtx"
expect 'an empty log' 3 hunt "$work/empty.evtx"
says 'an empty log' stdout 'empty.evtx: empty file'
mkdir "$work/emptied"
cp "$work/empty.evtx" "$work/emptied"
: >"$work/emptied/other.log"
expect 'an emptied log in a folder' 3 hunt "$work/emptied"
says 'an emptied log in a folder' stdout 'empty.evtx: empty file'
expect 'a missing file' 3 hunt "$work/nothing-here.evtx"
says 'a missing file' stdout 'nothing-here.evtx'
mkdir "$work/no-logs"
cp "$work/text.evtx" "$work/no-logs"
expect 'a folder without logs' 0 hunt "$work/no-logs"
says 'a folder without logs' stdout 'read 0 logs'
expect 'a missing file beside a log' 3 hunt "$work/nothing-here.evtx" "$good"
[ "$(records)" = "$all" ] || fail 'a missing file costs another one its records'

# ---- a log without records ----
head -c 4096 "$good" >"$work/header.evtx"
expect 'a header alone' 0 hunt "$work/header.evtx"
{ head -c 4096 "$good" && head -c 65536 /dev/zero; } >"$work/unused.evtx"
expect 'an unused chunk' 0 hunt "$work/unused.evtx"

# ---- cut off at every 4 KiB ----
last=0
at=0
while [ "$at" -le "$size" ] && [ "$at" -le 270336 ]; do
	head -c "$at" "$good" >"$work/cut.evtx"
	got=0
	hunt --timeline none "$work/cut.evtx" >"$work/stdout" 2>"$work/stderr" || got=$?
	case $got in
	0 | 1 | 3) ;;
	*) fail "cut at $at: exit code $got"; head -5 "$work/stderr" ;;
	esac
	grep -q 'Sanitizer\|runtime error' "$work/stderr" && fail "cut at $at: a sanitizer reports"
	now=$(records)
	[ "${now:-0}" -ge "$last" ] || fail "cut at $at: $now records, fewer than $last of a shorter piece"
	last=${now:-0}
	rows=$((rows + 1))
	at=$((at + 4096))
done

# ---- chunks ----
cp "$good" "$work/zeroed.evtx"
dd if=/dev/zero of="$work/zeroed.evtx" bs=1024 seek=4 count=64 conv=notrunc status=none
expect 'a zeroed chunk between others' 3 hunt "$work/zeroed.evtx"
[ "$(records)" -lt "$all" ] && [ "$(records)" -gt 0 ] || fail 'a zeroed chunk costs more than itself'

cp "$good" "$work/counts.evtx"
poke "$work/counts.evtx" 42 '\377\000' # number of chunks
expect 'a wrong count in the header' 3 hunt "$work/counts.evtx"
[ "$(records)" = "$all" ] || fail 'a wrong count in the header costs records'

cp "$good" "$work/sums.evtx"
poke "$work/sums.evtx" $((4096 + 124)) '\001\002\003\004'
expect 'a wrong chunk checksum' 3 hunt "$work/sums.evtx"
[ "$(records)" = "$all" ] || fail 'a wrong checksum costs records'
in_file 'a wrong chunk checksum' "$work/out/manifest.json" '"checksum'

# ---- records ----
first=$((4096 + 512))
cp "$good" "$work/size0.evtx"
poke "$work/size0.evtx" $((first + 4)) '\000\000\000\000'
expect 'a record size of 0' 3 hunt "$work/size0.evtx"
[ "$(records)" -ge $((all - 1)) ] || fail "a record size of 0 costs $((all - $(records))) records"
cp "$good" "$work/size4g.evtx"
poke "$work/size4g.evtx" $((first + 4)) '\377\377\377\377'
expect 'a record size of 4 GiB' 3 hunt "$work/size4g.evtx"
[ "$(records)" -ge $((all - 1)) ] || fail "a record size of 4 GiB costs $((all - $(records))) records"

# ---- files that cannot be read, or change ----
cp "$good" "$work/secret.evtx"
chmod 000 "$work/secret.evtx"
if [ "$(id -u)" != 0 ]; then
	expect 'an unreadable file' 3 hunt "$work/secret.evtx" "$good"
	says 'an unreadable file' stdout 'Permission denied'
elif command -v setpriv >/dev/null; then
	# The program and its rules may lie where only root gets to.
	mkdir "$work/open" "$work/bin" "$work/nobody" "$work/closed"
	cp "$work/secret.evtx" "$good" "$work/open"
	cp -R "$EVTXHOUND" "$SRCDIR/rules" "$work/bin"
	chmod -R a+rX "$work/open" "$work/bin"
	chmod 000 "$work/open/secret.evtx"
	chmod 755 "$work" "$work/closed"
	chmod 777 "$work/nobody"
	as_nobody() {
		setpriv --reuid 65534 --regid 65534 --clear-groups "$work/bin/evtxhound" hunt -q \
			--rules "$work/bin/rules" --out "$1" "$work/open"
	}
	expect 'an unreadable file' 3 as_nobody "$work/nobody/out"
	says 'an unreadable file' stdout 'Permission denied'
	expect 'an output folder without permission' 4 as_nobody "$work/closed/out"
	says 'an output folder without permission' stderr 'Permission denied'
fi
mkfifo "$work/pipe"
expect 'a named pipe' 3 hunt "$work/pipe"

# ---- rules ----
rule() {
	printf '%s\n' 'title: A test' 'id: 11111111-2222-3333-4444-555555555555' 'status: test' \
		'level: low' 'logsource: {category: process_creation, product: windows}' \
		"detection: {selection: {$1: x}, condition: selection}"
}
printf 'title: [\n' >"$work/not-yaml.yml"
expect 'a rule that is no YAML' 2 hunt --rules "$work/not-yaml.yml" "$good"
says 'a rule that is no YAML' stderr 'not-yaml.yml:'
rule 'Image|contians' >"$work/modifier.yml"
expect 'an unknown modifier' 2 hunt --rules "$work/modifier.yml" "$good"
says 'an unknown modifier' stderr "modifier.yml:6:"
printf 'title: &a [*a]\n' >"$work/cycle.yml"
expect 'a cyclic alias' 2 hunt --rules "$work/cycle.yml" "$good"
truncate -s 100M "$work/large.yml"
expect 'a rule file of 100 MB' 2 hunt --rules "$work/large.yml" "$good"
says 'a rule file of 100 MB' stderr 'large.yml'
mkdir "$work/twice" "$work/later"
rule Image >"$work/twice/a.yml"
rule Image >"$work/twice/b.yml"
expect 'an id twice in one set' 2 hunt --rules "$work/twice" "$good"
says 'an id twice in one set' stderr 'b.yml'
rule CommandLine >"$work/later/c.yml"
rm "$work/twice/b.yml"
expect 'an id in two sets' 0 hunt --rules "$work/twice" --rules "$work/later" "$good"
in_file 'an id in two sets' "$work/out/manifest.json" '"rules_replaced'
expect 'rules that are not there' 2 hunt --rules "$work/none" "$good"

# ---- output ----
mkdir "$work/full-of"
echo x >"$work/full-of/x"
expect 'an output folder that is not empty' 2 "$EVTXHOUND" hunt -q --out "$work/full-of" "$good"
says 'an output folder that is not empty' stderr '--force'
touch "$work/full-of/.report.html.4194303.part" # of a killed run
expect 'the same with --force' 1 "$EVTXHOUND" hunt -q --force --out "$work/full-of" "$good"
[ ! -e "$work/full-of/.report.html.4194303.part" ] || fail "a killed run's half file is kept"
[ -e "$work/full-of/x" ] || fail 'a file that is not ours is gone'
expect 'an output folder inside the evidence' 2 "$EVTXHOUND" hunt -q --out "$work/story/out" "$work/story"
says 'an output folder inside the evidence' stderr 'inside the evidence'
expect 'the same with --force' 2 "$EVTXHOUND" hunt -q --force --out "$work/story" "$work/story"
echo x >"$work/file"
expect 'a file as output folder' 4 "$EVTXHOUND" hunt -q --out "$work/file" "$good"
mkdir "$work/disk"
if mount -t tmpfs -o size=64k tmpfs "$work/disk" 2>/dev/null; then
	expect 'a full disk' 4 "$EVTXHOUND" hunt -q --out "$work/disk/out" "$work/story"
	says 'a full disk' stderr 'No space left on device'
	[ ! -e "$work/disk/out/manifest.json" ] || fail 'a full disk: a manifest all the same'
	umount "$work/disk"
fi
expect 'standard output that is full' 4 sh -c '"$0" hunt -q --out "$1/o2" "$2" >/dev/full' \
	"$EVTXHOUND" "$work" "$good"

# ---- usage ----
expect 'no evidence' 2 "$EVTXHOUND" hunt
expect 'an unknown option' 2 "$EVTXHOUND" hunt --colour "$good"
says 'an unknown option' stderr '--colour'
expect 'a level that is none' 2 hunt --level hihg "$good"
expect 'a time that is none' 2 hunt --from yesterday "$good"
expect 'a span of time that is none' 2 hunt --from 2026-03-03 --to 2026-03-02 "$good"
says 'a span of time that is none' stderr '--from'
expect 'a span of one instant' 0 hunt --from 2001-03-03 --to 2001-03-03 "$good"
expect 'jobs that are none' 2 hunt -j 0 "$good"
expect 'an unknown command' 2 "$EVTXHOUND" hnut
expect 'no command' 2 "$EVTXHOUND"

finish
