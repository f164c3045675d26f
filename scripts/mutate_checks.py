#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Mutation testing of the parser's bounds checks: breaks one after the other and sees whether the
tests of the parser notice.

    scripts/mutate_checks.py [--only FILE]... [--sample N [--seed S]] [--jobs N] [--bar PERCENT]
    scripts/mutate_checks.py --list [--only FILE]...
    scripts/mutate_checks.py --self-test

What is broken, and how: scripts/mutants.py. Each mutant is made in a copy of the checkout in
build-mutants/, which is built without optimization to speak of, and again with AddressSanitizer
where nothing was noticed. It counts as killed when a test fails, crashes or takes too long; one that
does not compile counts for nothing. What survives is printed as a diff, unless the file of explained
mutants says why no test can tell it from the original (it makes no difference):

    FILE: LINE, THE CHANGE MARKED AS --list MARKS IT<tab>REASON

The score is the share of those killed, without the explained ones. A run takes about a second a
mutant; scripts/test.sh runs the self-test only.

Exit status: 0 the score reaches the bar, 1 it does not, 2 the tests fail on the original, or there
is nothing to do.
"""

import argparse
import collections
import difflib
import os
import queue
import random
import shlex
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import mutants

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = ("__pycache__",)  # And whatever begins with "build" or a dot.
SHORTEST_LIMIT_SECONDS = 10


@dataclass
class Target:
    """A mutant of one file."""
    file: str  # From the root.
    text: str  # Of the original.
    mutant: mutants.Mutant
    label: str

    def diff(self):
        lines = [text.splitlines(keepends=True)
                 for text in (self.text, self.mutant.apply(self.text))]
        return "".join(difflib.unified_diff(*lines, self.file, self.file, n=2))


def find_targets(root, folder, only):
    """The mutants of every source of the folder but of cold ones (*_setup)."""
    targets = []
    for path in sorted((root / folder).glob("*.[hc]pp")):
        if path.stem.endswith("_setup") or (only and path.name not in only):
            continue
        text = path.read_text(encoding="utf-8")
        file = path.relative_to(root).as_posix()
        seen = collections.Counter()
        for mutant in mutants.mutants_of(text):
            label = f"{file}: {mutant.show(text)}"
            seen[label] += 1
            if seen[label] > 1:  # The same line in another function.
                label += f" #{seen[label]}"
            targets.append(Target(file, text, mutant, label))
    return targets


def read_explained(path):
    """{label: reason}"""
    if not path or not path.exists():
        return {}
    result = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            label, tab, reason = line.partition("\t")
            if not tab or not reason.strip():
                raise ValueError(f"{path}:{number}: no tab and reason behind the mutant")
            result[label] = reason.strip()
    return result


def copy_tree(source, target):
    """Makes `target` hold what `source` does, touching only what differs."""
    wanted = set()
    for folder, folders, files in os.walk(source):
        folders[:] = [name for name in folders
                      if not name.startswith((".", "build")) and name not in LEFT_OUT]
        for name in files:
            path = Path(folder, name)
            wanted.add(path.relative_to(source))
    for path in target.rglob("*"):
        if path.is_file() and path.relative_to(target) not in wanted:
            path.unlink()
    for name in wanted:
        data = (source / name).read_bytes()
        copy = target / name
        if not copy.exists() or copy.read_bytes() != data:
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(data)


class Bench:
    """A copy of the checkout with one build of its tests."""

    def __init__(self, place, arguments, sanitize):
        self.tree = place / "tree"
        self.build = place / ("build-asan" if sanitize else "build")
        self.sanitize = sanitize
        self.commands = [arguments.build] if arguments.build else [
            f"ninja -j1 -C {shlex.quote(str(self.build))} "
            + " ".join(f"tests/{test}_test" for test in arguments.tests)]
        self.tests = [arguments.run] if arguments.run else [
            f"{shlex.quote(str(self.build))}/tests/{test}_test --gtest_fail_fast --gtest_brief=1"
            for test in arguments.tests]
        if not arguments.build and not (self.build / "build.ninja").exists():
            self.commands.insert(0, self.configuration())
        self.limit_seconds = 600.0

    def configuration(self):
        options = ["--buildtype=plain", "-Doptimization=1", "-Dwarning_level=0", "-Dwerror=false",
                   "-Dbench=false", "-Dcpp_args=-D_GLIBCXX_ASSERTIONS"]
        if self.sanitize:
            options += ["-Db_sanitize=address", "-Db_lundef=false"]
        return shlex.join(["meson", "setup", *options, str(self.build), str(self.tree)])

    def compiles(self):
        results = [self.execute(command, 600) for command in self.commands]
        return all(result is not None and result.returncode == 0 for result in results)

    def execute(self, command, limit_seconds):
        """The finished process, or None after the time limit."""
        try:
            return subprocess.run(shlex.split(command), cwd=self.tree, timeout=limit_seconds,
                                  stdin=subprocess.DEVNULL, capture_output=True, check=False)
        except subprocess.TimeoutExpired:
            return None

    def verdict(self):
        """How the tests end: "passed", "failed", "crashed" or "timed out"."""
        for test in self.tests:
            result = self.execute(test, self.limit_seconds)
            if result is None:
                return "timed out"
            if result.returncode != 0:
                return "crashed" if result.returncode < 0 else "failed"
        return "passed"

    def prepare(self):
        """Builds and tests the original; why that fails, or None."""
        if not self.compiles():
            return "the original does not compile"
        del self.commands[:-1]
        started = time.monotonic()
        verdict = self.verdict()
        self.limit_seconds = max(SHORTEST_LIMIT_SECONDS, 5 * (time.monotonic() - started))
        return None if verdict == "passed" else f"the tests of the original: {verdict}"


def judge(benches, target):
    """What becomes of a mutant: "survived", "not compiled", or how the tests noticed."""
    path = benches[0].tree / target.file
    path.write_text(target.mutant.apply(target.text), encoding="utf-8")
    try:
        for bench in benches:
            if not bench.compiles():
                return "not compiled"
            verdict = bench.verdict()
            if verdict != "passed":
                return verdict
        return "survived"
    finally:
        path.write_text(target.text, encoding="utf-8")


def run(root, scratch, arguments, targets):
    """[(target, verdict)], in the order of targets."""
    waiting = queue.SimpleQueue()
    for number in range(len(targets)):
        waiting.put(number)
    verdicts, problems = {}, []

    def work(worker):
        place = scratch / str(worker)
        copy_tree(root, place / "tree")
        plain_only = arguments.build or arguments.no_sanitizer
        benches = [Bench(place, arguments, sanitize)
                   for sanitize in ((False,) if plain_only else (False, True))]
        for bench in benches:
            if problem := bench.prepare():
                problems.append(problem)
                return
        while not problems:
            try:
                number = waiting.get_nowait()
            except queue.Empty:
                return
            verdicts[number] = judge(benches, targets[number])
            if len(verdicts) % 100 == 0:
                print(f"  {len(verdicts)} of {len(targets)}", file=sys.stderr, flush=True)

    workers = [threading.Thread(target=work, args=(worker,)) for worker in range(arguments.jobs)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if problems:
        raise RuntimeError(problems[0])
    return [(target, verdicts[number]) for number, target in enumerate(targets)]


def report(results, explained, known_labels):
    """Prints the table and the survivors; returns the score in percent."""
    columns = ("failed", "crashed", "timed out", "not compiled", "explained", "survived")
    table = collections.defaultdict(collections.Counter)
    for target, verdict in results:
        if verdict == "survived" and target.label in explained:
            verdict = "explained"
        for row in (target.file, "all"):
            table[row][verdict] += 1
    width = max(map(len, table))
    print(f"{'':{width}}  mutants" + "".join(f"{column:>14}" for column in columns) + "   score")
    for row in [name for name in table if name != "all"] + ["all"]:
        counts = table[row]
        print(f"{row:{width}}  {counts.total():7}"
              + "".join(f"{counts[column]:14}" for column in columns) + f"{score(counts):7.1f}%")
    for target, verdict in results:
        if verdict == "survived" and target.label in explained:
            print(f"\nexplained: {target.label}\n  {explained[target.label]}")
        elif verdict == "survived":
            print(f"\nSURVIVED: {target.label}\n{target.diff()}", end="")
        elif verdict != "not compiled" and target.label in explained:
            print(f"\nexplained, yet {verdict}: {target.label}")
    for label in explained:
        if label not in known_labels:
            print(f"\nexplained, but there is no such mutant: {label}")
    return score(table["all"])


def score(counts):
    """Killed ones in percent of those that a test could notice."""
    killed = counts["failed"] + counts["crashed"] + counts["timed out"]
    judged = killed + counts["survived"]
    return 100.0 * killed / judged if judged else 100.0


def parse_arguments():
    parser = argparse.ArgumentParser(description="Mutation testing of the parser's bounds checks.")
    parser.add_argument("--list", action="store_true", help="print the mutants and end")
    parser.add_argument("--self-test", action="store_true", help="test this script and end")
    parser.add_argument("--only", action="append", metavar="FILE", help="name without folder")
    parser.add_argument("--sample", type=int, metavar="N", help="judge N mutants chosen at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--bar", type=float, default=95.0, metavar="PERCENT")
    parser.add_argument("--survivors", type=Path, metavar="FILE",
                        help="explained mutants (default: tests/parse/mutants_explained.txt)")
    parser.add_argument("--no-sanitizer", action="store_true",
                        help="do not try survivors again with AddressSanitizer")
    parser.add_argument("--tests", type=lambda names: names.split(","), default=["parse"],
                        metavar="NAME,...", help="unit test programs to run (default: parse)")
    parser.add_argument("--root", type=Path, default=ROOT)
    parser.add_argument("--folder", default="lib/parse")
    parser.add_argument("--scratch", type=Path, help="default: build-mutants/ of the root")
    parser.add_argument("--build", metavar="COMMAND", help="instead of Meson's build")
    parser.add_argument("--run", metavar="COMMAND", help="instead of the unit test programs")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    if arguments.self_test:
        test = ROOT / "tests" / "checks" / "mutate_checks_test.py"
        return subprocess.run([sys.executable, "-B", test], check=False).returncode
    root = arguments.root.resolve()
    targets = find_targets(root, arguments.folder, arguments.only)
    known_labels = {target.label for target in find_targets(root, arguments.folder, None)}
    if not targets:
        print(f"mutate_checks: no checks in {arguments.folder}", file=sys.stderr)
        return 2
    if arguments.list:
        print("\n".join(target.label for target in targets))
        return 0
    if arguments.sample is not None and arguments.sample < len(targets):
        chosen = random.Random(arguments.seed).sample(range(len(targets)), arguments.sample)
        targets = [targets[number] for number in sorted(chosen)]
    scratch = (arguments.scratch or root / "build-mutants").resolve()
    try:
        explained = read_explained(arguments.survivors
                                   or root / "tests" / "parse" / "mutants_explained.txt")
        results = run(root, scratch, arguments, targets)
    except (OSError, ValueError, RuntimeError) as error:
        print(f"mutate_checks: {error}", file=sys.stderr)
        return 2
    percent = report(results, explained, known_labels)
    print(f"\nmutate_checks: score {percent:.1f} %, wanted {arguments.bar:g} %")
    return 0 if percent >= arguments.bar else 1


if __name__ == "__main__":
    sys.exit(main())
