#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Why a rule finds a record, or does not: docs/explain.md.
. "${SRCDIR:-.}/src/tests/lib.sh"
web=f7b5f842-a6af-4da5-9e95-e32478f3cd2f
remote=3e441bdb-596c-44fd-8628-2cfdf4516ada
http=windows_http_network_communication_from_msiexec

scenario() {
	rm -rf "$work/logs"
	"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/$1.yml" --out "$work/logs" >/dev/null
}
explain() { "$EVTXHOUND" explain "$@" "$work/logs"; }

scenario story
expect 'found' 0 explain --rule $web --record 90751
says 'found' stdout 'The rule finds this record: finding F-'
says 'found' stdout 'Stage 1 of 1, process_creation: this record fulfils it.'
says 'found' stdout "holds    CommandLine: '* msiexec*://*'  -- CommandLine is \"cmd.exe /c"
cp "$work/stdout" "$work/one"
expect 'two workers' 0 explain -j 2 --rule $web --record 90751
same 'two workers' "$work/stdout" "$work/one"
expect 'another rule' 0 explain --rule $remote --record 90751
says 'another rule' stdout 'The rule does not find this record.'
says 'another rule' stdout '  >     fails    process.name : "msiexec.exe"  -- process.name is "cmd.exe"'
says 'another rule' stdout 'unknown  process.code_signature.trusted == true  -- no Sysmon 7 of this image'
says 'another rule' stdout 'The record fulfils no stage'
expect 'another kind of record' 0 explain --rule $web --record 1 --channel Security
says 'another kind of record' stdout 'It looks at other kinds of records.'
expect 'no such record' 3 explain --rule $web --record 999999999
says 'no such record' stderr 'no record with the id 999999999'
expect 'no such rule' 2 explain --rule none --record 1
says 'no such rule' stderr "there is no rule 'none' among the 3"
expect 'no record id' 2 explain --rule $web --record x
expect 'nothing said' 2 explain --rule $web

# breaks SCENARIO RULE RECORD TEXT
breaks() {
	scenario "$1"
	expect "$1" 0 explain --rule "$2" --record "$3"
	says "$1" stdout "$4"
}
breaks remote-span-over $remote 3 '60.001 s before it, breaks the span of 60.000 s.'
breaks remote-span-over $remote 3 '54.904 s before it, fits.'
breaks remote-span-over $remote 3 'As stage 3, the record has 2 of the 3 stages together.'
breaks remote-no-connection $remote 1 'Stage 2 of 3: no record of this host fulfils it.'
breaks http-other-host $http 1 'As stage 2, the record has 1 of the 2 stages together.'
breaks http $http 1 'As stage 1, the record has 2 of the 2 stages together.'
breaks remote-other-parent $remote 1 'none has the same key (process.entity_id)'

finish
