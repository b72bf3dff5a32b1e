"""Machines with addresses of their own on one computer, and the cables between them.

Each machine is a network namespace with one TUN device; what it sends is carried by a thread of this program,
which can cut, delay and lose it, and translate addresses as a router with NAT does. So no module of the kernel is
needed but TUN, and nothing outside is reached or changed."""

import ctypes
import fcntl
import heapq
import os
import random
import select
import socket
import struct
import subprocess
import threading
import time

CLONE_NEWNET = 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
SIOCSIFFLAGS, SIOCSIFADDR, SIOCSIFNETMASK = 0x8914, 0x8916, 0x891C
IFF_UP, IFF_RUNNING = 0x1, 0x40
TCP, FIRST_PORT = 6, 40000
libc = ctypes.CDLL(None, use_errno=True)


class NotAllowed(Exception):
    """This machine does not let us make networks."""


def enter(namespace):
    if libc.setns(namespace, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def set_device(name, request, value):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, request, struct.pack("16s24s", name, value))


def internet(address):
    return struct.pack("HH4s", socket.AF_INET, 0, socket.inet_aton(address))


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data[: len(data) & ~1]))
    total += data[-1] << 8 if len(data) % 2 else 0
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Packet:
    """IPv4 without options, as our kernels send it."""

    def __init__(self, data):
        self.data = bytearray(data)

    def is_tcp(self):
        return len(self.data) >= 40 and self.data[0] == 0x45 and self.data[9] == TCP

    def end(self, which):  # 0: where it comes from, 1: where it goes
        return bytes(self.data[12 + 4 * which : 16 + 4 * which]), struct.unpack_from("!H", self.data, 20 + 2 * which)[0]

    def translate(self, which, address, port):
        self.data[12 + 4 * which : 16 + 4 * which] = address
        struct.pack_into("!H", self.data, 20 + 2 * which, port)
        self.data[10:12] = self.data[36:38] = b"\0\0"
        around = bytes(self.data[12:20]) + struct.pack("!HH", TCP, len(self.data) - 20)
        struct.pack_into("!H", self.data, 10, checksum(bytes(self.data[:20])))
        struct.pack_into("!H", self.data, 36, checksum(around + bytes(self.data[20:])))


class Router:
    """Lets machines out under its own address, and nobody in. What it has forgotten it drops."""

    def __init__(self, address):
        self.address, self.next_port = socket.inet_aton(address), FIRST_PORT
        self.forget()

    def forget(self):
        self.out, self.back = {}, {}

    def let_out(self, packet):
        key = packet.end(0) + packet.end(1)
        if key not in self.out:
            self.out[key] = self.next_port
            self.back[(self.next_port,) + packet.end(1)] = packet.end(0)
            self.next_port += 1
        packet.translate(0, self.address, self.out[key])

    def let_in(self, packet):
        inside = self.back.get((packet.end(1)[1],) + packet.end(0))
        if inside is not None:
            packet.translate(1, *inside)
        return inside is not None


class Machine:
    def __init__(self, name, address, router):
        self.name, self.address, self.router = name, address, router
        self.cut, self.delay, self.loss = False, (0, 0), 0.0
        self.open_namespace()

    def open_namespace(self):
        """Ours is that of the machine until we are back."""
        before = os.open("/proc/self/ns/net", os.O_RDONLY)
        if libc.unshare(CLONE_NEWNET) != 0:
            raise NotAllowed("no network namespace: " + os.strerror(ctypes.get_errno()))
        try:
            self.namespace = os.open("/proc/self/ns/net", os.O_RDONLY)
            self.device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(self.device, TUNSETIFF, struct.pack("16sH22x", b"cable", IFF_TUN | IFF_NO_PI))
            set_device(b"cable", SIOCSIFADDR, internet(self.address))
            set_device(b"cable", SIOCSIFNETMASK, internet("255.0.0.0"))
            for name in (b"lo", b"cable"):
                set_device(name, SIOCSIFFLAGS, struct.pack("H", IFF_UP | IFF_RUNNING))
        except OSError as error:
            raise NotAllowed(f"no TUN device: {error}") from error
        finally:
            enter(before)
            os.close(before)

    def run(self, command, **others):
        return subprocess.Popen(command, preexec_fn=lambda: enter(self.namespace), **others)


class Cables(threading.Thread):
    def __init__(self, seed):
        super().__init__(daemon=True)
        self.machines, self.lot, self.under_way, self.count = {}, random.Random(seed), [], 0
        self.carried = 0

    def machine(self, name, address, router=None):
        """All of them before start()."""
        machine = Machine(name, address, router)
        self.machines[socket.inet_aton(address)] = machine
        if router is not None:
            self.machines.setdefault(router.address, router)
        return machine

    def run(self):
        poll = select.poll()
        machines = {m.device: m for m in self.machines.values() if isinstance(m, Machine)}
        for device in machines:
            poll.register(device, select.POLLIN)
        while True:
            due = self.under_way[0][0] - time.monotonic() if self.under_way else 1
            for device, _ in poll.poll(max(0, due * 1000)):
                self.send(machines[device])
            while self.under_way and self.under_way[0][0] <= time.monotonic():
                _, _, machine, data = heapq.heappop(self.under_way)
                self.deliver(machine, data)

    def send(self, machine):
        try:
            packet = Packet(os.read(machine.device, 65536))
        except BlockingIOError:
            return
        if not packet.is_tcp():
            return
        if machine.router is not None:
            machine.router.let_out(packet)
        there = self.machines.get(packet.end(1)[0])
        if isinstance(there, Router):
            there = self.machines.get(packet.end(1)[0]) if there.let_in(packet) else None
        if isinstance(there, Machine):
            self.carry(machine, there, bytes(packet.data))

    def carry(self, here, there, data):
        wait = 0.0
        for machine in (here, there):
            if machine.cut or self.lot.random() < machine.loss:
                return
            wait += self.lot.uniform(*machine.delay)
        self.count += 1
        heapq.heappush(self.under_way, (time.monotonic() + wait, self.count, there, data))

    def deliver(self, machine, data):
        if machine.cut:
            return
        try:
            os.write(machine.device, data)
            self.carried += 1
        except OSError:
            pass  # Its device is not ready for it: lost on the way, as anything may be.
