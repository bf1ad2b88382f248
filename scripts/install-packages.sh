#!/bin/sh
# Installs the Debian packages that are missing, and says which. Usage: install-packages.sh PACKAGE ...
# Elsewhere than on Debian it only looks whether what the packages bring is there.
set -u

fail() {
    echo "headcount: $1" >&2
    exit 1
}

command -v swift >/dev/null || fail "swift is not installed; see https://www.swift.org/install"

is_there() {
    case $1 in
        libhiredis-dev) [ -n "$(find /usr/include /usr/local/include /opt/homebrew/include -path '*hiredis/hiredis.h' 2>/dev/null)" ] ;;
        redis-server) command -v redis-server >/dev/null ;;
        redis-tools) command -v redis-cli >/dev/null ;;
        gcc) command -v cc >/dev/null ;;
        *) dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'install ok installed' ;;
    esac
}

missing=
for package in "$@"; do is_there "$package" || missing="$missing $package"; done
[ -z "$missing" ] && exit 0

command -v apt-get >/dev/null || fail "missing:$missing; install what they are called on this system"
root=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "missing:$missing; not root and no sudo; run: apt-get install$missing"
    root=sudo
fi

echo "headcount: installing$missing"
# Redis is wanted as a program: a service is not started on port 6379 for it.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ] && printf '#!/bin/sh\nexit 101\n' | $root tee $policy >/dev/null && $root chmod +x $policy; then
    trap '$root rm -f $policy' EXIT
fi
log=$(mktemp)
# shellcheck disable=SC2086
{ $root apt-get update && $root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } \
    >"$log" 2>&1 </dev/null || fail "can't install$missing: $(grep -E '^(E|W):' "$log" | head -1) (log: $log)"
rm -f "$log"
