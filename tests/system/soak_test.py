# SPDX-License-Identifier: BSD-3-Clause
"""Ten million packets through the demo, in both wirings, leave memory as it was."""
import os
import pathlib
import subprocess
import unittest

from weir_case import WeirCase

SCRIPT = pathlib.Path(__file__).parents[2] / 'scripts/soak.sh'


class Soak(WeirCase):
    def soak(self, *arguments, **environment):
        return subprocess.run([SCRIPT, *arguments], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False, timeout=300,
                              env={**os.environ, **environment})

    def test_nothing_grows(self):
        for arguments in ((), ('--mode', 'run-to-completion')):
            with self.subTest(arguments):
                result = self.soak('10_000_000', *arguments)
                self.assertEqual(result.returncode, 0, result.stdout)
                self.assertIn('soak: PASS', result.stdout)
                print(result.stdout, flush=True)

    def test_it_fails_where_something_allocates(self):
        result = self.soak('1_000_000', LD_PRELOAD=os.environ['WEIR_GUILTY_FREE'])
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertRegex(result.stdout, r'allocations on packet lcores +[\d,]+  WRONG')


if __name__ == '__main__':
    unittest.main(verbosity=2)
