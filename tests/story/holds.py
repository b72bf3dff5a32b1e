#!/usr/bin/env python3
"""holds.py WORD FOLDER...: 0 when a file there has the word, in whatever case, plain or packed.

Texts are kept as frames of zstd (docs/store.md), in which no plain search finds a word. Wherever in
a file a frame seems to begin it is unpacked, so that logs and pages out of use are looked at too."""
import ctypes
import os
import sys

MAGIC = b"\x28\xb5\x2f\xfd"
MOST = 65536  # A body has no more.

zstd = ctypes.CDLL("libzstd.so.1")
zstd.ZSTD_decompress.restype = ctypes.c_size_t
zstd.ZSTD_decompress.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t]
zstd.ZSTD_findFrameCompressedSize.restype = ctypes.c_size_t
zstd.ZSTD_findFrameCompressedSize.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
zstd.ZSTD_isError.argtypes = [ctypes.c_size_t]
room = ctypes.create_string_buffer(MOST)


def unpacked(data):
    at = data.find(MAGIC)
    while at >= 0:
        piece = data[at:at + MOST]
        size = zstd.ZSTD_findFrameCompressedSize(piece, len(piece))
        if not zstd.ZSTD_isError(size):
            length = zstd.ZSTD_decompress(room, MOST, piece, size)
            if not zstd.ZSTD_isError(length):
                yield room.raw[:length]
        at = data.find(MAGIC, at + 1)


def holds(path, word):
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:  # SQLite removed it meanwhile.
        return False
    return word in data.lower() or any(word in text.lower() for text in unpacked(data))


word = sys.argv[1].lower().encode()
found = [path for folder in sys.argv[2:] for within, _, names in os.walk(folder)
         for path in (os.path.join(within, name) for name in names) if holds(path, word)]
for path in found:
    print(path)
sys.exit(not found)
