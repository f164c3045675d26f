# SPDX-License-Identifier: BSD-3-Clause
"""Stopping a loaded run by signal: the books are closed, whatever the moment."""
import os
import random
import signal
import time
import unittest

from weir_case import OK, WeirCase

LATE_SIGNAL = os.environ['WEIR_LATE_SIGNAL']  # set by tests/system/meson.build
STOPS = 50
HAILS = 8


class Stop(WeirCase):
    def test_sigterm_at_random_moments(self):
        moments = random.Random(20240601)
        capture = self.capture(2000)
        for turn in range(STOPS):
            number = signal.SIGTERM if turn % 5 else signal.SIGINT
            mode = ('pipeline', 'run-to-completion')[turn % 2]
            process = self.start_weir('--port', '%s,loop' % capture, '--mode', mode)
            self.await_start(process)
            time.sleep(moments.uniform(0, 0.25))
            asked = time.monotonic()
            process.send_signal(number)
            outcome = self.finish(process, timeout=20)
            took = time.monotonic() - asked
            self.assert_balanced(outcome, OK)
            self.assertEqual(outcome.report['stop_reason'], 'signal')
            self.assertLess(took, 1.0, 'stop %d took %.2f s' % (turn, took))

    def test_sigterm_stops_the_demo_with_pass(self):
        process = self.start_weir()
        self.await_start(process)
        time.sleep(1.5)
        process.send_signal(signal.SIGTERM)
        outcome = self.finish(process)
        self.assert_balanced(outcome, OK)
        self.assertIn('PASS', outcome.output)

    def test_a_slow_worker_does_not_hold_up_the_stop(self):
        process = self.start_weir('--port', '%s,loop' % self.capture(2000), '--ring-size', '1024',
                                  '--worker-delay-ns', '1000000')
        self.await_start(process)
        time.sleep(0.3)
        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        outcome = self.finish(process, timeout=20)
        self.assert_balanced(outcome, OK)
        self.assertLess(time.monotonic() - asked, 1.0)

    def test_a_second_signal_leaves_at_once_and_says_so(self):
        # A worker that needs 5 s for what its ring holds keeps the first signal's drain going.
        process = self.start_weir('--port', '%s,loop' % self.capture(2000), '--ring-size', '1024',
                                  '--worker-delay-ns', '300000000')
        self.await_start(process)
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.7)
        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
        self.assertLess(time.monotonic() - asked, 1.0)
        self.assertEqual(process.returncode, -signal.SIGTERM)
        self.assertIn('second signal', output)

    def test_a_signal_that_comes_twice_at_once_is_one(self):
        # As timeout(1) sends it: to the process, and to its group.
        process = self.start_weir('--port', '%s,loop' % self.capture(2000))
        self.await_start(process)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.05)  # Until the first is taken: two that wait are one anyway.
        process.send_signal(signal.SIGTERM)
        self.assert_balanced(self.finish(process, timeout=20), OK)

    def test_signals_while_the_process_ends_do_not_change_how_it_ended(self):
        outcome = self.weir('--port', self.capture(2000),
                            prefix=('env', f'LD_PRELOAD={LATE_SIGNAL}'))
        self.assert_balanced(outcome, OK)
        self.assertTrue(outcome.output.endswith('exit 0: all well\n'), outcome.output)

    def test_a_hail_of_signals_is_one(self):
        for turn in range(HAILS):
            process = self.start_weir('--port', f'{self.capture(2000)},loop')
            self.await_start(process)
            began = time.monotonic()
            # Those from half a second on would mean it.
            while process.poll() is None and time.monotonic() - began < 0.45:
                process.send_signal(signal.SIGTERM)
                time.sleep(0.0005)
            outcome = self.finish(process, timeout=20)
            self.assert_balanced(outcome, OK)
            self.assertIn('exit 0: all well', outcome.output, turn)

    def test_a_closed_terminal_stops_the_run(self):
        # Whoever runs the tests may be under nohup.
        process = self.start_weir('--port', '%s,loop' % self.capture(2000),
                                  prefix=['env', '--default-signal=HUP'])
        self.await_start(process)
        process.send_signal(signal.SIGHUP)
        self.assert_balanced(self.finish(process, timeout=20), OK)

    def test_a_run_under_nohup_outlives_its_terminal(self):
        process = self.start_weir('--port', '%s,loop' % self.capture(2000), '--duration', '2',
                                  prefix=['nohup'])
        self.await_start(process)
        process.send_signal(signal.SIGHUP)
        outcome = self.finish(process, timeout=20)
        self.assert_balanced(outcome, OK)
        self.assertEqual(outcome.report['stop_reason'], 'duration')

    def test_the_signal_for_a_capture_ring_that_is_not_there_does_no_harm(self):
        process = self.start_weir('--port', '%s,loop' % self.capture(2000))
        self.await_start(process)
        process.send_signal(signal.SIGUSR1)
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        outcome = self.finish(process, timeout=20)
        self.assert_balanced(outcome, OK)
        self.assertIn('no capture ring', outcome.output)

    def await_start(self, process):
        """Until the plan's last line is out, which is before the lcores start."""
        for line in process.stdout:
            if line.startswith('  memory:'):
                break
        time.sleep(0.3)


if __name__ == '__main__':
    unittest.main(verbosity=2)
