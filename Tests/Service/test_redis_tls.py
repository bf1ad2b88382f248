"""Redis by TLS: commands, a service and a worker; whom they trust, what they show of themselves, and what they say if it fails."""

import json
import subprocess

import pytest

from campaigns import Campaign, set_plan
from certificates import make_certificate
from redis_servers import Standalone
from service import Client, Process, Service, free_port, run
from worker import Worker


class TLSRedis(Standalone):
    """A redis-server whose clients need TLS, and a certificate if `asks`. The tests look at it in the clear."""

    def __init__(self, certificates, asks):
        self.tls_port = free_port()
        super().__init__(
            "--tls-port", str(self.tls_port), "--tls-cert-file", str(certificates / "cert.pem"),
            "--tls-key-file", str(certificates / "key.pem"), "--tls-ca-cert-file", str(certificates / "cert.pem"),
            "--tls-auth-clients", "yes" if asks else "no")
        self.plain_url, self.url = self.url, f"rediss://127.0.0.1:{self.tls_port}"


@pytest.fixture(scope="module")
def redis(certificates):
    redis = TLSRedis(certificates, asks=False)
    yield redis
    redis.close()


@pytest.fixture(scope="module")
def strict(certificates):
    redis = TLSRedis(certificates, asks=True)
    yield redis
    redis.close()


@pytest.fixture
def trusting(certificates):
    """What somebody sets who trusts the server's authority."""
    return {"HEADCOUNT_REDIS_TLS_CA": str(certificates / "cert.pem")}


@pytest.fixture
def known(certificates, trusting):
    """Who has a certificate, too."""
    return trusting | {"HEADCOUNT_REDIS_TLS_CERT": str(certificates / "cert.pem"),
                       "HEADCOUNT_REDIS_TLS_KEY": str(certificates / "key.pem")}


def refused(redis, environment, *flags, url=None):
    """What is said by a command that can't speak to Redis."""
    done = run("usage", "acct_1", "--redis", url or redis.url, "--timeout", 3, *flags, environment=environment, check=False)
    assert done.returncode == 69, done.stderr
    return done.stderr


def test_a_command(redis, trusting, account):
    done = run("activate", account, "--by", "campaign:spring", "ann", redis=redis, environment=trusting)
    assert done.stdout == "ann\tactivated\n"
    assert redis.cli("SCARD", redis.cli("KEYS", f"hc:{{{account}}}:20??-??")) == "1"


def test_by_flags_and_by_name(redis, certificates, account):
    run("activate", account, "--by", "campaign:spring", "ann", "--redis-ca", certificates / "cert.pem",
        "--redis", f"rediss://localhost:{redis.tls_port}")


def test_a_service_and_a_worker(strict, known, account, action):
    server = action()
    worker = Worker(strict, environment=known)
    service = Service(strict.url, environment=known)
    try:
        key = run("api-key", "create", "--name", "t", "--scope", "admin", "--redis", strict.url, environment=known)
        with Client(service, key.stdout.strip()) as client:
            assert client.activate(account, "ann").json()["verdict"] == "activated"
        strict.url, url = strict.plain_url, strict.url
        set_plan(strict, account, limit=10)
        Campaign(strict, account, ["bob"], server.url).becomes(sent=1)
        strict.url = url
    finally:
        worker.close()
        service.close()


def test_redis_starts_later(certificates, trusting):
    """A connection that failed is tried again, with TLS."""
    redis = TLSRedis(certificates, asks=False)
    redis.stop()
    waits = Process("activate", "acct_1", "--by", "campaign:spring", "ann", "--redis", redis.url, "--timeout", 30,
                    environment=trusting)
    try:
        redis.start()
        assert waits.process.wait(30) in (0, 69)
        assert run("usage", "acct_1", redis=redis, environment=trusting).returncode == 0
    finally:
        waits.close()
        redis.close()


def test_of_no_authority_that_is_trusted(redis):
    assert "its certificate is of no authority that is trusted here" in refused(redis, {})


def test_for_another_name(tmp_path):
    make_certificate(tmp_path, "DNS:redis.internal")
    redis = TLSRedis(tmp_path, asks=False)
    trusting = {"HEADCOUNT_REDIS_TLS_CA": str(tmp_path / "cert.pem")}
    try:
        assert "its certificate is for another name" in refused(redis, trusting)
        run("usage", "acct_1", redis=redis, environment=trusting | {"HEADCOUNT_REDIS_TLS_SERVER_NAME": "redis.internal"})
        run("usage", "acct_1", redis=redis, environment=trusting | {"HEADCOUNT_REDIS_TLS_CHECK_SERVER_NAME": "false"})
    finally:
        redis.close()


def test_without_the_certificate_that_it_wants(strict, trusting):
    assert "it wants a client certificate" in refused(strict, trusting)


def test_a_port_that_speaks_no_tls(redis, trusting):
    assert "does it speak TLS on this port?" in refused(redis, trusting, url=f"rediss://127.0.0.1:{redis.port}")


def test_in_the_clear_to_a_port_of_tls(redis):
    refused(redis, {}, url=f"redis://127.0.0.1:{redis.tls_port}")


@pytest.mark.parametrize("setting, said", [
    ({"HEADCOUNT_REDIS_TLS_CA": "/nowhere.pem"}, "'/nowhere.pem'"),
    ({"HEADCOUNT_REDIS_TLS_CERT": "/nowhere.pem"}, "or neither"),
    ({"HEADCOUNT_REDIS_TLS_CHECK_SERVER_NAME": "perhaps"}, "redis.tls.checkServerName"),
])
def test_settings_that_cannot_be(redis, setting, said):
    done = run("usage", "acct_1", redis=redis, environment=setting, check=False)
    assert done.returncode == 64 and said in done.stderr, done.stderr


def test_a_key_of_another_certificate(redis, known, certificates):
    done = run("usage", "acct_1", redis=redis, check=False,
               environment=known | {"HEADCOUNT_REDIS_TLS_KEY": str(certificates / "other.pem")})
    assert done.returncode == 64 and "don't belong together" in done.stderr


def test_files_for_a_url_without_tls(redis, trusting):
    done = run("usage", "acct_1", "--redis", redis.plain_url, environment=trusting, check=False)
    assert done.returncode == 64 and "doesn't begin with rediss://" in done.stderr


def test_lines_to_paste_work(redis, trusting, account):
    run("activate", account, "--by", "campaign:spring", "ann", redis=redis, environment=trusting)
    keys = [json.loads(line) for line in run("keys", account, "--json", redis=redis, environment=trusting).stdout.splitlines()]
    line = next(key["commands"][0] for key in keys if key["type"] == "set" and key["exists"])
    assert subprocess.run(line, shell=True, capture_output=True, text=True, check=True).stdout == "1\n"


def test_the_password_goes_by_tls_too(redis, trusting):
    redis.cli("ACL", "SETUSER", "ops", "on", ">s3cret", "~*", "+@all")
    url = redis.url.replace("rediss://", "rediss://ops:s3cret@")
    assert run("usage", "acct_1", "--redis", url, environment=trusting).returncode == 0
    wrong = redis.url.replace("rediss://", "rediss://ops:wrong@")
    assert "refused the user or password" in refused(redis, trusting, url=wrong)
