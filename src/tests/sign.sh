#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# hunt --sign and verify --key: a report whose manifest is signed, and all that may be wrong with it.
. "${SRCDIR:-.}/src/tests/lib.sh"
command -v openssl >/dev/null || { echo 'there is no openssl to make keys'; exit 77; }
SRCDIR=$(cd "$SRCDIR" && pwd)
"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/web-install.yml" --out "$work/triage" >/dev/null
cd "$work"
openssl genpkey -algorithm ed25519 -out own.pem 2>/dev/null || exit 77
openssl pkey -in own.pem -pubout -out own.pub
openssl genpkey -algorithm ed25519 -out other.pem
openssl pkey -in other.pem -pubout -out other.pub
openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048 -out rsa.pem 2>/dev/null
openssl pkey -in rsa.pem -pubout -out rsa.pub
openssl pkey -in own.pem -aes256 -passout pass:x -out locked.pem
printf 'nothing' >no.pem

expect 'sign' 1 "$EVTXHOUND" hunt -q --sign own.pem --out report triage
expect 'sign again' 1 "$EVTXHOUND" hunt -q -j 1 --out plain triage
rows=$((rows + 1))
[ "$(wc -c <report/manifest.sig)" = 64 ] || fail 'a signature has 64 bytes'
public=$(openssl pkey -pubin -in own.pub -outform DER | tail -c 32 | od -An -v -tx1 | tr -d ' \n')
in_file 'whose' report/manifest.json "\"public_key\": \"$public\""
rows=$((rows + 1))
if openssl pkeyutl -help 2>&1 | grep -q -- -rawin; then
	openssl pkeyutl -verify -pubin -inkey own.pub -rawin -in report/manifest.json \
		-sigfile report/manifest.sig >/dev/null || fail 'openssl does not find the signature good'
fi
secret=$(sed -n 2p own.pem)
rows=$((rows + 1))
! grep -rqF -- "$secret" report || fail 'the private key is in the report'
expect 'verify' 0 "$EVTXHOUND" verify --key own.pub report
says 'verify' stdout 'signature: the manifest is what this key signed'
says 'verify' stdout 'the hunt writes the same bytes again'
expect 'verify without a key' 0 "$EVTXHOUND" verify --no-run report
says 'verify without a key' stdout 'signature: not looked at'

bad() {
	expect "$1" 1 "$EVTXHOUND" verify --key "$2" "$3"
	says "$1" stdout "$4"
	rows=$((rows + 1))
	! grep -q 'outputs:' "$work/stdout" || fail "$1: what nobody signed was looked into"
}
bad 'another key' other.pub report 'not of this manifest by this key'
bad 'no signature' own.pub plain 'there is none'
cp -R report changed
sed -i 's/"exit_code": 1/"exit_code": 0/' changed/manifest.json
bad 'a changed manifest' own.pub changed 'not of this manifest by this key'
cp report/manifest.json changed
printf x >>changed/manifest.sig
bad 'a longer signature' own.pub changed 'not of this manifest by this key'
head -c 63 report/manifest.sig >changed/manifest.sig
bad 'a shorter signature' own.pub changed 'not of this manifest by this key'
: >changed/manifest.sig
bad 'an empty signature' own.pub changed 'not of this manifest by this key'
rm changed/manifest.sig
mkdir changed/manifest.sig
bad 'a folder as a signature' own.pub changed 'there is none'
rm -r changed
cp -R report changed
printf x >>changed/findings.csv
expect 'a changed output' 1 "$EVTXHOUND" verify --no-run --key own.pub changed
says 'a changed output' stdout 'output findings.csv: changed'
rm changed/manifest.json
expect 'no manifest' 4 "$EVTXHOUND" verify --key own.pub changed

for key in nowhere.pem no.pem rsa.pem locked.pem own.pub triage /dev/null; do
	expect "sign with $key" 2 "$EVTXHOUND" hunt -q --sign "$key" --out none triage
	says "sign with $key" stderr '--sign'
	rows=$((rows + 1))
	[ ! -e none ] || fail "$key: a folder was made"
done
for key in nowhere.pub no.pem rsa.pub own.pem triage; do
	expect "verify with $key" 2 "$EVTXHOUND" verify --key "$key" report
	says "verify with $key" stderr '--key'
done

# A folder is used again without a key: the signature of the earlier report goes.
expect 'unsigned again' 1 "$EVTXHOUND" hunt -q --force --out report triage
rows=$((rows + 1))
[ ! -e report/manifest.sig ] || fail 'the signature of an earlier report is left'
finish
