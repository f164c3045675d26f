# SPDX-License-Identifier: BSD-3-Clause
"""`weir decode --json` against the reference dissector's answers, packet by packet, by the judge
that stands beside them. Exceptions, each with its reason: conformance_exceptions.tsv."""
import pathlib
import re
import subprocess
import sys
import unittest

from weir_case import WEIR, corpus

EXCEPTIONS = pathlib.Path(__file__).with_name('conformance_exceptions.tsv')


def judge(*arguments):
    """Runs the judge; returns its exit status, its output and the figures of its last line."""
    result = subprocess.run(
        [sys.executable, corpus() / 'compare.py', '--weir', WEIR, *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    figures = re.search(r'packets (\d+) compared (\d+) equal (\d+) .* exceptions (\d+) '
                        r'unused (\d+) failed-runs (\d+)', result.stdout)
    names = ('packets', 'compared', 'equal', 'exceptions', 'unused', 'failed_runs')
    return (result.returncode, result.stdout,
            dict(zip(names, map(int, figures.groups()))) if figures else None)


class Conformance(unittest.TestCase):
    def test_every_packet_equals_the_reference(self):
        code, output, figures = judge('--exceptions', EXCEPTIONS, corpus() / 'open')
        print(output, flush=True)
        self.assertEqual(code, 0, output)
        self.assertGreater(figures['packets'], 90000)
        self.assertEqual(figures['compared'], figures['packets'])
        self.assertGreaterEqual(figures['equal'] / figures['compared'], 0.999)

    def test_every_exception_has_its_reason(self):
        for line in EXCEPTIONS.read_text().splitlines():
            if not line.startswith('#'):
                self.assertRegex(line, r'^\S+\t\d+\t.{40,}$')


if __name__ == '__main__':
    if corpus() is None:
        print('SKIP: WEIR_CORPUS is not set: nothing was compared with the reference dissector')
        sys.exit(77)
    unittest.main(verbosity=2)
