"""Certificates that sign themselves."""

import subprocess


def make_certificate(directory, names):
    """`cert.pem` and `key.pem` in the directory, for names such as DNS:localhost,IP:127.0.0.1."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", f"subjectAltName={names}",
         "-keyout", directory / "key.pem", "-out", directory / "cert.pem"], check=True, capture_output=True)
