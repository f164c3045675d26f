#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Sums up what `meson test` logged: who was skipped and why, who failed, and one line of totals.

    scripts/test_summary.py [--failed WHAT]... LABEL=TESTLOG.json...

Counts test cases where a program says how many it ran (GoogleTest, unittest), else the program as
one. Meson's verdict on a program rules: a crash or a time-out is a failure whatever was printed,
and so are a program that ran no case and a build (LABEL) in which no test ran at all. --failed
names what went wrong outside of any test, a build for instance, and counts as one failure each.

Skip reasons are read from lines `SKIP: reason` of any test, GTEST_SKIP() messages, and unittest's
verbose output. The last line is `N passed, N failed, N skipped`. Exit status: 0 when something
passed and nothing failed, else 1.
"""

import argparse
import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

GTEST_RAN = re.compile(r"^\[==========\] (\d+) tests? from .* ran\.", re.MULTILINE)
GTEST_COUNT = {
    "failed": re.compile(r"^\[  FAILED  \] (\d+) tests?, listed below", re.MULTILINE),
    "skipped": re.compile(r"^\[  SKIPPED \] (\d+) tests?, listed below", re.MULTILINE),
}
GTEST_SKIP = re.compile(r"^\[ RUN      \] (\S+)\n((?:(?!\[ RUN ).*\n)*?)\[  SKIPPED \] \1 \(",
                        re.MULTILINE)
UNITTEST_RAN = re.compile(r"^Ran (\d+) tests? in ", re.MULTILINE)
UNITTEST_COUNTS = re.compile(r"^(?:OK|FAILED) \((.*)\)$", re.MULTILINE)
UNITTEST_SKIP = re.compile(r"^(\S+) \(.*\)(?:\n.*)? \.\.\. skipped ['\"](.*)['\"]$", re.MULTILINE)
UNITTEST_CLASS_SKIP = re.compile(r"^setUpClass \(.*\) \.\.\. skipped ", re.MULTILINE)
PLAIN_SKIP = re.compile(r"^\s*SKIP: (.*\S)", re.MULTILINE)


@dataclass
class Totals:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    skips: list = field(default_factory=list)
    failures: list = field(default_factory=list)


def last(pattern, text):
    """The first group of the pattern's last match in the text, or None."""
    matches = pattern.findall(text)
    return matches[-1] if matches else None


def count_cases(text):
    """(ran, failed, skipped) as the program itself counted them, or None when it did not."""
    ran = last(GTEST_RAN, text)
    if ran is not None:
        return (int(ran), *(int(last(GTEST_COUNT[kind], text) or 0)
                            for kind in ("failed", "skipped")))
    ran = last(UNITTEST_RAN, text)
    if ran is None:
        return None
    counts = dict.fromkeys(("failures", "errors", "unexpected successes", "skipped"), 0)
    for count in (last(UNITTEST_COUNTS, text) or "").split(", "):
        name, _, value = count.partition("=")
        if name in counts:
            counts[name] = int(value)
    skipped = counts.pop("skipped")
    # A class that setUpClass() skips is one skip, and its cases are not among those that ran.
    return int(ran) + len(UNITTEST_CLASS_SKIP.findall(text)), sum(counts.values()), skipped


def skip_reasons(text):
    """The reasons that a test's output gives for what it skipped."""
    reasons = PLAIN_SKIP.findall(text)
    for case, output in GTEST_SKIP.findall(text):
        message = output.rpartition(": Skipped\n")[2]
        reasons.append(f"{case}: {' '.join(message.split()) or 'no reason given'}")
    reasons += [f"{case}: {reason}" for case, reason in UNITTEST_SKIP.findall(text)]
    return reasons


def add_test(totals, label, entry):
    """Adds one line of testlog.json, the run of one test program."""
    text = entry.get("stdout", "") + "\n" + entry.get("stderr", "")
    name = f"{entry['name'].partition(':')[2] or entry['name']} ({label})"
    result = entry["result"]
    if result == "SKIP":
        totals.skipped += 1
        reasons = skip_reasons(text) or ["no reason given: a line 'SKIP: reason' is wanted"]
        totals.skips += [f"{name}: {reason}" for reason in reasons]
        return
    ran, failed, skipped = count_cases(text) or (1, 0, 0)
    if result not in ("OK", "EXPECTEDFAIL"):
        failed = max(failed, 1)
        totals.failures.append(f"{name}: {result.lower()}, exit status {entry.get('returncode')}")
    elif ran == 0 and skipped == 0:
        failed = 1
        totals.failures.append(f"{name}: ran no test case")
    else:
        failed = 0
    totals.failed += failed
    totals.skipped += skipped
    totals.passed += max(ran - failed - skipped, 0)
    reasons = skip_reasons(text)
    if skipped > len(reasons):
        reasons.append(f"{skipped - len(reasons)} cases without a reason in the log")
    totals.skips += [f"{name}: {reason}" for reason in reasons]


def add_log(totals, label, path):
    """Adds one testlog.json; one that is missing or empty means that no test ran."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for line in lines:
        add_test(totals, label, json.loads(line))
    if not lines:
        totals.failed += 1
        totals.failures.append(f"{label}: no test ran")


def main():
    parser = argparse.ArgumentParser(description="Sum up the logs of meson test.")
    parser.add_argument("--failed", action="append", default=[], metavar="WHAT")
    parser.add_argument("logs", nargs="*", metavar="LABEL=TESTLOG.json")
    arguments = parser.parse_args()
    totals = Totals(failed=len(arguments.failed), failures=list(arguments.failed))
    for log in arguments.logs:
        label, _, path = log.partition("=")
        add_log(totals, label, Path(path))
    for skip in totals.skips:
        print(f"SKIPPED  {skip}")
    for failure in totals.failures:
        print(f"FAILED   {failure}")
    print(f"{totals.passed} passed, {totals.failed} failed, {totals.skipped} skipped")
    return 0 if totals.failed == 0 and totals.passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
