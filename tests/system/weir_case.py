# SPDX-License-Identifier: BSD-3-Clause
"""What the system tests share: running the built program and reading its report."""
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest

WEIR = os.environ['WEIR_BIN']                   # set by tests/system/meson.build
MAKE_CAPTURE = os.environ['WEIR_MAKE_CAPTURE']

OK, FAIL, USAGE, UNBALANCED, DAMAGED = range(5)  # exit codes, as README lists them


class Outcome:
    """An ended run: exit code, output, and the report where one was written."""

    def __init__(self, code, output, report):
        self.code, self.output, self.report = code, output, report

    @property
    def ledger(self):
        return self.report['ledger']

    def dropped(self):
        return sum(sum(reasons.values()) for reasons in self.ledger['dropped'].values())


class WeirCase(unittest.TestCase):
    """Gives each test a directory of its own, which goes with it."""

    def setUp(self):
        self._directory = tempfile.TemporaryDirectory(prefix='weir-test-')
        self.addCleanup(self._directory.cleanup)
        self.directory = pathlib.Path(self._directory.name)
        self._processes = []
        self.addCleanup(self._stop_processes)

    def _stop_processes(self):
        for process in self._processes:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()
            if process.stdout:
                process.stdout.close()

    def start(self, command, **options):
        """Starts a process that is ended with the test at the latest."""
        process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, **options)
        self._processes.append(process)
        return process

    def start_weir(self, *arguments, report=True, prefix=()):
        """Starts `weir run`; finish() ends it."""
        command = [*prefix, WEIR, 'run']
        if report:
            command += ['--report', self.directory / 'report']
        return self.start(command + list(arguments))

    def finish(self, process, timeout=60):
        output, _ = process.communicate(timeout=timeout)
        path = self.directory / 'report' / 'report.json'
        report = json.loads(path.read_text()) if path.exists() else None
        if path.exists():
            path.unlink()
        return Outcome(process.returncode, output, report)

    def weir(self, *arguments, timeout=60, **options):
        return self.finish(self.start_weir(*arguments, **options), timeout)

    def capture(self, packets, seed=1, name='made.pcap', faults=True):
        """A capture file of the project's own traffic."""
        path = self.directory / name
        command = [MAKE_CAPTURE, '--packets', packets, '--seed', seed, path]
        if not faults:
            command.insert(1, '--no-faults')
        subprocess.run([str(word) for word in command], check=True)
        return path

    def assert_balanced(self, outcome, code=OK):
        self.assertEqual(outcome.code, code, outcome.output)
        ledger = outcome.ledger
        self.assertTrue(ledger['balanced'], outcome.output)
        self.assertEqual(ledger['in_flight'], 0)
        self.assertEqual(ledger['received'],
                         ledger['delivered'] + ledger['forwarded'] + outcome.dropped(),
                         outcome.output)
        for pool in outcome.report['pools']:
            self.assertEqual(pool['available'], pool['mbufs'])


def corpus():
    """The directory of real captures, or None; then a test says that it is skipped."""
    path = os.environ.get('WEIR_CORPUS')
    return pathlib.Path(path) if path else None
