# SPDX-License-Identifier: BSD-3-Clause
"""What a report says of the machine, the programs and the circumstances it was measured under."""
import contextlib
import itertools
import json
import os
import platform
import re
import shlex
import subprocess

# One way of a cache line between two CPUs that share a last-level cache takes less.
NEAR_NS = 100


def output_of(command, fallback='unknown', **options):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, **options)
    except (OSError, subprocess.SubprocessError):
        return fallback
    return done.stdout.strip()


def cpus():
    """The CPUs that this process may use, in order."""
    return sorted(os.sched_getaffinity(0))


def _meminfo():
    with open('/proc/meminfo', encoding='ascii') as file:
        found = re.findall(r'^(\w+):\s*(\d+)', file.read(), re.M)
    return {name: int(value) for name, value in found}


_HUGEPAGES = '/proc/sys/vm/nr_hugepages'


@contextlib.contextmanager
def hugepages(octets):
    """Has the kernel keep that much in hugepages, if it can and we may, and gives back afterwards
    what was not there before. Yields whether it is there."""
    def free():
        memory = _meminfo()
        return memory.get('HugePages_Free', 0) * memory.get('Hugepagesize', 0) * 1024

    before = None
    try:
        if free() < octets:
            with open(_HUGEPAGES, 'r+', encoding='ascii') as file:
                before = int(file.read())
                missing = -(-(octets - free()) // (_meminfo()['Hugepagesize'] * 1024))
                file.seek(0)
                file.write('%d' % (before + missing))
    except (OSError, KeyError):
        before = None  # Not root, or a kernel without.
    try:
        yield free() >= octets
    finally:
        if before is not None:
            with open(_HUGEPAGES, 'w', encoding='ascii') as file:
                file.write('%d' % before)


def _cpu_model():
    with open('/proc/cpuinfo', encoding='utf-8') as file:
        found = re.search(r'^model name\s*:\s*(.*)$', file.read(), re.M)
    return found.group(1) if found else platform.machine()


def _cpu_mhz():
    with open('/proc/cpuinfo', encoding='utf-8') as file:
        found = re.search(r'^cpu MHz\s*:\s*([\d.]+)$', file.read(), re.M)
    return float(found.group(1)) if found else 0.0


def _compiler(build):
    """The first line of what the build directory's compiler says of its version."""
    try:
        with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as file:
            words = shlex.split(json.load(file)[0]['command'])
    except (OSError, KeyError, IndexError, ValueError):
        return 'unknown'
    # A wrapper such as ccache may stand before it.
    program = list(itertools.takewhile(lambda word: word[0] != '-', words))[-1]
    return output_of([program, '--version']).splitlines()[0]


def describe(build):
    """Machine and programs, for the report."""
    memory = _meminfo()
    virtual = output_of(['systemd-detect-virt', '--vm'], fallback='')
    return {
        'cpu': _cpu_model(),
        'cpus': cpus(),
        'mhz': _cpu_mhz(),
        'virtual': virtual if virtual not in ('', 'none') else '',
        'memory_mib': memory.get('MemTotal', 0) // 1024,
        'hugepages_free': memory.get('HugePages_Free', 0),
        'kernel': platform.release(),
        'system': _system_name(),
        'dpdk': output_of(['pkg-config', '--modversion', 'libdpdk']),
        'compiler': _compiler(build),
    }


def _system_name():
    try:
        return platform.freedesktop_os_release().get('PRETTY_NAME', 'unknown')
    except OSError:
        return 'unknown'


def revision(root):
    """Git's revision of the checkout, and whether files differ from it."""
    git = ['git', '-C', root]
    return {'revision': output_of(git + ['rev-parse', 'HEAD']),
            'dirty': output_of(git + ['status', '--porcelain', '--untracked-files=no']) != ''}


def cpu_times():
    """(steal, all) of all CPUs since the system started, in ticks (/proc/stat)."""
    with open('/proc/stat', encoding='ascii') as file:
        ticks = [int(word) for word in file.readline().split()[1:9]]
    return ticks[7], sum(ticks)


def steal_percent(before, after):
    """Of the time between two cpu_times(), the part in which the host ran others."""
    passed = after[1] - before[1]
    return 100 * (after[0] - before[0]) / passed if passed > 0 else 0.0


def probe(program, under=()):
    """Nanoseconds of one way between the first and the last CPU, or why there are none."""
    usable = cpus()
    if len(usable) < 2:
        return {'missing': 'there is one CPU'}
    text = output_of([*under, program, str(usable[0]), str(usable[-1])])
    found = re.fullmatch(r'one_way_ns median ([\d.]+) least ([\d.]+)', text)
    if not found:
        return {'missing': 'the probe failed'}
    return {'median_ns': float(found.group(1)), 'least_ns': float(found.group(2)),
            'cpus': [usable[0], usable[-1]]}


def near(probes):
    """Whether the two CPUs were near in all probes."""
    return bool(probes) and all(each.get('median_ns', NEAR_NS + 1) <= NEAR_NS for each in probes)
