# SPDX-License-Identifier: Apache-2.0
# What the tests in a browser share: source it behind lib.sh. Without Chromium, its driver and Selenium they are skipped,
# and with BROWSER=no: once is enough where the same pages are tested several times.
[ "${BROWSER-}" != no ] || exit 77
CHROMIUM=$(command -v chromium) || exit 77
CHROMEDRIVER=$(command -v chromedriver) || exit 77
export CHROMIUM CHROMEDRIVER
python=
for p in python3 /usr/bin/python3; do
	if [ -z "$python" ] && "$p" -c 'import selenium' 2>/dev/null; then python=$p; fi
done
[ -n "$python" ] || exit 77
# The driver finds the browser by that name, which a bare folder with no /etc/hosts does not know.
getent hosts localhost >/dev/null || { echo 'there is no localhost: see /etc/hosts'; exit 77; }

# in_browser SCRIPT ARGUMENT...: its checks are rows of the test.
in_browser() {
	script=$1
	shift
	HOME=$work PYTHONDONTWRITEBYTECODE=1 "$python" "$SRCDIR/src/tests/browser/$script" "$work" "$@" \
		>"$work/said" 2>&1 || failures=$((failures + 1))
	cat "$work/said"
	n=$(sed -n "s/^\([0-9]*\) rows, .*/\1/p" "$work/said")
	rows=$((rows + ${n:-0}))
}
