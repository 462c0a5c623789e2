#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The two decoders give the same findings by rule and records: over the made logs, and over every log of
# $SHARED that libevtx can read. The rules here match as much as can be.
. "${SRCDIR:-.}/src/tests/lib.sh"

mkdir "$work/rules"
base() {
	printf '%s\n' "title: Any $2" "name: any_$2" "id: 11111111-0000-0000-0000-00000000000$1" 'level: low' \
		"logsource: {category: $2, product: windows}" \
		"detection: {selection: {Image|contains: '\\'}, condition: selection}"
}
base 1 process_creation >"$work/rules/start.yml"
base 2 network_connection >"$work/rules/network.yml"
base 3 process_termination >"$work/rules/end.yml"
cat >"$work/rules/child.eql" <<'END'
// id: 11111111-0000-0000-0000-000000000004
// title: A process and its child
// level: low
sequence with maxspan=10m
  [process where event.action == "start"] by process.entity_id
  [process where event.action == "start"] by process.parent.entity_id
END
cat >"$work/rules/talk.eql" <<'END'
// id: 11111111-0000-0000-0000-000000000005
// title: A process and its connection
// level: low
sequence by process.entity_id with maxspan=10m
  [process where event.action == "start" and user.id : "S-1-*"]
  [network where true]
END

# The stage records of every finding.
findings() {
	awk -F, 'FNR > 1 && $3 == "stage" { print $1, $2, $4, $6, $8, $9 }' "$1/evidence.csv" | LC_ALL=C sort
}

both() {
	name=$1
	shift
	for decoder in evtxhound libevtx; do
		rm -rf "$work/$decoder"
		code=0
		"$EVTXHOUND" hunt -q --timeline none --rules "$work/rules" --decoder "$decoder" \
			--out "$work/$decoder" "$@" >"$work/stdout" 2>"$work/stderr" || code=$?
		[ "$code" -le 3 ] || {
			fail "$name: exit code $code of $decoder"
			head "$work/stderr"
		}
		findings "$work/$decoder" >"$work/$decoder.txt"
	done
	rows=$((rows + 1))
	# A finding's id is made of its rule and its records, so that equal ids are equal findings. What rests
	# on a recovered record is set aside: each decoder finds some that the other does not.
	sed -n 's/^{"finding_id":"\(F-[0-9a-f]*\)".*"recovered":true.*/\1/p' \
		"$work/evtxhound/findings.jsonl" "$work/libevtx/findings.jsonl" | sort -u >"$work/recovered"
	LC_ALL=C comm -23 "$work/evtxhound.txt" "$work/libevtx.txt" | grep -vFf "$work/recovered" \
		>"$work/ours" || true
	LC_ALL=C comm -13 "$work/evtxhound.txt" "$work/libevtx.txt" | grep -vFf "$work/recovered" \
		>"$work/theirs" || true
	if [ -s "$work/ours" ] || [ -s "$work/theirs" ]; then
		fail "$name: $(wc -l <"$work/ours") only ours, $(wc -l <"$work/theirs") only libevtx's"
		head -3 "$work/ours" "$work/theirs"
	fi
	echo "$name: $(wc -l <"$work/evtxhound.txt") records in findings, $(wc -l <"$work/recovered") findings with recovered records"
}

"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/story.yml" --out "$work/story" >/dev/null
both story "$work/story"
if [ -n "${SHARED-}" ]; then
	both attack-samples "$SHARED/evtx/attack-samples"
	both regression "$SHARED/sigma/regression"
	both odd "$SHARED/evtx/odd"
fi
finish
