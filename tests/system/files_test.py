# SPDX-License-Identifier: BSD-3-Clause
"""`weir run` on capture files of the project's own making."""
import json
import re
import subprocess
import unittest

from weir_case import DAMAGED, FAIL, OK, USAGE, WEIR, WeirCase


class CaptureFile(WeirCase):
    def test_every_packet_is_received_in_both_wirings(self):
        capture = self.capture(20000)
        for mode in ('pipeline', 'run-to-completion'):
            outcome = self.weir('--port', capture, '--mode', mode)
            self.assert_balanced(outcome)
            self.assertEqual(outcome.ledger['received'], 20000)
            self.assertEqual(outcome.report['stop_reason'], 'end of capture')

    def test_both_wirings_come_to_the_same_counts(self):
        capture = self.capture(20000, seed=7)
        reports = [self.weir('--port', capture, '--mode', mode).report
                   for mode in ('pipeline', 'run-to-completion')]
        for key in ('ledger', 'layers', 'statuses'):
            self.assertEqual(reports[0][key], reports[1][key])

    def test_packets_is_exact(self):
        capture = self.capture(1000)
        for wanted in (1, 31, 63, 64, 65, 999, 1000, 123457):
            outcome = self.weir('--port', '%s,loop' % capture, '--packets', str(wanted))
            self.assert_balanced(outcome)
            self.assertEqual(outcome.ledger['received'], wanted)

    def test_a_million_looped_packets_agree_with_the_terminal(self):
        capture = self.capture(1000)
        outcome = self.weir('--port', '%s,loop' % capture, '--packets', '1000000')
        self.assert_balanced(outcome)
        self.assertEqual(outcome.ledger['received'], 1000000)
        plain = outcome.output.replace(',', '')
        for key in ('received', 'delivered'):
            shown = re.findall(r'^\s*%s\D*?(\d+)\s*$' % key, plain, re.M)
            self.assertIn(str(outcome.ledger[key]), shown, outcome.output)
        for reasons in outcome.ledger['dropped'].values():
            for reason, count in reasons.items():
                self.assertRegex(plain, r'%s\D*\b%d\b' % (reason, count))

    def test_several_files_are_added_up(self):
        first, second = self.capture(300, name='a.pcap'), self.capture(500, name='b.pcap', seed=2)
        outcome = self.weir('--port', first, '--port', second)
        self.assert_balanced(outcome)
        self.assertEqual(outcome.ledger['received'], 800)
        self.assertEqual([port['rx_packets'] for port in outcome.report['ports']], [300, 500])

    def test_a_filter_drops_the_rest_counted(self):
        capture = self.capture(5000)
        everything = self.weir('--port', capture).ledger
        vlan = self.weir('--port', capture, '--filter', 'vlan')
        rest = self.weir('--port', capture, '--filter', 'not vlan')
        self.assert_balanced(vlan)
        filtered = vlan.ledger['dropped']['filter']['filtered']
        self.assertGreater(filtered, 0)
        self.assertEqual(filtered + rest.ledger['dropped']['filter']['filtered'],
                         everything['received'])

    def test_a_full_ring_drops_and_counts_exactly(self):
        capture = self.capture(1000, faults=False)
        outcome = self.weir('--port', '%s,loop' % capture, '--packets', '200000',
                            '--ring-size', '64', '--on-full', 'drop',
                            '--worker-delay-ns', '200000')
        self.assert_balanced(outcome)
        self.assertEqual(outcome.ledger['received'], 200000)
        full = outcome.ledger['dropped']['rx']['ring_full']
        self.assertGreater(full, 0)
        self.assertEqual(full + outcome.ledger['delivered'], 200000)

    def test_a_file_waits_for_a_slow_worker_by_default(self):
        capture = self.capture(5000, faults=False)
        outcome = self.weir('--port', capture, '--ring-size', '64', '--worker-delay-ns', '200000')
        self.assert_balanced(outcome)
        self.assertEqual(outcome.ledger['delivered'], 5000)

    def test_fail_on_turns_a_condition_into_exit_1(self):
        capture = self.capture(1000, faults=False)
        self.assertEqual(self.weir('--port', capture, '--fail-on', 'dropped > 0').code, OK)
        self.assertEqual(self.weir('--port', capture, '--fail-on', 'received >= 1000').code, FAIL)


    def test_pace_keeps_the_captures_own_timing(self):
        # The project's own captures have a packet each millisecond.
        capture = self.capture(1500)
        outcome = self.weir('--port', '%s,pace' % capture)
        self.assert_balanced(outcome)
        self.assertGreaterEqual(outcome.report['elapsed_seconds'], 1.499)
        self.assertLess(outcome.report['elapsed_seconds'], 3)

    def test_a_cut_file_is_read_up_to_the_cut(self):
        capture = self.capture(100)
        capture.write_bytes(capture.read_bytes()[:-7])
        outcome = self.weir('--port', capture)
        self.assert_balanced(outcome, DAMAGED)
        self.assertEqual(outcome.ledger['received'], 99)
        self.assertIn('damaged', outcome.output)


class Mistakes(WeirCase):
    """One or two lines that say what and what to do; exit 2; nothing is left behind."""

    def refused(self, words, *arguments):
        outcome = self.weir(*arguments)
        self.assertEqual(outcome.code, USAGE, outcome.output)
        for word in words:
            self.assertIn(word, outcome.output)
        self.assertLessEqual(len(outcome.output.strip().splitlines()), 20, outcome.output)

    def test_unknown_option(self):
        self.refused(['--prot', '--port'], '--prot', 'x')

    def test_missing_file(self):
        self.refused(['/no/such.pcap'], '--port', '/no/such.pcap')

    def test_directory(self):
        self.refused([str(self.directory)], '--port', self.directory)

    def test_no_capture_file(self):
        path = self.directory / 'text.pcap'
        path.write_text('this is no capture file, whatever its name says\n')
        outcome = self.weir('--port', path)
        self.assertIn(outcome.code, (USAGE, DAMAGED), outcome.output)
        self.assertIn('text.pcap', outcome.output)

    def test_unknown_device(self):
        self.refused(['net_nothing0'], '--port', 'net_nothing0')

    def test_the_same_device_twice(self):
        self.refused(['twice'], '--port', 'net_null0', '--port', 'net_null0,size=64')

    def test_a_report_that_nobody_gets(self):
        for option, code in (((), USAGE), (('--report', str(self.directory / 'kept')), OK)):
            with open('/dev/full', 'w') as full:
                done = subprocess.run([WEIR, 'run', '--port', str(self.capture(10)), *option],
                                      stdout=full, stderr=subprocess.PIPE, check=False, timeout=60)
            self.assertEqual(done.returncode, code, done.stderr)

    def test_a_report_that_cannot_be_written_leaves_the_one_on_the_terminal(self):
        process = self.start_weir('--port', '%s,loop' % self.capture(10), '--duration', '1.5')
        for line in process.stdout:
            if line.startswith('  memory:'):
                break
        (self.directory / 'report').rmdir()
        (self.directory / 'report').touch()
        outcome = self.finish(process)
        self.assertEqual(outcome.code, USAGE, outcome.output)
        self.assertIn('write report', outcome.output)
        self.assertIn('delivered', outcome.output)

    def test_a_reader_that_goes_does_not_end_the_run(self):
        process = self.start_weir('--port', '%s,loop' % self.capture(10), '--duration', '2.5')
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.wait(timeout=60), OK)
        report = json.loads((self.directory / 'report' / 'report.json').read_text())
        self.assertTrue(report['ledger']['balanced'])
        self.assertEqual(report['stop_reason'], 'duration')

    def test_missing_interface(self):
        self.refused(['weir-none', 'ip link'], '--port', 'net_af_packet0,iface=weir-none')

    def test_interface_name_instead_of_port(self):
        self.refused(['net_af_packet0,iface=lo'], '--port', 'lo')

    def test_bad_filter(self):
        self.refused(['tcp and and'], '--port', self.capture(10), '--filter', 'tcp and and')

    def test_too_many_workers(self):
        self.refused(['CPU'], '--port', self.capture(10), '--workers', '100')

    def test_unknown_cpu(self):
        self.refused(['4000'], '--port', self.capture(10), '--lcores', '4000')

    def test_mtu_above_the_mbuf(self):
        self.refused(['9000', '--mbuf-size'], '--port', 'net_null0', '--mtu', '9000')

    def test_memory_that_is_not_there(self):
        with open('/proc/meminfo') as file:
            available = int(re.search(r'MemAvailable: +(\d+) kB', file.read())[1])
        if available >= 130 << 20:
            self.skipTest('the largest run there is fits into this machine')
        self.refused(['MiB are needed', '--mbuf-size'], '--port', self.capture(10), '--hugepages',
                     'off', '--ring-size', '1048576', '--descriptors', '16384', '--mbuf-size',
                     '65280')

    def test_hugepages_that_are_not_there(self):
        self.refused(['vm.nr_hugepages'], '--port', self.capture(10), '--hugepages', 'on',
                     '--ring-size', '1048576', '--mbuf-size', '32768')

    def test_unknown_condition(self):
        self.refused(['recieved', 'received'], '--port', self.capture(10), '--fail-on',
                     'recieved > 0')

    def test_unpaired_forward(self):
        self.refused(['--port'], '--port', 'net_null0', '--action', 'forward')

    def test_nowhere_to_send(self):
        self.refused(['transmit'], '--port', self.capture(10), '--action', 'macswap')


if __name__ == '__main__':
    unittest.main(verbosity=2)
