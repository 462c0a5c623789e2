#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Holds the sources against the table in docs/architecture.md: who includes whom, and who knows which
# outside library.
set -eu
cd "${SRCDIR:-.}"
bad=0

table=$(mktemp)
found=$(mktemp)
trap 'rm -f "$table" "$found"' EXIT

# | folder | does | includes | outside headers |
awk -F'|' '/^\| `src\// {
	gsub(/[` ]/, "", $2); sub(/^src\//, "", $2); gsub(/[`,]/, " ", $4); gsub(/[`,]/, " ", $5)
	print $2 ":" $4 ":" $5
}' docs/architecture.md >"$table"
[ -s "$table" ] || { echo "docs/architecture.md has no table of modules"; exit 1; }

for dir in src/*/; do
	module=$(basename "$dir")
	case $module in tests | fuzz | bench) continue ;; esac
	row=$(grep "^$module:" "$table") || { echo "$module is not in the table"; bad=1; continue; }
	allowed=" $module $(printf '%s' "$row" | cut -d: -f2) "
	outside=" $(printf '%s' "$row" | cut -d: -f3) "
	grep -Hno '#include [<"][^>"]*[>"]' "$dir"*.c "$dir"*.h 2>/dev/null >"$found" || true
	while IFS= read -r line; do
		header=$(printf '%s' "$line" | sed 's/.*#include [<"]\([^>"]*\)[>"]/\1/')
		case $header in
		evtxhound/limits.h | evtxhound/fields.def | evtxhound/vocabulary.def) continue ;;
		evtxhound/*)
			name=$(basename "$header" .h)
			case $allowed in *" $name "*) ;; *) echo "$line: $module may not include $name"; bad=1 ;; esac ;;
		libevtx.h | libbfio.h | libewf.h | libqcow.h | libvhdi.h | libvmdk.h | libvshadow.h | tsk/* | libfwnt.h | libfyaml.h | expat.h | libdeflate.h | pcre2.h | archive.h | \
		archive_entry.h | hs.h | cmocka.h)
			case $outside in *" $header "*) ;; *) echo "$line: $module may not know $header"; bad=1 ;; esac ;;
		openssl/*)
			case $outside in *" openssl "*) ;; *) echo "$line: $module may not know $header"; bad=1 ;; esac ;;
		../*) echo "$line: no header is reached over a parent folder"; bad=1 ;;
		esac
	done <"$found"
done

# A contract header includes no more than its module may.
for header in include/evtxhound/*.h; do
	module=$(basename "$header" .h)
	[ "$module" = limits ] && continue
	row=$(grep "^$module:" "$table") || { echo "$header has no module in the table"; bad=1; continue; }
	allowed=" $module limits $(printf '%s' "$row" | cut -d: -f2) "
	for name in $(sed -n 's|#include "evtxhound/\([a-z]*\)\.h"|\1|p' "$header"); do
		case $allowed in *" $name "*) ;; *) echo "$header: may not include $name"; bad=1 ;; esac
	done
done

# What is under the GPL stays outside.
if grep -rn --include='*.[ch]' '#include.*ntfs' src; then
	echo "only fixtures/ntfs knows libntfs-3g"
	bad=1
fi

# Only the command line prints.
if grep -nE '\b(printf|puts|putchar|perror|fprintf|fputs) *\(' src/[a-bd-z]*/*.c src/correlate/*.c 2>/dev/null |
	grep -vE '^src/(tests|fuzz|bench|cli)/|snprintf'; then
	echo "only src/cli prints"
	bad=1
fi
exit $bad
