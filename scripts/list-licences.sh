#!/usr/bin/env bash
# Lists the licences of what the package depends on, as docs/licences.md has them; after `swift build --product headcount`.
#   scripts/list-licences.sh            the table
#   scripts/list-licences.sh --names    the names alone, of all packages that are resolved
#   scripts/list-licences.sh --texts    licences and notices of what is in the binary, to be passed on with it
set -euo pipefail
cd "$(dirname "$0")/.."
checkouts=.build/checkouts

names() {
    grep -o '"identity" : "[^"]*"' Package.resolved | cut -d'"' -f4
}

# A checkout is named as its repository, whose case the name of the package doesn't keep.
directory() {
    find $checkouts -maxdepth 1 -iname "$1" | grep . || { echo "$1 is not checked out: swift package resolve" >&2; exit 1; }
}

version() {
    grep -A 9 "\"identity\" : \"$1\"" Package.resolved | grep -m 1 -o '"version" : "[^"]*"' | cut -d'"' -f4
}

licence() {
    local text
    text=$(cat "$1"/LICENSE*)
    case $text in
        *"Runtime Library Exception"*) echo "Apache-2.0 WITH Swift-exception" ;;
        *"Apache License"*"Version 2.0"*) echo Apache-2.0 ;;
        *"MIT License"*) echo MIT ;;
        *) echo "the licence of $1 is one that this script doesn't know; add it" >&2; exit 1 ;;
    esac
}

# Modules that the linker was given, each of which a package has in a folder of its name.
modules=""
linked() {
    if [ -z "$modules" ]; then
        local list
        list=$(ls -t .build/*/*/headcount.product/Objects.LinkFileList 2>/dev/null | head -n 1)
        [ -n "$list" ] || { echo "build first: swift build --product headcount" >&2; exit 1; }
        modules=$(grep -o '/[^/]*\.build/' "$list" | sort -u | tr -d / | sed 's/\.build$//')
    fi
    find "$1/Sources" -maxdepth 2 -type d -printf '%f\n' | grep -qxF "$modules"
}

case ${1:-} in
    --names) names ;;
    --texts)
        for name in $(names); do
            directory=$(directory "$name")
            linked "$directory" || continue
            printf '==== %s %s\n\n' "$name" "$(version "$name")"
            cat "$directory"/LICENSE* $(ls "$directory"/NOTICE* 2>/dev/null)
        done ;;
    "")
        echo "| package | version | licence | NOTICE | in the binary |"
        echo "|---|---|---|---|---|"
        for name in $(names); do
            directory=$(directory "$name")
            licence=$(licence "$directory")
            notice=$(ls "$directory" | grep -qi '^notice' && echo yes || echo)
            binary=$(linked "$directory" && echo yes || echo)
            echo "| $name | $(version "$name") | $licence | $notice | $binary |" | sed 's/  */ /g'
        done ;;
    *) echo "usage: scripts/list-licences.sh [--names | --texts]" >&2; exit 64 ;;
esac
