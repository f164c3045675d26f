# SPDX-License-Identifier: BSD-3-Clause
"""The demo: what was planted is found, whatever the wiring, the seed and the user."""
import os
import subprocess
import unittest
from xml.etree import ElementTree

from weir_case import OK, WEIR, WeirCase


class Demo(WeirCase):
    def assert_pass(self, outcome, rare=True):
        """`rare`: there were packets enough for each kind of fault."""
        self.assert_balanced(outcome, OK)
        self.assertIn('PASS', outcome.output)
        self.assertGreater(len(outcome.report['demo']), 10)
        for check in outcome.report['demo']:
            self.assertEqual(check['planted'], check['found'], check)
        planted = {check['what']: check['planted'] for check in outcome.report['demo']}
        for what in ('IPsec lost', 'IPsec duplicated', 'IPsec reordered'):
            self.assertGreater(planted[what], 0, what)
        for what in ('IPsec restarts', 'IPsec wraps', 'IPsec rekeys') if rare else ():
            self.assertGreater(planted[what], 0, what)
        self.assertEqual(planted['IPsec associations, each figure exact'],
                         planted['IPsec associations'])
        for figure in ('cached', 'exhausted'):
            self.assertEqual(outcome.report['metrics'][f'pool.{figure}'],
                             sum(pool[figure] for pool in outcome.report['pools']))
        defects = [what for what, packets in planted.items()
                   if what.startswith('status ') and what != 'status ok' and packets > 0]
        self.assertGreaterEqual(len(defects), 10, defects)

    def test_passes_in_both_wirings(self):
        for mode in ('pipeline', 'run-to-completion'):
            self.assert_pass(self.weir('--duration', '2', '--mode', mode), rare=False)

    def test_passes_with_every_seed(self):
        for seed in range(2, 7):
            self.assert_pass(self.weir('--packets', '300000', '--seed', str(seed)))

    def test_leaves_a_page_that_a_strict_reader_takes(self):
        self.assert_pass(self.weir('--packets', '300000'))
        page = self.directory / 'report' / 'report.html'
        self.assertLess(page.stat().st_size, 200_000)
        root = ElementTree.parse(page).getroot()
        rows = {row[0].text: row[1].text for row in root.iterfind(".//section[@id='ledger']//tr")}
        self.assertEqual(rows['received'], '300,000')
        self.assertEqual(rows['= accounted for'], '300,000')
        def plots(section):
            return len(root.findall(".//section[@id='%s']//svg[@class='plot']" % section))

        # Three of all together, and of each of ten: windows, and lateness and gaps where there were any.
        self.assertIn(plots('ipsec'), range(13, 34))
        # Waits, verdicts, and bursts received and taken.
        self.assertEqual(plots('costs'), 4)

    def test_packets_is_exact(self):
        outcome = self.weir('--packets', '100001')
        self.assert_pass(outcome)
        self.assertEqual(outcome.ledger['received'], 100001)

    def test_passes_wherever_it_is_cut_off(self):
        """So few packets, or so that a number is withheld, a restart or a rekey just begun."""
        for seed, packets in enumerate((1, 997, 20011, 73733, 150001), 7):
            outcome = self.weir('--packets', str(packets), '--seed', str(seed))
            self.assert_balanced(outcome, OK)
            self.assertIn('PASS', outcome.output)

    def test_passes_when_replaced_associations_are_forgotten(self):
        # Long enough that no CPU is away for all that time: what sends must not be forgotten.
        outcome = self.weir('--duration', '9', '--sa-idle', '4')
        self.assert_balanced(outcome, OK)
        self.assertIn('PASS', outcome.output)
        self.assertGreater(outcome.report['metrics']['ipsec.aged'], 0)

    def test_fits_the_associations_there_is_room_for(self):
        outcome = self.weir('--packets', '600000', '--sa-capacity', '70')
        self.assert_pass(outcome)
        self.assertLessEqual(len(outcome.report['ipsec']['associations']), 64)

    def test_reports_what_it_planted_in_each_association(self):
        outcome = self.weir('--packets', '400000')
        self.assert_pass(outcome)
        associations = outcome.report['ipsec']['associations']
        planted = {check['what']: check['planted'] for check in outcome.report['demo']}
        self.assertEqual(len(associations), planted['IPsec associations'])
        follows = [each for each in associations if each['follows_spi'] is not None]
        self.assertGreaterEqual(len(follows), planted['IPsec rekeys'])
        for each in follows:
            self.assertEqual(each['spi'] - each['follows_spi'], 32, each)

    def test_loses_nothing_to_a_slow_worker(self):
        outcome = self.weir('--packets', '100000', '--ring-size', '64',
                            '--worker-delay-ns', '100000')
        self.assert_pass(outcome)

    def test_passes_on_a_single_cpu(self):
        for mode in ('pipeline', 'run-to-completion'):
            self.assert_pass(self.weir('--packets', '200000', '--mode', mode,
                                       prefix=('taskset', '-c', str(min(os.sched_getaffinity(0))))))

    def test_fails_when_packets_are_lost(self):
        outcome = self.weir('--packets', '200000', '--ring-size', '64', '--on-full', 'drop',
                            '--worker-delay-ns', '200000')
        self.assert_balanced(outcome, 1)
        self.assertIn('FAIL', outcome.output)
        self.assertRegex(outcome.output, r'IPsec SPI 0x1[0-9a-f]{3} lost .*DIFFERS')

    def test_passes_for_an_ordinary_user(self):
        if os.geteuid() != 0:
            self.skipTest('this whole suite runs as an ordinary user already')
        command = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'cat', WEIR]
        if subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          check=False).returncode != 0:
            self.skipTest('an ordinary user may not read ' + WEIR)
        outcome = self.weir('--duration', '1', report=False,
                            prefix=('setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'))
        self.assertEqual(outcome.code, OK, outcome.output)
        self.assertIn('PASS', outcome.output)


if __name__ == '__main__':
    unittest.main(verbosity=2)
