# SPDX-License-Identifier: BSD-3-Clause
"""Whole runs under valgrind: no invalid access, no use of what was never set, nothing lost; but for
what valgrind.supp lists of EAL's own, each with its reason."""
import pathlib
import shutil
import sys
import unittest

from weir_case import OK, WeirCase

SUPPRESSIONS = pathlib.Path(__file__).with_name('valgrind.supp')
COMPLAINT = 99

# The program's own malloc stands in front of the C library's: valgrind has to take that one.
VALGRIND = ('valgrind', '--quiet', '--soname-synonyms=somalloc=NONE', '--leak-check=full',
            '--show-leak-kinds=definite,indirect,possible',
            '--errors-for-leak-kinds=definite,indirect,possible', f'--error-exitcode={COMPLAINT}')


class Valgrind(WeirCase):
    def under_valgrind(self, *arguments, suppress=True):
        options = (f'--suppressions={SUPPRESSIONS}',) if suppress else ()
        return self.weir('--hugepages', 'off', *arguments, prefix=VALGRIND + options, timeout=150)

    def test_runs_are_clean(self):
        source = self.capture(3000)
        for arguments in (('--packets', '20000'),
                          ('--packets', '20000', '--mode', 'run-to-completion'),
                          ('--port', source, '--filter', 'udp or esp'),
                          ('--port', source, '--capture', self.directory / 'out.pcapng.zst',
                           '--capture-rotate-size', '256K', '--capture-snaplen', '200'),
                          ('--port', source, '--capture', self.directory / 'ring.pcapng',
                           '--capture-ring', '1M', '--capture-on', 'malformed'),
                          ('--port', source, '--port', 'net_null0', '--action', 'forward')):
            with self.subTest(arguments):
                outcome = self.under_valgrind(*arguments)
                self.assert_balanced(outcome, OK)

    def test_it_would_complain(self):
        # What is suppressed above shows that leaks are looked for.
        outcome = self.under_valgrind('--packets', '1000', suppress=False)
        self.assertEqual(outcome.code, COMPLAINT, outcome.output)
        self.assertIn('rte_eal_init', outcome.output)


if __name__ == '__main__':
    if shutil.which('valgrind') is None:
        print('SKIP: valgrind is not installed: no run was looked at with it')
        sys.exit(77)
    unittest.main(verbosity=2)
