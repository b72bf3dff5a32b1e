#!/usr/bin/env python3
"""A hub and six councils with addresses of their own, two of them behind a router with NAT, while the network
fails in every way that it can: a link is cut, slow, lossy, half open; a router forgets; a machine loses its power;
the hub burns down and another one takes its place. After each fault all of them come to the same state within a
bound, and meanwhile `status` says in words what is wrong.

    tests/net/network.py PROGRAM MAKE_LIBRARY [SEED]

Whole nodes, each on a machine of its own (cables.py). Ends with 77 where networks may not be made."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from cables import Cables, NotAllowed, Router  # noqa: E402

SKIPPED = 77
PROGRAM, MAKE_LIBRARY = (os.path.realpath(path) for path in sys.argv[1:3])
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
PORT = 7400
IN_VIEW = 20  # Seconds until all hold the same when nothing is wrong any more.
NOTICED = 50  # Until a peer that fell silent is given up: ten seconds, and three heartbeats, and a bit.

with open(os.path.join(os.path.dirname(os.path.realpath(__file__)), "../story/lesson.md")) as lesson:
    LESSON = lesson.read()


class Failure(Exception):
    pass


def within(seconds, what, words):
    """Until it is true; how long that took."""
    began = time.monotonic()
    while not what():
        if time.monotonic() - began > seconds:
            raise Failure(f"not within {seconds} s: {words}")
        time.sleep(0.1)
    return time.monotonic() - began


class Node:
    def __init__(self, folder, name, machine):
        self.name, self.machine, self.process = name, machine, None
        self.home, self.log = os.path.join(folder, name.lower()), os.path.join(folder, name + ".log")
        self.folder = folder

    def at(self, *words):
        return subprocess.run([PROGRAM, "--home", self.home, *words], capture_output=True, text=True)

    def do(self, *words):
        done = self.at(*words)
        if done.returncode != 0:
            raise Failure(f"{self.name}: {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def start(self):
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = self.machine.run([PROGRAM, "--home", self.home, "run"], stdout=log, stderr=log)

    def end(self, number=signal.SIGTERM):
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait()
        self.process = None

    def publish(self, word):
        path = os.path.join(self.folder, word + ".md")
        with open(path, "w", encoding="utf-8") as file:
            file.write(LESSON.format(word=word))
        self.do("publish", path, "--by", "An Officer", "--wait", "--json")

    def status(self):
        done = self.at("--json", "status")
        return json.loads(done.stdout) if done.returncode == 0 else {"peers": [], "records": {}}

    def state(self):
        return self.status()["records"].get("state")

    def peers(self):
        return {peer["name"]: peer["state"] for peer in self.status()["peers"]}

    def says(self, words):
        return words.lower() in self.at("status").stdout.lower()

    def holds(self, word):
        return self.at("--json", "search", word).returncode == 0


class Story:
    def __init__(self, folder):
        self.folder, self.cables, router = folder, Cables(SEED), Router("10.0.0.90")
        places = {"Hub": "10.0.0.1", "Spare": "10.0.0.2", "Kelder": "10.0.0.11", "Aldby": "10.0.0.12",
                  "Burdale": "10.0.0.13", "Cawton": "10.0.0.14"}
        self.nodes = {name: Node(folder, name, self.cables.machine(name, place)) for name, place in places.items()}
        for name, place in {"Dunby": "10.9.0.2", "Eastvale": "10.9.0.3"}.items():
            self.nodes[name] = Node(folder, name, self.cables.machine(name, place, router))
        self.router = router
        self.hub, self.spare = self.nodes["Hub"], self.nodes["Spare"]
        self.councils = [node for node in self.nodes.values() if node not in (self.hub, self.spare)]

    def found(self):
        for node in self.nodes.values():
            listen = ("--listen", f"tcp://{node.machine.address}:{PORT}") if node in (self.hub, self.spare) else ()
            # A hub is no steward, and the charter's stewards are others.
            node.do("init", "--name", node.name, "--role", "hub", "--json", *listen)
            node.do("card", "--out", node.home + ".card", "--json")
        charter, library = (os.path.join(self.folder, name) for name in ("charter", "library"))
        subprocess.run([MAKE_LIBRARY, "40", "4", charter, library,
                        *(node.home + ".card" for node in self.nodes.values())], check=True)
        for node in self.nodes.values():
            node.do("join", charter, "--json")
        self.hub.do("import", library, "--json")
        # The firewall of one lets the port of the truth link through and forgot the one after it.
        self.walled = self.councils[5]
        self.walled.machine.closed_port = PORT + 1
        path = os.path.join(self.walled.home, "candour.conf")
        with open(path, encoding="utf-8") as file:
            config = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(re.sub("(?m)^compare_every.*", "compare_every = 2", config))

    def same(self, nodes, seconds, what, words):
        """They hold what is new, and the same."""
        def equal():
            states = {node.state() for node in nodes}
            return len(states) == 1 and None not in states and all(n.holds(word) for n in nodes for word in words)
        took = within(seconds, equal, what)
        print(f"   {what}: all {len(nodes)} hold the same after {took:.1f} s", flush=True)

    def begin(self):
        print("== a hub and six councils, two of them behind NAT; a second hub is not there yet", flush=True)
        self.cables.start()
        for node in [self.hub, *self.councils]:
            node.start()
        for node in self.councils:
            within(IN_VIEW, lambda n=node: n.peers().get("Hub") == "in_sync", f"{node.name} reaches the hub")
            node.publish("quinces" + node.name.lower())
        words = ["quinces" + node.name.lower() for node in self.councils]
        self.same([self.hub, *self.councils], IN_VIEW, "in the beginning", words)
        if not self.councils[0].says("connecting: no answer yet"):
            raise Failure("nobody says that the second hub does not answer")

    def fail_all_at_once(self):
        cut, slow, lossy, dead = self.councils[:4]
        behind = self.councils[4:]
        print(f"== {cut.name} is cut off, {slow.name} is slow, {lossy.name} loses a packet in ten, "
              f"{dead.name} loses its power,\n   and the router of {behind[0].name} and {behind[1].name} forgets them",
              flush=True)
        began = time.monotonic()
        cut.machine.cut = dead.machine.cut = True
        dead.end(signal.SIGKILL)
        slow.machine.delay, lossy.machine.loss = (0.1, 0.4), 0.1
        self.router.forget()
        reached = [self.hub, slow, lossy, *behind]
        for node in (cut, *reached):
            node.publish("medlars" + node.name.lower())
        words = ["medlars" + node.name.lower() for node in reached]
        self.same(reached, NOTICED, "those who are still reached", words)
        if not cut.holds("medlarskelder") or cut.holds("medlarshub"):
            raise Failure(f"{cut.name} is not cut off")
        within(NOTICED - (time.monotonic() - began), lambda: cut.peers().get("Hub") == "connecting",
               f"{cut.name} says that the hub does not answer: {cut.peers()}")
        if not cut.says("connecting: no answer yet"):
            raise Failure(f"{cut.name} does not say so in words")
        within(NOTICED - (time.monotonic() - began),
               lambda: not {cut.name, dead.name} & set(self.hub.peers()), "the hub notices who is gone")
        print(f"   both ends notice, and say so, after {time.monotonic() - began:.1f} s", flush=True)
        if not self.walled.says("the port after that of tcp://10.0.0.1:7400, for live records, does not answer"):
            raise Failure(f"{self.walled.name} does not say that its firewall has forgotten a port")

    def heal(self):
        print("== all is well again", flush=True)
        for node in self.councils:
            node.machine.cut, node.machine.delay, node.machine.loss = False, (0, 0), 0.0
        next(node for node in self.councils if node.process is None).start()
        self.same([self.hub, *self.councils], IN_VIEW, "after those faults", ["medlarskelder", "medlarshub"])

    def replace_hub(self):
        print("== the hub burns down; the second one, which is empty, is switched on", flush=True)
        self.hub.end(signal.SIGKILL)
        self.hub.machine.cut = True
        shutil.rmtree(self.hub.home)
        self.spare.start()
        self.councils[0].publish("damsons")
        self.councils[5].publish("bullaces")
        self.same([self.spare, *self.councils], IN_VIEW, "with the second hub", ["damsons", "bullaces"])
        council = self.councils[1]
        within(NOTICED, lambda: council.peers().get("Hub") == "connecting", "the hub is said not to answer")
        if council.peers().get("Spare") != "in_sync":
            raise Failure(f"{council.name} is not in sync with the second hub: {council.peers()}")

    def end(self):
        for node in self.nodes.values():
            node.end()
        for node in [self.spare, *self.councils]:
            node.do("verify")

    def tell(self):
        for node in self.nodes.values():
            print(f"--- {node.name}\n{node.at('status').stdout}", file=sys.stderr)
            if os.path.exists(node.log):
                with open(node.log, encoding="utf-8") as log:
                    print("".join(log.readlines()[-12:]), file=sys.stderr)


def main():
    folder = tempfile.mkdtemp()
    story = None
    try:
        story = Story(folder)
        story.found()
        story.begin()
        story.fail_all_at_once()
        story.heal()
        story.replace_hub()
        story.end()
        print("Whatever the network did, all came to hold the same")
        return 0
    except NotAllowed as reason:
        print(f"SKIP: networks may not be made here: {reason}")
        return SKIPPED
    except Failure as failure:
        story.tell()
        print(f"FAILED (seed {SEED}): {failure}", file=sys.stderr)
        return 1
    finally:
        if story is not None:
            for node in story.nodes.values():
                node.end(signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)


# Who is not root is so in a namespace of users, where that is allowed.
INSIDE = ["unshare", "--user", "--map-root-user", "--net"]
if os.geteuid() != 0 and subprocess.run([*INSIDE, "true"], check=False, stderr=subprocess.DEVNULL).returncode == 0:
    os.execvp(INSIDE[0], [*INSIDE, sys.executable, *sys.argv])
sys.exit(main())
