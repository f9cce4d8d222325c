"""Clients: a connection, and a writer that follows the sentinels and remembers every promise."""
import socket
import threading
import time

from . import network
from .system import Failure

SERVER_PORT = 6379
SENTINEL_PORT = 26379


class ErrorReply(Exception):
    pass


class Connection:
    """Commands and replies, one at a time."""

    def __init__(self, host, port=SERVER_PORT, timeout=1.0):
        self.socket = socket.create_connection((host, port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")

    def close(self):
        self.file.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def call(self, *words):
        self.send(words)
        return self._reply()

    def pipeline(self, commands):
        """Sends all, then reads all replies."""
        for words in commands:
            self.send(words)
        return [self._reply() for _ in commands]

    def send(self, words):
        parts = [str(word).encode() for word in words]
        data = b"*%d\r\n" % len(parts) + b"".join(
            b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
        self.socket.sendall(data)

    def _reply(self):
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the connection ended")
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest.decode()
        if kind == b"-":
            raise ErrorReply(rest.decode())
        if kind == b":":
            return int(rest)
        count = int(rest)
        if count < 0:
            return None
        if kind == b"$":
            data = self.file.read(count + 2)
            if len(data) != count + 2:
                raise ConnectionError("the connection ended")
            return data[:-2].decode()
        return [self._reply() for _ in range(count)]


def master_by(sentinel, name, timeout=0.3):
    """The address of the master as a sentinel says; None when it says nothing."""
    try:
        with Connection(sentinel, SENTINEL_PORT, timeout) as connection:
            reply = connection.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", name)
            return reply[0] if reply else None
    except (OSError, ErrorReply, ValueError):
        return None


class Client(threading.Thread):
    """Writes numbered keys until it is stopped, and records every acknowledged write; from this
    machine, which no fault meets, or from one of the hosts."""

    def __init__(self, prefix, host=None, pause=0.005):
        super().__init__(daemon=True)
        self.prefix = prefix
        self.host = host
        self.pause = pause
        self.connection = None
        self.master = None
        self.acknowledged = []  # (time, number, master)
        # Refusals: what was refused was not executed, and is said again. And writes without a
        # reply, of which nobody knows.
        self.refused = 0
        self.unanswered = 0
        self.is_stopping = threading.Event()

    def connect(self):
        """Sets the connection and the master, if there is one to be had."""
        raise NotImplementedError

    def run(self):
        if self.host is not None:
            network.enter(self.host.name)
        number = 0
        while not self.is_stopping.is_set():
            if self.connection is None:
                try:
                    self.connect()
                except OSError:
                    pass
            if self.connection is None:
                time.sleep(0.01)
                continue
            number += 1
            try:
                self.connection.call("SET", f"{self.prefix}:{number}", number)
                self.acknowledged.append((time.monotonic(), number, self.master))
            except ErrorReply:
                self.refused += 1
                number -= 1
                self.disconnect()
            except (OSError, ValueError):
                self.unanswered += 1
                self.disconnect()
            time.sleep(self.pause)
        self.disconnect()

    def disconnect(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def stop(self):
        self.is_stopping.set()
        self.join(20)
        if self.is_alive():
            raise Failure("a client does not end")

    def failed_text(self):
        return f"{self.unanswered} failed writes, {self.refused} refused and repeated"

    def count(self):
        return len(self.acknowledged)

    def first_after(self, moment, other_than=None):
        """When the first write since then was acknowledged; by another master, if one is said."""
        for time_, _, master in list(self.acknowledged):
            if time_ > moment and master != other_than:
                return time_
        return None

    def longest_pause(self, since):
        """The longest time between two acknowledged writes since a moment."""
        times = [time_ for time_, _, _ in list(self.acknowledged) if time_ >= since]
        return max((b - a for a, b in zip(times, times[1:])), default=0.0)

    def after(self, moment):
        """When writes were acknowledged after a moment."""
        return [time_ for time_, _, _ in list(self.acknowledged) if time_ > moment]

    def lost(self, master):
        """Acknowledged writes that a master does not have."""
        numbers = [number for _, number, _ in list(self.acknowledged)]
        lost = []
        with Connection(master, timeout=20) as connection:
            for start in range(0, len(numbers), 500):
                part = numbers[start:start + 500]
                replies = connection.pipeline([("GET", f"{self.prefix}:{n}") for n in part])
                lost += [n for n, reply in zip(part, replies) if reply != str(n)]
        return lost


class StubbornWriter(Client):
    """Writes to one server whatever the sentinels say."""

    def __init__(self, address, prefix, host=None):
        super().__init__(prefix, host, pause=0.02)
        self.master = address

    def connect(self):
        self.connection = Connection(self.master, timeout=0.5)


class Writer(Client):
    """Writes to whoever the sentinels name."""

    def __init__(self, name, sentinels, prefix, host=None):
        super().__init__(prefix, host)
        self.group = name
        self.sentinels = list(sentinels)
        self.turn = 0

    def connect(self):
        self.turn += 1
        sentinel = self.sentinels[self.turn % len(self.sentinels)]
        self.master = master_by(sentinel, self.group)
        self.connection = Connection(self.master, timeout=0.5) if self.master else None
