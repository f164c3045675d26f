# SPDX-License-Identifier: BSD-3-Clause
"""`weir sa`: every figure of every association held against a model of docs/ipsec.md, on captures of the
test's own making; what it reads, how it lists it, and what goes wrong."""
import collections
import fcntl
import json
import os
import random
import signal
import socket
import struct
import subprocess
import termios
import threading
import time
import unittest

import frames
from frames import ESP, write_pcap
from sa_case import START_NS, WAYS, SaCase, Sender, expectation, hosts_of, key_of, scene, untimed
from sa_model import SUMS, WINDOWS, Key, model
from weir_case import DAMAGED, FAIL, OK, USAGE, WEIR


class Model(SaCase):
    """Captures of the test's own making."""

    def test_every_figure_is_the_models(self):
        sums = collections.Counter()
        for seed, (count, trouble) in enumerate(((200, 0), (500, 60), (500, 12), (1200, 25), (2000, 100))):
            packets = scene(seed, count, trouble, 0.1)
            expected = expectation(packets)
            self.assert_equal(self.found(self.write(packets)), expected)
            for figures in expected.values():
                sums.update({name: figures[name] for name in (*SUMS, 'untracked')})
        # The scenes hold something of everything.
        self.assertGreater(min(sums.values()), 3, sums)

    def test_each_kind_of_trouble_alone(self):
        """Short sequences whose figures can be told by hand."""
        cases = (
            ('nothing wrong', (1, 2, 3), {'packets': 3, 'expected': 3, 'highest': 3, 'smallest_window': 1}),
            ('lost', (1, 2, 5, 9), {'lost': 5, 'longest_gap': 3, 'expected': 9,
                                    'gap_lengths': [0, 2] + [0] * 11}),
            ('duplicated', (1, 2, 2, 1, 3), {'duplicated': 2, 'lost': 0, 'expected': 3}),
            ('late', (1, 3, 4, 2), {'reordered': 1, 'lost': 0, 'latest': 2, 'smallest_window': 3,
                                    'extents': [0, 1] + [0] * 11, 'n_reordered': [0, 1, 0]}),
            ('late by 32', (*range(1, 9), *range(10, 42), 9), {
                'latest': 32, 'smallest_window': 33, 'n_reordered': [0, 0, 1],
                'would_drop': {'32': 1, **dict.fromkeys(('64', '128', '256', '512', '1024', '2048',
                                                         '4096'), 0)}}),
            ('below the first', (10, 11, 7), {'reordered': 1, 'lost': 2, 'expected': 5}),
            ('at the window\'s edge', (1, 5000, 905), {'reordered': 1, 'beyond_window': 0, 'latest': 4095}),
            ('beyond the window', (1, 5000, 904), {'reordered': 0, 'beyond_window': 1, 'lost': 4998,
                                                   'smallest_window': None,
                                                   'would_drop': dict.fromkeys(map(str, WINDOWS), 1)}),
            ('a wrap', (2**32 - 2, 2**32 - 1, 0, 1), {'wraps': 1, 'lost': 0, 'zero_sequence': 0,
                                                      'highest': 2**32 + 1, 'restarts': 0}),
            ('zero', (0, 1, 2), {'zero_sequence': 1, 'lost': 0, 'expected': 3}),
            ('a restart', (*range(1, 101), 1, 2, 3, 4, 5), {'restarts': 1, 'duplicated': 0, 'lost': 0,
                                                            'expected': 105, 'highest': 5}),
            ('three of a restart', (*range(1, 101), 1, 2, 3), {'restarts': 0, 'duplicated': 3}),
            ('an interrupted one', (*range(1, 101), 1, 2, 3, 101, 4), {'restarts': 0, 'duplicated': 4}),
            ('too early for one', (*range(1, 64), 1, 2, 3, 4), {'restarts': 0, 'duplicated': 4}),
            ('one packet', (7,), {'on_probation': True, 'packets_per_second': 0, 'lost': 0}),
            ('the same twice', (7, 7), {'on_probation': True, 'duplicated': 1}),
            ('far away', (7, 5000), {'on_probation': True, 'lost': 4992}),
            ('nearer', (7, 5000, 906), {'on_probation': False}),
        )
        packets = []
        for number, (_, sequences, _) in enumerate(cases):
            sender = Sender(random.Random(1), WAYS[0], hosts_of(4, number), 300, START_NS + number, 10**6,
                            sequences)
            packets += sender.packets()
        packets.sort(key=lambda item: item[0].time_ns)
        document = self.found(self.write(packets))
        self.assert_equal(document, expectation(packets))
        found = {key_of(one): one for one in document['associations']}
        for number, (name, sequences, wanted) in enumerate(cases):
            one = found[Key(0, 'esp', *hosts_of(4, number), 300)]
            self.assertEqual({what: one[what] for what in wanted}, wanted, name)
            self.assertEqual(one['packets'], len(sequences), name)

    def test_rekeys_are_linked_by_time(self):
        """Pairs at the limits, and random ones beside each other."""
        source = random.Random(5)
        steady, packets = list(range(1, 31)), []

        def send(number, spi, start, seconds, way=WAYS[0], sequences=steady):
            sender = Sender(source, way, hosts_of(way[1], number), spi, 0, 1, sequences)
            sender.times = [START_NS + round((start + seconds * step / (len(sequences) - 1)) * 1e9)
                            for step in range(len(sequences))]
            packets.extend(sender.packets())

        pairs = ((9.9, True), (10.1, False), (0, True), (-59, True), (-61, False))
        for number, (silence, _) in enumerate(pairs):
            send(number, 1000, 1, 130)
            send(number, 2000, 131 + silence, 200)
        send(10, 1000, 1, 100)                              # another protocol
        send(10, 2000, 102, 100, WAYS[15])
        send(11, 1000, 1, 100)                              # on probation
        send(11, 2000, 102, 100, sequences=[1, 900000])
        for number in range(12, 40):
            for spi in range(1, source.randrange(2, 12)):
                send(number, spi * 100, source.uniform(0, 300), source.uniform(1, 200), WAYS[number % 2])
        packets.sort(key=lambda item: item[0].time_ns)
        expected = expectation(packets)
        self.assert_equal(self.found(self.write(packets)), expected)
        for number, (silence, linked) in enumerate(pairs):
            key = Key(0, 'esp', *hosts_of(4, number), 2000)
            self.assertEqual(expected[key]['follows_spi'], 1000 if linked else None, silence)
        for number in (10, 11):
            self.assertFalse(any(figures['follows_spi'] for key, figures in expected.items()
                                 if key.source == hosts_of(4, number)[0]))
        self.assertGreater(sum(figures['follows_spi'] is not None for figures in expected.values()), 40)

    def test_several_files_are_points_of_one_network(self):
        source = random.Random(8)
        points = [[] for _ in range(5)]
        # The last one has nothing of IPsec, and the first begins with it.
        for packet, frame in scene(8, 300, 30, 0.2):
            point = source.randrange(4) if packet.key else 4
            points[point].append((packet._replace(key=packet.key and packet.key._replace(port=point)), frame))
        start = min(packet.time_ns for point in points for packet, _ in point)
        files = [self.write(point, 'point%d.pcap' % number) for number, point in enumerate(points)]
        document = self.found(*files)
        self.assert_equal(document, model([packet for point in points for packet, _ in point if packet.key],
                                          start))
        for one in document['associations']:
            self.assertEqual(one['port_name'], str(files[one['port']]))
        first = document['associations'][0]['port_name']
        # Each is also what it is alone, and may be named twice.
        for number in (0, 1):
            self.assertEqual(untimed(self.found(files[number])), untimed(document, number))
        twice = self.found(first, first)
        self.assertEqual(untimed(twice, 0), untimed(twice, 1))
        self.assertEqual(twice['totals']['packets'], 2 * self.found(first)['totals']['packets'])

    def test_what_was_cut_counts_as_long_as_it_was(self):
        packets = scene(3, 200, 20)
        expected = expectation(packets)
        # All headers are within the first 150 octets; within 20 there are none.
        self.assert_equal(self.found(self.write(packets, snaplen=150)), expected)
        self.assertEqual(self.found(self.write(packets, snaplen=20))['associations'], [])

    def test_other_forms_of_the_file_make_no_difference(self):
        packets = [(packet._replace(time_ns=packet.time_ns // 1000 * 1000), frame)
                   for packet, frame in scene(4, 100, 20)]
        timed = [(packet.time_ns, frame) for packet, frame in packets]
        expected = expectation(packets)
        self.assert_equal(self.found(self.write(packets)), expected)
        forms = {'micro.pcap': [struct.pack('>IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)],
                 'nano.pcapng': [frames.section(), frames.interface(resolution=9)],
                 'micro.pcapng': [frames.section(), frames.interface(resolution=6, offset_seconds=10**9)]}
        for time_ns, frame in timed:
            forms['micro.pcap'].append(struct.pack('>IIII', time_ns // 10**9, time_ns % 10**9 // 1000,
                                                   len(frame), len(frame)) + frame)
            forms['nano.pcapng'].append(frames.timed_packet(frame, time_ns))
            forms['micro.pcapng'].append(frames.timed_packet(frame, time_ns // 1000 - 10**15))
        for name, parts in forms.items():
            path = self.directory / name
            path.write_bytes(b''.join(parts))
            self.assert_equal(self.found(path), expected)

    def test_the_table_says_what_the_document_says(self):
        path = self.write(scene(6, 300, 20))
        document = self.found(path)
        result = self.sa(path)
        self.assertEqual((result.returncode, result.stderr), (OK, ''))
        rows = [line for line in result.stdout.splitlines() if ' -> ' in line and 'source' not in line]
        self.assertEqual(len(rows), len(document['associations']))
        for row, one in zip(rows, document['associations']):
            window = one['smallest_window'] or '>4096'
            figures = ['{:,}'.format(one[name]) for name in ('packets', 'lost', 'duplicated', 'reordered',
                                                             'beyond_window')]
            self.assertEqual(row.split(), [one['protocol'], '0x%08x' % one['spi'], *figures, str(window),
                                           '%d:' % one['port'], one['source'], '->', one['destination']])
        last = result.stdout.splitlines()[-1].replace(',', '')
        for name in ('packets', 'lost', 'duplicated', 'reordered', 'restarts', 'refused'):
            self.assertIn(' %d %s' % (document['totals'][name], name), last)
        self.assertIn('reserved SPI', result.stdout)
        self.assertIn('on probation', result.stdout)


class Files(SaCase):
    """What is read, how, and what is said of what cannot be."""

    def setUp(self):
        super().setUp()
        self.packets = scene(11, 60, 20, 0.2)
        self.made = self.write(self.packets)

    def assert_refused(self, result, *words, code=USAGE):
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertLessEqual(len(result.stderr.splitlines()), 3, result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)
        self.assertFalse(result.stdout)

    def test_a_run_comes_to_the_same_figures(self):
        snapped = self.write(self.packets, 'snapped.pcap', snaplen=90)
        for path, options in ((self.made, ()), (self.made, ('--mode', 'run-to-completion')),
                              (self.made, ('--filter', 'udp or ip6')), (self.made, ('--max-layers', 4)),
                              (snapped, ('--action', 'sink'))):
            shared = options if options and options[0] in ('--filter', '--max-layers') else ()
            expected = self.found(path, *shared)
            run = self.found('--port', path, *options)
            self.assertEqual(untimed(run), untimed(expected), options)
            self.assertEqual(run['totals'], expected['totals'], options)

    def test_a_run_reports_what_it_lists(self):
        report = self.directory / 'report'
        document = self.found('--port', self.made, '--port', self.made, '--report', report)
        self.assertEqual({one['port'] for one in document['associations']}, {0, 1})
        self.assertEqual(untimed(document, 0), untimed(self.found(self.made)))
        metrics = json.loads((report / 'report.json').read_text())['metrics']
        for name in ('associations', 'refused', 'on_probation', *SUMS[:6]):
            self.assertEqual(metrics['ipsec.' + name], document['totals'][name], name)

    def test_a_run_has_its_verdict(self):
        result = self.sa('--json', '--port', self.made, '--fail-on', 'ipsec.packets > 0')
        self.assertEqual(result.returncode, FAIL, result.stderr)
        self.assert_sound(json.loads(result.stdout))
        settings = self.directory / 'run.toml'
        settings.write_text('port = "%s"\nmode = "run-to-completion"\n' % self.made)
        self.assertEqual(untimed(self.found(settings)), untimed(self.found(self.made)))

    def test_pipes_and_standard_input_are_files(self):
        expected = untimed(self.found(self.made))
        with open(self.made, 'rb') as file:
            self.assertEqual(untimed(self.found('-', stdin=file)), expected)
        with open(self.made, 'rb') as file:
            both = self.found(self.made, '-', stdin=file)
        self.assertEqual([untimed(both, 0), untimed(both, 1)], [expected] * 2)
        content, fifo = self.made.read_bytes(), self.directory / 'fifo'
        os.mkfifo(fifo)

        def feed():
            with open(fifo, 'wb', buffering=0) as pipe:
                for at in range(0, len(content), 777):
                    pipe.write(content[at:at + 777])
        feeder = threading.Thread(target=feed)
        feeder.start()
        piped = self.found(fifo)
        feeder.join()
        self.assertEqual(untimed(piped), expected)

    def test_a_signal_ends_a_pipe_that_goes_on(self):
        made = self.write(scene(3, 200, 20))
        for number in (signal.SIGINT, signal.SIGTERM):
            with open(self.directory / 'answer', 'w+') as answer, \
                    open(self.directory / 'complaint', 'w+') as complaint:
                process = subprocess.Popen([WEIR, 'sa', '--json', '-'], stdin=subprocess.PIPE,
                                           stdout=answer, stderr=complaint)
                self._processes.append(process)
                process.stdin.write(made.read_bytes())
                process.stdin.flush()
                self.await_read(process.stdin)
                process.send_signal(number)
                self.assertEqual(process.wait(timeout=20), OK)
                process.stdin.close()
                answer.seek(0)
                complaint.seek(0)
                self.assertIn('what came until now is counted', complaint.read())
                self.assertEqual(json.load(answer)['associations'],
                                 [dict(one, port_name='-') for one in self.found(made)['associations']])

    def await_read(self, pipe):
        """Until nothing is left in it; then the reader waits for more."""
        deadline = time.monotonic() + 20
        while struct.unpack('i', fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0] != 0:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        time.sleep(0.2)

    def test_what_stands_before_the_damage_is_counted(self):
        content = self.made.read_bytes()
        broken = self.directory / 'broken.pcap'
        for length in (len(content) - 1, len(content) // 2, 30):
            broken.write_bytes(content[:length])
            at, whole = 24, 0
            while at + 16 <= length and at + 16 + struct.unpack_from('<I', content, at + 8)[0] <= length:
                at += 16 + struct.unpack_from('<I', content, at + 8)[0]
                whole += 1
            document = self.found(broken, code=DAMAGED)
            self.assert_equal(document, expectation(self.packets[:whole]) if whole else {})
            self.assertIn('damaged at byte', self.sa(broken).stderr)
        # The others of several are read to their ends.
        document = self.found(broken, self.made, code=DAMAGED)
        self.assertEqual(untimed(document, 1), untimed(self.found(self.made)))

    def test_other_link_types_are_left_out(self):
        frame = self.packets[0][1]
        mixed = self.directory / 'mixed.pcapng'
        esp_frame = frames.ethernet(frames.ip('10.0.0.1', '10.0.0.2', ESP, frames.esp(300, 1)))
        mixed.write_bytes(frames.section() + frames.interface(105) + frames.interface(1)
                          + frames.timed_packet(frame, 5, 0) + frames.timed_packet(esp_frame, 6, 1))
        result = self.sa('--json', mixed)
        self.assertEqual(result.returncode, OK)
        self.assertEqual(json.loads(result.stdout)['totals']['packets'], 1)
        self.assertIn('left out: 1', result.stderr)

    def test_refuses_what_is_no_capture(self):
        wifi = self.write(self.packets, 'wifi.pcap', link_type=105)
        empty, text = self.directory / 'empty.pcap', self.directory / 'text.pcap'
        empty.touch()
        text.write_text('this is no capture file, whatever its name says\n')
        for path, *words in ((self.directory / 'none.pcap', 'No such file'), (self.directory, 'directory'),
                             (empty, 'empty'), (text, 'it is a text'), (wifi, '105'),
                             ('/dev/null', 'empty'), ('', 'No such file')):
            self.assert_refused(self.sa(path), str(path), *words)
            self.assert_refused(self.sa('--json', self.made, path), str(path), *words)
        with socket.socket(socket.AF_UNIX) as unix:
            unix.bind(str(self.directory / 'socket'))
            self.assert_refused(self.sa(self.directory / 'socket'), 'name a file or a pipe')

    def test_refuses_with_a_word_on_what_to_do(self):
        made = self.made
        self.assert_refused(self.sa(), 'no capture file and no port', 'weir sa FILE')
        self.assert_refused(self.sa('--duration', 1), 'weir sa --port PORT')
        self.assert_refused(self.sa(made, '--jsn'), '--jsn', 'did you mean --json')
        self.assert_refused(self.sa(made, '--filter', 'udp and and'), 'udp and and', 'tcpdump')
        self.assert_refused(self.sa(made, '--filter'), '--filter', 'value is missing')
        self.assert_refused(self.sa(made, '--filter', 'esp', '--filter', 'ah'), 'more than once')
        for bad in ('15', '1048577', '-1', 'x', ''):
            self.assert_refused(self.sa(made, '--sa-capacity', bad), '--sa-capacity', '16 to 1048576')
        for bad in ('-1', 'x', 'nan', 'inf', '1e10', ''):
            self.assert_refused(self.sa(made, '--sa-idle', bad), '--sa-idle', 'number of seconds')
        self.assert_refused(self.sa(made, '--udp-port', '4500'), 'PORT=LAYER')
        self.assert_refused(self.sa('no\nfile\x9b2J'), 'no?file')
        self.assert_refused(self.sa(self.directory / 'none.toml'), 'none.toml', 'No such file')

    def test_refuses_a_runs_options_for_files(self):
        for option, *value in (('--port', 'other.pcap'), ('--workers', 2), ('--duration', 1), ('--strict',),
                               ('--report', 'r'), ('--capture', 'c'), ('--fail-on', 'dropped > 0'),
                               ('--mode', 'pipeline'), ('--action', 'sink'), ('--packets', 5)):
            self.assert_refused(self.sa(self.made, option, *value), 'use %s:' % option,
                                'name the files with --port FILE')

    def test_takes_options_that_concern_reading(self):
        packets = [packet for packet, _ in self.packets if packet.key]
        six = self.found(self.made, '--filter', 'ip6')
        self.assertTrue(six['associations'])
        # What ip6 lets pass has IPv6 outside, whatever is inside.
        self.assertLess(six['totals']['packets'], len(packets))
        self.assertEqual(six['totals']['packets'] + self.found(
            self.made, '--filter', 'not ip6')['totals']['packets'], len(packets))
        moved = self.found(self.made, '--udp-port', '4500=none')
        self.assertEqual({one['protocol'] for one in moved['associations']}, {'esp', 'ah'})
        self.assertEqual(self.found(self.made, '--max-layers', 2)['associations'], [])
        self.assertEqual(untimed(self.found(self.made, '--esp-null-icv', 12)), untimed(self.found(self.made)))

    def test_says_when_nobody_takes_the_output(self):
        with open('/dev/full', 'w') as full:
            for words in ((self.made,), ('--json', self.made), ('--help',)):
                self.assert_refused(self.sa(*words, stdout=full), 'standard output',
                                    'No space left on device')
            for words in (('--port', self.made), ('--json', '--port', self.made)):
                self.assert_refused(self.sa(*words, stdout=full), 'standard output',
                                    'No space left on device')
        for words in ((self.made,), ('--json', self.made), ('--port', self.made)):
            read, write = os.pipe()
            os.close(read)
            result = self.sa(*words, stdout=write, restore_signals=False)    # SIGPIPE is ignored
            os.close(write)
            self.assert_refused(result, 'standard output', 'Broken pipe')

    def test_help_says_it_all(self):
        result = self.sa('--help')
        self.assertEqual((result.returncode, result.stderr), (OK, ''))
        for word in ('FILE', '--json', '--port', '--filter', '--udp-port', '--sa-capacity', '--sa-idle',
                     'Exit codes'):
            self.assertIn(word, result.stdout)


class Table(SaCase):
    """When there are more associations than places, or they fall silent."""

    def esp_file(self, packets, name='made.pcap'):
        """Of (time in seconds, SPI, number)."""
        return write_pcap(self.directory / name, [
            (START_NS + round(seconds * 1e9),
             frames.ethernet(frames.ip('10.0.0.1', '10.0.0.2', ESP, frames.esp(spi, sequence))))
            for seconds, spi, sequence in packets])

    def test_packets_without_a_place_are_refused_and_counted(self):
        path = self.esp_file([(spi + sequence / 10, 1000 + spi, sequence) for spi in range(20)
                              for sequence in range(1, 6)])
        document = self.found(path, '--sa-capacity', 16)
        totals = document['totals']
        self.assertEqual((totals['associations'], totals['refused'], totals['packets']), (16, 20, 80))
        self.assertEqual({one['spi'] for one in document['associations']}, set(range(1000, 1016)))
        self.assertEqual(self.found(path)['totals']['refused'], 0)

    def test_a_flood_pushes_out_only_itself(self):
        source = random.Random(2)
        packets = [(number / 1000, 4711, number // 20 + 1) if number % 20 < 1 else
                   (number / 1000, source.randrange(5000, 2**32), source.randrange(2**32))
                   for number in range(20000)]
        document = self.found(self.esp_file(packets), '--sa-capacity', 64)
        totals = document['totals']
        self.assertEqual((totals['packets'], totals['refused']), (20000, 0))
        self.assertEqual((totals['associations'], totals['recycled']), (64, totals['created'] - 64))
        self.assertGreater(totals['created'], 18900)
        (real,) = (one for one in document['associations'] if not one['on_probation'])
        self.assertEqual((real['spi'], real['packets'], real['lost'], real['reordered']), (4711, 1000, 0, 0))

    def test_the_silent_are_forgotten_but_for_the_sums(self):
        packets = [(number / 10, 1000, number + 1) for number in range(10)]             # to 0.9 s
        packets += [(number / 10, 2000, 2 * number + 1) for number in range(300)]       # to 29.9 s
        packets += [(29 + number / 100, 1000, 50 + number) for number in range(10)]
        path = self.esp_file(sorted(packets))
        kept = self.found(path, '--sa-idle', 0)
        self.assertEqual(kept['totals']['aged'], 0)
        self.assertEqual(untimed(self.found(path)), untimed(kept))
        document = self.found(path, '--sa-idle', 5)
        totals = document['totals']
        self.assertEqual((totals['aged'], totals['created'], totals['associations']), (1, 3, 2))
        # What is lost while nobody remembers the association is not.
        self.assertEqual((totals['packets'], totals['lost']), (320, 299))
        self.assertEqual(kept['totals']['lost'], 299 + 39)
        again = next(one for one in document['associations'] if one['spi'] == 1000)
        self.assertEqual((again['packets'], again['expected']), (10, 10))
        with open(path, 'rb') as file:
            self.assertEqual(self.found('-', '--sa-idle', 5, stdin=file)['totals'], totals)


class Hostile(SaCase):
    """Captures that no sniffer writes."""

    def pcapng(self, *blocks, name='odd.pcapng'):
        path = self.directory / name
        path.write_bytes(frames.section() + b''.join(blocks))
        return path

    def esp_frame(self, number, spi=1000):
        return frames.ethernet(frames.ip('10.0.0.1', '10.0.0.2', ESP, frames.esp(spi, number)))

    def one(self, path, packets=4):
        """The one association of a file, in which nothing is wrong."""
        (found,) = self.found(path)['associations']
        self.assertEqual((found['packets'], found['lost'], found['reordered'], found['highest']),
                         (packets, 0, 0, packets))
        self.assertTrue(0 <= found['first_seen_seconds'] <= found['last_seen_seconds'], found)
        return found

    def timed(self, *units, **interface):
        return self.pcapng(frames.interface(**interface), *(
            frames.timed_packet(self.esp_frame(number), unit) for number, unit in enumerate(units, 1)))

    def test_time_that_goes_back_stands_still(self):
        one = self.one(self.timed(START_NS, START_NS - 10**12, START_NS + 10**9, 0))
        self.assertEqual((one['first_seen_seconds'], one['last_seen_seconds']), (0, 1))

    def test_any_time_can_be_read(self):
        units = (2**63 - 1, 0, 1, 2**32, 2**63 - 1, 2**63, 2**63 + 1, 2**64 - 1)
        for resolution in (0, 9, 12, 127, 0x80, 0x80 | 63, 0x80 | 127):
            for offset in (None, -1, 2**63 - 1, -2**63):
                self.one(self.timed(*units, resolution=resolution, offset_seconds=offset), 8)
                self.one(self.timed(*units[1:], resolution=resolution, offset_seconds=offset), 7)

    def test_packets_without_a_time_are_counted(self):
        blocks = [frames.untimed_packet(self.esp_frame(number)) for number in range(1, 5)]
        one = self.one(self.pcapng(frames.interface(), *blocks))
        self.assertEqual((one['first_seen_seconds'], one['last_seen_seconds']), (0, 0))

    def test_the_first_packet_that_has_a_time_is_the_start(self):
        blocks = (frames.untimed_packet(self.esp_frame(1)), frames.timed_packet(self.esp_frame(2), START_NS),
                  frames.untimed_packet(self.esp_frame(3)),
                  frames.timed_packet(self.esp_frame(4), START_NS + 2 * 10**9))
        one = self.one(self.pcapng(frames.interface(), *blocks))
        self.assertEqual((one['first_seen_seconds'], one['last_seen_seconds']), (0, 2))
        self.assertEqual(one['packets_per_second'], 2)

    def test_spoilt_packets_leave_the_books_sound(self):
        source = random.Random(13)
        packets = scene(13, 60, 20, 0.3)
        path, protocols = self.directory / 'spoilt.pcap', collections.Counter()
        for _ in range(25):
            spoilt = []
            for packet, frame in packets:
                octets = bytearray(frame)
                for _ in range(source.choice((0, 0, 1, 3))):
                    at = source.randrange(min(len(octets), 100))
                    octets[at] = source.choice((0, 255, source.randrange(256)))
                end = source.choice((None, None, len(octets) // 2))
                spoilt.append((packet.time_ns, bytes(octets[:end])))
            document = self.found(write_pcap(path, spoilt))
            protocols.update(one['protocol'] for one in document['associations'])
        self.assertEqual(set(protocols), {'esp', 'ah', 'esp-in-udp'})

    def test_spoilt_files_end_in_an_answer(self):
        source = random.Random(17)
        content = self.write(scene(17, 30, 20)).read_bytes()
        path, codes = self.directory / 'spoilt.pcap', collections.Counter()
        for _ in range(40):
            octets = bytearray(content)
            for _ in range(source.randrange(1, 30)):
                octets[source.randrange(24, len(octets))] = source.randrange(256)
            path.write_bytes(octets[:source.choice((None, source.randrange(24, len(octets))))])
            result = self.sa('--json', path)
            codes[result.returncode] += 1
            self.assertIn(result.returncode, (OK, DAMAGED), result.stderr)
            self.assertEqual(result.returncode == DAMAGED, 'damaged at byte' in result.stderr)
            self.assert_sound(json.loads(result.stdout))
        self.assertEqual(len(codes), 2, codes)

    def test_hundreds_of_files_are_read_together(self):
        names = [self.directory / ('%03d.pcap' % number) for number in range(300)]
        for number, name in enumerate(names):
            write_pcap(name, [(START_NS + step * 10**6 + number, self.esp_frame(step + 1))
                              for step in range(8)])
        document = self.found(*names)
        self.assertEqual({one['port']: one['port_name'] for one in document['associations']},
                         dict(enumerate(map(str, names))))
        self.assertEqual({(one['packets'], one['lost']) for one in document['associations']}, {(8, 0)})

    def test_a_file_that_shrinks_is_damaged(self):
        """Of what is read from a pipe nothing can be taken back; a file ends where it ends."""
        path = self.write(scene(19, 400, 0))
        content = path.read_bytes()
        os.mkfifo(self.directory / 'fifo')
        process = self.start([WEIR, 'sa', self.directory / 'fifo', path])
        # It waits for the pipe, with the file open and no more than its first 256 KiB read.
        with open(self.directory / 'fifo', 'wb') as pipe:
            self.assertGreater(len(content), 300_000)
            os.truncate(path, 280_001)
            pipe.write(content)
        output, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, DAMAGED, output)
        self.assertIn('%s: damaged at byte' % path, output)


if __name__ == '__main__':
    unittest.main(verbosity=2)
