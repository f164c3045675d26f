# SPDX-License-Identifier: BSD-3-Clause
"""Packet lcores allocate nothing, in any wiring and with any action; and a library that does is
found out, with the place."""
import os
import signal
import unittest

from weir_case import OK, WeirCase

PRELOAD = os.environ['WEIR_GUILTY_FREE']   # set by tests/system/meson.build


class Seal(WeirCase):
    def test_nothing_is_allocated_in_any_wiring(self):
        capture = self.capture(20000)
        for arguments in (('--packets', '2000000'),
                          ('--packets', '2000000', '--mode', 'run-to-completion'),
                          ('--port', f'{capture},loop', '--packets', '1000000', '--filter', 'udp'),
                          ('--port', capture, '--port', 'net_null0', '--action', 'forward')):
            with self.subTest(arguments):
                outcome = self.weir('--strict', *arguments)
                self.assertEqual(outcome.code, OK, outcome.output)
                self.assertEqual(outcome.report['packet_path_allocations'], [])
                self.assertEqual(outcome.report['metrics']['packet_path_allocations_total'], 0)

    def test_nothing_is_allocated_while_packets_are_captured(self):
        """While files are rotated and deleted, and a ring is kept and written at its triggers."""
        out = self.directory / 'out.pcapng'
        looped = ('--port', f'{self.capture(20000)},loop', '--packets', '1000000')
        rotated = ('--capture', out, '--capture-rotate-size', '4M', '--capture-files', '3')
        ring = ('--capture', out, '--capture-ring', '16M', '--capture-on', 'malformed',
                '--capture-after', '0')
        for arguments in ((*looped, *rotated),
                          (*looped, *rotated, '--mode', 'run-to-completion'),
                          (*looped, '--capture', f'{out}.zst', '--capture-filter', 'udp',
                           '--on-full', 'drop'),
                          (*looped, *ring),
                          ('--packets', '2000000', *ring, '--capture-on', 'ipsec_lost')):
            with self.subTest(arguments):
                outcome = self.weir('--strict', *arguments)
                self.assertEqual(outcome.code, OK, outcome.output)
                self.assertEqual(outcome.report['metrics']['packet_path_allocations_total'], 0)
                capture = outcome.report['capture']
                self.assertGreater(capture['written'], 0)
                if '--capture-files' in arguments:
                    self.assertGreater(capture['files_deleted'], 0)
                if '--capture-ring' in arguments:
                    self.assertGreater(capture['triggers'], 0)
                for path in self.directory.glob('out*'):
                    path.unlink()

    def preloaded(self, *arguments):
        return self.weir('--packets', '500000', *arguments,
                         prefix=('env', f'LD_PRELOAD={PRELOAD}'))

    def test_a_guilty_library_is_counted_with_its_stack(self):
        outcome = self.preloaded('--fail-on', 'packet_path_allocations_total > 0')
        self.assertEqual(outcome.code, 1, outcome.output)
        self.assertTrue(outcome.ledger['balanced'])
        sites = outcome.report['packet_path_allocations']
        self.assertEqual({site['call'] for site in sites}, {'malloc', 'free'})
        self.assertEqual(sum(site['count'] for site in sites),
                         outcome.report['metrics']['packet_path_allocations_total'])
        for site in sites:
            self.assertIn('guilty_put', site['stack'][0])
            self.assertIn('weir::stage::Worker', ' '.join(site['stack']))
        self.assertIn('guilty_put', outcome.output)

    def test_strict_ends_the_process_there(self):
        outcome = self.preloaded('--strict')
        self.assertIn(outcome.code, (-signal.SIGABRT, 128 + signal.SIGABRT), outcome.output)
        self.assertIn('a packet lcore called malloc after start-up (--strict)', outcome.output)
        self.assertIn('guilty_put', outcome.output)


if __name__ == '__main__':
    unittest.main(verbosity=2)
