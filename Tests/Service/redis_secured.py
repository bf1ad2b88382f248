"""One redis-server that is spoken to by TLS, and by nobody without a password."""

import functools
import pathlib
import socket
import ssl
import subprocess

from certificates import make_certificate
from program import HEADCOUNT
from redis_standalone import Standalone

# The tests look at Redis as somebody else, who may do anything whatever the user of the URL may.
TESTS, PASSWORD_OF_TESTS = "tests", "the-password-of-the-tests"

_environments = {}


@functools.cache
def _least_user(name, password):
    """A line of an ACL file: the user for all of the program's commands."""
    command = [HEADCOUNT, "doctor", "--acl", "--redis", f"rediss://{name}:{password}@127.0.0.1"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return lines[0].replace("ACL SETUSER ", "user ", 1) + "\n"


def client_environment(url):
    """What a client needs besides a URL of this kind; nothing for another."""
    return _environments.get(url, {})


class SecuredRedis(Standalone):
    """Its clients are the user that `headcount doctor --acl` prints, who may do no more than they need.

    The default user is off.
    """

    description = "one server, by TLS, with a user and a password"
    user, password = "headcount", "the-password-of-headcount"

    def __init__(self, *arguments, environment=None):
        super().__init__(*arguments, environment=environment)
        self.url = f"rediss://{self.user}:{self.password}@{self.address}"
        _environments[self.url] = {"HEADCOUNT_REDIS_TLS_CA": self._file("cert.pem")}

    @property
    def listening(self):
        return [
            "--port", "0", "--tls-port", str(self.port), "--tls-cert-file", self._file("cert.pem"),
            "--tls-key-file", self._file("key.pem"), "--tls-ca-cert-file", self._file("cert.pem"),
            "--tls-auth-clients", "no", "--aclfile", self._file("users.acl"),
        ]

    @property
    def cli_options(self):
        return ["--tls", "--cacert", self._file("cert.pem"), "--user", TESTS, "--pass", PASSWORD_OF_TESTS,
                "--no-auth-warning"]

    def launch(self):
        users = pathlib.Path(self._file("users.acl"))
        if not users.exists():
            make_certificate(pathlib.Path(self.directory), "DNS:localhost,IP:127.0.0.1")
            # Nobody can be the default user, but Redis is while it reads an append-only file: it leaves out, without a
            # word to clients, each transaction in it that this user may not do, and a script's writes are one
            # (https://github.com/redis/redis/issues/14541).
            users.write_text(
                f"user default off ~* &* +@all\nuser {TESTS} on >{PASSWORD_OF_TESTS} ~* &* +@all\n"
                + _least_user(self.user, self.password))
        super().launch()

    def connect(self):
        context = ssl.create_default_context(cafile=self._file("cert.pem"))
        connection = context.wrap_socket(
            socket.create_connection(("127.0.0.1", self.port)), server_hostname="127.0.0.1")
        connection.sendall(f"AUTH {TESTS} {PASSWORD_OF_TESTS}\r\n".encode())
        assert connection.recv(5) == b"+OK\r\n"
        return connection

    def permit_prefix(self, prefix):
        self.cli("ACL", "SETUSER", self.user, f"~{prefix}:*")

    def _file(self, name):
        return f"{self.directory}/{name}"
