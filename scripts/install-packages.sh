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
        chromium | openssl) command -v "$1" >/dev/null ;;
        python3-venv) python3 -c 'import ensurepip, venv' 2>/dev/null ;;
        *) dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'install ok installed' ;;
    esac
}

missing=
for package in "$@"; do is_there "$package" || missing="$missing $package"; done
[ -z "$missing" ] && exit 0

command -v apt-get >/dev/null || fail "cannot install$missing: no apt-get; install what they are called on this system"
root=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "cannot install$missing: not root and no sudo; run: apt-get install$missing"
    root=sudo
fi

echo "headcount: installing$missing"
# sudo asks for the password on the terminal; what else it says would only repeat the line below.
$root true 2>/dev/null || fail "cannot install$missing: not root and sudo refused; run as root: apt-get install$missing"

# Redis is wanted as a program: no service is started on port 6379 for it, now or at the next boot. One that is
# installed already is left alone.
service=
case "$missing " in *" redis-server "*) service=redis-server ;; esac
policy=/usr/sbin/policy-rc.d
if [ -n "$service" ] && [ ! -e $policy ]; then
    trap '$root rm -f $policy' EXIT
    trap 'exit 130' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' | $root tee $policy >/dev/null
    $root chmod 755 $policy
fi

log=$(mktemp)
{
    # An update that fails for one of several sources may still be good enough.
    $root apt-get update
    # shellcheck disable=SC2086
    $root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 $missing
} >"$log" 2>&1 </dev/null || fail "cannot install$missing: $(grep '^E:' "$log" | tail -n 1) (log: $log)"
[ -z "$service" ] || $root systemctl disable $service >>"$log" 2>&1 || true
rm -f "$log"
