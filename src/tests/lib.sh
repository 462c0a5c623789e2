# SPDX-License-Identifier: Apache-2.0
# What the tests of the whole program share. Source it: it makes $work, an empty folder that goes away,
# and leaves `finish` to be called last.
set -eu
: "${EVTXHOUND:?names the program}" "${SRCDIR:?names the sources}"
work=$(mktemp -d "${TMPDIR:-/tmp}/evtxhound-test.XXXXXX")
trap 'chmod -R u+rwx "$work" 2>/dev/null; rm -rf "$work"' EXIT
failures=0
rows=0

fail() {
	echo "FAILED: $*"
	failures=$((failures + 1))
}

# expect NAME CODE COMMAND...: runs it, keeps $work/stdout and $work/stderr.
expect() {
	name=$1
	code=$2
	shift 2
	rows=$((rows + 1))
	got=0
	"$@" >"$work/stdout" 2>"$work/stderr" </dev/null || got=$?
	if [ "$got" != "$code" ]; then
		fail "$name: exit code $got, not $code"
		sed 's/^/    /' "$work/stderr" "$work/stdout" | head -20
	fi
	if grep -qE 'AddressSanitizer|LeakSanitizer|runtime error' "$work/stderr" "$work/stdout"; then
		fail "$name: a sanitizer reports"
		sed 's/^/    /' "$work/stderr" | head -40
	fi
}

# says NAME WHERE TEXT: the last command wrote that.
says() {
	rows=$((rows + 1))
	grep -qF -- "$3" "$work/$2" || {
		fail "$1: $2 does not say '$3'"
		sed 's/^/    /' "$work/$2" | head -10
	}
}

# in_file NAME FILE TEXT
in_file() {
	rows=$((rows + 1))
	grep -qF -- "$3" "$2" || fail "$1: $(basename "$2") does not hold '$3'"
}

# same NAME FILE FILE
same() {
	rows=$((rows + 1))
	cmp "$2" "$3" >"$work/cmp" 2>&1 || fail "$1: $(cat "$work/cmp")"
}

# Every byte of a log that was read, and every record, has one name in the manifest.
adds_up() {
	awk -F '[:,]' '
	function n() { return $2 + 0 }
	/^      "path":/ { path = $0; read = 0 }
	/^      "state": "read"/ { read = 1; bytes = records = 0 }
	/^      "size":/ { size = n() }
	/^      "[a-z]+": [{]$/ { within = $1; gsub(/[ "]/, "", within) }
	/^      }/ { within = "" }
	within == "bytes" { bytes += n() }
	within == "records" && /"found"/ { found = n() }
	within == "records" && /"(decoded|partly|undecoded|not_asked)"/ { records += n() }
	within == "bytes" && /"unknown"/ && read && (bytes != size || records != found) {
		print path, bytes " of " size " bytes, " records " of " found " records"
		bad = 1
	}
	END { exit bad }' "$1"
}

hunt() {
	rm -rf "$work/out"
	"$EVTXHOUND" hunt -q --out "$work/out" "$@" || {
		code=$?
		[ ! -e "$work/out/manifest.json" ] || adds_up "$work/out/manifest.json" || code=100
		return $code
	}
	adds_up "$work/out/manifest.json"
}

# poke FILE OFFSET ESCAPES: overwrites bytes, given as printf's octal escapes.
poke() {
	# shellcheck disable=SC2059
	printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

finish() {
	echo "$rows rows, $failures failed"
	[ "$failures" = 0 ]
}
