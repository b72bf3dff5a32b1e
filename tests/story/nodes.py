"""What the stories in Python have in common: a node is a home in a folder, and a process while it runs."""

import json
import os
import signal
import subprocess
import time

LIMIT = 120  # Seconds until what must come true has to be, on a machine with other things to do.

with open(os.path.join(os.path.dirname(os.path.realpath(__file__)), "lesson.md"), encoding="utf-8") as lesson:
    LESSON = lesson.read()


class Failure(Exception):
    pass


def need(condition, words):
    if not condition:
        raise Failure(words)


def within(seconds, what, words):
    """Until it is true; how long that took."""
    began = time.monotonic()
    while not what():
        need(time.monotonic() - began < seconds, f"not within {seconds} s: {words}")
        time.sleep(0.1)
    return time.monotonic() - began


def own_endpoint():
    """As in story.inc: on an address of this machine that is this process's alone."""
    pid = os.getpid()
    return f"tcp://127.{64 + (pid >> 16)}.{pid >> 8 & 255}.{pid & 255}:17400"


class Node:
    def __init__(self, program, folder, name, launch=subprocess.Popen):
        self.program, self.folder, self.name, self.launch = program, folder, name, launch
        self.home, self.log = (os.path.join(folder, name.lower() + end) for end in ("", ".log"))
        self.process = None

    def command(self, *words):
        return [self.program, "--home", self.home, *words]

    def at(self, *words):
        return subprocess.run(self.command(*words), capture_output=True, text=True, timeout=LIMIT)

    def do(self, *words):
        done = self.at(*words)
        need(done.returncode == 0, f"{self.name}: candour {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def ask(self, *words):
        """A command's answer; None where it is no."""
        done = self.at("--json", *words)
        need(done.returncode in (0, 1), f"{self.name}: candour {' '.join(words)}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout) if done.returncode == 0 else None

    def start(self):
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = self.launch(self.command("run"), stdout=log, stderr=log)

    def end(self, number=signal.SIGTERM):
        if self.process is not None:
            self.process.send_signal(number)
            code = self.process.wait(timeout=LIMIT)
            need(number == signal.SIGKILL or code == 0, f"{self.name} did not end cleanly: {code}")
        self.process = None

    def compare_every(self, seconds):
        path = os.path.join(self.home, "candour.conf")
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
        with open(path, "w", encoding="utf-8") as file:
            file.writelines((f"compare_every = {seconds}" if line.startswith("compare_every") else line) + "\n"
                            for line in lines)

    def state(self):
        status = self.ask("status")
        return status and status["records"]["state"]
