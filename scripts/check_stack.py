#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Checks how much stack the parser can take: a bound that no packet can pass.

    scripts/check_stack.py BUILD_DIR [--source lib/parse/parse.cpp] [--limit OCTETS]

Compiles the source as the build does and lets g++ write its call graph with the stack of each
function (-fcallgraph-info=su). The worst sum along a path of calls must not pass the limit. Refused
are, since they have no bound that can be seen here: recursion, stack of a size known at run time
only, calls through pointers, and calls of anything outside of the source but the leaves of the C
library below.

Exit status: 0 within the limit, 1 not, 2 nothing to look at, 77 skipped (a build with sanitizers or
without optimization, or a compiler that writes no call graph).
"""

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from check_hot_path import SKIPPED, demangle, why_skip

LEAVES = {"memcpy", "memmove", "memset", "memcmp", "bcmp", "__stack_chk_fail"}
LEAF_OCTETS = 64  # More than any of them takes.
RED_ZONE_OCTETS = 128  # What a function without calls may use below its frame (System V AMD64 ABI).
NO_CALL = {"_GLOBAL_OFFSET_TABLE_"}

NODE = re.compile(r'node: \{ title: "([^"]*)" label: "[^"]*?(\d+) bytes \(([a-z,]+)\)')
EDGE = re.compile(r'edge: \{ sourcename: "([^"]*)" targetname: "([^"]*)"')


@dataclass
class Function:
    name: str  # Mangled.
    octets: int
    kind: str  # "static", or how it is not.
    calls: set = field(default_factory=set)


def compile_command(build, source):
    """(folder, arguments) of the build for the source; None where it does not know it."""
    with (build / "compile_commands.json").open(encoding="utf-8") as text:
        for entry in json.load(text):
            folder = Path(entry["directory"])
            if (folder / entry["file"]).resolve() == source.resolve():
                return folder, entry.get("arguments") or shlex.split(entry["command"])
    return None


def redirected(arguments, target):
    """The command with another output and no dependency file."""
    kept, skip = [], False
    for argument in arguments:
        if not skip and argument not in ("-MD", "-MQ", "-MF", "-o"):
            kept.append(argument)
        skip = argument in ("-MQ", "-MF", "-o")
    return [*kept, "-o", str(target), "-fcallgraph-info=su"]


def symbol(title):
    """The symbol of a graph's title: local ones have their file in front."""
    return title.rpartition(":")[2]


def read_graph(text):
    """{symbol: Function}"""
    functions = {symbol(title): Function(symbol(title), int(octets), kind)
                 for title, octets, kind in NODE.findall(text)}
    for caller, called in EDGE.findall(text):
        functions[symbol(caller)].calls.add(symbol(called))
    return functions


def undefined_symbols(target):
    """What the object refers to outside of it, whether or not the graph shows a call."""
    output = subprocess.run(["nm", "--undefined-only", str(target)], capture_output=True, text=True,
                            check=True).stdout
    return {line.split()[-1] for line in output.splitlines()} - NO_CALL


def problems(functions, undefined):
    """Yields (function or None, what is wrong)."""
    for function in functions.values():
        if function.kind != "static":
            yield function.name, f"takes stack of a size known at run time only ({function.kind})"
        if "__indirect_call" in function.calls:
            yield function.name, "calls through a pointer"
    called = set().union(*(function.calls for function in functions.values()))
    for name in sorted((called | undefined) - LEAVES - functions.keys() - {"__indirect_call"}):
        callers = [function.name for function in functions.values() if name in function.calls]
        yield (callers or [None])[0], f"calls {name}, whose stack is not known"


def deepest(functions):
    """(octets, path of names) of the worst sequence of calls; the path ends with its first name
    where there is recursion."""
    done = {}

    def visit(name, path):
        if name in path:
            raise RecursionError([*path[path.index(name):], name])
        if name not in functions:
            return LEAF_OCTETS + RED_ZONE_OCTETS, [name]
        if name not in done:
            below = max((visit(called, [*path, name]) for called in functions[name].calls),
                        default=(RED_ZONE_OCTETS, []))
            done[name] = functions[name].octets + below[0], [name, *below[1]]
        return done[name]

    return max(visit(name, []) for name in functions)


def main():
    parser = argparse.ArgumentParser(description="Check how much stack the parser can take.")
    parser.add_argument("build", nargs="?", type=Path, default=Path("build"))
    parser.add_argument("--source", type=Path,
                        default=Path(__file__).resolve().parent.parent / "lib/parse/parse.cpp")
    parser.add_argument("--limit", type=int, default=1024, metavar="OCTETS")
    arguments = parser.parse_args()
    try:
        if skip := why_skip(arguments.build):
            print(f"SKIP: {skip}")
            return SKIPPED
        command = compile_command(arguments.build, arguments.source)
    except OSError as error:
        print(f"check_stack: {error}", file=sys.stderr)
        return 2
    if command is None:
        print(f"check_stack: {arguments.source} is not built there", file=sys.stderr)
        return 2

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "object.o")
        # A compiler cache keeps the object, not the graph beside it.
        result = subprocess.run(redirected(command[1], target), cwd=command[0],
                                capture_output=True, text=True, check=False,
                                env={**os.environ, "CCACHE_DISABLE": "1"})
        if result.returncode != 0 and "callgraph-info" in result.stderr:
            print("SKIP: the compiler writes no call graph (-fcallgraph-info, g++ 10)")
            return SKIPPED
        if result.returncode != 0:
            print(result.stderr, end="", file=sys.stderr)
            return 2
        functions = read_graph(target.with_suffix(".ci").read_text(encoding="utf-8"))
        undefined = undefined_symbols(target)
    if not functions:
        print(f"check_stack: no function in {arguments.source}", file=sys.stderr)
        return 2

    found = list(problems(functions, undefined))
    try:
        octets, path = deepest(functions)
    except RecursionError as recursion:
        octets, path = 0, recursion.args[0]
        found.append((path[0], "calls itself"))
    names = demangle({*path, *(name for name, _ in found if name)})
    for name, what in found:
        print(f"{names.get(name, 'the object')}: {what}")
    if octets > arguments.limit:
        found.append((path[0], ""))
    for name in path:
        print(f"  {functions[name].octets if name in functions else LEAF_OCTETS:6}  {names[name]}")
    print(f"  {RED_ZONE_OCTETS:6}  below the last frame")
    print(f"check_stack: {octets} octets of stack along these calls, {arguments.limit} allowed")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
