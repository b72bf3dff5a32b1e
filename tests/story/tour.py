#!/usr/bin/env python3
"""Walks docs/tour.md: every command in it is run, in order, in one empty folder, and has to print what the page says.

usage: tour.py CANDOUR PAGE [--print]

In blocks marked `console` a line that begins with "$ " is a command, with the lines of its here-document; what stands
below it is its output, standard error included. Dates, ids and other words that change stand as "..." in the page.
--print: print the page as it would be true, for whoever changes it."""
import os, re, subprocess, sys, tempfile


def blocks(page):
    """(text between, commands of the block that follows); a command is [lines of it, lines of output]."""
    for part in re.split(r"(?ms)^(```console\n.*?^```\n)", page):
        if not part.startswith("```console\n"):
            yield part, None
            continue
        commands, end = [], None
        for line in part.splitlines()[1:-1]:
            if end is not None:
                commands[-1][0].append(line)
                end = None if line == end else end
            elif line.startswith("$ "):
                commands.append([[line[2:]], []])
                here = re.search(r"<<'?(\w+)'?", line)
                end = here.group(1) if here else None
            else:
                commands[-1][1].append(line)
        yield None, commands


def says(expected, line):
    """Does the line say what the page says, where "..." stands for anything?"""
    return re.fullmatch(".*".join(map(re.escape, expected.split("..."))), line) is not None


def main():
    candour, page = os.path.abspath(sys.argv[1]), sys.argv[2]
    printing, wrong, ran = "--print" in sys.argv, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "bin"))
        os.symlink(candour, os.path.join(folder, "bin", "candour"))
        work = os.path.join(folder, "tour")
        os.mkdir(work)
        environment = {**os.environ, "PATH": folder + "/bin:" + os.environ["PATH"], "HOME": work, "USER": "jo",
                       "LOGNAME": "jo", "CANDOUR_HOME": os.path.join(work, "home"), "CANDOUR_PASSPHRASE": "for the tour", "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
        for text, commands in blocks(open(page, encoding="utf-8").read()):
            if printing:
                print("```console\n" if text is None else text, end="")
            for lines, expected in commands or []:
                run = subprocess.run(["sh", "-c", "\n".join(lines)], cwd=work, env=environment, text=True, timeout=200,
                                     stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                got = run.stdout.splitlines()
                ran += 1
                good = len(got) == len(expected) and all(map(says, expected, got))
                if printing:
                    print("$ " + "\n".join(lines))
                    for line in expected if good else got:
                        print(line)
                elif not good:
                    wrong += 1
                    print(f"{page}: `{lines[0]}` prints:\n" + run.stdout + "and not:\n" + "\n".join(expected) + "\n")
            if printing and commands is not None:
                print("```")
    if not printing:
        print(f"{page}: {ran} commands, {wrong} that print something else")
    sys.exit(wrong > 0 or ran == 0)


main()
