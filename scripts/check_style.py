#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Checks the two rules of the house style that a machine can read in every C++ file.

    scripts/check_style.py spdx   [--root CHECKOUT]   the licence stands in the first line
    scripts/check_style.py format [--root CHECKOUT]   clang-format would change nothing

Exit status: 0 clean, 1 something to mend, 77 skipped (no clang-format 14: the
tree has its layout).
"""

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

FOLDERS = ("app", "bench", "lib", "tests")
SUFFIXES = {".hpp", ".cpp", ".h", ".ipp"}
LICENCE_LINE = "// SPDX-License-Identifier: BSD-3-Clause"
CLANG_FORMAT_MAJOR = 14  # Debian 12's; other versions lay out some constructs differently.
SKIPPED = 77


def cpp_files(root):
    """The C++ files of the checkout, sorted."""
    return sorted(path for folder in FOLDERS for path in (root / folder).rglob("*")
                  if path.suffix in SUFFIXES and path.is_file())


def check_licence(files):
    """Yields the files whose first line is not the licence."""
    for path in files:
        with path.open(encoding="utf-8") as text:
            if text.readline().rstrip("\r\n") != LICENCE_LINE:
                yield path


def clang_format():
    """(program, None), or (None, why there is none to use)."""
    for name in (f"clang-format-{CLANG_FORMAT_MAJOR}", "clang-format"):
        program = shutil.which(name)
        if not program:
            continue
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
        match = re.search(r"version (\d+)", version.stdout)
        if match and int(match.group(1)) == CLANG_FORMAT_MAJOR:
            return program, None
        return None, f"clang-format {CLANG_FORMAT_MAJOR} is wanted, found: {version.stdout.strip()}"
    return None, f"clang-format {CLANG_FORMAT_MAJOR} is not installed"


def check_format(program, files):
    """Yields the files that clang-format would change."""
    for path in files:
        formatted = subprocess.run([program, "--style=file", str(path)], capture_output=True,
                                   check=True)
        if formatted.stdout != path.read_bytes():
            yield path


def main():
    parser = argparse.ArgumentParser(description="Check licence lines and layout of C++ files.")
    parser.add_argument("rule", choices=("spdx", "format"))
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    arguments = parser.parse_args()
    files = cpp_files(arguments.root)
    if not files:
        print(f"check_style: no C++ file under {arguments.root}", file=sys.stderr)
        return 1
    if arguments.rule == "spdx":
        bad = list(check_licence(files))
        rule = f"first line is not '{LICENCE_LINE}'"
    else:
        program, reason = clang_format()
        if program is None:
            print(f"SKIP: {reason}")
            return SKIPPED
        bad = list(check_format(program, files))
        rule = "not laid out as clang-format does it; run clang-format -i on it"
    for path in bad:
        print(f"{path.relative_to(arguments.root)}:1: {rule}")
    print(f"check_style {arguments.rule}: {len(files)} files, {len(bad)} to mend")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
