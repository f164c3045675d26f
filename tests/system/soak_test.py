# SPDX-License-Identifier: BSD-3-Clause
"""Tens of millions of packets through the demo, in both wirings, leave memory as it was."""
import os
import pathlib
import subprocess
import unittest

from weir_case import WeirCase

SCRIPT = pathlib.Path(__file__).parents[2] / 'scripts/soak.sh'


class Soak(WeirCase):
    def soak(self, *arguments, **environment):
        """Of as many packets as keep this machine busy until the run is warm."""
        for packets in (20_000_000, 100_000_000, 500_000_000):
            result = subprocess.run([SCRIPT, str(packets), *arguments], stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, text=True, check=False, timeout=300,
                                    env={**os.environ, **environment})
            if result.returncode != 2:
                break
        return result

    def test_nothing_grows(self):
        for arguments in ((), ('--mode', 'run-to-completion')):
            with self.subTest(arguments):
                result = self.soak(*arguments)
                self.assertEqual(result.returncode, 0, result.stdout)
                self.assertIn('soak: PASS', result.stdout)
                print(result.stdout, flush=True)

    def test_it_fails_where_something_allocates(self):
        result = self.soak(LD_PRELOAD=os.environ['WEIR_GUILTY_FREE'])
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertRegex(result.stdout, r'allocations on packet lcores +[\d,]+  WRONG')


if __name__ == '__main__':
    unittest.main(verbosity=2)
