#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The story as it may be seized: a folder, archives, disk images of all kinds, standard input. Always the
# same findings, each with the way back to where it was found; and nothing is written to the evidence.
. "${SRCDIR:-.}/src/tests/lib.sh"
story=$SRCDIR/fixtures/scenarios/story.yml
here=$work/evidence
mkdir "$here"

# hunted NAME CODE EVIDENCE...: hunts; the ids and clocks of its findings are those of the folder.
hunted() {
	what=$1
	want=$2
	shift 2
	rm -rf "$work/report"
	expect "$what" "$want" "$EVTXHOUND" hunt -q --out "$work/report" "$@"
	cut -d, -f1-8 "$work/report/findings.csv" >"$work/findings" 2>/dev/null || :
	[ -e "$work/wanted" ] || cp "$work/findings" "$work/wanted"
	same "$what: the same findings" "$work/wanted" "$work/findings"
	adds_up "$work/report/manifest.json" || fail "$what: bytes or records are missing in the account"
}

# found_at NAME PATH: every record of the evidence lies below that path.
found_at() {
	rows=$((rows + 1))
	grep -o '"source":"[^"]*"' "$work/report/findings.jsonl" >"$work/paths" || :
	[ -s "$work/paths" ] || fail "$1: no record names its source"
	! grep -vF "\"source\":\"$2" "$work/paths" >"$work/others" ||
		fail "$1: a record is not below $2: $(head -n 1 "$work/others")"
}

has() {
	command -v "$1" >/dev/null || {
		echo "no $1: a part is left out"
		return 1
	}
}

expect 'the story' 0 "$EVTXHOUND" forge "$story" --out "$here/folder"
hunted 'a folder' 1 "$here/folder"
found_at 'a folder' "$here/folder/"
[ "$(wc -l <"$work/wanted")" -gt 5 ] || fail 'the story has no findings'

# ---- archives ----
for form in zip 7z tar.xz tar.zst; do
	expect "forged: $form" 0 "$EVTXHOUND" forge "$story" --archive "$here/story.$form"
	hunted "$form" 1 "$here/story.$form"
	found_at "$form" "$here/story.$form:/"
done
expect 'as Velociraptor writes it' 0 "$EVTXHOUND" forge "$story" --archive "$here/velo.zip" \
	--layout velociraptor
hunted 'as Velociraptor writes it' 1 "$here/velo.zip"
expect 'from standard input' 1 sh -c "'$EVTXHOUND' hunt -q --force --out '$work/report' - <'$here/story.zip'"
found_at 'from standard input' '-:/'
if has bsdtar; then
	(cd "$here" && bsdtar -c -f nested.zip --format zip story.7z)
	hunted 'nested' 1 "$here/nested.zip"
	found_at 'nested' "$here/nested.zip:/story.7z:/"
	mkdir "$work/deep"
	cp "$here/story.7z" "$work/deep/0.zip"
	for i in 1 2 3 4 5 6 7 8; do
		(cd "$work/deep" && bsdtar -c -f "$i.zip" --format zip "$((i - 1)).zip" && rm "$((i - 1)).zip")
		[ $i != 7 ] || cp "$work/deep/7.zip" "$work/as-deep.zip"
	done
	hunted 'nested as deep as may be' 1 "$work/as-deep.zip"
	expect 'nested too deep' 3 "$EVTXHOUND" hunt -q --force --out "$work/report" "$work/deep" "$here/story.zip"
	says 'nested too deep' stdout 'is in 8 containers already: what is in it is not read; unpack it first'
	rm -rf "$work/deep" "$work/as-deep.zip"
fi
hunted 'hashed twice' 1 --rehash "$here/story.zip" "$here/story.7z"
expect 'hashed twice and not at all' 2 "$EVTXHOUND" hunt --rehash --no-hash "$here/story.zip"
expect 'all hosts, an archive each' 0 mkdir "$here/hosts"
for host in WS01 WS02 DC01; do
	expect "forged: $host" 0 "$EVTXHOUND" forge "$story" --host "$host" --archive "$here/hosts/$host.zip"
done
hunted 'a collection of hosts' 1 "$here/hosts"

# ---- paths into them are evidence ----
log=$(cd "$here/folder" && find . -name '*Sysmon*' | LC_ALL=C sort | head -n 1 | sed 's|^\./||')
expect 'a log' 0 "$EVTXHOUND" dump "$here/folder/$log"
cut -d'"' -f1-2 "$work/stdout" | wc -l >"$work/lines"
inner=$("$EVTXHOUND" list --format csv "$here/story.zip" | grep -o "$here/story.zip:/[^,]*Sysmon[^,]*" | head -n 1)
expect 'the same within an archive' 0 "$EVTXHOUND" dump "$inner"
wc -l <"$work/stdout" | cmp -s - "$work/lines" || fail "$inner has other records than $log"
expect 'a path that is not there' 3 "$EVTXHOUND" dump "$here/story.zip:/nowhere"
says 'a path that is not there' stderr 'nowhere'

# ---- disk images ----
if [ -x "$(dirname "$EVTXHOUND")/evtxhound-ntfs" ] && [ -x /usr/sbin/mkntfs ]; then
	expect 'an image' 0 "$EVTXHOUND" forge "$story" --image "$here/disk.raw"
	hunted 'a raw image' 1 "$here/disk.raw"
	found_at 'a raw image' "$here/disk.raw:/p"
	mkdir "$here/split"
	split -b 20M -a 3 --numeric-suffixes=1 "$here/disk.raw" "$here/split/disk."
	hunted 'a split raw image' 1 "$here/split/disk.001"
	found_at 'a split raw image' "$here/split/disk.001:/p"
	hunted 'a split raw image, hashed twice' 1 --hash-image --rehash "$here/split/disk.001"
	says 'a split raw image, hashed twice' stdout 'report: '
	in_file 'a split raw image, hashed twice' "$work/report/manifest.json" '"containers_not_hashed": 0'
	# as if somebody wrote to a part of it while it is hunted: what opens it does so when it ends
	real=$(cd "$(dirname "$EVTXHOUND")" && pwd)
	mkdir -p "$work/bin" "$work/libexec/evtxhound" "$work/share/evtxhound"
	cp "$EVTXHOUND" "$work/bin/evtxhound"
	cp -r "$here/split" "$work/changing"
	ln -s "$real/rules" "$work/share/evtxhound/rules"
	printf '#!/bin/sh\n"%s/evtxhound-open" "$@"\nprintf x | dd of="%s" bs=1 seek=100 conv=notrunc status=none\n' \
		"$real" "$work/changing/disk.002" >"$work/libexec/evtxhound/evtxhound-open"
	chmod +x "$work/libexec/evtxhound/evtxhound-open"
	expect 'a part of it changes' 3 "$work/bin/evtxhound" hunt -q --force --hash-image --rehash \
		--out "$work/report" "$work/changing/disk.001"
	in_file 'a part of it changes' "$work/report/manifest.json" \
		'its SHA-256 at the end of the run is another: its bytes have changed'
	rm -rf "$work/changing"
	hunted 'a split raw image in a folder' 1 "$here/split"
	if has qemu-img; then
		for form in vmdk vpc vhdx qcow2; do
			qemu-img convert -O "$form" "$here/disk.raw" "$here/disk.$form"
			hunted "$form" 1 "$here/disk.$form"
			found_at "$form" "$here/disk.$form:/p"
		done
	fi
	if has ewfacquire; then
		ewfacquire -u -q -t "$here/case" -C 17 -E 4 -e 'A. Examiner' -D disk -N none -f encase6 \
			-S 1048576 "$here/disk.raw" >/dev/null 2>&1
		hunted 'E01' 1 "$here/case.E01"
		found_at 'E01' "$here/case.E01:/p"
		in_file 'E01: whose case it is' "$work/report/manifest.json" 'A. Examiner'
		in_file 'E01: whose case it is' "$work/report/report.html" 'A. Examiner'
		in_file 'E01: the library' "$work/report/manifest.json" 'libewf'
		hunted 'E01, verified' 1 --verify-image "$here/case.E01"
		hunted 'E01, by another' 1 --examiner 'B. Examiner' --case-number 17 "$here/case.E01"
		in_file 'E01, by another: both' "$work/report/report.html" \
			"<p>B. Examiner</p>"
		in_file 'E01, by another: both' "$work/report/report.html" \
			'otherwise: </span><code>A. Examiner</code>'
		in_file 'E01, by another: the image' "$work/report/manifest.json" '"image": "'
	fi
	if has bsdtar; then
		(cd "$here" && bsdtar -c -f image.zip --format zip disk.raw)
		hunted 'an image in an archive' 1 "$here/image.zip"
		found_at 'an image in an archive' "$here/image.zip:/disk.raw:/p"
	fi
	left=$here/left.raw
	expect 'what is left on a disk' 0 "$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/left-on-disk.yml" \
		--image "$left"
	rm -f "$work/wanted"
	hunted 'what is left, carved' 1 --carve "$left"
	cut -d, -f1,3,24 "$work/report/findings.csv" | sort >"$work/only"
	[ "$(grep -c ',carved' "$work/only")" = 2 ] && [ "$(grep -c ',deleted' "$work/only")" = 1 ] ||
		fail "what is left, carved: $(cat "$work/only")"
	cut -d, -f1 "$work/only" | uniq -d | grep . && fail 'a finding stands twice'
	if has qemu-img; then
		qemu-img convert -O qcow2 "$left" "$here/left.qcow2"
		hunted 'what is left, carved of QCOW2' 1 --carve "$here/left.qcow2"
	fi
	hunted 'what is left, carved anywhere' 1 --carve=all "$left"
else
	echo 'no evtxhound-ntfs or mkntfs: images are left out'
fi

# ---- nothing is written to the evidence ----
if has strace && strace -o /dev/null true 2>/dev/null; then
	find "$here" -type f -exec stat -c '%n %s %Y %Z' {} + | LC_ALL=C sort >"$work/before"
	rm -rf "$work/report"
	# LeakSanitizer cannot work under a tracer
	expect 'traced' 1 env ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=open,openat,creat,truncate,unlink,unlinkat,rename,renameat,renameat2 \
		-o "$work/trace" "$EVTXHOUND" hunt -q --out "$work/report" "$here"
	if grep -F "$here" "$work/trace" | grep -E 'O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|unlink|rename|truncate|creat\('; then
		fail 'evidence is opened for writing'
	fi
	grep -qF "$here" "$work/trace" || fail 'the trace shows no evidence at all'
	find "$here" -type f -exec stat -c '%n %s %Y %Z' {} + | LC_ALL=C sort >"$work/after"
	same 'sizes and times of the evidence' "$work/before" "$work/after"
fi
finish
