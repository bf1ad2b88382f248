"""A server of a test's own for what Headcount posts: it keeps each request, and answers as it is told."""

import hashlib
import hmac
import http.server
import json
import threading
import time


class Delivery:
    """A request that was received."""

    def __init__(self, path, headers, body):
        self.path, self.headers, self.body = path, headers, body
        self.at = time.monotonic()

    @property
    def json(self):
        return json.loads(self.body)

    def is_signed_with(self, secret):
        code = hmac.new(secret.encode(), self.body, hashlib.sha256).hexdigest()
        return self.headers["X-Headcount-Signature-256"] == f"sha256={code}"


class Webhook:
    """Listens on a free port of loopback, or on the given one.

    `answer` says what a request is answered: a status, or a status and headers; 200 unless told otherwise.
    """

    def __init__(self, answer=lambda delivery: 200, port=0):
        self.received = []
        self.answer = answer
        webhook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # The head and the body of an answer are two packets: not to wait for the first one's acknowledgement.
            disable_nagle_algorithm = True

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                delivery = Delivery(self.path, self.headers, body)
                webhook.received.append(delivery)
                answer = webhook.answer(delivery)
                status, headers = answer if isinstance(answer, tuple) else (answer, {})
                self.send_response(status)
                for name, value in (headers | {"Content-Length": "0"}).items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 128

            def handle_error(self, request, address):
                """A client that was killed is nobody's fault."""

        self.server = Server(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/hook"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def of(self, account, event=None):
        """What was received of an account, in order."""
        return [
            delivery for delivery in list(self.received)
            if delivery.json["account"] == account and event in (None, delivery.json["event"])]

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()
