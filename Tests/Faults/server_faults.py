"""What befalls one redis-server, or is done to it by those who run it."""

import pathlib

from ports import free_port
from waiting import eventually

from aof import cut_off, rewrite
from fault import Fault
from resp import Connection


class Kill(Fault):
    name = "kill -9, start"

    def strike(self, scene):
        scene.redis.kill()
        scene.injected += 1
        with scene.outage():
            scene.pause()
        scene.redis.start()


class TruncatedLog(Fault):
    """Killed in the middle of a write: the end of the append-only file is missing. What was cut off may be lost."""

    name = "kill -9, append-only file cut, start, BGREWRITEAOF"

    def strike(self, scene):
        scene.redis.kill()
        scene.injected += 1
        with scene.outage():
            cut, size = cut_off(scene.redis.directory, 2_000)
            scene.cut |= cut
            scene.notes.append(f"{size} bytes cut off, with {len(cut)} contacts")
        scene.redis.start()
        rewrite(scene.redis)

    def may_lose(self, system):
        return True

    def verify(self, scene, result):
        assert result.lost <= scene.cut, f"lost without being cut off: {sorted(result.lost - scene.cut)[:10]}"


class Freeze(Fault):
    name = "SIGSTOP, SIGCONT"

    def strike(self, scene):
        process = pathlib.Path(f"/proc/{scene.redis.process.pid}/stat")
        scene.redis.freeze()
        assert eventually(lambda: process.read_text().rsplit(")", 1)[1].split()[0] == "T")
        scene.injected += 1
        with scene.outage():
            # Longer than services wait.
            scene.pause(scene.length + 1)
        scene.redis.thaw()


class OnConnection(Fault):
    """Done by commands."""

    def strike(self, scene):
        with Connection(scene.redis.port) as redis:
            self.strike_by(redis, scene)

    def strike_by(self, redis, scene):
        raise NotImplementedError


class ScriptFlush(OnConnection):
    name = "SCRIPT FLUSH"

    def strike_by(self, redis, scene):
        scene.repeatedly(lambda: redis.send("SCRIPT", "FLUSH"), every=0.02)


class ClientKill(OnConnection):
    name = "CLIENT KILL of all"

    def strike_by(self, redis, scene):
        scene.repeatedly(lambda: redis.send("CLIENT", "KILL", "TYPE", "normal"), every=0.1)


class Busy(OnConnection):
    """A script of somebody else's that doesn't end, and is killed after a while."""

    name = "BUSY with a script, SCRIPT KILL"

    def strike_by(self, redis, scene):
        redis.send("CONFIG", "SET", "busy-reply-threshold", 50)
        with Connection(scene.redis.port) as busy:
            busy.write("EVAL", "while true do end", 0)
            scene.injected += 1
            scene.pause()
            assert redis.send("SCRIPT", "KILL") == "OK"


class MaxMemory(OnConnection):
    name = "maxmemory reached, raised"

    def strike_by(self, redis, scene):
        redis.send("CONFIG", "SET", "maxmemory", 1)
        scene.injected += 1
        scene.pause()
        redis.send("CONFIG", "SET", "maxmemory", 0)


class ReadOnly(OnConnection):
    """A replica of a primary that isn't there keeps its data and takes no writes."""

    name = "REPLICAOF: read-only, primary again"

    def strike_by(self, redis, scene):
        redis.send("REPLICAOF", "127.0.0.1", free_port())
        scene.injected += 1
        scene.pause()
        redis.send("REPLICAOF", "NO", "ONE")


class TooFewReplicas(OnConnection):
    name = "min-replicas-to-write not met"

    def strike_by(self, redis, scene):
        redis.send("CONFIG", "SET", "min-replicas-to-write", 1)
        scene.injected += 1
        scene.pause()
        redis.send("CONFIG", "SET", "min-replicas-to-write", 0)
