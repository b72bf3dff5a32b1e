#!/usr/bin/env python3
"""Whole nodes are killed (SIGKILL) at random moments of publishing, catching up, importing and erasing. After
each: the home opens, `verify` is clean, and nothing that was acknowledged is missing; at the end everybody
holds the same, and what was erased is in no file.

    tests/story/crash_loop.py PROGRAM MAKE_LIBRARY [ROUNDS [SEED]]        30 rounds unless told

A failure names its seed and round. (Migrations are killed in tests/store, which can write old stores.)"""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PROGRAM, MAKE_LIBRARY = (os.path.realpath(path) for path in sys.argv[1:3])
ROUNDS = int(sys.argv[3]) if len(sys.argv) > 3 else 30
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else int(time.time())
RECORDS, COUNCILS = 2000, 20
LIMIT = 60  # Seconds until what must come true has to be.

with open(os.path.join(os.path.dirname(os.path.realpath(__file__)), "lesson.md")) as lesson:
    LESSON = lesson.read()


class Failure(Exception):
    pass


def need(condition, words):
    if not condition:
        raise Failure(words)


def within(what, words):
    until = time.monotonic() + LIMIT
    while time.monotonic() < until:
        if what():
            return
        time.sleep(0.05)
    raise Failure(words)


class Node:
    def __init__(self, folder, name):
        self.name, self.home, self.process = name, os.path.join(folder, name), None
        self.log = os.path.join(folder, name + ".log")

    def command(self, *arguments):
        return [PROGRAM, "--home", self.home, "--json", *arguments]

    def say(self, *arguments):
        """A command's answer; None where it is no."""
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=LIMIT)
        if done.returncode == 1:
            return None
        need(done.returncode == 0, f"{self.name}: candour {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def start(self):
        with open(self.log, "a") as log:
            self.process = subprocess.Popen([PROGRAM, "--home", self.home, "run"], stdout=log, stderr=log)

    def start_alone(self):
        """And no command takes the home meanwhile."""
        self.start()
        within(lambda: self.say("status")["node"]["running"], f"{self.name} does not start")

    def kill(self, number=signal.SIGKILL):
        if self.process is not None:
            self.process.send_signal(number)
            code = self.process.wait(timeout=LIMIT)
            need(number == signal.SIGKILL or code == 0, f"{self.name} did not end cleanly: {code}")
        self.process = None

    def state(self):
        status = self.say("status")
        return status and status["records"]["state"]

    def holds(self, record):
        return self.say("show", record) is not None

    def check(self):
        """Nothing is damaged, whether or not it runs."""
        done = subprocess.run(self.command("verify"), capture_output=True, text=True, timeout=LIMIT)
        need(done.returncode == 0, f"{self.name} is damaged: {done.stdout}{done.stderr}")

    def files_with(self, word):
        found = subprocess.run(["grep", "-rlai", word, self.home], capture_output=True, text=True)
        return found.stdout.split()


def free_port():
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
                return port
            except OSError:
                pass


class County:
    """A hub that holds a library, a council that publishes, and one that has nothing yet."""

    def __init__(self, folder, lots):
        self.folder, self.lots, self.words = folder, lots, 0
        self.hub, self.leeds, self.york = (Node(folder, name) for name in ("hub", "leeds", "york"))
        self.nodes = [self.hub, self.leeds, self.york]
        self.library = os.path.join(folder, "library.candour")
        self.empty = os.path.join(folder, "empty")
        self.found()

    def found(self):
        cards = []
        for node in self.nodes:
            listen = ["--listen", f"tcp://127.0.0.1:{free_port()}"] if node is self.hub else []
            node.say("init", "--name", node.name.capitalize(), "--role", "hub", *listen)
            cards.append(node.home + ".card")
            node.say("card", "--out", cards[-1])
            self.compare_often(node)
        charter = os.path.join(self.folder, "charter")
        subprocess.run([MAKE_LIBRARY, str(RECORDS), str(COUNCILS), charter, self.library, *cards], check=True)
        for node in self.nodes:
            node.say("join", charter, *([] if node is self.hub else ["--peer", "Hub"]))
        shutil.copytree(self.york.home, self.empty)
        self.hub.say("import", self.library)
        for node in self.nodes:
            node.start()
        self.agree()

    @staticmethod
    def compare_often(node):
        path = os.path.join(node.home, "candour.conf")
        with open(path) as file:
            lines = file.read().splitlines()
        with open(path, "w") as file:
            file.write("\n".join("compare_every = 1" if line.startswith("compare_every") else line
                                 for line in lines) + "\n")

    def agree(self):
        def same():
            states = {node.state() for node in self.nodes}
            return len(states) == 1 and None not in states
        within(same, "the nodes do not come to hold the same")

    def pause(self, most):
        time.sleep(self.lots.uniform(0, most))

    def lesson(self):
        self.words += 1
        word = f"quagga{self.words}x{self.lots.randrange(10**6)}"
        path = os.path.join(self.folder, "lesson.md")
        with open(path, "w") as file:
            file.write(LESSON.format(word=word))
        return word, path

    def publish(self, wait=True):
        word, path = self.lesson()
        self.lots.random()
        answer = self.leeds.say("publish", path, "--by", "An Officer", *(["--wait"] if wait else []))
        os.unlink(path)
        return word, answer and answer.get("id")

    # What is killed in the middle.

    def publishing(self):
        """Leeds dies while it publishes one lesson after the other."""
        word, path = self.lesson()
        script = 'while "$@"; do :; done'
        loop = subprocess.Popen(["sh", "-c", script, "sh",
                                 *self.leeds.command("publish", path, "--by", "An Officer", "--wait")],
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                start_new_session=True)
        self.pause(1.5)
        self.leeds.kill()
        self.pause(0.2)
        os.killpg(loop.pid, signal.SIGKILL)
        said, _ = loop.communicate()
        acknowledged = [line.split('"')[3] for line in said.splitlines() if line.strip().startswith('"id"')]
        self.leeds.check()
        self.leeds.start()
        for record in acknowledged:
            need(self.leeds.holds(record), f"{record} was acknowledged and is gone")
        self.agree()
        for record in acknowledged:
            need(self.hub.holds(record), f"{record} was acknowledged and never came to the hub")
        return len(acknowledged)

    def catching_up(self):
        """York starts with nothing and dies again and again before it has everything."""
        self.york.kill()
        shutil.rmtree(self.york.home)
        shutil.copytree(self.empty, self.york.home)
        deaths = self.lots.randint(1, 3)
        for _ in range(deaths):
            self.york.start()
            self.pause(1.0)
            self.york.kill()
            self.york.check()
        self.york.start()
        self.agree()
        return deaths

    def importing(self):
        """The command dies that takes a bundle in, without a node and with one."""
        runs = self.lots.random() < 0.5
        self.york.kill()
        shutil.rmtree(self.york.home)
        shutil.copytree(self.empty, self.york.home)
        if runs:
            self.york.start_alone()
        process = subprocess.Popen(self.york.command("import", self.library), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        self.pause(0.8)
        process.kill()
        process.wait()
        if runs and self.lots.random() < 0.5:
            self.york.kill()
        self.york.check()
        if self.york.process is None:
            self.york.say("import", self.library)
            self.york.start()
        self.agree()
        return 1

    def erasing(self):
        """Somebody dies while a text is taken back."""
        word, record = self.publish()
        need(record is not None, "a lesson was not published")
        self.agree()
        victim = self.lots.choice(self.nodes)
        eraser = subprocess.Popen(self.leeds.command("erase", record, "--why", "It said too much", "--by",
                                                     "An Officer"),
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.pause(1.0)
        victim.kill()
        eraser.wait()
        victim.check()
        victim.start()
        for node in self.nodes:
            within(lambda: not node.files_with(word), f"{node.name} still has the text: {node.files_with(word)}")
        self.agree()
        return 1


def main():
    lots = random.Random(SEED)
    folder = tempfile.mkdtemp()
    counts = {}
    county = None
    round_number = 0
    try:
        county = County(folder, lots)
        scenes = [county.publishing, county.catching_up, county.importing, county.erasing]
        for round_number in range(1, ROUNDS + 1):
            scene = scenes[round_number % len(scenes)]
            counts[scene.__name__] = counts.get(scene.__name__, 0) + scene()
        for node in county.nodes:
            node.kill(signal.SIGTERM)
            node.check()
    except (Failure, subprocess.SubprocessError) as failure:
        print(f"FAILED: seed {SEED}, round {round_number}: {failure}", file=sys.stderr)
        for node in county.nodes if county else []:
            print(f"--- {node.log}", file=sys.stderr)
            subprocess.run(["tail", "-n", "12", node.log], stdout=sys.stderr)
        return 1
    finally:
        for node in county.nodes if county else []:
            if node.process is not None:
                node.process.kill()
                node.process.wait()
        shutil.rmtree(folder)
    said = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    print(f"{ROUNDS} rounds, seed {SEED}: nothing was damaged or lost ({said})")
    return 0


sys.exit(main())
