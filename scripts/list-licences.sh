#!/usr/bin/env bash
# Lists the licences of what the package depends on; after `swift build --product headcount`.
#   scripts/list-licences.sh            docs/licences.md
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
    find "$1/Sources" -maxdepth 2 -type d | sed 's|.*/||' | grep -xF "$modules" >/dev/null
}

case ${1:-} in
    --texts)
        for name in $(names); do
            directory=$(directory "$name")
            linked "$directory" || continue
            printf '==== %s %s\n\n' "$name" "$(version "$name")"
            # Also those of what a package has taken in.
            cat "$directory"/LICENSE* $(ls "$directory"/NOTICE* 2>/dev/null) $(find "$directory/Sources" -name 'LICENSE*')
            echo
        done ;;
    "")
        cat <<'END'
# Licences of dependencies

Headcount is under the Apache License 2.0 ([LICENSE](../LICENSE)). It is built from these packages; `make licences` writes this page
anew, and a test fails while a package is missing here. *In the binary* are those of which `headcount` has code on Linux; the
others are resolved since a package names them for other products or platforms. Versions are those of the day when it was written.

| package | version | licence | NOTICE | in the binary |
|---|---|---|---|---|
END
        for name in $(names); do
            directory=$(directory "$name")
            licence=$(licence "$directory")
            notice=$(ls "$directory" | grep -qi '^notice' && echo yes || echo)
            binary=$(linked "$directory" && echo yes || echo)
            echo "| $name | $(version "$name") | $licence | $notice | $binary |" | sed 's/  */ /g'
        done
        cat <<'END'

Beside them:

| what | licence | how |
|---|---|---|
| hiredis, 0.14 or later | BSD-3-Clause | linked dynamically, from the system |
| zlib | Zlib | linked dynamically, from the system |
| Swift's standard library, Foundation, Dispatch | Apache-2.0 WITH Swift-exception | linked statically by `make build` on Linux |
| ICU, in Foundation | Unicode-3.0 | with it |
| BoringSSL, in swift-crypto and swift-nio-ssl | Apache-2.0 and ISC, by the heads of its files | with them |
| llhttp, in swift-nio; libyaml, in yams | MIT | with them |

Tests and benchmarks use more, from [PyPI](../Tests/Service/requirements.txt), which nobody gets with the binary. `redis-server` is a
program of its own, which `--embedded`, `bench` and `demo` start if it is installed.

## Passing the binary on

Who passes the binary on passes the licences on with it, and what the NOTICE files of packages under Apache-2.0 say (section 4). Both
are in one file, `THIRD-PARTY.txt`: `make build` writes it beside the binary, `make install` and the container image put it into
`share/doc/headcount`. hiredis and zlib come with Debian's packages, which have theirs in `/usr/share/doc`.
END
        ;;
    *) echo "usage: scripts/list-licences.sh [--texts]" >&2; exit 64 ;;
esac
