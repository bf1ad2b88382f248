"""The end of an append-only file, cut off as by a crash in the middle of a write."""

import pathlib
import re

from waiting import eventually

MEMBERS_KEY = re.compile(r"hc:\{([^}]+)\}:(\d{4}-\d{2}(?:-\d{2})?)")


def cut_off(directory, size):
    """Cuts so many bytes off the log of a Redis that isn't running. Returns the contacts that were counted in what
    Redis can't load any more, as (account, period, contact), and how many bytes were cut."""
    log = max(pathlib.Path(directory).glob("appendonlydir/*.incr.aof"), key=lambda path: int(path.name.split(".")[-3]))
    data = log.read_bytes()
    kept = max(0, len(data) - size)
    with log.open("r+b") as file:
        file.truncate(kept)
    cut = set()
    for end, commands in _transactions(data):
        if end > kept:
            cut.update(_counted(commands))
    return cut, len(data) - kept


def rewrite(redis):
    """Has Redis write its file anew.

    Needed after a start with a file that ended in the middle of a script's writes: Redis 7.0 leaves those that are
    whole in the file, without an end, and carries them out on the start after that, with what was written since. Known
    as https://github.com/valkey-io/valkey/pull/4342.
    """
    assert "started" in redis.cli("BGREWRITEAOF")

    def is_rewritten():
        about = redis.cli("INFO", "persistence").split()
        return {"aof_rewrite_in_progress:0", "aof_rewrite_scheduled:0", "aof_last_bgrewrite_status:ok"} <= set(about)

    assert eventually(is_rewritten, within=30), redis.log


def _transactions(data):
    """What Redis loads wholly or not at all: commands with their end in the file, those of a script together."""
    position, begun = 0, None
    while position < len(data):
        command, position = _command(data, position)
        if command[0].upper() == "MULTI":
            begun = []
        elif command[0].upper() == "EXEC":
            yield position, begun
            begun = None
        elif begun is None:
            yield position, [command]
        else:
            begun.append(command)


def _command(data, position):
    """One command as the log has it: `*2 $4 PING $1 x`, each with CRLF."""
    def line(start):
        end = data.index(b"\r\n", start)
        return data[start:end], end + 2

    head, position = line(position)
    words = []
    for _ in range(int(head[1:])):
        size, position = line(position)
        words.append(data[position:position + int(size[1:])].decode())
        position += int(size[1:]) + 2
    return words, position


def _counted(commands):
    for command in commands:
        key = MEMBERS_KEY.fullmatch(command[1]) if command[0].upper() == "SADD" else None
        if key:
            yield from ((key[1], key[2], contact) for contact in command[2:])
