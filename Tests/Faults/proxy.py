"""A network between Headcount and a redis-server that can be made to fail: it stands on loopback, in a thread."""

import collections
import contextlib
import dataclasses
import math
import selectors
import socket
import struct
import threading
import time

CHUNK = 65536
# Closes with a reset instead of an orderly end.
RESET = struct.pack("ii", 1, 0)
REQUESTS, REPLIES = "requests", "replies"


@dataclasses.dataclass(frozen=True)
class Behaviour:
    """What happens to connections, those that are there and new ones."""

    # What comes is passed on so many seconds later, in order.
    delay: float = 0.0
    # A connection is reset after so many bytes of replies, in the middle of one.
    cut_after: int | None = None
    # Directions in which nothing arrives. As with TCP, it arrives when the fault is over, from dead clients too.
    holds: frozenset = frozenset()
    # Whose connections hold, by their addresses; empty: all.
    only_from: frozenset = frozenset()
    # New connections are reset at once.
    refuses: bool = False


class Proxy:
    """Passes on what comes, until it is told otherwise."""

    def __init__(self, port, host="127.0.0.1"):
        self.target = host, port
        self.behaviour = Behaviour()
        self._links = set()
        self._orders = collections.deque()
        self._selector = selectors.DefaultSelector()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        self._waker, self._woken = socket.socketpair()
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(self._woken, selectors.EVENT_READ, self._obey)
        self._is_running = True
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._thread.start()

    @property
    def connections(self):
        return len(self._links)

    def behave(self, **settings):
        """From now on so, and otherwise as usual."""
        def change():
            self.behaviour = Behaviour(**settings)
            for link in self._links:
                link.replies.left = self.behaviour.cut_after
        self._order(change)

    @contextlib.contextmanager
    def behaving(self, **settings):
        """So for a while."""
        self.behave(**settings)
        try:
            yield
        finally:
            self.behave()

    def reset(self):
        """Breaks all connections off."""
        self._order(lambda: [link.close(RESET) for link in list(self._links)])

    def close(self):
        self.reset()
        self._is_running = False
        self._waker.send(b"x")
        self._thread.join()
        for each in (self._listener, self._waker, self._woken, self._selector):
            each.close()

    def _order(self, what):
        """In the proxy's thread, and waits until it is done."""
        done = threading.Event()
        self._orders.append((what, done))
        self._waker.send(b"x")
        assert done.wait(5), "the proxy hangs"

    # The thread.

    def _run(self):
        while self._is_running:
            due = min((link.next_due for link in self._links), default=math.inf)
            timeout = None if due == math.inf else max(0.0, due - time.monotonic())
            for key, events in self._selector.select(timeout):
                key.data(events)
            now = time.monotonic()
            for link in list(self._links):
                link.pump(now)

    def _obey(self, _):
        self._woken.recv(CHUNK)
        while self._orders:
            what, done = self._orders.popleft()
            what()
            done.set()

    def _accept(self, _):
        with contextlib.suppress(BlockingIOError):
            client, _ = self._listener.accept()
            server = None
            if not self.behaviour.refuses:
                with contextlib.suppress(OSError):
                    server = socket.create_connection(self.target, timeout=1)
            if server is None:
                return close(client, RESET)
            try:
                self._links.add(_Link(self, client, server))
            except OSError:
                # Gone before it was looked at.
                close(client)
                close(server)

    def forget(self, link):
        self._links.discard(link)

    def watch(self, connection, events, react):
        """Has `react` called at these events."""
        watched = self._selector.get_map().get(connection)
        if watched and not events:
            self._selector.unregister(connection)
        elif watched and watched.events != events:
            self._selector.modify(connection, events, react)
        elif events and not watched:
            self._selector.register(connection, events, react)


class _Link:
    """One connection: what a client says to the server, and what that replies."""

    def __init__(self, proxy, client, server):
        self.proxy = proxy
        for each in (client, server):
            each.setblocking(False)
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer = client.getpeername()[0]
        self.requests = _Stream(proxy, REQUESTS, peer, client, server)
        self.replies = _Stream(proxy, REPLIES, peer, server, client)
        self.replies.left = proxy.behaviour.cut_after
        self._watch()

    @property
    def next_due(self):
        return min(self.requests.next_due, self.replies.next_due)

    def pump(self, now):
        """Passes on what is due."""
        if not (self.requests.pump(now) and self.replies.pump(now)):
            return self.close(RESET)
        if self.requests.is_over and self.replies.is_over:
            return self.close()
        self._watch()

    def _watch(self):
        for stream, other in ((self.requests, self.replies), (self.replies, self.requests)):
            events = selectors.EVENT_WRITE if other.is_blocked else 0
            events |= 0 if stream.has_ended else selectors.EVENT_READ

            def react(events, stream=stream, other=other):
                if events & selectors.EVENT_READ:
                    stream.take()
                if events & selectors.EVENT_WRITE:
                    other.is_blocked = False

            self.proxy.watch(stream.source, events, react)

    def close(self, how=None):
        self.proxy.forget(self)
        for each in (self.requests.source, self.replies.source):
            self.proxy.watch(each, 0, None)
            close(each, how)


class _Stream:
    """One direction of a connection."""

    def __init__(self, proxy, name, peer, source, sink):
        self.proxy, self.name, self.peer, self.source, self.sink = proxy, name, peer, source, sink
        # (when to pass it on, bytes); no bytes stand for the end.
        self._waiting = collections.deque()
        self.is_blocked = False
        # The source says no more; the sink knows.
        self.has_ended = self.is_over = False
        # How many bytes until the connection is cut; None: never.
        self.left = None

    @property
    def is_held(self):
        behaviour = self.proxy.behaviour
        return self.name in behaviour.holds and (not behaviour.only_from or self.peer in behaviour.only_from)

    @property
    def next_due(self):
        return self._waiting[0][0] if self._waiting and not self.is_blocked and not self.is_held else math.inf

    def take(self):
        try:
            data = self.source.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self.has_ended = not data
        self._waiting.append((time.monotonic() + self.proxy.behaviour.delay, data))

    def pump(self, now):
        """Passes on what is due. False if the connection is to be broken off."""
        while self._waiting and self._waiting[0][0] <= now and not self.is_blocked and not self.is_held:
            due, data = self._waiting.popleft()
            try:
                if not data:
                    self.is_over = True
                    self.sink.shutdown(socket.SHUT_WR)
                    continue
                part = data if self.left is None else data[:self.left]
                sent = self.sink.send(part) if part else 0
            except BlockingIOError:
                sent, part = 0, data
            except OSError:
                return False
            if self.left is not None:
                self.left -= sent
                if self.left <= 0:
                    return False
            if sent < len(part):
                self._waiting.appendleft((due, data[sent:]))
                self.is_blocked = True
        return True


def close(connection, how=None):
    """Orderly, or with a reset."""
    if how is RESET:
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    connection.close()
