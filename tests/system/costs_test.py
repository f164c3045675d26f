# SPDX-License-Identifier: BSD-3-Clause
"""Where time goes: stages, latency and bursts of the built program, with a delay put in on purpose.

Nothing here is a speed: other programs may take the CPUs at any time, which makes turns and waits
longer, and never shorter."""
import unittest

from weir_case import FAIL, OK, WeirCase

DELAY_NS = 50000
PACKETS = 128000  # 2000 bursts: 31 of them are sampled
MODES = ('pipeline', 'run-to-completion')


class Costs(WeirCase):
    def run_both(self, *arguments, packets=PACKETS):
        capture = self.capture(2000)
        for mode in MODES:
            outcome = self.weir('--port', '%s,loop' % capture, '--packets', str(packets),
                                '--mode', mode, *arguments)
            self.assert_balanced(outcome)
            yield mode, outcome.report

    @staticmethod
    def stages(report):
        return {stage['name']: stage for stage in report['stages']}

    def test_a_delay_stands_in_its_stage(self):
        for mode, report in self.run_both('--worker-delay-ns', str(DELAY_NS)):
            with self.subTest(mode=mode):
                stages = self.stages(report)
                bursts = report['metrics']['burst.worker.bursts']
                # What the stage took by its samples, and what it must have taken by the count; some
                # of it in turns that were interrupted.
                hz = report['ticks_per_second']
                wanted = bursts * DELAY_NS * 1e-9 * hz
                interrupted = stages.get('interrupted', {'cycles': 0})
                self.assertGreater(stages['delay']['cycles'] + interrupted['cycles'], wanted * 0.9)
                packets = report['ledger']['received']
                self.assertGreater(stages['delay']['cycles_per_packet'],
                                   wanted / packets * 0.95)

    def test_a_delay_stands_in_no_other_stage(self):
        # One turn in which another program had the CPU is enough to make its stage the dearest: that
        # may happen in a run, and does not in all of them.
        for _ in range(5):
            dearest = [self.dearest(report) for _, report in
                       self.run_both('--worker-delay-ns', str(DELAY_NS))]
            if dearest == ['delay', 'delay']:
                return
        self.fail('in five runs, the last: %s' % dearest)

    @staticmethod
    def dearest(report):
        """The stage of a burst that took most; waiting for the other lcore is none."""
        return max((stage for stage in report['stages']
                    if stage['name'] not in ('interrupted', 'take', 'spread')),
                   key=lambda stage: stage['cycles'])['name']

    def test_a_delay_stands_in_the_latency(self):
        for mode, report in self.run_both('--worker-delay-ns', str(DELAY_NS)):
            with self.subTest(mode=mode):
                verdict = report['latency']['rx_to_verdict']
                self.assertGreater(verdict['packets'], 0)
                self.assertGreaterEqual(verdict['p50_ns'], DELAY_NS)
                waits = report['latency']['rx_to_worker']
                if mode == 'pipeline':
                    # The ring is full of packets, each burst of which takes so long.
                    self.assertEqual(waits['bursts'], report['metrics']['burst.worker.bursts'])
                    self.assertGreater(waits['p50_ns'], 4 * DELAY_NS)
                    self.assertGreater(verdict['p50_ns'], 5 * DELAY_NS)
                    self.assertGreater(report['rings'][0]['fill']['p50'], 512)
                else:
                    self.assertEqual(waits['bursts'], 0)

    def test_without_a_delay_there_is_no_such_stage(self):
        for mode, report in self.run_both():
            with self.subTest(mode=mode):
                self.assertNotIn('delay', self.stages(report))
                self.assertLess(report['latency']['rx_to_verdict']['p50_ns'], 10**9)

    def test_stages_come_to_the_busy_cycles(self):
        for mode, report in self.run_both():
            with self.subTest(mode=mode):
                for lcore in report['lcores']:
                    self.assertGreater(lcore['sampled_turns'], 0)
                    whole = sum(stage['cycles'] for stage in lcore['stages'])
                    self.assertAlmostEqual(whole / lcore['busy_cycles'], 1, places=3)
                    self.assertAlmostEqual(sum(stage['share'] for stage in lcore['stages']), 1)
                    busy_turns = lcore['polls'] - lcore['empty_polls']
                    self.assertLess(abs(lcore['sampled_turns'] - busy_turns / 64.5),
                                    3 + busy_turns / 500)
                names = set(self.stages(report)) - {'interrupted'}
                wanted = {'receive', 'parse', 'tally', 'ipsec', 'action', 'loop'}
                if mode == 'pipeline':
                    wanted |= {'spread', 'take'}
                self.assertEqual(names, wanted)

    def test_bursts_hold_all_packets(self):
        for mode, report in self.run_both(packets=100001):
            with self.subTest(mode=mode):
                received = {int(size): bursts for size, bursts in report['ports'][0]['bursts'].items()}
                taken = {int(size): bursts for size, bursts in report['workers'][0]['bursts'].items()}
                for bursts in received, taken:
                    self.assertEqual(sum(size * count for size, count in bursts.items()), 100001)
                    self.assertLessEqual(max(bursts), 64)
                if mode == 'run-to-completion':
                    self.assertEqual(received, taken)

    def test_conditions_read_them(self):
        capture = self.capture(2000)
        for condition, code in (('latency.rx_to_verdict.p99_ns > 100000', FAIL),
                                ('latency.rx_to_worker.p50_ns < %d' % DELAY_NS, OK),
                                ('stage.delay.cycles_per_packet == 0', OK),
                                ('burst.rx.max != 64', OK),
                                ('ring.fill.max < 256', OK),
                                ('lcore.2.polls == 0', OK)):
            outcome = self.weir('--port', '%s,loop' % capture, '--packets', str(PACKETS),
                                '--worker-delay-ns', str(DELAY_NS), '--fail-on', condition)
            self.assertEqual(outcome.code, code, condition + '\n' + outcome.output)

    def test_the_report_for_people_has_them(self):
        capture = self.capture(2000)
        output = self.weir('--port', '%s,loop' % capture, '--packets', str(PACKETS)).output
        self.assertRegex(output, r'\nstages \(one turn in 64 is timed\) ')
        self.assertRegex(output, r'\n +parse +[\d.]+ +[\d.]+ % +[\d,]+\n')
        self.assertRegex(output, r'\n +rx to worker +[\d.]+ .s .* of [\d,]+ bursts\n')
        self.assertRegex(output, r'\n +rx to verdict +[\d.]+ .s .* of [\d,]+ packets sampled\n')
        self.assertRegex(output, r'\n +received +[\d.]+ .* of [\d,]+ bursts\n')


if __name__ == '__main__':
    unittest.main()
