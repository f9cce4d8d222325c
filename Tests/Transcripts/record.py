#!/usr/bin/env python3
"""Record what a real redis-server answers to the requests of a transcript.

usage: record.py REDIS-SERVER FILE...

A transcript is a text of lines; the first word of a line says what it is:

  # text        a comment
  ! argument    an argument for the server (once for each word of its command line)
  A> words      connection A (opened at its first use) sends these words
  A< bytes      what A received since, CR LF written as |
  A! closed     A was closed by the server

Words are split at blanks; "quoted words" and \\xHH are understood. {A} stands for A's client id,
{A.addr} for its address. The lines of answers are replaced; everything else is kept.
"""
import os
import re
import select
import shlex
import socket
import subprocess
import sys
import tempfile
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def encode(words):
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        raw = word.encode().decode("unicode_escape").encode("latin-1")
        parts.append(b"$%d\r\n%s\r\n" % (len(raw), raw))
    return b"".join(parts)


def show(raw):
    text = "".join(chr(b) if 32 <= b < 127 or b in (10, 13) else "\\x%02x" % b for b in raw)
    return text.replace("\r\n", "|").replace("\n", "\\n")


class Recorder:
    def __init__(self, program, arguments, port):
        self.port = port
        self.directory = tempfile.mkdtemp()
        self.process = subprocess.Popen(
            [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir",
             self.directory] + arguments,
            stdout=subprocess.DEVNULL)
        self.connections = {}
        self.numbers = {}
        self.next_number = None
        self.wait(self.accepts, "the server accepts connections")

    def wait(self, condition, what):
        """Asks again and again until the condition holds."""
        deadline = time.monotonic() + 20
        while not condition():
            if time.monotonic() > deadline:
                raise RuntimeError("never: " + what)
            select.select([], [], [], 0.001)

    def accepts(self):
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
            return True
        except OSError:
            return False

    def connect(self, name):
        self.connections[name] = socket.create_connection(("127.0.0.1", self.port))
        # Client ids are taken from a silent reading of the server's own list.
        self.numbers[name] = None

    def substitute(self, text):
        def value(match):
            name, kind = match.group(1), match.group(2)
            address = "127.0.0.1:%d" % self.connections[name].getsockname()[1]
            if kind == ".addr":
                return address
            return str(self.client_id(name))
        return re.sub(r"\{(\w+)(\.addr)?\}", value, text)

    def client_id(self, name):
        if self.numbers[name] is None:
            self.numbers[name] = self.ask_id(name)
        return self.numbers[name]

    def ask_id(self, name):
        port = self.connections[name].getsockname()[1]
        found = None

        def is_listed():
            nonlocal found
            found = re.search(r"id=(\d+) addr=127.0.0.1:%d " % port, self.ask(["CLIENT", "LIST"]))
            return found is not None
        self.wait(is_listed, "the server lists " + name)
        return int(found.group(1))

    password = None

    def ask(self, words):
        """What the server tells a connection of its own in one bulk or verbatim string."""
        with socket.create_connection(("127.0.0.1", self.port)) as spy:
            answers = spy.makefile("rb")
            if self.password:
                spy.sendall(encode(["AUTH", self.password]))
                answers.readline()
            spy.sendall(encode(words))
            head = answers.readline()
            return answers.read(int(head[1:])).decode()

    def settle(self):
        """Waits until the server has read all that was sent to it, and sleeps."""
        def is_idle():
            with open("/proc/net/tcp") as table:
                for row in table.readlines()[1:]:
                    fields = row.split()
                    local, remote = (int(end.split(":")[1], 16) for end in fields[1:3])
                    unsent, unread = (int(queue, 16) for queue in fields[4].split(":"))
                    # What this end sent is on its way, unread there, or answered on its way back.
                    if (local == self.port and (unsent or unread)
                            or remote == self.port and unsent):
                        return False
            with open("/proc/%d/stat" % self.process.pid) as stat:
                return stat.read().rpartition(")")[2].split()[0] == "S"
        self.wait(is_idle, "the server has nothing to do")

    def collect(self, first):
        lines = []
        self.settle()
        for name in [first] + sorted(n for n in self.connections if n != first):
            connection = self.connections.get(name)
            if connection is None:
                continue
            received, closed = b"", False
            while select.select([connection], [], [], 0)[0]:
                try:
                    chunk = connection.recv(1 << 20)
                except ConnectionResetError:
                    chunk = b""
                if not chunk:
                    closed = True
                    break
                received += chunk
            if received:
                text = show(received)
                match = re.search(r"(\$2\|id\|:)(\d+)\|", text)
                if match:
                    text = text.replace(match.group(0), match.group(1) + "{%s}|" % name)
                lines.append("%s< %s" % (name, text))
            if closed:
                lines.append("%s! closed" % name)
                connection.close()
                self.connections[name] = None
        return lines


def record(program, path):
    with open(path) as file:
        lines = file.read().splitlines()
    arguments = []
    for line in lines:
        if line.startswith("! "):
            arguments += shlex.split(line[2:])
    recorder = Recorder(program, arguments, free_port())
    if "--requirepass" in arguments:
        recorder.password = arguments[arguments.index("--requirepass") + 1]
    result = []
    try:
        for line in lines:
            if re.match(r"\w+[<!] ", line):
                continue
            result.append(line)
            match = re.match(r"(\w+)> (.*)", line)
            if not match:
                continue
            name, text = match.groups()
            if recorder.connections.get(name) is None:
                recorder.connect(name)
            recorder.connections[name].sendall(encode(shlex.split(recorder.substitute(text))))
            result += recorder.collect(name)
    finally:
        recorder.process.terminate()
        recorder.process.wait()
    with open(path, "w") as file:
        file.write("\n".join(result) + "\n")


if __name__ == "__main__":
    for path in sys.argv[2:]:
        record(sys.argv[1], path)
