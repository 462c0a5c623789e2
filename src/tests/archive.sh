#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Forged archives of a triage: their names, the same bytes whenever and wherever they are made, and the
# logs of the folder in them.
. "${SRCDIR:-.}/src/tests/lib.sh"
story=$SRCDIR/fixtures/scenarios/story.yml
logs=Windows/System32/winevt/Logs
sysmon='Microsoft-Windows-Sysmon%4Operational.evtx'

archive() {
	name=$1
	shift
	expect "$name" 0 "$EVTXHOUND" forge "$story" "$@"
}

expect 'no form that is known' 2 "$EVTXHOUND" forge "$story" --archive "$work/story.rar"
says 'no form that is known' stderr '.tar.zst'
expect 'no layout that is known' 2 "$EVTXHOUND" forge "$story" --archive "$work/x.zip" --layout rar
expect 'nothing to make' 2 "$EVTXHOUND" forge "$story"
expect 'an archive' 0 "$EVTXHOUND" forge "$story" --out "$work/story"
cp "$work/stdout" "$work/told"
expect 'an archive, zip' 0 "$EVTXHOUND" forge "$story" --archive "$work/story.zip"
command -v bsdtar >/dev/null || { echo 'no bsdtar'; exit 77; }
[ "$(ls -A "$work" | grep -c '^story\.')" = 1 ] || fail "temporary files are left: $(ls -A "$work")"

# ---- nothing overwritten, and the same bytes ----
expect 'an archive that is there' 2 "$EVTXHOUND" forge "$story" --archive "$work/story.zip"
sleep 2
for ending in zip 7z tar tar.gz tgz tar.xz tar.zst; do
	archive "$ending" --archive "$work/first.$ending"
	expect "$ending, elsewhere" 0 env TZ=Asia/Kolkata LC_ALL=C "$EVTXHOUND" forge "$story" \
		--archive "$work/second.$ending"
done
sleep 2
for ending in zip tar.gz; do
	rm "$work/second.$ending"
	archive "$ending, later" --archive "$work/second.$ending"
done
same 'zip, seconds later' "$work/story.zip" "$work/first.zip"

# ---- what is in them is what is in the folder ----
for ending in zip 7z tar tar.gz tgz tar.xz tar.zst; do
	same "$ending" "$work/first.$ending" "$work/second.$ending"
	bsdtar -tf "$work/first.$ending" | LC_ALL=C sort >"$work/names"
	(cd "$work/story" && find . -name '*.evtx' | sed "s|^\./\([^/]*\)/|\1/C/$logs/|" |
		LC_ALL=C sort) >"$work/should"
	same "$ending: names" "$work/should" "$work/names"
	mkdir "$work/out"
	bsdtar -xf "$work/first.$ending" -C "$work/out"
	for host in WS01 WS02 DC01; do
		for file in "$work/story/$host"/*; do
			same "$ending: $file" "$file" "$work/out/$host/C/$logs/${file##*/}"
		done
	done
	rm -rf "$work/out"
done
if command -v unzip >/dev/null; then
	expect 'unzip' 0 unzip -tq "$work/first.zip"
fi

# ---- one host, and the other layout ----
archive 'one host' --archive "$work/ws01.zip" --host WS01
bsdtar -tf "$work/ws01.zip" | LC_ALL=C sort >"$work/names"
printf '%s\n' "C/$logs/$sysmon" "C/$logs/Security.evtx" "C/$logs/System.evtx" >"$work/should"
same 'one host: names' "$work/should" "$work/names"
archive 'Velociraptor' --archive "$work/v.zip" --host WS02 --layout velociraptor
bsdtar -tf "$work/v.zip" | LC_ALL=C sort >"$work/names"
for file in Microsoft-Windows-Sysmon%254Operational.evtx Security.evtx System.evtx; do
	echo "uploads/auto/C%3A/$logs/$file"
done >"$work/should"
same 'Velociraptor: names' "$work/should" "$work/names"

# ---- only what is live is collected ----
expect 'what was left' 0 "$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/left-on-disk.yml" \
	--archive "$work/left.zip"
bsdtar -tf "$work/left.zip" | LC_ALL=C sort >"$work/names"
printf '%s\n' C/Users/alice/Desktop/notes.txt_notes.evtx C/Users/alice/Desktop/packed.evtx \
	"C/Windows.old/$logs/upgrade.evtx" "C/$logs/$sysmon" "C/$logs/Security.evtx" >"$work/should"
same 'what was left: names' "$work/should" "$work/names"

finish
