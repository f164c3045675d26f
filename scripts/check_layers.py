#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Checks that modules include only what the architecture lets them include.

Reads every #include of lib/ and app/ and the order of lib/meson.build, and prints one line
`file:line: message` for each that breaks the tables below. tests/ and bench/ may include anything.

    scripts/check_layers.py [--root CHECKOUT]

Exit status: 0 clean, 1 something to mend, 2 the tree could not be read.
"""

import argparse
import re
import sys
from pathlib import Path

# module: the modules it may include beside itself. app stands above all of them.
BELOW_STAGE = {
    "base", "wire", "parse", "flow", "ipsec", "filter", "mem", "port", "crypto", "ring", "gen",
    "capture", "metrics",
}
BELOW_PIPELINE = BELOW_STAGE | {"config", "stage"}
ARROWS = {
    "base": set(),
    "wire": {"base"},
    "parse": {"base", "wire"},
    "flow": {"base", "wire", "parse"},
    "ipsec": {"base", "wire", "parse"},
    "filter": {"base"},
    "decode": {"base", "wire", "parse"},
    "gen": {"base", "wire", "parse"},
    "mem": {"base"},
    "port": {"base", "mem"},
    "crypto": {"base", "wire", "ipsec", "mem"},
    "ring": {"base", "mem"},
    "capture": {"base", "wire", "mem", "ring"},
    "metrics": {"base"},
    "config": {"base", "parse"},
    "stage": BELOW_STAGE,
    "pipeline": BELOW_PIPELINE,
    "report": {"base", "metrics", "config", "pipeline"},
    "app": BELOW_PIPELINE | {"pipeline", "report", "decode"},
}

# Libraries that only some modules may see: name, pattern of the header, modules. app sees all.
LIBRARIES = [
    (
        "DPDK",
        re.compile(r"(?:.*/)?rte_\w+\.h"),
        {"mem", "port", "crypto", "ring", "capture", "stage", "pipeline"},
    ),
    ("Boost", re.compile(r"boost/.*"), {"ring"}),
    ("libpcap", re.compile(r"pcap(?:[/.-].*)?"), {"filter"}),
    ("fmt", re.compile(r"fmt/.*"), {"mem", "port", "capture", "decode", "metrics", "config", "pipeline",
                                    "report"}),
    ("JSON", re.compile(r"nlohmann/.*"), {"metrics", "report"}),
    ("CLI11", re.compile(r"CLI/.*"), {"config"}),
    ("toml++", re.compile(r"toml\+\+/.*"), {"config"}),
    ("Zstandard", re.compile(r"z(?:std|std_errors|dict)\.h"), {"capture"}),
]

SOURCE_SUFFIXES = {".hpp", ".cpp", ".h", ".ipp"}
BLOCK_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
INCLUDE = re.compile(r"\s*#\s*include(?:_next)?\s*(.*)")
HEADER_NAME = re.compile(r'"([^"]+)"|<([^>]+)>')
SUBDIR = re.compile(r"\s*subdir\(\s*'([^']+)'\s*\)")


def includes(text):
    """Yields (line number, what stands behind #include) of a C++ source, comments left out."""
    text = BLOCK_COMMENT.sub(lambda match: "\n" * match.group().count("\n"), text)
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1).strip()


def judge_library(module, header):
    """The complaint about `module` including a header that is not Weir's, or None."""
    if module == "app":
        return None
    for library, pattern, modules in LIBRARIES:
        if pattern.fullmatch(header) and module not in modules:
            allowed = ", ".join(sorted(modules | {"app"}))
            return f"{module} may not use {library} (<{header}>); only {allowed} may"
    return None


def judge_include(lib, source, module, operand):
    """The complaint about one #include of the file `source` of `module`, or None."""
    match = HEADER_NAME.match(operand)
    if not match:
        return f"cannot tell what '#include {operand}' includes; name the header"
    header = match.group(1) or match.group(2)
    target, slash, _ = header.partition("/")
    if match.group(2) and not (slash and target in ARROWS and (lib / header).exists()):
        return judge_library(module, header)
    if not slash:
        if module == "app" and (source.parent / header).exists():
            return None
        return f'"{header}" names no module; include it as "module/{header}"'
    if target not in ARROWS:
        return f'unknown module "{target}" in "{header}"; the table is in check_layers.py'
    if target != module and target not in ARROWS[module]:
        allowed = ", ".join(sorted(ARROWS[module])) or "nothing"
        return f'{module} may not include "{header}": it may include {allowed}'
    return None


def check_includes(root):
    """Yields a complaint for each forbidden include and each file outside a known module."""
    lib = root / "lib"
    sources = [*lib.rglob("*"), *(root / "app").rglob("*")]
    for source in sorted(path for path in sources if path.suffix in SOURCE_SUFFIXES):
        name = source.relative_to(root)
        module = "app" if name.parts[0] == "app" else name.parts[1]
        if module not in ARROWS:
            yield f"{name}:1: stands in no module that check_layers.py knows"
            continue
        for number, operand in includes(source.read_text(encoding="utf-8")):
            complaint = judge_include(lib, source, module, operand)
            if complaint:
                yield f"{name}:{number}: {complaint}"


def check_order(root):
    """Yields a complaint for each module that lib/meson.build lists before one it may use."""
    listing = root / "lib" / "meson.build"
    lines = {}
    for number, line in enumerate(listing.read_text(encoding="utf-8").splitlines(), 1):
        match = SUBDIR.match(line)
        if match:
            lines[match.group(1)] = number
    for module, number in lines.items():
        if module not in ARROWS:
            yield f"lib/meson.build:{number}: unknown module '{module}'"
            continue
        late = sorted(used for used in ARROWS[module] if lines.get(used, 0) > number)
        if late:
            yield (f"lib/meson.build:{number}: '{module}' stands before {', '.join(late)}, "
                   "which it may use")
    for folder in sorted(path for path in (root / "lib").iterdir() if path.is_dir()):
        if folder.name not in lines:
            yield f"lib/meson.build:1: does not list the module '{folder.name}'"


def main():
    parser = argparse.ArgumentParser(description="Check the module arrows of lib/ and app/.")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    root = parser.parse_args().root
    try:
        complaints = [*check_includes(root), *check_order(root)]
    except OSError as error:
        print(f"check_layers: {error}", file=sys.stderr)
        return 2
    for complaint in complaints:
        print(complaint)
    print(f"check_layers: {len(complaints)} complaints" if complaints else "check_layers: clean")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
