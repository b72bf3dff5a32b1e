#!/usr/bin/env python3
"""Passes connections on to a node's two ports, until it is killed; after so many bytes from it, nothing more.

    relay.py ADDRESS PORT TARGET [BYTES]        the ports after them too; 0 bytes: everything"""

import asyncio
import sys

ADDRESS, PORT, TARGET = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
MOST = int(sys.argv[4]) if len(sys.argv) > 4 else 0


class Relay:
    def __init__(self):
        self.passed, self.never = 0, asyncio.Event()

    async def pass_on(self, reader, writer, counted):
        try:
            while data := await reader.read(65536):
                self.passed += len(data) if counted else 0
                writer.write(data)
                await writer.drain()
                if MOST and self.passed >= MOST:
                    await self.never.wait()
        except ConnectionError:
            pass
        finally:
            writer.close()

    def to(self, port):
        async def accept(reader, writer):
            try:
                there, back = await asyncio.open_connection(ADDRESS, port)
            except ConnectionError:
                writer.close()
                return
            await asyncio.gather(self.pass_on(reader, back, False), self.pass_on(there, writer, True))
        return accept

    async def run(self):
        for offset in (0, 1):
            await asyncio.start_server(self.to(TARGET + offset), ADDRESS, PORT + offset)
        await self.never.wait()


asyncio.run(Relay().run())
