#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An installation: what is put where, a program that finds its rules wherever it was put, and
# nothing left of it afterwards.
command -v make >/dev/null || { echo 'no make'; exit 77; }
. "${SRCDIR:-.}/src/tests/lib.sh"
build=$(dirname "$EVTXHOUND")

# The make that runs the tests must not hand its jobs and options down.
install_make() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$build" "$@"
}
installed() {
	(cd "$1" && find . ! -type d | LC_ALL=C sort)
}

# ---- into a folder of its own, at another prefix than configured ----
expect 'make install' 0 install_make install DESTDIR="$work/root" prefix=/opt/hound
installed "$work/root" >"$work/all"
grep -v /scenarios/ "$work/all" >"$work/is"
[ "$(grep -c /scenarios/ "$work/all")" = "$(ls "$SRCDIR"/fixtures/scenarios | wc -l)" ] || fail "scenarios are missing"
# Built where there is libntfs-3g.
helper=
[ ! -x "$build/evtxhound-ntfs" ] || helper='./opt/hound/libexec/evtxhound/evtxhound-ntfs
'
cat >"$work/should" <<END
./opt/hound/bin/evtxhound
$helper./opt/hound/libexec/evtxhound/evtxhound-open
./opt/hound/share/bash-completion/completions/evtxhound
./opt/hound/share/evtxhound/rules/msiexec_http_network_communication.yml
./opt/hound/share/evtxhound/rules/msiexec_remote_file_execution.eql
./opt/hound/share/evtxhound/rules/msiexec_web_install.yml
./opt/hound/share/man/man1/evtxhound.1
END
same 'what is installed' "$work/should" "$work/is"

# ---- the installed program, from there and from where it is moved to ----
"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/story.yml" --out "$work/story" >/dev/null
there() {
	cd "$work"
	expect "$1: version" 0 "$2/bin/evtxhound" --version
	expect "$1: rules list" 0 "$2/bin/evtxhound" rules list
	[ "$(wc -l <"$work/stdout")" = 3 ] || fail "$1: not three rules"
	rm -rf "$work/out"
	expect "$1: hunt" 1 "$2/bin/evtxhound" hunt -q --out "$work/out" "$work/story"
	in_file "$1: hunt" "$work/out/manifest.json" "$2/share/evtxhound/rules/msiexec_web_install.yml"
}
there 'installed' "$work/root/opt/hound"
if [ -n "$helper" ] && [ -x /usr/sbin/mkntfs ]; then
	expect 'the helper is found' 0 "$work/root/opt/hound/bin/evtxhound" forge \
		"$SRCDIR/fixtures/scenarios/web-install.yml" --image "$work/installed.raw"
fi
mv "$work/root/opt/hound" "$work/root/opt/moved away"
there 'moved' "$work/root/opt/moved away"
mv "$work/root/opt/moved away" "$work/root/opt/hound"
ln -s "$work/root/opt/hound/bin/evtxhound" "$work/link"
expect 'by a link' 0 "$work/link" rules list

expect 'make uninstall' 0 install_make uninstall DESTDIR="$work/root" prefix=/opt/hound
installed "$work/root" >"$work/is"
: >"$work/should"
same 'what uninstall leaves' "$work/should" "$work/is"

finish
