# SPDX-License-Identifier: BSD-3-Clause
"""`weir run --capture`: what is in the files, what the books say of it, and what goes wrong."""
import collections
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import threading
import time
import unittest

from pcapng import read_pcap, read_pcapng
from weir_case import FAIL, OK, USAGE, WEIR, WeirCase


class CaptureCase(WeirCase):
    def setUp(self):
        super().setUp()
        self.out = self.directory / 'out.pcapng'

    def metric(self, outcome, name):
        return outcome.report['metrics']['capture.' + name]

    def assert_complete(self, outcome, code=OK):
        """Both books balance: the run's, and the capture's."""
        self.assert_balanced(outcome, code)
        capture = outcome.report['capture']
        self.assertTrue(capture['balanced'], outcome.output)
        self.assertEqual(capture['selected'],
                         capture['stored'] + sum(capture['not_stored'].values()))
        self.assertEqual(capture['stored'],
                         capture['written'] + sum(capture['lost'].values()) +
                         capture['overwritten'] + capture['discarded'])
        self.assertEqual(self.metric(outcome, 'held'), 0)
        self.assertEqual(outcome.report['packet_path_allocations'], [])
        return capture

    def files(self):
        return sorted(self.directory.glob('out_*.pcapng'))

    def await_start(self, process):
        for line in process.stdout:
            if line.startswith('  memory:'):
                break
        time.sleep(0.3)

    def await_second(self, process):
        """Until packets have flowed for a second, as the line for each second says."""
        for line in process.stdout:
            if line.startswith('1 s: '):
                return
        self.fail('it ended before')

    def await_files(self, number, seconds=20):
        deadline = time.monotonic() + seconds
        while len(self.files()) < number:
            self.assertLess(time.monotonic(), deadline, 'no file %d' % number)
            time.sleep(0.02)

    def assert_same(self, packets, expected):
        """Packets of one interface against those of a pcap file: octets, lengths, times, order."""
        self.assertEqual(len(packets), len(expected))
        for packet, (time_ns, octets) in zip(packets, expected):
            self.assertEqual((packet.time_ns, packet.wire_bytes, packet.octets),
                             (time_ns, len(octets), octets))


class Whole(CaptureCase):
    def test_a_file_is_captured_octet_for_octet_in_both_wirings(self):
        source = self.capture(20000)
        for mode in ('pipeline', 'run-to-completion'):
            outcome = self.weir('--port', source, '--mode', mode, '--capture', self.out)
            capture = self.assert_complete(outcome)
            self.assertEqual(capture['written'], 20000)
            # Malformed packets are dropped by the run, but captured.
            self.assertGreater(outcome.dropped(), 0)
            self.assert_same(read_pcapng(self.out).packets, read_pcap(source))
            self.assertEqual(capture['file_bytes'], self.out.stat().st_size)

    def test_decode_prints_the_same_of_it(self):
        source = self.capture(5000)
        self.assert_complete(self.weir('--port', source, '--capture', self.out))
        printed = [subprocess.run([WEIR, 'decode', str(path), '--json'], capture_output=True,
                                  check=True).stdout for path in (source, self.out)]
        self.assertEqual(printed[0], printed[1])

    @unittest.skipUnless(shutil.which('tshark') and shutil.which('capinfos'),
                         'SKIP: tshark and capinfos are not installed')
    def test_wireshark_reads_the_same_without_a_warning(self):
        source = self.capture(5000)
        self.assert_complete(self.weir('--port', source, '--capture', self.out))
        printed = []
        for path in (source, self.out):
            done = subprocess.run(
                ['tshark', '-n', '-r', str(path), '-T', 'fields', '-e', 'frame.time_epoch',
                 '-e', 'frame.len', '-e', 'frame.cap_len', '-e', 'frame.protocols'],
                capture_output=True, text=True, check=True)
            self.assertEqual([line for line in done.stderr.splitlines()
                              if 'Running as user' not in line], [])
            printed.append(done.stdout)
        self.assertEqual(printed[0], printed[1])
        done = subprocess.run(['capinfos', str(self.out)], capture_output=True, text=True,
                              check=True)
        self.assertEqual(done.stderr, '')
        self.assertIn('Strict time order:   True', done.stdout)

    def test_two_workers_with_a_file_each(self):
        if len(os.sched_getaffinity(0)) < 2:
            self.skipTest('SKIP: two workers need two CPUs')
        sources = [self.capture(8000, name='a.pcap'), self.capture(12000, seed=2, name='b.pcap')]
        outcome = self.weir('--port', sources[0], '--port', sources[1], '--workers', '2', '--mode',
                            'run-to-completion', '--capture', self.out)
        self.assert_complete(outcome)
        capture = read_pcapng(self.out)
        self.assertEqual(capture.interfaces, [str(source) for source in sources])
        for number, source in enumerate(sources):
            self.assert_same([packet for packet in capture.packets if packet.interface == number],
                             read_pcap(source))
            packets = len(read_pcap(source))
            self.assertEqual(capture.statistics[number], {'received': packets, 'dropped': 0,
                                                          'accepted': packets, 'os_dropped': 0,
                                                          'delivered': packets})

    def test_two_workers_behind_one_rx_lcore(self):
        if len(os.sched_getaffinity(0)) < 3:
            self.skipTest('SKIP: two workers and an rx lcore need three CPUs')
        source = self.capture(20000)
        outcome = self.weir('--port', source, '--workers', '2', '--capture', self.out)
        self.assert_complete(outcome)
        packets = read_pcapng(self.out).packets
        self.assert_same(sorted(packets, key=lambda packet: packet.time_ns), read_pcap(source))

    def test_long_frames_in_chains_of_mbufs(self):
        source = self.directory / 'long.pcap'
        data = bytearray(self.capture(1).read_bytes()[:24])
        for length in (2047, 2048, 2049, 9000, 65535) * 40:
            octets = bytes([2] * 12 + [0x88, 0xb5]) + os.urandom(length - 14)
            data += b''.join(n.to_bytes(4, 'little') for n in (1700000000, 5, length, length))
            data += octets
        source.write_bytes(data)
        self.assert_complete(self.weir('--port', source, '--capture', self.out))
        self.assert_same(read_pcapng(self.out).packets, read_pcap(source))

    def test_live_packets_have_the_time_of_day(self):
        before = time.time_ns()
        outcome = self.weir('--packets', '50000', '--capture', self.out)
        after = time.time_ns()
        self.assertEqual(self.assert_complete(outcome)['written'], 50000)
        times = [packet.time_ns for packet in read_pcapng(self.out).packets]
        self.assertEqual(times, sorted(times))
        self.assertGreater(times[0], before)
        self.assertLess(times[-1], after)
        self.assertGreater(times[-1] - times[0], 1000)

    def test_the_compressed_file_unpacks_to_the_same(self):
        if not shutil.which('zstd'):
            self.skipTest('SKIP: zstd is not installed')
        source = self.capture(20000)
        packed = self.directory / 'out.pcapng.zst'
        outcome = self.weir('--port', source, '--capture', packed)
        self.assert_complete(outcome)
        subprocess.run(['zstd', '-q', '-d', str(packed), '-o', str(self.out)], check=True)
        self.assert_same(read_pcapng(self.out).packets, read_pcap(source))
        self.assertLess(packed.stat().st_size, self.out.stat().st_size)


class Selection(CaptureCase):
    def test_the_file_says_how_it_came_about(self):
        source = self.capture(100)
        self.assert_complete(self.weir('--port', source, '--port', 'net_null0', '--packets', '10000',
                                       '--capture', self.out, '--filter', 'not port 4711',
                                       '--capture-filter', 'len < 1000'))
        found = read_pcapng(self.out)
        comment, hardware, system, program = (found.section.get(code, '') for code in (1, 2, 3, 4))
        self.assertEqual(comment, 'packets that passed --filter: not port 4711')
        models = [line.partition(': ')[2] for line in
                  pathlib.Path('/proc/cpuinfo').read_text().splitlines()
                  if line.startswith('model name')]
        self.assertEqual(hardware, models[0] if models else '')
        self.assertTrue(system.startswith('Linux '))
        self.assertTrue(program.startswith('weir '))
        self.assertEqual([text.get(11) for text in found.interface_texts], ['len < 1000'] * 2)
        self.assertEqual([text.get(15) for text in found.interface_texts],
                         [None, 'net_null0 (net_null)'])
        self.assert_complete(self.weir('--port', source, '--capture', self.out))
        self.assertNotIn(1, read_pcapng(self.out).section)

    def test_the_snaplen_cuts_and_keeps_the_wire_length(self):
        source = self.capture(5000)
        outcome = self.weir('--port', source, '--capture', self.out, '--capture-snaplen', '64')
        self.assert_complete(outcome)
        capture, expected = read_pcapng(self.out), read_pcap(source)
        self.assertEqual(capture.snaplens, [64])
        self.assertEqual([(packet.wire_bytes, packet.octets) for packet in capture.packets],
                         [(len(octets), octets[:64]) for _, octets in expected])
        # What the run makes of the packets is not touched.
        self.assertEqual(outcome.ledger, self.weir('--port', source).ledger)

    def test_the_filter_selects_and_drops_nothing(self):
        source = self.capture(5000)
        outcome = self.weir('--port', source, '--capture', self.out, '--capture-filter', 'vlan')
        capture = self.assert_complete(outcome)
        lines = subprocess.run([WEIR, 'decode', str(source), '--filter', 'vlan'],
                               capture_output=True, check=True).stdout.splitlines()
        self.assertEqual(capture['selected'], len(lines))
        self.assertEqual(len(read_pcapng(self.out).packets), len(lines))
        self.assertEqual(outcome.ledger['received'], 5000)
        self.assertNotIn('filter', outcome.ledger['dropped'])

    def test_what_the_runs_filter_drops_is_not_captured(self):
        source = self.capture(5000)
        outcome = self.weir('--port', source, '--capture', self.out, '--filter', 'vlan')
        capture = self.assert_complete(outcome)
        self.assertEqual(capture['selected'],
                         5000 - outcome.ledger['dropped']['filter']['filtered'])


class Rotation(CaptureCase):
    def test_by_size_with_the_newest_files_kept(self):
        source = self.capture(20000)
        outcome = self.weir('--port', source, '--capture', self.out, '--capture-rotate-size', '512K',
                            '--capture-files', '3')
        capture = self.assert_complete(outcome)
        self.assertEqual(len(self.files()), 3)
        self.assertEqual(capture['files'] - capture['files_deleted'], 3)
        packets = []
        for path in self.files():
            self.assertLessEqual(path.stat().st_size, 512 << 10)
            packets += read_pcapng(path).packets
        self.assertEqual(capture['written'], 20000)
        self.assertEqual(capture['written'] - capture['packets_deleted'], len(packets))
        self.assert_same(packets, read_pcap(source)[-len(packets):])

    def test_each_file_has_the_statistics_of_its_packets(self):
        sources = [self.capture(15000, name='a.pcap'), self.capture(9000, seed=2, name='b.pcap')]
        for mode in ('pipeline', 'run-to-completion'):
            outcome = self.weir('--port', sources[0], '--port', sources[1], '--mode', mode,
                                '--capture', self.out, '--capture-rotate-size', '200K', '--filter',
                                'not vlan', '--capture-filter', 'ip')
            capture = self.assert_complete(outcome)
            self.assertGreater(len(self.files()), 5)
            self.assertLess(capture['selected'], 24000)
            received, delivered = [0, 0], [0, 0]
            for path in self.files():
                found = read_pcapng(path)
                packets = collections.Counter(packet.interface for packet in found.packets)
                for number in (0, 1):
                    statistics = found.statistics[number]
                    self.assertEqual(statistics['delivered'], packets[number])
                    self.assertEqual(statistics['accepted'], packets[number])
                    self.assertGreaterEqual(statistics['received'], statistics['accepted'])
                    received[number] += statistics['received']
                    delivered[number] += statistics['delivered']
                path.unlink()
            self.assertEqual(received, [15000, 9000])
            self.assertEqual(sum(delivered), capture['written'])

    def test_by_time(self):
        source = self.capture(3500)  # One packet a millisecond.
        outcome = self.weir('--port', '%s,pace' % source, '--capture', self.out,
                            '--capture-rotate-seconds', '1')
        self.assert_complete(outcome)
        self.assertGreaterEqual(len(self.files()), 3)
        packets = [packet for path in self.files() for packet in read_pcapng(path).packets]
        self.assert_same(packets, read_pcap(source))
        received = sum(read_pcapng(path).statistics[0]['received'] for path in self.files())
        self.assertEqual(received, 3500)


class Ring(CaptureCase):
    """Packets of a paced file have consecutive times, so that a gap would show."""

    def start_ring(self, *arguments, packets=20000):
        source = self.capture(packets)
        process = self.start_weir('--port', '%s,pace' % source, '--capture', self.out,
                                  '--capture-ring', '8M', *arguments)
        self.await_start(process)
        return process, read_pcap(source)

    def assert_run_of(self, packets, expected):
        """The packets are `expected` from some place on, without a gap. Returns the place."""
        start = [time_ns for time_ns, _ in expected].index(packets[0].time_ns)
        self.assert_same(packets, expected[start:start + len(packets)])
        return start

    def test_a_signal_writes_the_packets_before_and_after(self):
        process, expected = self.start_ring('--capture-after', '0.5')
        self.await_second(process)
        self.assertEqual(self.files(), [])
        process.send_signal(signal.SIGUSR1)
        self.await_files(1)
        time.sleep(2.0)
        process.send_signal(signal.SIGTERM)
        outcome = self.finish(process)
        capture = self.assert_complete(outcome)
        self.assertEqual((capture['triggers'], capture['triggers_ignored']), (1, 0))
        self.assertEqual(len(self.files()), 1)
        found = read_pcapng(self.files()[0])
        self.assertEqual(found.comments(), ['SIGUSR1'])
        self.assertEqual(self.assert_run_of(found.packets, expected), 0)
        at = [index for index, packet in enumerate(found.packets) if packet.comments][0]
        after = len(found.packets) - 1 - at
        self.assertGreater(at, 500)
        self.assertGreater(after, 100)
        self.assertLess(after, 5000)
        self.assertEqual(capture['written'], len(found.packets))
        self.assertGreater(capture['discarded'], 0)

    def test_each_trigger_has_its_file_and_one_is_served_at_a_time(self):
        process, expected = self.start_ring('--capture-after', '1')
        packets = []
        for number in (1, 2):
            process.send_signal(signal.SIGUSR1)
            self.await_files(number)
            process.send_signal(signal.SIGUSR1)  # While that one is served.
            time.sleep(2.5)
        process.send_signal(signal.SIGTERM)
        capture = self.assert_complete(self.finish(process))
        self.assertEqual((capture['triggers'], capture['triggers_ignored']), (2, 2))
        self.assertEqual(len(self.files()), 2)
        for path in self.files():
            found = read_pcapng(path)
            self.assertEqual(found.comments(), ['SIGUSR1'])
            packets += found.packets
        # The second begins where the first has ended: nothing is overwritten so soon.
        self.assertEqual(self.assert_run_of(packets, expected), 0)

    def test_a_trigger_that_is_served_at_the_end_is_written(self):
        process, expected = self.start_ring('--capture-after', '60')
        time.sleep(0.3)
        process.send_signal(signal.SIGUSR1)
        self.await_files(1)
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        capture = self.assert_complete(self.finish(process))
        self.assertEqual(capture['discarded'], 0)
        found = read_pcapng(self.files()[0])
        self.assertEqual(len(found.packets), capture['stored'])
        self.assert_run_of(found.packets, expected)

    def test_a_new_defect_is_a_trigger(self):
        process, _ = self.start_ring('--capture-on', 'malformed', '--capture-after', '0.2')
        self.await_files(1)
        time.sleep(1)
        process.send_signal(signal.SIGTERM)
        self.assert_complete(self.finish(process))
        comments = read_pcapng(self.files()[0]).comments()
        self.assertEqual(len(comments), 1)
        self.assertTrue(comments[0].startswith('malformed for the first time: '), comments)

    def test_a_full_ring_is_a_trigger_once_for_a_spell_of_drops(self):
        source = self.capture(1000, faults=False)
        outcome = self.weir('--port', '%s,loop' % source, '--packets', '300000', '--ring-size', '64',
                            '--on-full', 'drop', '--worker-delay-ns', '100000', '--capture',
                            self.out, '--capture-ring', '1M', '--capture-on', 'ring_full')
        capture = self.assert_complete(outcome)
        self.assertGreater(outcome.ledger['dropped']['rx']['ring_full'], 0)
        self.assertEqual((capture['triggers'], capture['triggers_ignored']), (1, 0))
        self.assertRegex(read_pcapng(self.files()[0]).comments()[0], r'^ring_full: \d+ packets')

    def test_what_happens_to_associations_is_a_trigger(self):
        for event, reason in (('ipsec_lost', r'^ipsec_lost: \d+ sequence numbers missing$'),
                              ('ipsec_replayed', r'^ipsec_replayed: \d+ packets repeated'),
                              ('ipsec_new_sa', r'^ipsec_new_sa: \d+ associations begun$')):
            with self.subTest(event):
                process, _ = self.start_ring('--capture-on', event, '--capture-after', '0.1')
                self.await_files(1)
                process.send_signal(signal.SIGTERM)
                self.assert_complete(self.finish(process))
                self.assertRegex(read_pcapng(self.files()[0]).comments()[0], reason)
                for path in self.files():
                    path.unlink()

    def test_associations_without_faults_are_none(self):
        source = self.capture(20000, faults=False)
        outcome = self.weir('--port', source, '--capture', self.out, '--capture-ring', '1M',
                            '--capture-on', 'ipsec_lost', '--capture-on', 'ipsec_replayed')
        capture = self.assert_complete(outcome)
        self.assertGreater(outcome.report['metrics']['ipsec.packets'], 0)
        self.assertEqual(capture['triggers'], 0)

    def test_the_newest_are_kept(self):
        source = self.capture(2000)
        process = self.start_weir('--port', '%s,loop' % source, '--capture', self.out,
                                  '--capture-ring', '2M', '--capture-after', '0')
        self.await_start(process)
        time.sleep(1)
        process.send_signal(signal.SIGUSR1)
        self.await_files(1)
        time.sleep(1)
        process.send_signal(signal.SIGTERM)
        capture = self.assert_complete(self.finish(process))
        self.assertGreater(capture['overwritten'], 2000)
        self.assertEqual(capture['not_stored'], {'no_segment': 0})
        size = self.files()[0].stat().st_size
        self.assertGreater(size, 1 << 20)
        self.assertLess(size, 4 << 20)
        # Consecutive packets of the file, which begins again and again.
        times = [packet.time_ns for packet in read_pcapng(self.files()[0]).packets]
        steps = collections.Counter(b - a for a, b in zip(times, times[1:]))
        self.assertEqual(set(steps), {10**6, -1999 * 10**6})

    def test_without_a_trigger_there_is_no_file(self):
        outcome = self.weir('--port', self.capture(500), '--capture', self.out, '--capture-ring',
                            '1M')
        self.assertEqual(self.assert_complete(outcome)['discarded'], 500)
        self.assertEqual(list(self.directory.glob('out*')), [])


class Trouble(CaptureCase):
    def on_small_disk(self, kibibytes):
        """A prefix that runs a command on a file system of so many KiB, mounted on `small`, and
        copies out what is there afterwards; skips the test where that is not allowed."""
        if subprocess.run(['unshare', '-Urm', 'true'], stderr=subprocess.DEVNULL,
                          check=False).returncode != 0:
            self.skipTest('SKIP: `unshare -Urm` is not allowed here: no full disk was tried')
        small, kept = self.directory / 'small', self.directory / 'kept'
        small.mkdir()
        kept.mkdir()
        script = ('mount -t tmpfs -o size=%dk weir-test %s && { "$@"; code=$?; cp %s/* %s; '
                  'exit $code; }' % (kibibytes, small, small, kept))
        return small, kept, ('unshare', '-Urm', 'sh', '-c', script, 'sh')

    def test_a_full_disk_stops_no_packet_and_each_is_counted(self):
        source = self.capture(20000)
        small, kept, prefix = self.on_small_disk(1024)
        outcome = self.weir('--port', source, '--capture', small / 'out.pcapng', prefix=prefix)
        capture = self.assert_complete(outcome)
        self.assertEqual(outcome.ledger['received'], 20000)
        found = read_pcapng(kept / 'out.pcapng')
        self.assertGreater(capture['lost']['disk_full'], 0)
        self.assertEqual(len(found.packets), capture['written'])
        self.assertEqual(len(found.packets) + capture['lost']['disk_full'], 20000)
        self.assert_same(found.packets, read_pcap(source)[:len(found.packets)])
        self.assertIn('No space left on device', outcome.report['capture']['note'])
        if shutil.which('capinfos'):
            done = subprocess.run(['capinfos', '-Mc', str(kept / 'out.pcapng')], text=True,
                                  capture_output=True, check=True)
            self.assertEqual(done.stderr, '')
            self.assertRegex(done.stdout, r'Number of packets: +%d\n' % capture['written'])

    def test_rotation_frees_a_full_disk(self):
        source = self.capture(20000)
        small, kept, prefix = self.on_small_disk(1024)
        outcome = self.weir('--port', source, '--capture', small / 'out.pcapng',
                            '--capture-rotate-size', '200K', '--capture-files', '3', prefix=prefix)
        capture = self.assert_complete(outcome)
        self.assertEqual(capture['lost'], {'disk_full': 0, 'write_error': 0})
        self.assertEqual(sum(len(read_pcapng(path).packets) for path in kept.iterdir()),
                         capture['written'] - capture['packets_deleted'])

    def test_a_condition_makes_a_loss_a_failure(self):
        source = self.capture(20000)
        small, _, prefix = self.on_small_disk(1024)
        outcome = self.weir('--port', source, '--capture', small / 'out.pcapng', '--fail-on',
                            'capture.lost.disk_full > 0', prefix=prefix)
        self.assert_complete(outcome, FAIL)

    def test_a_killed_run_leaves_a_readable_file(self):
        source = self.capture(20000)
        process = self.start_weir('--port', '%s,pace' % source, '--capture', self.out)
        self.await_second(process)
        time.sleep(0.5)
        process.kill()
        process.wait()
        packets = read_pcapng(self.out).packets
        # A packet waits a quarter of a second at most.
        self.assertGreater(len(packets), 500)
        self.assert_same(packets, read_pcap(source)[:len(packets)])

    def through_pipe(self, wait, *arguments):
        """Captures into a pipe whose reader only begins to read after `wait` seconds."""
        pipe = self.directory / 'pipe.pcapng'
        os.mkfifo(pipe)

        def read():
            with open(pipe, 'rb') as stream:
                time.sleep(wait)
                self.out.write_bytes(stream.read())
        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        outcome = self.weir(*arguments, '--capture', pipe)
        reader.join(timeout=30)
        return outcome

    def test_a_live_source_does_not_wait_for_the_writer(self):
        source = self.capture(2000, faults=False)
        outcome = self.through_pipe(2, '--port', '%s,loop' % source, '--packets', '200000',
                                    '--on-full', 'drop', '--ring-size', '4096',
                                    '--capture-memory', '8M')
        capture = self.assert_complete(outcome)
        self.assertEqual(outcome.ledger['received'], 200000)
        self.assertGreater(capture['not_stored']['no_segment'], 0)
        self.assertLess(outcome.report['elapsed_seconds'], 1.9)
        found = read_pcapng(self.out)
        self.assertEqual(len(found.packets), capture['written'])
        self.assertEqual(found.statistics[0]['os_dropped'], capture['not_stored']['no_segment'])
        self.assertEqual(found.statistics[0]['accepted'], capture['selected'])
        self.assertEqual(found.statistics[0]['received'], outcome.ledger['received'])

    def test_a_file_waits_for_the_writer(self):
        source = self.capture(40000)
        outcome = self.through_pipe(1, '--port', source, '--capture-memory', '7M')
        capture = self.assert_complete(outcome)
        self.assertEqual(capture['not_stored'], {'no_segment': 0})
        self.assertEqual(capture['segments'], 7)
        self.assert_same(read_pcapng(self.out).packets, read_pcap(source))

    def test_a_reader_that_hangs_does_not_keep_the_run_from_ending(self):
        pipe = self.directory / 'pipe.pcapng'
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        try:
            for live in (('--on-full', 'drop'), ()):  # Without, the run waits for the writer.
                source = self.capture(2000, faults=False)
                outcome = self.weir('--port', '%s,loop' % source, '--duration', '1', *live,
                                    '--capture', pipe, '--capture-memory', '8M')
                capture = self.assert_complete(outcome)
                self.assertGreater(capture['lost']['write_error'], 0)
                self.assertIn('Connection timed out', capture['note'])
                # What is left in the pipe leaves no room for the next.
                outcome = self.weir('--port', source, '--capture', pipe)
                self.assertEqual(outcome.code, USAGE, outcome.output)
                self.assertIn('start who reads the pipe first', outcome.output)
                with contextlib.suppress(BlockingIOError):
                    while os.read(reader, 1 << 20):
                        pass
        finally:
            os.close(reader)

    def test_a_reader_that_goes_away_costs_only_packets(self):
        pipe = self.directory / 'pipe.pcapng'
        os.mkfifo(pipe)

        def read():
            with open(pipe, 'rb') as stream:
                stream.read(100000)
        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        outcome = self.weir('--port', self.capture(20000), '--capture', pipe)
        reader.join(timeout=30)
        capture = self.assert_complete(outcome)
        self.assertEqual(outcome.ledger['received'], 20000)
        self.assertGreater(capture['lost']['write_error'], 0)


class Mistakes(CaptureCase):
    def refused(self, words, *arguments):
        outcome = self.weir('--port', self.capture(10), *arguments)
        self.assertEqual(outcome.code, USAGE, outcome.output)
        for word in words:
            self.assertIn(word, outcome.output)
        self.assertEqual(list(self.directory.glob('out*')), [])

    def test_options_that_mean_nothing_without_others(self):
        for option, value in (('filter', 'tcp'), ('snaplen', '64'), ('memory', '8M'),
                              ('ring', '8M'), ('rotate-size', '1M'), ('rotate-seconds', '1'),
                              ('files', '2')):
            self.refused(['--capture-' + option, '--capture FILE'], '--capture-' + option, value)
        for option, value in (('on', 'ring_full'), ('after', '2')):
            self.refused(['--capture-' + option, '--capture-ring'], '--capture', self.out,
                         '--capture-' + option, value)
        self.refused(['--capture-files', '--capture-rotate-size'], '--capture', self.out,
                     '--capture-files', '3')

    def test_the_file_that_is_read_is_not_written(self):
        source = self.capture(10, name='in.pcapng')
        octets = source.read_bytes()
        link = self.directory / 'link.pcapng'
        link.symlink_to(source)
        for name in (source, link):
            outcome = self.weir('--port', source, '--capture', name)
            self.assertEqual(outcome.code, USAGE, outcome.output)
            self.assertIn('it is the file that is to be read', outcome.output)
        self.assertEqual(source.read_bytes(), octets)

    def test_the_file_that_the_report_goes_to_is_not_written(self):
        source = self.capture(10)
        for stream in ('stdout', 'stderr'):
            link = self.directory / ('to_%s.pcapng' % stream)
            link.symlink_to('/dev/' + stream)
            with open(self.directory / 'text', 'w+b') as text:
                streams = {'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL, stream: text}
                code = subprocess.run([WEIR, 'run', '--port', str(source), '--capture', str(link)],
                                      check=False, **streams).returncode
                self.assertEqual(code, USAGE)
                if stream == 'stderr':
                    text.seek(0)
                    self.assertIn(b'standard output or standard error goes to', text.read())
        # What goes through a pipe may.
        done = subprocess.run([WEIR, 'run', '--port', str(source), '--capture',
                               str(self.directory / 'to_stdout.pcapng')], check=False,
                              capture_output=True)
        self.assertEqual(done.returncode, OK, done.stderr)

    def test_a_file_that_another_run_writes(self):
        first = self.start_weir('--port', '%s,loop,pace' % self.capture(100), '--capture', self.out,
                                report=False)
        self.await_start(first)
        outcome = self.weir('--port', self.capture(10, name='other.pcap'), '--capture', self.out)
        self.assertEqual(outcome.code, USAGE, outcome.output)
        self.assertIn('another process writes this file', outcome.output)
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=20)
        self.assertEqual(first.returncode, OK)
        # The other did not even empty it.
        self.assertGreater(len(read_pcapng(self.out).packets), 0)

    def test_too_little_memory(self):
        self.refused(['--capture-memory 6M'], '--capture', self.out, '--capture-memory', '1M')
        self.refused(['--capture-memory'], '--capture', self.out, '--capture-memory', '32M',
                     '--capture-ring', '64M')

    def test_names(self):
        self.refused(['.pcapng'], '--capture', self.directory / 'out.pcap')
        self.refused(['No such file'], '--capture', self.directory / 'none' / 'out.pcapng')
        self.refused(['directory'], '--capture', self.directory / 'none' / 'out.pcapng',
                     '--capture-ring', '1M')

    def test_a_bad_filter(self):
        self.refused(['tcp and and'], '--capture', self.out, '--capture-filter', 'tcp and and')

    def test_sizes(self):
        for size in ('1K', '1T', '1025T', '9999999G', ''):
            self.refused(['from 1M to 1048576G, such as 5000000, 64M or 2G'], '--capture', self.out,
                         '--capture-ring', size)

    def test_an_unknown_event(self):
        self.refused(['malformed, ring_full, ipsec_lost, ipsec_replayed or ipsec_new_sa'], '--capture', self.out, '--capture-ring', '1M',
                     '--capture-on', 'rain')

    def test_a_condition_on_a_capture_that_is_not_made(self):
        self.refused(['capture.written'], '--fail-on', 'capture.written > 0')


if __name__ == '__main__':
    unittest.main(verbosity=2)
