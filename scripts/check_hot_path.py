#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Checks that no compiled code of the packet path can allocate, throw, print, lock or make a system
call.

    scripts/check_hot_path.py BUILD_DIR [--root CHECKOUT]

Looks at each reference that an object of a hot module makes to a symbol outside of it:

- A symbol of Weir must be defined in another hot object, so that the rule holds for whatever the
  packet path reaches; *_setup.cpp, the cold half of a class, is no hot object.
- Any other symbol must stand in the list of harmless ones below. What is not known is refused.
- `operator delete` is a special case. A class with a virtual destructor gets a deleting destructor
  (the "D0" of the Itanium C++ ABI), which refers to it whether or not anybody deletes such an
  object. Only the relocations inside a D0 function may do so, and no code may refer to a D0:
  only virtual tables may, which are data. A local D0 is refused, since a call of it inside its
  object needs no relocation and would not be seen. (A delete through a virtual table refers to
  nothing and is not seen; it needs an object from a `new` that no hot object can make.)

Exit status: 0 clean, 1 something to mend, 2 nothing to look at, 77 skipped (sanitizer, ledger
or unoptimized build, whose objects refer to what the release's do not).
"""

import argparse
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

HOT_MODULES = ("wire", "parse", "flow", "ipsec", "filter", "ring", "stage")
# Of modules that are cold for the most part, the sources that packets pass.
HOT_SOURCES = {"crypto": ("esp_decryptor.cpp", "esp_decryptor_device.cpp")}
SKIPPED = 77

HARMLESS = {
    # Emitted by the compiler for copies, thread-local variables and position-independent code.
    "memcpy", "memmove", "memset", "memcmp", "bcmp", "_GLOBAL_OFFSET_TABLE_", "__tls_get_addr",
    # What a noexcept function does with an exception, and what unwinds through one that is not:
    # they end or pass on what somebody threw, and __cxa_throw is refused.
    "__gxx_personality_v0", "_Unwind_Resume", "__cxa_begin_catch", "__cxa_call_terminate",
    "_ZSt9terminatev",
    # The process ends there: a broken assertion, a smashed stack, an abstract virtual function.
    "__assert_fail", "_ZSt21__glibcxx_assert_failPKciS0_S0_", "__stack_chk_fail",
    "__cxa_pure_virtual",
    # DPDK's inline functions: rx and tx burst, mempool get and put, mbuf free and read.
    "rte_eth_fp_ops", "rte_eth_call_rx_callbacks", "rte_eth_call_tx_callbacks",
    "rte_mempool_ops_table", "rte_pktmbuf_free_bulk", "__rte_pktmbuf_read",
    # Crypto burst; rte_pktmbuf_linearize copies and frees to the mempool.
    "rte_crypto_fp_ops", "__rte_pktmbuf_linearize",
    "per_lcore__lcore_id",
    # rte_mempool_do_generic_put/get: the mempool's own ring is corrupt, the process ends.
    "__rte_panic",
    # libpcap's interpreter of a compiled filter: a loop over the packet, nothing else.
    "bpf_filter",
}
HARMLESS_PATTERN = re.compile(r"_ZTVN10__cxxabiv1")  # What typeinfo objects begin with: data.

# Symbols of namespace weir; and those of them outside the hot modules that stages may call: what
# makes packets (gen) or reads them from a file (capture::CaptureReader) is no live port, it loses
# nothing by being slow.
OWN = re.compile(r"_Z(?:T[A-Z]|GV|Z)*N[KVRO]*4weir")
OWN_SOURCES = re.compile(r"_Z(?:T[A-Z]|GV|Z)*N[KVRO]*4weir(?:3gen\d|7capture13CaptureReader\d)")

# Why a symbol is refused: the first whole match. What matches none is "not known to be harmless".
REASONS = [(re.compile(pattern), reason) for pattern, reason in (
    (r"_Zn[wa].*", "allocates"),
    (r"_Zd[la].*", "frees"),
    (r"malloc|calloc|realloc|reallocarray|posix_memalign|aligned_alloc|memalign|strdup|strndup",
     "allocates"),
    (r"free", "frees"),
    (r"rte_[a-z]*alloc\w*|rte_free|rte_memzone_\w+|rte_mempool_create\w*|rte_mempool_free",
     "allocates from or frees to DPDK's heap"),
    (r"__cxa_(?:throw|rethrow|allocate_exception|throw_bad\w+|bad_\w+)|_ZSt\d+__throw_.*",
     "throws"),
    (r"__cxa_guard_\w+|pthread_\w+|sem_\w+|_ZNSt(?:5mutex|18condition_variable).*", "locks"),
    (r"rte_v?log|v?syslog", "logs"),
    (r"(?:__)?v?(?:f|s|sn|d|as)?printf(?:_chk)?|f?puts|f?putc|putchar|fwrite|fflush|perror",
     "prints"),
    (r"_ZNK?S[aosi].*|_ZNK?St.*(?:stream|ios_base|locale|basic_string).*|_ZSt4c(?:out|err|log)"
     r"|_ZSt(?:ls|4endl|16__ostream_insert).*", "uses std::string or a stream"),
    (r"(?:p?(?:read|write)v?|open(?:at)?|close|mmap|munmap|mremap|brk|sbrk|ioctl|poll|select"
     r"|epoll_\w+|syscall|send\w*|recv\w*|socket|nanosleep|usleep|sleep|sched_yield|clock_\w+"
     r"|gettimeofday|time)(?:64)?", "is a system call"),
)]

DELETING_DESTRUCTOR = re.compile(r"_ZN.*D0Ev(?:\.cold)?(?:\.\d+)?$")
OPERATOR_DELETE = re.compile(r"_ZdlPv")


@dataclass
class Symbol:
    name: str
    section: str  # Section number as readelf prints it; "UND" where it is not defined.
    value: int
    size: int
    binding: str


@dataclass
class Object:
    path: Path
    symbols: list = field(default_factory=list)
    code_sections: set = field(default_factory=set)
    references: list = field(default_factory=list)  # (section number, offset, symbol name)

    def defined(self):
        return {symbol.name for symbol in self.symbols
                if symbol.section != "UND" and symbol.binding != "LOCAL"}

    def function_at(self, section, offset):
        """The symbol whose code holds the relocation, or None in data."""
        for symbol in self.symbols:
            if (symbol.section == section and symbol.size > 0
                    and symbol.value <= offset < symbol.value + symbol.size):
                return symbol
        return None


SECTION_LINE = re.compile(r"\s*\[\s*(\d+)\]\s+(\S+)\s+(\S+)\s+[0-9a-f]+\s+[0-9a-f]+\s+[0-9a-f]+"
                          r"\s+[0-9a-f]+\s+([A-Za-z]*)\s+\d+\s+(\d+)\s+\d+$")
SYMBOL_LINE = re.compile(r"\s*\d+:\s+([0-9a-f]+)\s+(\S+)\s+(\S+)\s+(\S+)\s+\S+.*?\s(\S+)\s(\S+)$")
RELOCATIONS_OF = re.compile(r"Relocation section '(\S+)'")
RELOCATION_LINE = re.compile(r"([0-9a-f]{12,16})\s+[0-9a-f]+\s+R_\S+\s+[0-9a-f]+\s+(\S+)")


def read_object(path):
    """Sections, symbols and relocations of one object file, by readelf."""
    output = subprocess.run(["readelf", "--sections", "--symbols", "--relocs", "--wide", str(path)],
                            capture_output=True, text=True, check=True,
                            env={**os.environ, "LC_ALL": "C"}).stdout
    result = Object(path)
    target = {}  # Name of a relocation section: the section it applies to.
    section = None
    for line in output.splitlines():
        if match := SECTION_LINE.match(line):
            number, name, kind, flags, info = match.groups()
            if kind == "RELA":
                # Several sections of one name (COMDAT) are told apart by order.
                target.setdefault(name, []).append(info)
            elif "X" in flags:
                result.code_sections.add(number)
        elif match := RELOCATIONS_OF.match(line):
            section = target[match.group(1)].pop(0)
        elif match := RELOCATION_LINE.match(line):
            result.references.append((section, int(match.group(1), 16), match.group(2)))
        elif match := SYMBOL_LINE.match(line):
            value, size, _, binding, number, name = match.groups()
            result.symbols.append(
                Symbol(name, number, int(value, 16), int(size, 0), binding))
    if not result.references:
        raise ValueError(f"{path} holds no relocation that readelf shows; it cannot be judged")
    return result


def reason_against(name, hot_symbols):
    """Why a hot object may not refer to the undefined symbol `name`, or None."""
    if name in HARMLESS or HARMLESS_PATTERN.match(name):
        return None
    if OWN.match(name):
        if name in hot_symbols or OWN_SOURCES.match(name):
            return None
        return "is defined in no hot object: a cold half or a cold module"
    for pattern, reason in REASONS:
        if pattern.fullmatch(name):
            return reason
    return "is not known to be harmless (the list is in check_hot_path.py)"


def check_object(hot_object, hot_symbols):
    """Yields (function, symbol, reason) for each reference that may not be."""
    undefined = {symbol.name for symbol in hot_object.symbols if symbol.section == "UND"}
    seen = set()
    for section, offset, name in hot_object.references:
        function = hot_object.function_at(section, offset)
        in_deleting_destructor = (function is not None and function.binding != "LOCAL"
                                  and DELETING_DESTRUCTOR.match(function.name))
        if DELETING_DESTRUCTOR.match(name):
            reason = None
            if section in hot_object.code_sections and not in_deleting_destructor:
                reason = "deletes an object"
        elif OPERATOR_DELETE.match(name) and in_deleting_destructor:
            reason = None
        elif name in undefined:
            reason = reason_against(name, hot_symbols)
        else:
            reason = None
        where = function.name if function else "(data)"
        if reason and (where, name) not in seen:
            seen.add((where, name))
            yield where, name, reason


def demangle(names):
    """The C++ names of mangled ones, as a dict."""
    names = sorted(names)
    output = subprocess.run(["c++filt"], input="\n".join(names), capture_output=True, text=True,
                            check=True).stdout
    return dict(zip(names, output.splitlines()))


def hot_objects(build, root):
    """(object files of the hot modules, sources of them that have no object)."""
    names = {module: [source.name for source in sorted((root / "lib" / module).glob("*.cpp"))
                      if not source.stem.endswith("_setup")] for module in HOT_MODULES}
    names.update(HOT_SOURCES)
    objects, missing = [], []
    for module, sources in names.items():
        if not (root / "lib" / module).is_dir():
            continue
        folder = build / "lib" / module / f"libweir-{module}.a.p"
        for name in sources:
            path = folder / f"{name}.o"
            (objects if path.exists() else missing).append(path)
    return objects, missing


def why_skip(build):
    """Why this build directory has no objects worth checking, or None."""
    with (build / "meson-info" / "intro-buildoptions.json").open(encoding="utf-8") as text:
        options = {option["name"]: option["value"] for option in json.load(text)}
    if options.get("b_sanitize", "none") != "none":
        return f"a build with b_sanitize={options['b_sanitize']} refers to the sanitizer's runtime"
    if options.get("ledger"):
        return "a build with the ownership ledger calls it at every hand-over"
    if options.get("b_lto"):
        return "objects of a link-time-optimized build hold no relocations"
    if options.get("optimization") in ("0", "g", "1", "plain"):
        return f"a build with optimization={options['optimization']} inlines nothing"
    return None


def main():
    parser = argparse.ArgumentParser(description="Check what the packet path's objects refer to.")
    parser.add_argument("build", nargs="?", type=Path, default=Path("build"))
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    arguments = parser.parse_args()
    try:
        skip = why_skip(arguments.build)
    except OSError as error:
        print(f"check_hot_path: {error}", file=sys.stderr)
        return 2
    if skip:
        print(f"SKIP: {skip}")
        return SKIPPED
    paths, missing = hot_objects(arguments.build, arguments.root)
    if missing or not paths:
        print("check_hot_path: not built: "
              + (", ".join(str(path) for path in missing) or "any hot module"), file=sys.stderr)
        return 2

    try:
        objects = [read_object(path) for path in paths]
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        print(f"check_hot_path: {error}", file=sys.stderr)
        return 2
    hot_symbols = set().union(*(hot_object.defined() for hot_object in objects))
    found = [(hot_object.path, *reference) for hot_object in objects
             for reference in check_object(hot_object, hot_symbols)]
    names = demangle({name for _, where, symbol, _ in found for name in (where, symbol)})
    for path, where, symbol, reason in found:
        print(f"{path.relative_to(arguments.build)}: {names[where]}: refers to {names[symbol]}, "
              f"which {reason}")
    print(f"check_hot_path: {len(objects)} objects, {len(found)} forbidden references")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
