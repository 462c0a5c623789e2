#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The two published originals of our rules, where SHARED holds them, must give the same findings as
# ours on every scenario: the same ids, which stand for the same records, status and clock. But for one:
# the Sigma rule has lost the order of its two words.
set -u
: "${EVTXHOUND:=./evtxhound}" "${SRCDIR:=.}" "${SHARED:=}"
sigma=$SHARED/sigma/rules/rules/windows/process_creation/proc_creation_win_msiexec_web_install.yml
elastic=$SHARED/elastic/rules/initial_access_execution_remote_via_msiexec.toml
[ -n "$SHARED" ] && [ -r "$sigma" ] && [ -r "$elastic" ] || { echo "SHARED does not hold them"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0 n=0

# found OUT RULES...: a line for each finding of the two rules.
found() {
	out=$1
	shift
	rm -rf "$work/report"
	"$EVTXHOUND" hunt -q --timeline none "$@" --out "$work/report" "$work/logs" >/dev/null 2>&1
	sed -n 's/^{"finding_id": *"\([^"]*\)", *"rule": *{"id": *"\([^"]*\)".*"status": *"\([^"]*\)".*"clock": *"\([a-z]*\)", *"other_clock".*$/\1 \2 \3 \4/p' \
		"$work/report/findings.jsonl" | grep -E 'f7b5f842|3e441bdb' | sort >"$out"
}

for scenario in "$SRCDIR"/fixtures/scenarios/*.yml; do
	name=$(basename "$scenario" .yml)
	n=$((n + 1))
	rm -rf "$work/logs"
	"$EVTXHOUND" forge "$scenario" --out "$work/logs" >/dev/null 2>&1
	found "$work/ours" --rules "$SRCDIR/rules"
	found "$work/theirs" --rules "$sigma" --rules "$elastic"
	if [ "$name" = web-install-word-order ]; then
		[ ! -s "$work/ours" ] && [ "$(wc -l <"$work/theirs")" = 1 ] && continue
	elif cmp -s "$work/ours" "$work/theirs"; then
		cat "$work/ours" >>"$work/all"
		continue
	fi
	echo "FAIL $name: < ours, > theirs"
	diff "$work/ours" "$work/theirs"
	failed=$((failed + 1))
done
echo "$n scenarios, $(wc -l <"$work/all") findings of both, $failed failures"
[ "$failed" = 0 ] && [ -s "$work/all" ]
