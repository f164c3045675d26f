# SPDX-License-Identifier: BSD-3-Clause
"""`weir decode`: files, pipes and standard input, outputs, filters, and what goes wrong."""
import json
import os
import socket
import struct
import subprocess
import threading
import unittest

from weir_case import DAMAGED, OK, USAGE, WEIR, WeirCase

PACKETS = 200


def block(kind, body):
    """A block of a pcapng file."""
    length = len(body) + 12
    return struct.pack('<II', kind, length) + body + struct.pack('<I', length)


def packet(interface, seconds):
    """An enhanced packet block with 20 octets."""
    head = struct.pack('<IIIII', interface, *divmod(seconds * 10**6, 2**32), 20, 20)
    return block(6, head + bytes(20))


class Decode(WeirCase):
    def setUp(self):
        super().setUp()
        self.made = self.capture(PACKETS)

    def decode(self, *arguments, stdin=subprocess.DEVNULL, **options):
        return subprocess.run([WEIR, 'decode', *map(str, arguments)], stdin=stdin, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                              check=False, **options)

    def lines(self, *arguments, **options):
        result = self.decode('--json', *arguments, **options)
        self.assertEqual((result.returncode, result.stderr), (OK, ''))
        return [json.loads(line) for line in result.stdout.splitlines()]

    def assert_refused(self, result, *words, code=USAGE):
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertLessEqual(len(result.stderr.splitlines()), 3, result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)

    def test_prints_a_line_for_each_packet(self):
        lines = self.lines(self.made)
        self.assertEqual([line['n'] for line in lines], list(range(1, PACKETS + 1)))
        for line in lines:
            self.assertEqual(line['L'][0]['p'], 'eth')
            self.assertEqual(line['L'][0]['o'], 0)
        self.assertGreater(len({line['status'] for line in lines}), 1)
        summary = self.decode(self.made)
        self.assertEqual(len(summary.stdout.splitlines()), PACKETS)

    def test_reads_pipes_and_standard_input_as_files(self):
        expected = self.decode('--json', self.made).stdout
        with open(self.made, 'rb') as file:
            self.assertEqual(self.decode('--json', '-', stdin=file).stdout, expected)
        fifo = self.directory / 'fifo'
        os.mkfifo(fifo)
        content = self.made.read_bytes()

        def feed():
            with open(fifo, 'wb', buffering=0) as pipe:
                for at in range(0, len(content), 777):
                    pipe.write(content[at:at + 777])
        feeder = threading.Thread(target=feed)
        feeder.start()
        result = self.decode('--json', fifo)
        feeder.join()
        self.assertEqual(result.stdout, expected)

    def test_prints_what_has_come_before_it_waits_for_more(self):
        content = self.made.read_bytes()
        with subprocess.Popen([WEIR, 'decode', '--json', '-'], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as process:
            process.stdin.write(content[:-1])
            process.stdin.flush()
            seen = [json.loads(process.stdout.readline())['n'] for _ in range(PACKETS - 1)]
            self.assertEqual(seen[-1], PACKETS - 1)
            process.stdin.write(content[-1:])
            process.stdin.close()
            self.assertEqual(json.loads(process.stdout.readline())['n'], PACKETS)
            self.assertEqual(process.wait(timeout=10), OK)

    def test_filter_and_packet_choose(self):
        matching = self.lines(self.made, '--filter', 'udp port 4789')
        self.assertTrue(0 < len(matching) < PACKETS)
        for line in matching:
            layers = [layer['p'] for layer in line['L']]
            self.assertTrue('vxlan' in layers or line['status'] != 'ok', line)
        self.assertEqual([line['n'] for line in self.lines(self.made, '--packet', 7)], [7])

    def test_packet_shows_a_tree_and_hex_the_octets(self):
        tree = self.decode(self.made, '--packet', 1, '--hex')
        self.assertEqual(tree.returncode, OK)
        self.assertIn('packet 1: ', tree.stdout)
        self.assertIn('eth at octet 0\n', tree.stdout)
        self.assertIn('\n  0000   ', tree.stdout)
        self.assert_refused(self.decode(self.made, '--packet', PACKETS + 1), f'has {PACKETS}')

    def test_prints_what_stands_before_the_damage(self):
        broken = self.directory / 'broken.pcap'
        broken.write_bytes(self.made.read_bytes()[:-1])
        result = self.decode('--json', broken)
        self.assertEqual(result.returncode, DAMAGED)
        self.assertEqual(len(result.stdout.splitlines()), PACKETS - 1)
        self.assertIn('damaged at byte', result.stderr)

    def test_refuses_with_a_word_on_what_to_do(self):
        empty = self.directory / 'empty.pcap'
        empty.touch()
        other = self.directory / 'wifi.pcap'
        other.write_bytes(self.made.read_bytes()[:20] + (105).to_bytes(4, 'little'))
        self.assert_refused(self.decode(), 'FILE')
        self.assert_refused(self.decode(self.directory / 'none.pcap'), 'No such file')
        self.assert_refused(self.decode(self.directory), 'directory')
        self.assert_refused(self.decode(empty), 'capture')
        self.assert_refused(self.decode(other), '105')
        self.assert_refused(self.decode('/dev/null'), 'capture')
        with socket.socket(socket.AF_UNIX) as unix:
            unix.bind(str(self.directory / 'socket'))
            refused = self.decode(self.directory / 'socket')
        self.assert_refused(refused, 'No such device or address', 'name a file or a pipe')
        self.assert_refused(self.decode(self.made, self.made), 'only one file')
        self.assert_refused(self.decode(self.made, '--jsn'), '--json')
        self.assert_refused(self.decode(self.made, '--json', '--hex'), '--hex')
        self.assert_refused(self.decode(self.made, '--filter', 'udp and and'), 'udp and and')
        for bad in ('0', '-1', 'x', '1.5', '0x1', '18446744073709551616'):
            self.assert_refused(self.decode(self.made, '--packet', bad), '--packet')
        for option in ('--esp-null-icv', '--max-layers'):
            for bad in ('-1', 'x', '256', '0x5'):
                self.assert_refused(self.decode(self.made, option, bad), option)
        self.assert_refused(self.decode(self.made, '--udp-port', '4789'), 'PORT=LAYER')

    def test_says_when_nobody_takes_the_output(self):
        with open('/dev/full', 'w') as full:
            result = subprocess.run([WEIR, 'decode', '--json', self.made], stdout=full,
                                    stderr=subprocess.PIPE, text=True, check=False)
            self.assert_refused(result, 'standard output', 'No space left on device')
            for words in (('--help',), ('--version',), ('decode', '--help'), ('run', '--help')):
                result = subprocess.run([WEIR, *words], stdout=full, stderr=subprocess.PIPE,
                                        text=True, check=False)
                self.assert_refused(result, 'standard output')

    def test_keeps_its_exit_code_when_nobody_takes_its_complaints(self):
        broken = self.directory / 'broken.pcap'
        broken.write_bytes(self.made.read_bytes()[:-1])
        for code, words in ((DAMAGED, ('decode', broken)), (USAGE, ('decode', 'none.pcap')),
                            (USAGE, ('nonsense',)), (USAGE, ('run', '--nonsense'))):
            with open('/dev/full', 'w') as full:
                result = subprocess.run([WEIR, *words], stdout=subprocess.DEVNULL, stderr=full,
                                        check=False)
            self.assertEqual(result.returncode, code, words)
            result = subprocess.run(['sh', '-c', '"$@" 2>&-', 'sh', WEIR, *words],
                                    stdout=subprocess.DEVNULL, check=False)
            self.assertEqual(result.returncode, code, words)

    def test_complains_without_control_characters(self):
        result = self.decode('no\x1b[31mfile')
        self.assert_refused(result, 'no?[31mfile')
        for arguments in (('no\nfile\x9b2J',), (self.made, '--fil\n\x9b2J'),
                          (self.made, '--filter', 'udp\n\x9b2J')):
            result = self.decode(*arguments)
            self.assertEqual(len(result.stderr.splitlines()), 2, result.stderr)
            self.assertNotIn('\x9b', result.stderr)
        for arguments in (('no\ncommand\x9b',), ('run', 'no\nfile\x9b')):
            result = subprocess.run([WEIR, *arguments], stderr=subprocess.PIPE, text=True,
                                    check=False)
            self.assertNotIn('\x9b', result.stderr)
            self.assertNotIn('no\n', result.stderr)

    def test_takes_numbers_as_run_does(self):
        self.assertEqual(self.lines(self.made, '--packet', '010')[0]['n'], 10)

    def test_takes_a_file_behind_two_dashes(self):
        self.assertEqual(len(self.lines('--', self.made)), PACKETS)

    def pcapng(self, link_types, *blocks):
        """A file with an interface of each link type; blocks from packet() and simple_packet()."""
        file = self.directory / 'made.pcapng'
        file.write_bytes(block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1))
                         + b''.join(block(1, struct.pack('<HHI', each, 0, 0))
                                    for each in link_types)
                         + b''.join(blocks))
        return file

    def numbers_and_times(self, file):
        result = self.decode(file)
        self.assertEqual(result.returncode, OK, result.stderr)
        return [line.split()[:2] for line in result.stdout.splitlines()]

    def test_reads_options_as_run_does(self):
        made = self.made
        for option in ('--packet', '--filter'):
            self.assert_refused(self.decode(made, option, '1', option, '2'), option, 'more than once')
            self.assert_refused(self.decode(made, option), option, 'value is missing')
            self.assert_refused(self.decode(made, option, '--json'), option, 'value is missing')
        self.assert_refused(self.decode(made, '--packet', ''), "--packet ''")
        for word in ('--json=5', '--json=true', '--hex=0'):
            self.assert_refused(self.decode(made, word), word, 'no value')
        self.assertNotIn('did you mean', self.decode(made, '--bogus').stderr)

    def test_says_when_the_filter_hides_the_packet(self):
        made = self.made
        hidden = self.decode(made, '--packet', 1, '--filter', 'less 1')
        self.assert_refused(hidden, "does not match --filter 'less 1'")
        self.assertEqual(self.decode(made, '--packet', 1, '--filter', 'greater 1').returncode, OK)

    def test_reads_no_option_behind_two_dashes(self):
        dash = self.directory / '-dash.pcap'
        dash.write_bytes(self.made.read_bytes())
        result = self.decode('--', dash.name, cwd=self.directory)
        self.assertEqual(len(result.stdout.splitlines()), PACKETS)
        self.assert_refused(self.decode(self.made, '--', '--json'), 'only one file')
        self.assert_refused(self.decode('--', '--'), 'capture file --', 'No such file')

    def test_leaves_out_other_link_types(self):
        mixed = self.pcapng((1, 105), packet(1, 1700000000), packet(0, 1700000001),
                            packet(0, 1700000003), packet(1, 1700000004))
        self.assertEqual(self.numbers_and_times(mixed), [['2', '0.000000'], ['3', '2.000000']])
        self.assertIn('left out: 2', self.decode(mixed).stderr)
        for number in (1, 4):
            self.assert_refused(self.decode(mixed, '--packet', number), 'another link type')
        self.assert_refused(self.decode(mixed, '--packet', 5), 'the file has 4', 'from 1 to 4')

    def test_refuses_a_file_of_other_link_types_at_its_end_only(self):
        late = (block(1, struct.pack('<HHI', 1, 0, 0)), packet(1, 1700000001))
        mixed = self.pcapng((105,), packet(0, 1700000000), *late)
        self.assertEqual(self.numbers_and_times(mixed), [['2', '0.000000']])
        self.assertIn('left out: 1', self.decode(mixed).stderr)
        self.assert_refused(self.decode(self.pcapng((1, 105), packet(1, 1700000000))), '105')

    def test_tells_a_time_of_zero_from_none(self):
        self.assertEqual(self.numbers_and_times(self.pcapng((1,), *map(packet, (0,) * 3, (0, 5, 6)))),
                         [['1', '0.000000'], ['2', '5.000000'], ['3', '6.000000']])
        simple = block(3, struct.pack('<I', 20) + bytes(20))
        some = self.pcapng((1,), simple, packet(0, 7), packet(0, 9), simple)
        self.assertEqual(self.numbers_and_times(some),
                         [['1', '-'], ['2', '0.000000'], ['3', '2.000000'], ['4', '-']])
        self.assertNotIn('1970', self.decode(some, '--packet', 1).stdout)

    def test_udp_port_and_depth_limit_reach_the_parser(self):
        frames = [line for line in self.lines(self.made)
                  if any(layer['p'] == 'vxlan' for layer in line['L'])]
        self.assertTrue(frames)
        number = frames[0]['n']
        outer = self.lines(self.made, '--packet', number, '--udp-port', '4789=none')[0]
        self.assertEqual(outer['L'][-1]['p'], 'udp')
        shallow = self.lines(self.made, '--packet', number, '--max-layers', 2)[0]
        self.assertEqual((shallow['status'], len(shallow['L'])), ('too_many_layers', 2))

    def test_help_says_it_all(self):
        result = self.decode('--help')
        self.assertEqual(result.returncode, OK)
        for option in ('--json', '--hex', '--filter', '--packet', '--udp-port', '--esp-null-icv',
                       '--max-layers'):
            self.assertIn(option, result.stdout)


if __name__ == '__main__':
    unittest.main(verbosity=2)
