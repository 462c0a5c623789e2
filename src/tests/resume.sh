#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# hunt --resume: a run that was killed anywhere ends as an undisturbed one, and leaves no half file.
. "${SRCDIR:-.}/src/tests/lib.sh"
SRCDIR=$(cd "$SRCDIR" && pwd)
"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/story.yml" --out "$work/triage/1" >/dev/null
cp -R "$SRCDIR/rules" "$work/rules"
chmod -R u+w "$work/rules"
for i in 2 3 4; do
	cp -R "$work/triage/1" "$work/triage/$i"
done
cd "$work"
hunt_it() {
	"$EVTXHOUND" hunt -q --rules rules --output ecs --export-records "$@"
}
expect 'undisturbed' 1 hunt_it --out whole triage
rows=$((rows + 1))
[ ! -e whole/.evtxhound.journal ] || fail 'the journal of a run that ended is left'

# as_whole NAME FOLDER: it is the report of the undisturbed run. The manifest is compared by verify.
as_whole() {
	rows=$((rows + 1))
	diff -r -x manifest.json whole "$2" >diff 2>&1 || fail "$1: $(head -3 diff)"
	[ -e "$2/manifest.json" ] || fail "$1: no manifest"
}
# go_on NAME FOLDER CODE OPTIONS: from another folder.
go_on() {
	name=$1
	folder=$work/$2
	code=$3
	shift 3
	cd /
	expect "$name" "$code" "$EVTXHOUND" hunt "$@" --resume "$folder"
	cd "$work"
}

# A run that read all and could not begin to write: what stands in its way is not its own.
mkdir -p stopped/manifest.json
expect 'stopped before writing' 4 hunt_it --force --out stopped triage
says 'stopped before writing' stderr 'manifest.json'
rmdir stopped/manifest.json
cp -R stopped kept
expect 'into the same folder' 2 hunt_it --out stopped triage
says 'into the same folder' stderr '--resume'
go_on 'all was read' stopped 1 -v
as_whole 'all was read' stopped
rows=$((rows + 1))
! grep -q 'triage/.*evtx' "$work/stderr" || fail "all was read, and is read again: $(head -3 "$work/stderr")"
expect 'verify' 0 "$EVTXHOUND" verify stopped

# The journal cut anywhere, as a kill leaves it: what was read to its end is not read again.
size=$(stat -c %s kept/.evtxhound.journal)
i=1
some=0
while [ "$i" -le 10 ]; do
	rm -rf cut
	cp -R kept cut
	truncate -s $((size * i / 10 - i * 37 % 997)) cut/.evtxhound.journal
	go_on "cut $i" cut 1 -v -j $((i % 3 + 1))
	as_whole "cut $i" cut
	n=$(grep -c 'triage/.*evtx' "$work/stderr" || true)
	[ "$n" -eq 32 ] || some=$((some + 1))
	i=$((i + 1))
done
rows=$((rows + 1))
[ "$some" -gt 5 ] || fail "of 10 cut runs only $some took something up"
# Cut, gone on with, cut again.
rm -rf cut
cp -R kept cut
truncate -s $((size / 3)) cut/.evtxhound.journal
mkdir cut/manifest.json
go_on 'stopped twice' cut 4 -q
rmdir cut/manifest.json
go_on 'the third time' cut 1 -q
as_whole 'the third time' cut

# A byte of it changed: nothing behind that counts.
rm -rf cut
cp -R kept cut
poke cut/.evtxhound.journal $((size / 2)) '\377\377\377\377'
go_on 'a damaged journal' cut 1 -q
as_whole 'a damaged journal' cut
rm -rf cut
cp -R kept cut
head -c 30 kept/.evtxhound.journal >cut/.evtxhound.journal
go_on 'a journal that was begun' cut 4 -q
says 'a journal that was begun' stderr 'start the hunt anew'
: >cut/.evtxhound.journal
go_on 'an empty journal' cut 4 -q

# Other evidence than that: nothing counts, and the result is that of a run now.
rm -rf cut
cp -R kept cut
cp triage/1/WS01/Security.evtx triage/0.evtx
go_on 'more evidence' cut 1 -v
rows=$((rows + 1))
grep -q 'triage/1' "$work/stderr" || fail 'more evidence: the rest was not read again'
expect 'more evidence, undisturbed' 1 hunt_it --out more triage
rows=$((rows + 1))
diff -r -x manifest.json more cut >/dev/null || fail 'more evidence: the result is not that of a run now'
rm triage/0.evtx

# Other rules, other wishes, nothing to go on with.
rm -rf cut
cp -R kept cut
sed -i 's/msiexec/msiexec2/' rules/msiexec_web_install.yml
go_on 'other rules' cut 2 -q
says 'other rules' stderr 'the rules are others'
cp "$SRCDIR/rules/msiexec_web_install.yml" rules
go_on 'other wishes' cut 2 -q --level high
says 'other wishes' stderr '--resume knows what was asked'
expect 'evidence beside' 2 "$EVTXHOUND" hunt --resume cut triage
expect 'a folder beside' 2 "$EVTXHOUND" hunt --resume cut --out other
go_on 'a report' whole 2 -q
says 'a report' stderr 'no run that could go on'
go_on 'nowhere' nowhere 4 -q
mv triage gone
go_on 'no evidence' cut 3 -q
mv gone triage
mkdir -p piped/manifest.json
"$EVTXHOUND" hunt -q --force --rules rules --out piped - <triage/1/WS01/Security.evtx >/dev/null 2>&1 || true
rmdir piped/manifest.json
go_on 'standard input' piped 2 -q
says 'standard input' stderr 'standard input cannot be read again'

# Killed in earnest. What has its final name is whole, whenever that was.
killed=0
for i in 01 02 03 04 05 06 07 08 09 10 12 14 16 18 20 25 30 40 50 60; do
	rm -rf killed
	"$EVTXHOUND" hunt -q --rules rules --output ecs --export-records -j 2 --out killed triage \
		>/dev/null 2>&1 &
	pid=$!
	sleep "0.$i"
	kill -9 "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
	for file in $(cd killed 2>/dev/null && find . -type f ! -path '*/.*' ! -name manifest.json); do
		same "killed after 0.$i s: $file" "whole/$file" "killed/$file"
	done
	[ -e killed/.evtxhound.journal ] || continue
	killed=$((killed + 1))
	go_on "killed after 0.$i s" killed 1 -q
	as_whole "killed after 0.$i s" killed
done
echo "$killed runs were killed and gone on with"
finish
