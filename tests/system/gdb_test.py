# SPDX-License-Identifier: BSD-3-Clause
"""What scripts/debug/weir_gdb.py prints of mbufs, bursts and parse results, sound and broken."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

SCENE = os.environ.get('WEIR_GDB_SCENE')    # set by tests/system/meson.build
PRINTERS = pathlib.Path(__file__).resolve().parents[2] / 'scripts' / 'debug' / 'weir_gdb.py'

GDB = ('gdb', '-nx', '-batch', '-iex', 'set debuginfod enabled off',
       '-iex', 'set style enabled off', '-iex', 'set width 0')
STOP = 'weir::test::(anonymous namespace)::look_at'
MARK = '@@ '
MBUF = 'scene.burst.mbufs_._M_elems'
PLAIN_OCTETS = 46
CHAIN_OCTETS, HEAD_OCTETS = 108, 60

# In the last slot of the pool's ring, whose array stands behind it: an mbuf never taken yet.
UNTAKEN = '**((rte_mbuf**)(scene.store + 1) + 62)'

# What is printed of the scene as it is, in one run of gdb.
PRINTED = (
    'scene.burst', 'scene.empty', '(const weir::mem::Burst&)scene.burst', '*scene.never_made',
    f'*{MBUF}[0]', f'*{MBUF}[1]', '*scene.freed', UNTAKEN,
    '*scene.null', '*scene.nowhere', '*scene.garbage',
    'scene.plain.record', 'scene.secured.record', 'scene.tunnelled.record',
    'scene.malformed.record', 'scene.deep.record', 'scene.unparsed', '*scene.never_written',
    '*(weir::parse::PacketRecord*)0x10', 'scene.layers',
    '*(weir::parse::PacketLayers*)scene.garbage',
    'scene.ether_type', 'scene.spi', 'scene.port', 'scene.socket')


def gdb(*commands, program=None):
    """What gdb says to these commands. One that fails does not end the others."""
    words = list(GDB)
    for command in commands:
        words += ['-ex', command]
    if program:
        words += ['--args', program]
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          stdin=subprocess.DEVNULL, timeout=100, check=False).stdout


def why_not():
    """Why nothing can be tested here, or None."""
    if shutil.which('gdb') is None:
        return 'gdb is not installed'
    if 'it has Python' not in gdb('python print("it has Python")'):
        return 'gdb is built without Python'
    said = gdb('starti', program=shutil.which('true'))
    if 'Program stopped' not in said:
        return f'gdb may not trace a program here: {" ".join(said.split())}'
    return None


class Gdb(unittest.TestCase):
    printed = {}

    def ask(self, *commands):
        """The answers to the commands, in order, with the program stopped in its scene."""
        marked = [command for pair in zip([f'echo {MARK}\\n'] * len(commands), commands)
                  for command in pair]
        said = gdb(f'source {PRINTERS}', f'break {STOP}', 'run', *marked, program=SCENE)
        for complaint in ('Python Exception', 'Traceback', 'Error while executing'):
            self.assertNotIn(complaint, said)
        answers = [answer.strip() for answer in said.split(MARK)[1:]]
        self.assertEqual(len(answers), len(commands), said)
        return answers

    def shown(self, expressions, first=()):
        """What is printed of each expression, once the commands `first` were given."""
        answers = self.ask(*first, *(f'print {expression}' for expression in expressions))
        return [re.sub(r'^\$\d+ = ', '', answer) for answer in answers[len(first):]]

    def show(self, *expressions):
        """The same for some of PRINTED."""
        if not Gdb.printed:
            Gdb.printed = dict(zip(PRINTED, self.shown(PRINTED)))
        return [Gdb.printed[expression] for expression in expressions]

    def assert_all_in(self, parts, answer):
        for part in parts:
            self.assertIn(part, answer)

    def test_mbufs(self):
        alone, chained, *free = self.show(f'*{MBUF}[0]', f'*{MBUF}[1]', '*scene.freed', UNTAKEN)
        self.assertRegex(alone, r'^mbuf 0x[0-9a-f]+ in use = \{')
        self.assert_all_in([f'data_len = {PLAIN_OCTETS}, pkt_len = {PLAIN_OCTETS}, nb_segs = 1, '
                            'refcnt = 1, port = 3, pool = gdb, buf_len = 2176, data_off = 128'],
                           alone)
        self.assertRegex(alone, r'data = 0x[0-9a-f]+: 02 00 00 00 00 02 02 00 00 00 00 01 81 00 '
                                r'a0 07 08 00 45 00 .* e7 be\}')
        self.assertRegex(chained, r'^mbuf 0x[0-9a-f]+ in use = \{')
        self.assert_all_in([f'data_len = {HEAD_OCTETS}, pkt_len = {CHAIN_OCTETS}, nb_segs = 2',
                            'port = none'], chained)
        self.assertRegex(chained, r'segment 1 = 0x[0-9a-f]+ in use, '
                                  rf'data_len {CHAIN_OCTETS - HEAD_OCTETS}: 02 00 .* \.\.\}}')
        for mbuf in free:
            self.assertRegex(mbuf, r'^mbuf 0x[0-9a-f]+ free = \{')

    def test_mbufs_that_are_none(self):
        null, nowhere, garbage = self.show('*scene.null', '*scene.nowhere', '*scene.garbage')
        # gdb reads them before it asks a printer.
        self.assertEqual(null, 'Cannot access memory at address 0x0')
        self.assertEqual(nowhere, 'Cannot access memory at address 0x10')
        self.assertRegex(garbage, r'^mbuf 0x[0-9a-f]+ foreign \[')
        self.assert_all_in(['behind its buffer', 'its pool has no mbuf here', 'pool = unreadable',
                            'data = 0xa5a5a5a5a5a64b4a: unreadable', 'segment 1 = unreadable'],
                           garbage)

    def test_mbufs_that_contradict_themselves(self):
        alone, chained, burst = self.shown(
            (f'*{MBUF}[0]', f'*{MBUF}[1]', 'scene.burst'),
            first=[f'set var {MBUF}[0]->refcnt = 0', f'set var {MBUF}[0]->data_len = 2049',
                   f'set var {MBUF}[1]->next->next = {MBUF}[1]'])
        self.assert_all_in(['[data ends 1 octets behind its buffer; refcnt 0; '
                            f'pkt_len {PLAIN_OCTETS} and 2049 octets] = '], alone)
        self.assert_all_in(['in use [the chain runs in a circle] = ', 'segment 1 = '], chained)
        self.assertNotIn('segment 2', chained)
        self.assert_all_in(['refcnt 0', 'the chain runs in a circle'], burst)
        lost, = self.shown([f'*{MBUF}[1]'], first=[f'set var {MBUF}[1]->next = 0'])
        self.assert_all_in(['nb_segs 2 and 1 segments',
                            f'pkt_len {CHAIN_OCTETS} and {HEAD_OCTETS} octets'], lost)

    def test_what_is_freed_is_free_at_the_next_stop(self):
        before, _, after, burst = self.ask('print *scene.first', 'continue', 'print *scene.first',
                                           'print scene.burst')
        self.assertIn(' in use = ', before)
        self.assertIn(' free = ', after)
        self.assertIn('burst of 0 mbufs, room for 64', burst)

    def test_bursts(self):
        burst, empty, reference = self.show('scene.burst', 'scene.empty',
                                            '(const weir::mem::Burst&)scene.burst')
        self.assertRegex(burst, r'^burst of 2 mbufs, room for 62 = \{\[0\] = 0x')
        self.assertRegex(burst, rf'\[0\] = 0x[0-9a-f]+ in use, pkt_len {PLAIN_OCTETS}, refcnt 1, '
                                r'port 3, pool gdb: 02 00 (?:[0-9a-f]{2} ){14}\.\., \[1\]')
        self.assertRegex(burst, rf'\[1\] = 0x[0-9a-f]+ in use, pkt_len {CHAIN_OCTETS}, '
                                rf'data_len {HEAD_OCTETS}, nb_segs 2, refcnt 1, port none, '
                                r'pool gdb: 02 00 .* \.\.\}$')
        self.assertNotIn('[2]', burst)
        self.assertEqual(empty, 'burst of 0 mbufs, room for 4')
        self.assertIn(burst, reference)

    def test_bursts_that_are_broken(self):
        never_made, = self.show('*scene.never_made')
        broken, = self.shown(
            ['scene.burst'],
            first=[f'set var {MBUF}[2] = 0', f'set var {MBUF}[3] = scene.nowhere',
                   f'set var {MBUF}[4] = scene.garbage', f'set var {MBUF}[5] = {MBUF}[0]',
                   f'set var {MBUF}[6] = 0', 'set var scene.burst.size_ = 7'])
        self.assertEqual(never_made, 'unreadable: 2779096485 mbufs in a burst for 64')
        self.assertRegex(broken, r'\[2\] = null, \[3\] = 0x10 unreadable, \[4\] = 0x[0-9a-f]+ '
                                 r'foreign \[.*\], .*, pool unreadable: unreadable, '
                                 r'\[5\] = the same as \[0\]: 0x[0-9a-f]+ in use, .*, '
                                 r'\[6\] = null\}$')

    def test_records(self):
        plain, secured, tunnelled = self.show('scene.plain.record', 'scene.secured.record',
                                              'scene.tunnelled.record')
        self.assertRegex(plain, r'^ok, eth/vlan/ip/udp = \{status = ok, valid_bytes = 46, layers = '
                                r'eth@0 vlan@14 ip@18 udp@38, outer_network = ip@18, '
                                r'outer_transport = udp@38, inner_network = ip@18, inner_transport '
                                r'= udp@38, source_port = 1000, destination_port = 53, '
                                r'network_end_offset = 46, flow_hash = 0x[0-9a-f]{8}, '
                                r'vlan_count = 1, outer_vlan_tci = vid 7 pcp 5\}$')
        self.assert_all_in(['ok, eth/ipv6/esp = {', 'ipsec = esp@54', 'ipsec_network_offset = 14',
                            'spi = 0x00001234, sequence = 17'], secured)
        for absent in ('port', 'vlan', 'mpls', 'tunnel', 'flags'):
            self.assertNotIn(absent, secured.replace('_transport', ''))
        self.assert_all_in(['ok, eth/mpls/ip/udp/vxlan/eth/ip/tcp = {', 'outer_transport = udp@38',
                            'inner_network = ip@68', 'inner_transport = tcp@88',
                            'source_port = 443, destination_port = 50000', 'tunnel = vxlan',
                            'tunnel_id = 4660 (0x1234)', 'mpls_count = 1',
                            'mpls_entry = label 16 tc 0 ttl 64 bottom'], tunnelled)

    def test_records_of_what_is_malformed_or_none(self):
        malformed, deep, zero, never_written, of_code = self.show(
            'scene.malformed.record', 'scene.deep.record', 'scene.unparsed', '*scene.never_written',
            '*(weir::parse::PacketRecord*)0x10')
        self.assert_all_in(['udp_length_too_small in udp, eth/ip/udp = {',
                            'status = udp_length_too_small in udp: UDP length below 8'], malformed)
        self.assert_all_in(['ok, eth/vlan*19/.. = {', 'vlan@86 and 8 not listed', 'vlan_count = 25',
                            'inner_vlan_tci = vid 25 pcp 0'], deep)
        self.assertEqual(zero, 'ok, no layer = {status = ok, valid_bytes = 0, layers = none}')
        self.assertEqual(never_written, 'unreadable: weir::parse::LayerKind 165')
        self.assertEqual(of_code, 'Cannot access memory at address 0x10')

    def test_layers(self):
        layers, none = self.show('scene.layers', '*(weir::parse::PacketLayers*)scene.garbage')
        self.assertRegex(layers, r'^eth/mpls/ip/udp/vxlan/eth/ip/tcp of 108 octets = \{\[0\] = '
                                 r'eth@0, ends at 108, .*\[7\] = tcp@88, ends at 108\}$')
        self.assertRegex(none, '^unreadable: [0-9]+ layers in a list for 64$')

    def test_numbers(self):
        self.assertEqual(self.show('scene.ether_type', 'scene.spi', 'scene.port', 'scene.socket'),
                         ['2048 (0x0800)', '4660 (0x00001234)', 'port 3', 'socket -1'])

    def test_it_can_be_loaded_again_and_left_out(self):
        answers = self.ask(f'source {PRINTERS}', 'print scene.port', 'print/r scene.port',
                           'disable pretty-printer global weir;id', 'print scene.port')
        self.assertRegex(answers[1], ' = port 3$')
        self.assertRegex(answers[2], r' = \{value = 3\}$')
        self.assertRegex(answers[4], r' = \{value = 3\}$')


if __name__ == '__main__':
    REASON = why_not()
    if REASON:
        print(f'SKIP: {REASON}: what it prints of mbufs and bursts was not looked at')
        sys.exit(77)
    unittest.main(verbosity=2)
