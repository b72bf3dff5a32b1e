#!/usr/bin/env python3
"""Whole nodes are killed (SIGKILL) at random moments of publishing, catching up, importing and erasing. After
each: the home opens, `verify` is clean, and nothing that was acknowledged is missing; at the end everybody
holds the same, and what was erased is in no file.

    tests/story/crash_loop.py PROGRAM MAKE_LIBRARY [ROUNDS [SEED]]        30 rounds unless told

A failure names its seed and round. (Migrations are killed in tests/store, which can write old stores.)"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import nodes
from nodes import LESSON, LIMIT, Failure, need, own_endpoint

PROGRAM, MAKE_LIBRARY = (os.path.realpath(path) for path in sys.argv[1:3])
ROUNDS = int(sys.argv[3]) if len(sys.argv) > 3 else 30
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else int(time.time())
RECORDS, COUNCILS = 2000, 20


def within(what, words):
    nodes.within(LIMIT, what, words)


class Node(nodes.Node):
    def __init__(self, folder, name):
        super().__init__(PROGRAM, folder, name)

    def start_alone(self):
        """And no command takes the home meanwhile."""
        self.start()
        within(lambda: self.ask("status")["node"]["running"], f"{self.name} does not start")

    def kill(self):
        self.end(signal.SIGKILL)

    def holds(self, record):
        return self.ask("show", record) is not None

    def check(self):
        """Nothing is damaged, whether or not it runs."""
        done = self.at("--json", "verify")
        need(done.returncode == 0, f"{self.name} is damaged: {done.stdout}{done.stderr}")

    def files_with(self, word):
        found = subprocess.run(["grep", "-rlai", word, self.home], capture_output=True, text=True)
        return found.stdout.split()


class County:
    """A hub that holds a library, a council that publishes, and one that has nothing yet."""

    def __init__(self, folder, lots):
        self.folder, self.lots, self.words = folder, lots, 0
        self.hub, self.leeds, self.york = (Node(folder, name) for name in ("Hub", "Leeds", "York"))
        self.nodes = [self.hub, self.leeds, self.york]
        self.library = os.path.join(folder, "library.candour")
        self.empty = os.path.join(folder, "empty")
        self.found()

    def found(self):
        cards = []
        for node in self.nodes:
            listen = ["--listen", own_endpoint()] if node is self.hub else []
            node.ask("init", "--name", node.name, "--role", "hub", *listen)
            cards.append(node.home + ".card")
            node.ask("card", "--out", cards[-1])
            node.compare_every(1)
        charter = os.path.join(self.folder, "charter")
        subprocess.run([MAKE_LIBRARY, str(RECORDS), str(COUNCILS), charter, self.library, *cards], check=True)
        for node in self.nodes:
            node.ask("join", charter, *([] if node is self.hub else ["--peer", "Hub"]))
        shutil.copytree(self.york.home, self.empty)
        self.hub.ask("import", self.library)
        for node in self.nodes:
            node.start()
        self.agree()

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
        answer = self.leeds.ask("publish", path, "--by", "An Officer", *(["--wait"] if wait else []))
        os.unlink(path)
        return word, answer and answer.get("id")

    # What is killed in the middle.

    def publishing(self):
        """Leeds dies while it publishes one lesson after the other."""
        word, path = self.lesson()
        script = 'while "$@"; do :; done'
        loop = subprocess.Popen(["sh", "-c", script, "sh",
                                 *self.leeds.command("--json", "publish", path, "--by", "An Officer", "--wait")],
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
        process = subprocess.Popen(self.york.command("--json", "import", self.library), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        self.pause(0.8)
        process.kill()
        process.wait()
        if runs and self.lots.random() < 0.5:
            self.york.kill()
        self.york.check()
        if self.york.process is None:
            self.york.ask("import", self.library)
            self.york.start()
        self.agree()
        return 1

    def erasing(self):
        """Somebody dies while a text is taken back."""
        word, record = self.publish()
        need(record is not None, "a lesson was not published")
        self.agree()
        victim = self.lots.choice(self.nodes)
        eraser = subprocess.Popen(self.leeds.command("--json", "erase", record, "--why", "It said too much", "--by",
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
            node.end()
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
