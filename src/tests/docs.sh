#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What README.md, docs/*.md and the manual show is run. In the Markdown every line of a block marked
# `sh` is a command, in the manual every `.Dl` line. Each document has a folder of its own, with the
# sample story as `triage`, one of its logs as `Security.evtx`, and `rules` and `fixtures` as in the
# sources. A command ends with 0, a hunt of the story with 1.
. "${SRCDIR:-.}/src/tests/lib.sh"
SRCDIR=$(cd "$SRCDIR" && pwd)
"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/story.yml" --out "$work/story" >/dev/null

shown() {
	case $1 in
	*.1) sed -n 's/^\.Dl //p' "$1" ;;
	*) awk '/^```sh$/ { on = 1; next } /^```/ { on = 0 } on && !/^#/ && NF' "$1" ;;
	esac
}

prepare() {
	mkdir "$work/here"
	cp -R "$work/story" "$work/here/triage"
	cp "$work/story/WS01/Security.evtx" "$work/here"
	cp -R "$SRCDIR/rules" "$SRCDIR/fixtures" "$work/here"
	chmod -R u+w "$work/here"
	cd "$work/here"
}

# makes OPTION ENDING: the packages are there that this form of logs takes.
makes() {
	rm -f "$work/probe$2"*
	"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/web-install.yml" "$1" "$work/probe$2" \
		>/dev/null 2>"$work/why" || ! grep 'apt-get install' "$work/why"
}

run() {
	code=0
	case $2 in
	'evtxhound hunt '*) code=1; rm -rf report ;;
	*' --archive '*) makes --archive .zip || return 0 ;;
	*' --image '*) makes --image .raw || return 0 ;;
	'evtxhound '*) ;;
	'./autogen.sh '*) # the tests run in what this makes
		expect "$1: $2" 0 sh -c "cd '$SRCDIR' && $2 --no-install"
		return ;;
	'openssl '*) # makes keys, checks signatures
		command -v openssl >/dev/null || return 0 ;;
	'make '*install) # src/tests/install.sh installs
		return ;;
	*)
		fail "$1: nobody runs '$2'"
		return ;;
	esac
	expect "$1: $2" "$code" sh -c "evtxhound() { '$EVTXHOUND' \"\$@\"; }; $2"
}

for doc in "$SRCDIR"/README.md "$SRCDIR"/docs/*.md "$SRCDIR"/docs/evtxhound.1; do
	name=$(basename "$doc")
	shown "$doc" >"$work/shown"
	prepare
	while IFS= read -r command; do
		run "$name" "$command"
	done <"$work/shown"
	cd "$work"
	rm -rf here
done
[ "$rows" -ge 10 ] || fail "only $rows commands are shown"

# Links between the documents lead somewhere.
for doc in "$SRCDIR"/README.md "$SRCDIR"/docs/*.md; do
	grep -o '](\([^)#]*\)' "$doc" | sed 's/^](//' >"$work/links" || true
	while IFS= read -r link; do
		rows=$((rows + 1))
		case $link in '' | http*:*) continue ;; esac
		[ -e "$(dirname "$doc")/$link" ] || fail "$(basename "$doc") links to $link"
	done <"$work/links"
done

finish
