#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Sets up, builds and runs evtxhound on Debian 12; see README.md.
set -eu

usage() {
	cat <<'END'
usage: ./autogen.sh demo|check|build [--sanitize] [--no-install]

  demo          install what is missing, build, hunt the sample story, say where the report is
  check         install what is missing, build, run all tests
  build         install what is missing, build
  --sanitize    build with AddressSanitizer and UBSan, in a folder of its own
  --no-install  only list the Debian packages that are missing
END
}

say() {
	printf '%s\n' "autogen.sh: $*"
}

build_packages='gcc libc6-dev make autoconf automake pkg-config libevtx-dev libbfio-dev
	libexpat1-dev libfwnt-dev libfyaml-dev libssl-dev libdeflate-dev libpcre2-dev libarchive-dev zlib1g-dev
	liblzma-dev libtsk-dev
	libewf-dev libqcow-dev libvhdi-dev libvmdk-dev libvshadow-dev'
check_packages='libcmocka-dev libevtx-utils mandoc xz-utils libarchive-tools unzip
	ntfs-3g ntfs-3g-dev sleuthkit ewf-tools qemu-utils strace e2fsprogs dosfstools mtools fdisk
	chromium chromium-driver python3-selenium libreoffice-calc-nogui poppler-utils'

verb=${1-}
case $verb in
demo | check | build) shift ;;
-h | --help) usage; exit 0 ;;
*) usage >&2; exit 2 ;;
esac
sanitize=no
install=yes
for option; do
	case $option in
	--sanitize) sanitize=yes ;;
	--no-install) install=no ;;
	*) usage >&2; exit 2 ;;
	esac
done

cd "$(dirname "$0")"
root=$(pwd)

# ---- packages ----

wanted=$build_packages
[ "$verb" = check ] && wanted="$wanted $check_packages"
missing=
for package in $wanted; do
	state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
	[ "$state" = installed ] || missing="$missing $package"
done
if [ "$install" = no ]; then
	if [ -n "$missing" ]; then say "missing:$missing"; else say "nothing is missing"; fi
	exit 0
fi
if [ -n "$missing" ]; then
	sudo=
	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null || {
			say "these packages are missing, and there is no sudo to install them with; as root:" >&2
			say "apt-get install --no-install-recommends$missing" >&2
			exit 1
		}
		sudo=sudo
	fi
	say "will install with apt-get:$missing"
	$sudo apt-get -q update
	# shellcheck disable=SC2086
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $missing
fi

# ---- build ----

folder=build
configure_options=--enable-werror
if [ "$sanitize" = yes ]; then
	folder=build-sanitize
	configure_options="$configure_options --enable-sanitize"
fi
# Makefile.in is the last that autoreconf makes.
if [ ! -f Makefile.in ] || [ -n "$(find configure.ac Makefile.am src rules fixtures \
	-newer Makefile.in \( -name '*.mk' -o -name configure.ac -o -name Makefile.am \) -print -quit)" ]
then
	say "making configure"
	mkdir -p build-aux
	autoreconf -i >/dev/null
fi
mkdir -p "$folder"
cd "$folder"
# A build from before the tests' libraries were there would leave them out.
if [ "$verb" = check ] && grep -qE '^(CMOCKA|LIBARCHIVE|NTFS)_LIBS = *$' Makefile 2>/dev/null; then
	rm -f config.status
fi
if [ ! -f config.status ] || [ ../configure -nt config.status ]; then
	# shellcheck disable=SC2086
	if ! ../configure $configure_options >configure.log 2>&1; then
		tail -n 30 configure.log >&2
		exit 1
	fi
	sed -n '/^configure: $/,$p' configure.log
fi
jobs=$(nproc)
say "building in $folder/"
make -s -j "$jobs"

# ---- run ----

demo() {
	rm -rf demo
	./evtxhound forge "$root/fixtures/scenarios/story.yml" --out demo/evidence
	code=0
	./evtxhound hunt --out demo/report demo/evidence || code=$?
	[ "$code" -eq 1 ] || {
		say "the sample story must give findings (exit 1), not $code" >&2
		exit 1
	}
	say "the report is $root/$folder/demo/report/report.html"
}

check() {
	log=check.log
	code=0
	make -s -j "$jobs" check VERBOSE=1 >"$log" 2>&1 || code=$?
	if [ "$code" -eq 0 ]; then
		grep -E '^(PASS|SKIP|XFAIL): ' "$log" || true
	else
		cat "$log"
	fi
	# With a failure the summary stands there twice.
	awk '/^# TOTAL:/ { f = 0 } /^# PASS:/ { p = $3 } /^# SKIP:/ { s = $3 }
		/^# (FAIL|ERROR|XPASS):/ { f += $3 }
		END { printf "tests: %d passed, %d failed, %d skipped\n", p, f, s }' "$log"
	return "$code"
}

case $verb in
demo) demo ;;
check) check ;;
build) say "the program is $root/$folder/evtxhound" ;;
esac
