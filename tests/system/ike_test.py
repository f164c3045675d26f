# SPDX-License-Identifier: BSD-3-Clause
"""IKE and NAT keepalives by pair of hosts: `weir sa` and `weir run` against tshark, and against each
other."""
import ipaddress
import json
import random
import shutil
import struct
import subprocess
import sys
import unittest

from ike_hosts import assert_same, hosts_of, packets_of
from weir_case import OK, WEIR, WeirCase

REKEYS = 5


def sa(path, *arguments):
    done = subprocess.run([WEIR, 'sa', str(path), *arguments], stdout=subprocess.PIPE, text=True,
                          check=False)
    return done.returncode, done.stdout


def in_udp(source, destination, ports, payload):
    """An Ethernet frame with UDP, whose checksum is 0."""
    udp = struct.pack('>4H', *ports, 8 + len(payload), 0) + payload
    source, destination = ipaddress.ip_address(source), ipaddress.ip_address(destination)
    if source.version == 6:
        ip = struct.pack('>IHBB', 6 << 28, len(udp), 17, 64)
        return bytes(12) + b'\x86\xdd' + ip + source.packed + destination.packed + udp
    ip = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0)
    return bytes(12) + b'\x08\x00' + ip + source.packed + destination.packed + udp


class Tunnel:
    """Two ends that speak IKE; `frames` is what was on the wire."""

    def __init__(self, ends, number, version=2):
        self.ends, self.version, self.frames = ends, version, []
        self.spis, self.port = [0x1000 + number, 0], 500
        self.ids = [0, 0]

    def send(self, by, exchange, response=False, message=0, following=46, body=b''):
        flags = (0x08 if by == 0 else 0) | (0x20 if response else 0) if self.version == 2 else 0
        header = struct.pack('>QQBBBBII', *self.spis, following, self.version << 4, exchange, flags,
                             message, 28 + len(body))
        marker = bytes(4) if self.port == 4500 else b''
        self.frames.append(in_udp(self.ends[by], self.ends[1 - by], (self.port, self.port),
                                  marker + header + body))

    def again(self, back=1):
        self.frames.append(self.frames[-back])

    def exchange(self, by, exchange, octets=64):
        message, self.ids[by] = self.ids[by], self.ids[by] + 1
        body = struct.pack('>BBH', 0, 0, octets) + bytes(octets - 4)
        self.send(by, exchange, message=message, body=body)
        self.send(1 - by, exchange, True, message, body=body)

    def begin(self, cookie=False):
        self.send(0, 34, following=33)
        if cookie:
            self.send(1, 34, True, following=41, body=struct.pack('>BBHBBH', 0, 0, 8, 0, 0, 16390))
            self.send(0, 34, following=41, body=struct.pack('>BBHBBH', 0, 0, 8, 0, 0, 16390))
        self.spis[1] = self.spis[0] + 0x10000
        self.send(1, 34, True, following=33)
        self.ids[0], self.port = 1, 4500

    def keepalive(self, by):
        self.frames.append(in_udp(self.ends[by], self.ends[1 - by], (4500, 4500), b'\xff'))


def fragments(tunnel, exchange, message, count):
    """One request in fragments, twice."""
    for number in [*range(1, count + 1)] * 2:
        body = struct.pack('>BBHHH', 35 if number == 1 else 0, 0, 40, number, count) + bytes(32)
        tunnel.send(0, exchange, message=message, following=53, body=body)


def tunnels():
    """IKEv2 behind a NAT and without, with cookies, fragments, retransmissions; IKEv1."""
    made = []
    for number in range(8):
        low, high = (('10.0.0.%d', '10.1.0.%d') if number % 2 else ('fd00::%d', 'fd01::%d'))
        ends = (low % (number + 1), high % (number + 1))
        tunnel = Tunnel(ends if number % 3 else ends[::-1], number)
        tunnel.begin(cookie=number == 3)
        if number == 4:
            fragments(tunnel, 35, 1, 3)
            tunnel.send(1, 35, True, 1)
            tunnel.ids[0] = 2
        else:
            tunnel.exchange(0, 35)
        for _ in range(REKEYS):
            by = number % 2
            tunnel.exchange(by, 36)
            if number == 5:
                tunnel.again(2)
                tunnel.again(2)
            tunnel.exchange(by, 37)
            tunnel.keepalive(0)
        made.append(tunnel)
    first = Tunnel(('10.2.0.1', '10.2.0.2'), 100, version=1)
    first.send(0, 2, following=1)
    first.again()
    first.spis[1] = 77
    for by, following in ((1, 1), (0, 4), (1, 4), (0, 5), (1, 5)):
        first.send(by, 2, following=following, body=struct.pack('>BBH', 0, 0, 8 + by) + bytes(4))
    for by, octets in ((0, 200), (1, 200), (0, 32)):
        first.send(by, 32, message=0xabcdef01, following=8, body=bytes(octets))
    first.send(1, 5, message=3, following=8)
    first.send(1, 6, message=4, following=8)
    made.append(first)
    return made


def interleaved(made):
    """The frames of all, each in its order."""
    chance = random.Random(1)
    queues = [list(tunnel.frames) for tunnel in made]
    while queues:
        queue = chance.choice(queues)
        yield queue.pop(0)
        queues = [each for each in queues if each]


def write_pcap(path, frames):
    parts = [struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)]
    for number, frame in enumerate(frames):
        parts += [struct.pack('<IIII', number, 0, len(frame), len(frame)), frame]
    path.write_bytes(b''.join(parts))
    return path


class Ike(WeirCase):
    def made(self):
        return write_pcap(self.directory / 'ike.pcap', interleaved(tunnels()))

    def test_every_figure_of_every_pair_is_what_tshark_reads(self):
        path = self.made()
        packets = packets_of(path)
        code, text = sa(path, '--json')
        self.assertEqual(code, OK)
        listed = json.loads(text)
        hosts = hosts_of(packets)
        assert_same(self, listed['hosts'], hosts)
        self.assertEqual(len(hosts), 9)
        self.assertEqual(listed['ike']['packets'] + listed['ike']['keepalives'], len(packets))
        self.assertEqual(listed['ike']['retransmissions'], 2 * REKEYS + 3 + 1)
        self.assertEqual(listed['ike']['sas_begun'], 9)
        self.assertEqual(listed['ike']['keepalives'], 8 * REKEYS)
        self.assertEqual(listed['ike']['confirmed'], 9)

    def test_a_run_in_either_wiring_says_the_same(self):
        path = self.made()
        expected = json.loads(sa(path, '--json')[1])
        for mode in ('pipeline', 'run-to-completion'):
            outcome = self.weir('--port', path, '--mode', mode)
            self.assert_balanced(outcome)
            ipsec, metrics = outcome.report['ipsec'], outcome.report['metrics']
            self.assertEqual(ipsec['ike'], expected['ike'])
            self.assertEqual({'ipsec.ike.' + name: value for name, value in ipsec['ike'].items()},
                             {name: value for name, value in metrics.items()
                              if name.startswith('ipsec.ike.')})
            for hosts in (*ipsec['hosts'], *expected['hosts']):
                hosts['first_seen_seconds'] = hosts['last_seen_seconds'] = 0
            self.assertEqual(ipsec['hosts'], expected['hosts'])
            self.assertIn('IKE and NAT keepalives by pair of hosts', outcome.output)

    def test_the_tables_name_each_direction(self):
        code, text = sa(self.made())
        self.assertEqual(code, OK)
        self.assertRegex(text, r'0: 10\.2\.0\.1 -> 10\.2\.0\.2\n')
        self.assertRegex(text, r'0: fd01::1 -> fd00::1\n')
        self.assertRegex(text, r'main mode 7  informational 1  quick mode 3  other of IKEv1 1\n')

    def test_nothing_is_lost_of_the_projects_own_traffic(self):
        outcome = self.weir('--port', self.capture(20000))
        self.assert_balanced(outcome)
        report, ike = outcome.report, outcome.report['ipsec']['ike']
        self.assertGreater(ike['unread'], 0)
        self.assertEqual(ike['unread'], report['statuses']['isakmp_too_short'])
        self.assertEqual(ike['packets'], report['layers']['isakmp'])
        self.assertEqual(ike['keepalives'], report['layers']['natkeepalive'])

    def test_a_condition_can_speak_of_retransmissions(self):
        path = self.made()
        outcome = self.weir('--port', path, '--fail-on', 'ipsec.ike.retransmissions > 0')
        self.assertEqual(outcome.code, 1)
        outcome = self.weir('--port', path, '--fail-on', 'ipsec.ike.unread > 0')
        self.assert_balanced(outcome)


if __name__ == '__main__':
    if shutil.which('tshark') is None:
        print('SKIP: tshark is not installed: nothing was compared with it')
        sys.exit(77)
    unittest.main(verbosity=2)
