"""A Redis of the service's own: it keeps its data, ends with the service, and begins with one key."""

import os
import pathlib
import re

from service import Client, Service, eventually


def embedded_redis(directory):
    """The redis-server's process id while it runs."""
    try:
        pid = int((pathlib.Path(directory) / "redis.pid").read_text())
        os.kill(pid, 0)
        return pid
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return None


def test_embedded_makes_a_first_key_once_and_keeps_its_data(tmp_path):
    directory = str(tmp_path / "data")
    service = Service(None, "--embedded", directory)
    try:
        key = service.printed.removesuffix("\n")
        assert re.fullmatch("hck_[0-9a-f]{16}_[0-9a-f]{64}", key), "the key alone is on standard output"
        with Client(service, key) as client:
            assert client.put("/v1/accounts/acct_1/plan", json={"limit": 2}).status_code == 200
            assert client.activate("acct_1", "ann").json()["verdict"] == "activated"
        assert embedded_redis(directory)
        assert service.terminate() == 0
        assert embedded_redis(directory) is None, "it ends with the service"
    finally:
        service.close()

    service = Service(None, "--embedded", directory)
    try:
        assert service.printed == "", "no second key"
        with Client(service, key) as client:
            assert client.activate("acct_1", "ann").json()["verdict"] == "already_activated"
            assert client.activate("acct_1", "bob").json()["verdict"] == "activated"
        # As when the machine's memory ran out.
        service.process.kill()
        service.process.wait()
        assert eventually(lambda: embedded_redis(directory) is None), "nor does it outlive a service that was killed"
    finally:
        service.close()

    service = Service(None, "--embedded", directory)
    try:
        with Client(service, key) as client:
            assert client.get("/v1/accounts/acct_1/usage").json()["used"] == 2
            assert client.activate("acct_1", "cleo").json()["verdict"] == "limit_reached"
    finally:
        service.terminate()
        service.close()


def test_embedded_makes_no_key_where_others_could_reach_it(tmp_path):
    service = Service(None, "--embedded", str(tmp_path / "data"), "--listen", "0.0.0.0:0")
    try:
        assert service.printed == ""
        assert "hck_" not in service.log
    finally:
        service.terminate()
        service.close()
