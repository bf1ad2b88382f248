"""The URL that campaigns call: a real HTTP server that records each request, and answers as a test tells it."""

import asyncio
import dataclasses
import json
import threading
import time


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a request is answered."""

    status: int = 200
    headers: dict = dataclasses.field(default_factory=dict)
    after: float = 0
    """Seconds until it is answered."""
    closes: bool = False
    """The connection is closed afterwards, without having said so."""


HANG = "hang"
"""No answer, for as long as the client waits."""
DROP = "drop"
"""The connection is broken once the request was read."""
UNREAD = "/unread"
"""A path: the connection is broken once the head of a request was read, and nobody looks at the body."""


@dataclasses.dataclass(frozen=True)
class Request:
    """What came in."""

    at: float
    """By `time.monotonic()`."""
    method: str
    path: str
    headers: dict
    """By their names in lower case."""
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def contact(self):
        return self.json["contact"]

    @property
    def key(self):
        """The same for each attempt of a contact."""
        return self.headers["idempotency-key"]


class ActionServer:
    """Answers 200, unless `answer` says otherwise: a function of a request that returns an `Answer`, a status, `HANG`
    or `DROP`."""

    def __init__(self, answer=None, port=0):
        self.answer = answer or (lambda request: 200)
        self.requests = []
        """In the order in which they came."""
        self.under_way = 0
        self.most_under_way = 0
        self._open = asyncio.Event()
        self._open.set()
        self._loop = asyncio.new_event_loop()
        # A loop in a thread of its own: a browser's tests have one running in theirs.
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        listening = asyncio.start_server(self._serve, "127.0.0.1", port)
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result(10)
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/send"

    @property
    def contacts(self):
        """Whom it was called for, in that order."""
        return [request.contact for request in list(self.requests)]

    def hold(self):
        """From now on nothing is answered, until `release`."""
        self._loop.call_soon_threadsafe(self._open.clear)

    def release(self):
        self._loop.call_soon_threadsafe(self._open.set)

    def close(self):
        async def stop():
            self._server.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _serve(self, reader, writer):
        try:
            while await self._serve_one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _serve_one(self, reader, writer):
        """Whether the connection stays open."""
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = lines[0].split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:-2])}
        if path == UNREAD:
            self.requests.append(Request(time.monotonic(), method, path, headers, b""))
            writer.transport.abort()
            return False
        body = await reader.readexactly(int(headers["content-length"]))
        request = Request(time.monotonic(), method, path, headers, body)
        self.requests.append(request)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            return await self._answer(request, reader, writer)
        finally:
            self.under_way -= 1

    async def _answer(self, request, reader, writer):
        answer = self.answer(request)
        await self._open.wait()
        if answer == HANG:
            await reader.read()
            return False
        if answer == DROP:
            writer.transport.abort()
            return False
        if isinstance(answer, int):
            answer = Answer(answer)
        if answer.after > 0:
            await asyncio.sleep(answer.after)
        fields = {"Content-Length": "0", **answer.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        writer.write(f"HTTP/1.1 {answer.status} Told\r\n{head}\r\n".encode())
        await writer.drain()
        return not answer.closes
