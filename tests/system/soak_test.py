# SPDX-License-Identifier: BSD-3-Clause
"""Tens of millions of packets through the demo, in both wirings, leave memory as it was; what leaks
slowly is found, and what a capture's store takes up to its limit is none of that."""
import os
import pathlib
import re
import subprocess
import unittest

from weir_case import WeirCase

SCRIPT = pathlib.Path(__file__).parents[2] / 'scripts/soak.sh'


class Soak(WeirCase):
    def soak(self, *arguments, packets=(20_000_000, 100_000_000, 500_000_000), **environment):
        """Of as many packets as keep this machine busy until the run is warm."""
        for count in packets:
            result = subprocess.run([SCRIPT, str(count), *map(str, arguments)], stdout=subprocess.PIPE,
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

    def leak(self, what):
        """Of a library that leaks a little each second."""
        return self.soak(LD_PRELOAD=os.environ['WEIR_SLOW_LEAK'], WEIR_LEAK=what)

    def test_it_fails_where_one_block_of_dpdks_heap_is_lost(self):
        result = self.leak('block')
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertRegex(result.stdout, r"growth of DPDK's heap, blocks +[\d,]+  WRONG")
        self.assertNotRegex(result.stdout, r'resident memory, octets +[\d,]+  WRONG')

    def test_it_fails_where_the_c_librarys_heap_grows_by_more_than_1_mib(self):
        result = self.leak('resident')
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertRegex(result.stdout, r'growth of resident memory, octets +[\d,]+  WRONG')
        self.assertNotRegex(result.stdout, r"DPDK's heap, \w+ +[\d,]+  WRONG")

    def test_it_tells_the_growth_of_a_captures_store_from_a_leak(self):
        # Slow enough that the ring is far from full after a second.
        result = self.soak('--port', f'{self.capture(2000)},loop', '--worker-delay-ns', '2000000',
                           '--capture', self.directory / 'ring.pcapng', '--capture-ring', '64M',
                           packets=(120_000,))
        self.assertEqual(result.returncode, 0, result.stdout)
        segments = re.search(r"growth of the capture's store, segments +(\d+)", result.stdout)
        self.assertGreater(int(segments.group(1)), 1, result.stdout)
        blocks = re.search(r"growth of DPDK's heap, blocks +(\d+)", result.stdout)
        self.assertEqual(blocks.group(1), segments.group(1))


if __name__ == '__main__':
    unittest.main(verbosity=2)
