#!/usr/bin/env python3
"""Runs a command at a terminal and answers its question.

usage: terminal.py ANSWER MEANWHILE QUESTION COMMAND...

When the command has asked what ends with QUESTION, MEANWHILE is run by the shell, and ANSWER is typed then. Prints what the
command prints, and exits as it does."""
import os, pty, subprocess, sys

answer, meanwhile, question, command = sys.argv[1], sys.argv[2], sys.argv[3].encode(), sys.argv[4:]
child, terminal = pty.fork()
if child == 0:
    os.execv(command[0], command)
said, asked = b"", False
while True:
    try:
        part = os.read(terminal, 4096)
    except OSError:  # As a terminal ends whose program is gone.
        part = b""
    if not part:
        break
    said += part
    if not asked and said.endswith(question):
        asked = True
        subprocess.run(["sh", "-c", meanwhile], stdin=subprocess.DEVNULL, check=True)
        os.write(terminal, answer.encode() + b"\n")
sys.stdout.write(said.decode().replace("\r\n", "\n"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
