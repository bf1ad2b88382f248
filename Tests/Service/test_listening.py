"""Where the service listens: a port, with TLS or without, or a Unix socket; and what `headcount health` says of it."""

import http.client
import socket
import ssl

import pytest
import requests

from service import Service, eventually, free_port, make_key, run


def test_a_port_that_is_taken(redis):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = run("serve", "--listen", address, redis=redis, check=False)
    assert done.returncode == 1
    assert f"can't listen on {address}" in done.stderr and "in use" in done.stderr


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_tls(redis, certificates):
    service = Service(redis.url, "--tls-cert", certificates / "cert.pem", "--tls-key", certificates / "key.pem")
    try:
        assert service.url.startswith("https://")
        answer = requests.get(
            service.url + "/v1/accounts/acct_1/usage", verify=certificates / "cert.pem", timeout=10,
            headers={"Authorization": f"Bearer {make_key(redis)}"})
        assert answer.status_code == 200
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        health = ["health", "--listen", f"127.0.0.1:{service.port}"]
        assert run(*health, "--tls", check=False).returncode == 0
        assert run(*health, check=False).returncode == 69, "it speaks TLS only"
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.set_ciphers("ALL:@SECLEVEL=0")
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        with socket.create_connection(("127.0.0.1", service.port), timeout=10) as connection:
            with pytest.raises(OSError):
                old.wrap_socket(connection)
        with socket.create_connection(("127.0.0.1", service.port), timeout=10) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: headcount\r\n\r\n")
            assert not connection.recv(4096).startswith(b"HTTP/")
        assert run(*health, "--tls", check=False).returncode == 0, "and goes on"
    finally:
        service.close()


def test_a_unix_socket(redis, tmp_path):
    path = tmp_path / "headcount.sock"
    for _ in range(2):
        service = Service(redis.url, "--listen", f"unix:{path}", wait=False)
        try:
            health = ["health", "--listen", f"unix:{path}"]
            assert eventually(lambda: run(*health, check=False).returncode == 0), service.log
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(str(path))
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: headcount\r\nConnection: close\r\n\r\n")
                answer = http.client.HTTPResponse(connection)
                answer.begin()
                assert (answer.status, answer.read()) == (200, b'{"status":"ok"}')
            # Killed, so that its socket stays behind: the next one takes its place.
            service.process.kill()
            service.process.wait()
            assert run(*health, check=False).returncode == 69
        finally:
            service.close()


def test_health_says_where_nobody_answers():
    address = f"127.0.0.1:{free_port()}"
    done = run("health", "--listen", address, check=False)
    assert (done.returncode, done.stdout) == (69, "")
    assert address in done.stderr
