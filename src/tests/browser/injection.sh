#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Texts that want to be markup, scripts, formulas or terminal controls, in every field of records, in names of
# computers and files and in rules: on the page, in CSV and JSONL, in LibreOffice where it is, and on a terminal.
. "${SRCDIR:-.}/src/tests/lib.sh"
. "$SRCDIR/src/tests/browser/lib.sh"

in_browser injection.py make
expect 'forge' 0 "$EVTXHOUND" forge "$work/corpus.yml" --out "$work/evidence"
rm -rf "$work/out"
esc=$(printf '\033')
expect 'hunt' 3 "$EVTXHOUND" hunt -v --case-number '</td><script>window.ran=1</script>' --examiner '=1+1' \
	--description '" onmouseover="window.ran=1' --notes "<img src=x onerror=window.ran=1>$esc[2J" --out "$work/out" --rules "$work/rules" "$work/evidence" "$work/named"
cp "$work/stdout" "$work/hunt.stdout"
cp "$work/stderr" "$work/hunt.stderr"
in_browser injection.py tables "$work/out"

# said NAME CODE ARGUMENT...
said() {
	name=$1
	code=$2
	shift 2
	expect "$name" "$code" "$EVTXHOUND" "$@"
	cp "$work/stdout" "$work/$name.stdout"
	cp "$work/stderr" "$work/$name.stderr"
}
said list 3 list "$work/named" "$work/evidence"
said info 0 info -v "$work/evidence/H0" "$work/evidence/H300" "$work/evidence/H345" "$work/evidence/H400" \
	"$work/evidence/H450" "$work/evidence/H500"
said rules 0 rules list "$work/rules"
said verify 0 verify "$work/out"
in_browser injection.py terminal "$work"/hunt.std* "$work"/list.std* "$work"/info.std* "$work"/rules.std* \
	"$work"/verify.std*

if soffice=$(command -v soffice); then
	printf '=1+1\r\n' >"$work/control.csv"
	HOME=$work "$soffice" --headless --norestore "-env:UserInstallation=file://$work/office" \
		--infilter=CSV:44,34,76,1,,0,false,true,false,false,false,0,true --convert-to fods \
		--outdir "$work" "$work/control.csv" "$work/out/findings.csv" "$work/out/evidence.csv" \
		"$work/out/timeline.csv" >"$work/office.log" 2>&1 || fail "LibreOffice: $(cat "$work/office.log")"
	in_file 'a formula of ours' "$work/control.fods" 'table:formula='
	for name in findings evidence timeline; do
		rows=$((rows + 1))
		[ -s "$work/$name.fods" ] || fail "LibreOffice opened no $name.csv"
		! grep -m 3 'table:formula=' "$work/$name.fods" || fail "$name.csv: a formula in LibreOffice"
	done
fi
in_browser injection.py page "$work/out"
finish
