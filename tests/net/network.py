#!/usr/bin/env python3
"""A hub and six councils with addresses of their own, two of them behind a router with NAT, while the network
fails in every way that it can: a link is cut, slow, lossy, half open; a router forgets; a machine loses its power;
the hub burns down and another one takes its place. After each fault all of them come to the same state within a
bound, and meanwhile `status` says in words what is wrong.

    tests/net/network.py PROGRAM MAKE_LIBRARY [SEED]

Whole nodes, each on a machine of its own (cables.py). Ends with 77 where networks may not be made."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.append(os.path.join(os.path.dirname(os.path.realpath(__file__)), "../story"))
import nodes  # noqa: E402
from cables import Cables, NotAllowed, Router  # noqa: E402
from nodes import LESSON, Failure, within  # noqa: E402

SKIPPED = 77
PROGRAM, MAKE_LIBRARY = (os.path.realpath(path) for path in sys.argv[1:3])
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
PORT = 7400
# Seconds, of which a busy machine may need the most; what it took is told.
IN_VIEW = 60  # Until all hold the same when nothing is wrong any more: a few.
NOTICED = 100  # Until a peer that fell silent is given up: ten, and three heartbeats.


class Node(nodes.Node):
    def __init__(self, folder, name, machine):
        super().__init__(PROGRAM, folder, name, machine.run)
        self.machine = machine

    def publish(self, word):
        path = os.path.join(self.folder, word + ".md")
        with open(path, "w", encoding="utf-8") as file:
            file.write(LESSON.format(word=word))
        self.do("publish", path, "--by", "An Officer", "--wait", "--json")

    def peers(self):
        status = self.ask("status")
        return {peer["name"]: peer["state"] for peer in status["peers"]} if status else {}

    def reaches(self, name):
        """Connected. What came live while they compared shows as in sync only at their next comparison."""
        return self.peers().get(name) in ("comparing", "in_sync")

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
        self.walled.compare_every(2)

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
            within(IN_VIEW, lambda n=node: n.reaches("Hub"), f"{node.name} reaches the hub")
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
        # It has connected anew, since its router forgot it, and gives each link its time to come up whole.
        within(NOTICED, lambda: self.walled.says("the port after that of tcp://10.0.0.1:7400, for live records, does "
                                                 "not answer"),
               f"{self.walled.name} says that its firewall has forgotten a port")

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
        if not council.reaches("Spare"):
            raise Failure(f"{council.name} is not connected with the second hub: {council.peers()}")

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
    except (Failure, subprocess.SubprocessError) as failure:
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
