#!/bin/sh
# Takes promtool out of Debian's package prometheus, without installing that or its service.
# Usage: fetch-promtool.sh DIRECTORY; afterwards promtool is DIRECTORY/promtool.
set -eu

directory=$(mkdir -p "${1:?usage: fetch-promtool.sh DIRECTORY}" && cd "$1" && pwd)
[ ! -x "$directory/promtool" ] || exit 0
download=$(mktemp -d)
trap 'rm -rf "$download"' EXIT
chmod 755 "$download"
cd "$download"
apt-get download prometheus >/dev/null 2>&1 || { apt-get update && apt-get download prometheus; } >/dev/null
dpkg-deb --fsys-tarfile prometheus_*.deb | tar -xf - -C "$directory" --strip-components=3 ./usr/bin/promtool
