#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The commands as a user meets them: help, manual, info, rules, exit codes, the same bytes every time.
. "${SRCDIR:-.}/src/tests/lib.sh"

# ---- help, version, manual ----
expect 'help' 0 "$EVTXHOUND" --help
expect 'version' 0 "$EVTXHOUND" --version
for library in libevtx expat libfwnt libfyaml libdeflate libpcre2 OpenSSL; do
	says 'version' stdout "$library"
done
for command in hunt dump info list extract explain rules forge verify; do
	expect "help of $command" 0 "$EVTXHOUND" "$command" --help
	cp "$work/stdout" "$work/help"
	sed -n 's/^  \(-[a-z], *\|   *\)--\([a-z-]*\).*/\2/p' "$work/help" >"$work/options"
	[ -s "$work/options" ] || fail "help of $command names no option"
	while read -r option; do
		rows=$((rows + 1))
		grep -q "Fl -$(printf '%s' "$option" | sed 's/-/\\\?-/g')" "$SRCDIR/docs/evtxhound.1" ||
			fail "the manual does not know --$option of $command"
		[ "$option" = help ] || grep -q -- "--$option" "$SRCDIR/src/cli/evtxhound" ||
			fail "the completion does not know --$option of $command"
	done <"$work/options"
done
if command -v mandoc >/dev/null; then
	expect 'the manual is well formed' 0 mandoc -T lint -W warning "$SRCDIR/docs/evtxhound.1"
fi
if command -v bash >/dev/null; then
	expect 'the completion is well formed' 0 bash -n "$SRCDIR/src/cli/evtxhound"
fi

# ---- the story ----
expect 'forge' 0 "$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/story.yml" --out "$work/story"
expect 'forge into a folder that is not empty' 2 "$EVTXHOUND" forge \
	"$SRCDIR/fixtures/scenarios/story.yml" --out "$work/story"
expect 'hunt' 1 hunt "$work/story"
for rule in 'MsiExec Web Install' 'Potential Remote File Execution via MSIEXEC' \
	'Windows HTTP Network Communication From MSIExec'; do
	says 'hunt' stdout "$rule"
done
for file in findings.csv evidence.csv timeline.csv findings.jsonl coverage.csv report.html report.md summary.json \
	manifest.json; do
	rows=$((rows + 1))
	[ -s "$work/out/$file" ] || fail "hunt writes no $file"
done
[ "$(ls -A "$work/out" | wc -l)" = 9 ] || fail "hunt leaves more than its nine files: $(ls -A "$work/out")"
log=$(find "$work/story" -name '*.evtx' | LC_ALL=C sort | head -n 1)
expect 'info' 0 "$EVTXHOUND" info -v "$log"
for text in 'SHA-256' 'records' 'event id' 'chunk 0'; do
	says 'info' stdout "$text"
done

# ---- 5156 is read where a rule asks for connections ----
expect 'forge 5156' 0 "$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/http-5156.yml" --out "$work/5156"
expect 'hunt for connections' 1 hunt --timeline none "$work/5156"
in_file 'hunt for connections' "$work/out/manifest.json" '"not_asked": 0'
in_file 'hunt for connections' "$work/out/report.html" 'Connection Permitted'
expect 'hunt for processes' 0 hunt --timeline none \
	--rules "$SRCDIR/rules/msiexec_web_install.yml" "$work/5156"
# The 5156; a connection of Sysmon's is read for the GUID that it names.
in_file 'hunt for processes' "$work/out/manifest.json" '"not_asked": 1'

# ---- rules ----
expect 'rules list' 0 "$EVTXHOUND" rules list
[ "$(wc -l <"$work/stdout")" = 3 ] || fail 'rules list does not list three rules'
expect 'rules check' 0 "$EVTXHOUND" rules check "$SRCDIR/rules"
printf 'title: x\nlevel: hgih\nlogsource: {product: windows}\n' >"$work/bad.yml"
expect 'rules check of a bad one' 2 "$EVTXHOUND" rules check "$work/bad.yml"
says 'every fault is told' stdout 'bad.yml:2:'
says 'every fault is told' stdout 'detection'

# ---- what is shown ----
expect '--level' 0 hunt --level critical "$work/story"
expect '--from' 0 hunt --from 2100-01-01 "$work/story"
expect '--to' 0 hunt --to 2001-01-01T00:00:00Z "$work/story"
expect '--timeline none' 1 hunt --timeline none "$work/story"
[ ! -e "$work/out/timeline.csv" ] || fail '--timeline none writes a timeline'
expect '--timeline findings' 1 hunt --timeline findings "$work/story"
expect '--verify none' 1 hunt --verify none "$work/story"
in_file '--verify none' "$work/out/evidence.csv" 'not asked'
expect '--verify all' 1 hunt --verify all "$work/story"
says '--verify all' stdout 'records agree, 0 differ, 0 only ours finds, 0 only libevtx reads'
in_file '--verify all' "$work/out/manifest.json" '"libevtx-cannot-read": 0'
in_file '--verify all' "$work/out/evidence.csv" ',agree,'
expect '--ansi-codepage' 1 hunt --ansi-codepage windows-1251 "$work/story"
in_file '--ansi-codepage' "$work/out/manifest.json" '"ansi_codepage": "windows-1251"'
expect '--ansi-codepage of something else' 2 hunt --ansi-codepage windows-99 "$work/story"
expect '--verify of something else' 2 hunt --verify some "$work/story"
expect '--no-hash' 1 hunt --no-hash "$work/story"
in_file '--no-hash' "$work/out/manifest.json" '"hash": "no"'
expect '-v' 1 "$EVTXHOUND" hunt -v --out "$work/verbose" "$work/story"
says '-v' stderr "$log"
expect 'an output folder named by the time' 1 sh -c 'cd "$1" && "$0" hunt -q story' "$EVTXHOUND" "$work"
ls "$work"/evtxhound-*Z/report.html >/dev/null 2>&1 || fail 'no folder named by the time'

# ---- a record that names its process by nothing usable, with markup and a formula in it ----
cat >"$work/nameless.yml" <<'END'
start: 2026-03-02T08:00:00Z
hosts:
  WS01: {name: ws01, domain: CORP}
users:
  bob: {domain: CORP, sid: S-1-5-21-1-2-3-1104, logon: 0x4a2b1}
processes:
  - name: m
    host: WS01
    image: '=\msiexec.exe'
    command: '=cmd msiexec http://x </pre><script>alert(1)</script>'
    user: bob
    at: 60
    set: {ProcessId: {type: string, value: "=1+1"}, ProcessGuid: {type: string, value: "=2+2"}}
END
expect 'forge of a nameless process' 0 "$EVTXHOUND" forge "$work/nameless.yml" --out "$work/nameless"
expect 'hunt of a nameless process' 1 hunt "$work/nameless"
in_file 'a nameless process' "$work/out/report.html" 'PID not recorded'
in_file 'a formula in a table' "$work/out/findings.csv" "'=cmd msiexec"
if grep -q '<script>alert' "$work/out/report.html"; then
	fail 'markup of the evidence becomes markup of the page'
fi

# ---- the same bytes ----
files='findings.csv evidence.csv timeline.csv findings.jsonl report.html report.md summary.json'
hunt "$work/story" >/dev/null || true
mv "$work/out" "$work/first"
again() {
	name=$1
	shift
	rm -rf "$work/out"
	"$@" hunt -q --out "$work/out" "$work/story" >/dev/null 2>&1 || true
	for file in $files; do
		same "$name: $file" "$work/first/$file" "$work/out/$file"
	done
}
again 'twice' "$EVTXHOUND"
again 'another time zone' env TZ=Asia/Kolkata "$EVTXHOUND"
again 'another locale' env LC_ALL=C LANG=tr_TR.UTF-8 "$EVTXHOUND"
for jobs in 1 2 8; do
	rm -rf "$work/out"
	"$EVTXHOUND" hunt -q -j "$jobs" --out "$work/out" "$work/story" >/dev/null 2>&1 || true
	for file in $files; do
		same "-j$jobs: $file" "$work/first/$file" "$work/out/$file"
	done
done


# ---- signs of tampering and loss ----
expect 'forge gaps' 0 "$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/record-gaps.yml" --out "$work/gaps"
: >"$work/gaps/emptied.evtx"
expect 'info of gaps' 3 "$EVTXHOUND" info -j 1 "$work/gaps"
cp "$work/stdout" "$work/info"
for sign in 'id-gap (medium): 1' 'late-start (low): 1' 'log-cleared (high): 1' 'log-empty (medium): 1' \
	'40 ids missing behind record 5009' 'the log was cleared by CORP\bob' 'none of them is proof'; do
	says 'info of gaps' stdout "$sign"
done
expect 'info of gaps -j3' 3 "$EVTXHOUND" info -j 3 "$work/gaps"
same 'info -j3' "$work/info" "$work/stdout"
rm "$work/gaps/emptied.evtx"
expect 'signs do not change the exit code' 0 "$EVTXHOUND" info "$work/gaps"
expect 'hunt of gaps' 1 hunt "$work/gaps"
says 'hunt of gaps' stdout '1 log-cleared, 1 id-gap, 1 late-start'
in_file 'hunt of gaps' "$work/out/report.html" 'id="sign-log-cleared"'
in_file 'hunt of gaps' "$work/out/manifest.json" '"kind": "id-gap"'

# ---- the evidence is left as it was ----
find "$work/story" -type f -exec sha256sum {} + | sort >"$work/before"
find "$work/story" -exec stat -c '%n %Y %Z %s' {} + | sort >>"$work/before"
hunt "$work/story" >/dev/null || true
find "$work/story" -type f -exec sha256sum {} + | sort >"$work/after"
find "$work/story" -exec stat -c '%n %Y %Z %s' {} + | sort >>"$work/after"
same 'the evidence is left as it was' "$work/before" "$work/after"

# ---- interrupted ----
mkdir "$work/many"
i=0
while [ "$i" -lt 60 ]; do
	cp "$log" "$work/many/$i.evtx"
	i=$((i + 1))
done
rm -rf "$work/out"
"$EVTXHOUND" hunt -q -j 1 --out "$work/out" "$work/many" >"$work/stdout" 2>"$work/stderr" &
pid=$!
sleep 0.05
kill -INT "$pid" 2>/dev/null || true
got=0
wait "$pid" || got=$?
rows=$((rows + 1))
case $got in
4) [ ! -e "$work/out/manifest.json" ] || fail 'interrupted, and a manifest all the same' ;;
0 | 1) ;; # it was faster than the signal
*) fail "interrupted: exit code $got" ;;
esac
[ "$(ls -A "$work/out" | grep -c '\.tmp')" = 0 ] || fail 'interrupted, and a half file is left'

finish
