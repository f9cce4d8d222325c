"""What a person does to the hosts by hand: one command a line, from a terminal or a pipe."""
import cmd
import os
import signal
import subprocess
import sys

from . import network
from .client import SENTINEL_PORT
from .system import Failure


class Shell(cmd.Cmd):
    prompt = "hosts> "

    def __init__(self, group):
        super().__init__()
        self.group = group
        lines = ["Three hosts run. `help` lists what can be done here, `quit` ends them.",
                 "From another terminal, enter one with:"]
        for host in group.hosts:
            lines.append(f"  {host.name} {host.address}: {' '.join(host.command('/bin/bash'))}")
        events = f".build/release/rds-cli -h {group.addresses[0]} -p {SENTINEL_PORT}"
        lines.append(f"and watch what the sentinels do with:\n  {events} psubscribe '*'")
        self.intro = "\n".join(lines)

    def onecmd(self, line):
        try:
            return super().onecmd(line)
        except (Failure, ValueError, OSError) as error:
            print(error)
            return False

    def emptyline(self):
        return False

    def _hosts(self, words, count):
        """The hosts of that many numbers at the beginning of a line."""
        numbers = words.split()[:count]
        if len(numbers) < count or any(number not in "123" for number in numbers):
            raise ValueError("Name a host by its number: 1, 2 or 3.")
        return [self.group.hosts[int(number) - 1] for number in numbers]

    def _running(self, words):
        host, = self._hosts(words, 1)
        if not host.is_on:
            raise ValueError(f"{host.name} is off: boot {host.number}")
        return host

    def do_status(self, _):
        """status: the whole group, as rds-cli ha status shows it on the first host that runs"""
        print(self.group.status_text(), end="")

    def do_enter(self, words):
        """enter N [COMMAND]: a shell on a host, or one command"""
        host = self._running(words)
        command = words.split(None, 1)[1:]
        subprocess.call(host.command("/bin/bash", *(["-c", command[0]] if command else [])))
        if sys.stdin.isatty():
            # A shell of another PID namespace cannot give the terminal back.
            ignored = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            os.tcsetpgrp(sys.stdin.fileno(), os.getpgrp())
            signal.signal(signal.SIGTTOU, ignored)

    def do_journal(self, words):
        """journal N: the last lines of both units on a host"""
        host = self._running(words)
        print(host.journal("rds-server", 20) + host.journal("rds-sentinel", 20), end="")

    def do_crash(self, words):
        """crash N: the host loses its power"""
        self._running(words).lose_power()

    def do_shutdown(self, words):
        """shutdown N: the host is switched off as its power button does"""
        self._running(words).shut_down()

    def do_boot(self, words):
        """boot N: the host is switched on"""
        host, = self._hosts(words, 1)
        if host.is_on:
            raise ValueError(f"{host.name} runs")
        print(f"{host.name} runs after {host.boot():.1f} s")

    def do_freeze(self, words):
        """freeze N: nothing on the host goes on"""
        self._running(words).freeze()

    def do_thaw(self, words):
        """thaw N: it goes on"""
        self._running(words).thaw()

    def do_cut(self, words):
        """cut N M: what host N sends does not reach host M; for both ways, also cut M N"""
        source, target = self._hosts(words, 2)
        network.drop(source.number, target.number)

    def do_lose(self, percent):
        """lose PERCENT: so many of all frames between the hosts are lost"""
        network.lose(int(percent))

    def do_heal(self, _):
        """heal: cuts and losses are over"""
        network.heal()

    def do_quit(self, _):
        """quit: ends the hosts"""
        return True

    def do_EOF(self, _):
        """the end of the input: ends the hosts"""
        return True
