# SPDX-License-Identifier: BSD-3-Clause
"""Filter expressions on the whole corpus: the packets that pass are those that tcpdump lets pass,
octet by octet and in order."""
import shutil
import struct
import subprocess
import sys
import unittest

from weir_case import WEIR, WeirCase, corpus

EXPRESSIONS = (
    # Addresses, protocols, ports.
    'ip', 'ip6', 'arp', 'tcp', 'udp', 'icmp', 'icmp6', 'sctp', 'esp', 'ah', 'igmp', 'pim', 'vrrp',
    'ip proto 47', 'ip6 proto 50', 'proto 89', 'ether proto 0x88cc', 'ether proto 0x8847',
    'port 53', 'tcp port 80 or tcp port 443', 'udp portrange 4500-4789', 'src port 500',
    'dst port 2152', 'not port 53', 'host 192.168.1.1', 'net 10.0.0.0/8', 'src net 192.168.0.0/16',
    'dst net 172.16.0.0/12 and not tcp', 'ip6 net fe80::/10', 'ip6 host ff02::1',
    'src host 10.0.0.1 or dst host 10.0.0.2', 'ip broadcast', 'ether broadcast', 'ether multicast',
    'ip multicast', 'ip6 multicast', 'ether host ff:ff:ff:ff:ff:ff', 'ether src 00:00:00:00:00:01',
    # Lengths and computed offsets.
    'less 60', 'greater 1000', 'len > 100 and len <= 200', 'len = 64',
    'ip[0] & 0xf != 5', 'ip[6:2] & 0x1fff != 0', 'ip[6:2] & 0x3fff != 0', 'ip[8] < 5',
    'ip[2:2] > 576', 'tcp[tcpflags] & (tcp-syn|tcp-fin) != 0', 'tcp[13] = 0x12',
    'tcp[((tcp[12] & 0xf0) >> 2):4] = 0x47455420', 'udp[4:2] < 20', 'udp[8] & 0x80 != 0',
    'icmp[icmptype] = icmp-unreach', 'icmp[0] = 8 and icmp[4:2] > 0', 'icmp6[0] = 135',
    'ip6[6] = 44', 'ip6[40] = 6', 'ether[12:2] <= 1500', 'ether[0] & 1 = 0 and ip[16] >= 224',
    'ip[ip[0] & 0xf] = 0', 'ip[(ip[0] & 0xf) * 4:2] = 53', 'ip[2:2] - ((ip[0] & 0xf) << 2) < 30',
    'ip[4:2] % 7 = 3', 'ip[12:4] ^ ip[16:4] = 1', 'len / 2 = 50', 'tcp[4:4] * 2 > tcp[8:4]',
    'ip[1000] = 0', 'ip6[2000:4] > 5',
    # Headers behind headers, and tunnels.
    'vlan', 'vlan 10', 'vlan and vlan', 'vlan and ip', 'vlan and tcp port 80', 'mpls',
    'mpls and mpls', 'mpls and ip', 'mpls 1000', 'pppoed', 'pppoes', 'pppoes and ip',
    'pppoes and tcp', 'ip protochain 6', 'ip6 protochain 17', 'ip6 protochain 58',
    'llc', 'stp', 'isis', 'ether proto 0x22eb', 'geneve', 'geneve and ip', 'geneve and tcp',
    'ip proto 4 and ip[20] >> 4 = 4', 'ip proto 47 and ip[22:2] = 0x88be',
    'udp port 4789 and udp[8] = 8', 'udp port 4500 and udp[8:4] = 0',
    '(ip or ip6) and not (tcp or udp or icmp or icmp6)',
)


RECORD_OCTETS = 16          # Of a pcap file's header of a packet.
LONGEST_FRAME = 65535


def records(path):
    """Header and octets of each packet of a pcap file in this machine's byte order."""
    data = path.read_bytes()
    at, result = 24, []
    while at < len(data):
        captured = struct.unpack_from('=I', data, at + 8)[0]
        result.append(data[at:at + RECORD_OCTETS + captured])
        at += RECORD_OCTETS + captured
    return result


class Filter(WeirCase):
    def setUp(self):
        super().setUp()
        self.whole = self.directory / 'whole.pcap'
        captures = sorted(path for path in (corpus() / 'open').iterdir()
                          if path.suffix in ('.pcap', '.pcapng'))
        subprocess.run(['mergecap', '-a', '-F', 'nsecpcap', '-w', self.whole, *captures],
                       check=True, stderr=subprocess.DEVNULL)

    def by_tcpdump(self, expression):
        out = self.directory / 'tcpdump.pcap'
        subprocess.run(['tcpdump', '--nano', '-r', self.whole, '-w', out, expression], check=True,
                       stderr=subprocess.DEVNULL)
        return records(out)

    def by_weir(self, expression, packets):
        result = subprocess.run([WEIR, 'decode', '--json', '--filter', expression, self.whole],
                                stdout=subprocess.PIPE, text=True, check=True)
        # {"n":17,...
        numbers = [int(line[5:line.index(',')]) for line in result.stdout.splitlines()]
        return [packets[number - 1] for number in numbers]

    def test_the_same_packets_pass_as_in_tcpdump(self):
        packets = records(self.whole)
        self.assertGreater(len(packets), 90000)
        self.assertGreaterEqual(len(set(EXPRESSIONS)), 60)
        matched = 0
        for expression in EXPRESSIONS:
            with self.subTest(expression):
                expected = self.by_tcpdump(expression)
                self.assertEqual(self.by_weir(expression, packets), expected)
                matched += 0 < len(expected) < len(packets)
        # An expression that nothing or everything matches shows little.
        self.assertGreaterEqual(matched, 60)
        print(f'{matched} expressions matched some packets of {len(packets)}', flush=True)

    def test_run_filters_as_decode_does(self):
        for expression in ('udp portrange 4500-4789', 'ip[6:2] & 0x3fff != 0', 'vlan and ip'):
            with self.subTest(expression):
                outcome = self.weir('--port', self.whole, '--filter', expression,
                                    '--malformed', 'pass', '--action', 'sink')
                self.assert_balanced(outcome)
                # README: a run refuses frames that a chain of mbufs cannot hold.
                fit = [packet for packet in self.by_tcpdump(expression)
                       if len(packet) - RECORD_OCTETS <= LONGEST_FRAME]
                self.assertEqual(outcome.ledger['delivered'], len(fit))


if __name__ == '__main__':
    if corpus() is None:
        print('SKIP: WEIR_CORPUS is not set: no filter was compared with tcpdump')
        sys.exit(77)
    for tool in ('mergecap', 'tcpdump'):
        if shutil.which(tool) is None:
            print(f'SKIP: {tool} is not installed: no filter was compared with tcpdump')
            sys.exit(77)
    unittest.main(verbosity=2)
