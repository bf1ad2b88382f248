#!/bin/sh
# What the scripts of lua/ cost Redis, by Redis's own account (INFO commandstats), while it never waits.
#
#     sh Benchmarks/script-cost.sh
#
# Starts a redis-server with config/redis.conf on a unix socket of its own, and ends it. Microseconds, of the whole
# script and of each command in it, a call.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
directory=$(mktemp -d)
socket=$directory/redis.sock
redis-server "$root/config/redis.conf" --port 0 --unixsocket "$socket" --dir "$directory" >/dev/null &
server=$!
trap 'kill $server; wait $server 2>/dev/null || true; rm -rf "$directory"' EXIT
until [ "$(redis-cli -s "$socket" PING 2>/dev/null)" = PONG ]; do sleep 0.1; done

many() { # word, number: the word so many times
    awk -v word="$1" -v number="$2" 'BEGIN { for (i = 0; i < number; i++) printf "%s ", word }'
}

measure() { # label, script, calls, contacts a call, keys and arguments
    label=$1 calls=$3 contacts=$4
    hash=$(redis-cli -s "$socket" -x SCRIPT LOAD <"$root/lua/$2.lua")
    shift 4
    redis-cli -s "$socket" CONFIG RESETSTAT >/dev/null
    redis-benchmark -s "$socket" -n "$calls" -c 8 -P 32 -r 10000 -q EVALSHA "$hash" "$@" >/dev/null
    redis-cli -s "$socket" INFO commandstats | tr -d '\r' | awk -F '[:=,]' -v label="$label" -v contacts="$contacts" '
        /^cmdstat_/ { name = substr($1, 9); if (name ~ /config|info|script|ping/) next
            if (name == "evalsha") { total = $7 } else if ($3 > 100) parts = parts sprintf(" %s %.2f", name, $7) }
        END { printf "| %s | %.1f | %.2f |%s |\n", label, total, total / contacts, parts }'
}

day="|||| 0 9007199254740991"
activate() { # label, members, limit, calls, contact, contacts a call
    # shellcheck disable=SC2046,SC2086
    measure "activate, $1" activate "$4" "$6" 7 "$2" "$2:held" "$2:stats" "$2:refused" 'hc:{a}:plan' "$2:merged" \
        'hc:{a}:outbox' $day 24:campaign 4000000000 4000000000 "$3" hard 2026-11 '' 80,100 "$6" $(many "$5" "$6")
}

empty() { # number: so many empty arguments, for eval
    awk -v number="$1" 'BEGIN { for (i = 0; i < number; i++) printf "\047\047 " }'
}

reserve() { # label, members, calls, contact, contacts a call
    eval "measure 'reserve, $1' reserve $3 $5 7 '$2' '$2:held' '$2:stats' '$2:refused' 'hc:{a}:plan' '$2:merged' \
        '$2:holders' '||||' 0 9007199254740991 24:campaign 4000000000 4000000000 1000000000 hard 2026-11 '' 60000000 $5 \
        $(many "$4" "$5") $(many holder "$5") $(empty "$5")"
}

settle() { # label, members, calls, contact, contacts a call, c to confirm or r to release
    eval "measure 'settle, $1' settle $3 $5 7 '$2' '$2:held' '$2:stats' 'hc:{a}:plan' '$2:merged' 'hc:{a}:outbox' \
        '$2:holders' 2026-11 4000000000 4000000000 1000000000 hard '' 80,100 $5 \
        $(many "$4" "$5") $(many "$6" "$5") $(many holder "$5") $(empty "$5")"
}

echo "| script | µs a call | µs a contact | commands in it, µs a call |"
echo "|---|---:|---:|---|"
activate "new" 'hc:{n}:2026-11' 1000000000 100000 c__rand_int____rand_int__ 1
activate "256 new" 'hc:{b}:2026-11' 1000000000 2000 c__rand_int____rand_int__ 256
activate "256 of whom few are new" 'hc:{m}:2026-11' 1000000000 2000 c__rand_int__ 256
activate "member" 'hc:{m}:2026-11' 1000000000 100000 c__rand_int__ 1
activate "256 members" 'hc:{m}:2026-11' 1000000000 2000 c__rand_int__ 256
activate "refused" 'hc:{m}:2026-11' 1 100000 d__rand_int__ 1
activate "256 refused" 'hc:{m}:2026-11' 1 2000 d__rand_int__ 256
reserve "new" 'hc:{r}:2026-11' 100000 c__rand_int____rand_int__ 1
reserve "256 new" 'hc:{r}:2026-11' 2000 c__rand_int____rand_int__ 256
reserve "256 of whom few are new" 'hc:{s}:2026-11' 2000 c__rand_int__ 256
# All of the 10,000 are held by now.
settle "256 confirmed" 'hc:{s}:2026-11' 30 c__rand_int__ 256 c
settle "256 confirmed before" 'hc:{s}:2026-11' 2000 c__rand_int__ 256 c
# shellcheck disable=SC2086
measure "usage" usage 100000 1 4 'hc:{m}:2026-11' 'hc:{m}:2026-11:held' 'hc:{m}:2026-11:refused' 'hc:{a}:plan' \
    $day free 100 hard 2026-11
# shellcheck disable=SC2046,SC2086
for number in 1 256; do
    measure "check, $number" check $((100000 / number)) "$number" 2 'hc:{m}:2026-11' 'hc:{a}:plan' \
        $day $(many c__rand_int__ "$number")
done
measure "index" index 100000 1 1 hc:accounts:2026-11 a__rand_int__ 4000000000
