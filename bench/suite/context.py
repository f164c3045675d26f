# SPDX-License-Identifier: BSD-3-Clause
"""What the parts of the suite run their programs with."""
from dataclasses import dataclass, field
import json
import os
import subprocess
import sys

import googlebench
import rows


class PartError(RuntimeError):
    """A program of a part could not be run, or said something else than was expected."""


class NotHere(RuntimeError):
    """Something cannot be measured on this machine, and that is no fault: the reason why."""


@dataclass
class Context:
    root: str      # The checkout.
    build: str     # Its build directory.
    scratch: str   # A folder for files that the parts make.
    quick: bool = False
    under: list[str] = field(default_factory=list)  # A command that every program is run under.
    # On packet lcores, of each weir_report() so far.
    allocations: list[int] = field(default_factory=list)

    @property
    def rounds(self):
        """Of whole programs, in turn."""
        return 3 if self.quick else 7

    @property
    def repetitions(self):
        """Of benchmarks."""
        return 7

    def seconds(self, full):
        """How long one measurement takes that takes `full` seconds unless in a hurry."""
        return full / 2 if self.quick else full

    def program(self, name):
        """Path of a program in the build directory, such as 'bench/ring_bench'."""
        path = os.path.join(self.build, *name.split('/'))
        if not os.path.exists(path):
            raise PartError('%s is not built' % name)
        return path

    def script(self, name):
        """The beginning of a command that runs a Python script of the checkout."""
        path = os.path.join(self.root, *name.split('/'))
        if not os.path.exists(path):
            raise PartError('%s is not there' % name)
        return [sys.executable, '-B', path]

    def run(self, command, timeout=280, good=(0,)):
        """Output of a program. Raises PartError unless it ends with a `good` status."""
        try:
            done = subprocess.run([*self.under, *command], stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, check=False,
                                  timeout=timeout if not self.under else None)
        except subprocess.TimeoutExpired:
            raise PartError('%s took over %d s' % (command[0], timeout)) from None
        except OSError as error:
            raise PartError('%s: %s' % (command[0], error.strerror)) from None
        if done.returncode not in good:
            said = (done.stdout + done.stderr).strip()[-1500:]
            raise PartError('%s: exit %d\n%s' % (' '.join(command), done.returncode, said))
        return done.stdout

    def rows_of(self, command):
        """Rows (rows.py) of a program that takes --json FILE."""
        path = os.path.join(self.scratch, 'rows.json')
        if os.path.exists(path):
            os.remove(path)  # Another program's.
        self.run([*command, '--json', path])
        try:
            with open(path, encoding='utf-8') as file:
                return rows.check(json.load(file))
        except (OSError, ValueError) as error:
            raise PartError('%s: %s' % (command[0], error)) from None

    def google(self, name, pattern, seconds):
        """What a program of Google Benchmark printed of the benchmarks that match `pattern`."""
        text = self.run([self.program(name)] +
                        googlebench.options(self.repetitions, self.seconds(seconds), pattern))
        try:
            # Nothing is printed where no benchmark matches.
            return json.loads(text) if text else {'benchmarks': []}
        except ValueError:
            raise PartError('%s printed no JSON' % name) from None

    def own_traffic(self, packets=2048):
        """A capture file of the demo's traffic."""
        path = os.path.join(self.scratch, 'traffic-%d.pcap' % packets)
        if not os.path.exists(path):
            self.run([self.program('tests/make-capture'), '--packets', str(packets), path])
        return path

    def real_traffic(self):
        """A capture file of real packets where WEIR_CORPUS has some, otherwise of the demo's."""
        folder = os.path.join(os.environ.get('WEIR_CORPUS', ''), 'open')
        if 'WEIR_CORPUS' not in os.environ or not os.path.isdir(folder):
            return self.own_traffic()
        path = os.path.join(self.scratch, 'real.pcap')
        if not os.path.exists(path):
            self.run([self.program('bench/mix-captures'), path, folder])
        return path

    def weir_rate(self, arguments):
        """Packets a second that `weir run` received."""
        return rate_of(self.weir_report(arguments))

    def weir_report(self, arguments):
        """report.json of `weir run` with these arguments."""
        folder = os.path.join(self.scratch, 'weir')
        self.run([self.program('app/weir'), 'run', '--report', folder, *arguments])
        with open(os.path.join(folder, 'report.json'), encoding='utf-8') as file:
            report = json.load(file)
        self.allocations.append(report['memory_use'][-1]['packet_path_allocations'])
        return report


def rate_of(report):
    """Packets a second, of a report of `weir run`."""
    return report['ledger']['received'] / report['elapsed_seconds']


def say(text):
    print(text, file=sys.stderr, flush=True)
