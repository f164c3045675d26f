# SPDX-License-Identifier: BSD-3-Clause
"""Weir between kernel hosts: veth pairs in network namespaces of the test's own, tcpreplay sending
and tcpdump receiving."""
import os
import re
import struct
import subprocess
import sys
import time
import unittest

from netns import INSIDE, Host, enter, run
from weir_case import OK, WeirCase

PACKETS = 2000


def read_pcap(path):
    """The packets of a classic little-endian pcap file, as bytes."""
    data = path.read_bytes()
    packets, at = [], 24
    while at + 16 <= len(data):
        length = struct.unpack_from('<I', data, at + 8)[0]
        packets.append(data[at + 16:at + 16 + length])
        at += 16 + length
    return packets


class Veth(WeirCase):
    def frames(self):
        """A capture of frames that a veth pair of MTU 1500 carries and that net_af_packet leaves as
        they are: no 802.1ad (its TPID is rewritten), and no IPv4 fragments (the driver's fanout has
        the kernel reassemble them; parts of packets that never become whole are lost)."""
        capture = self.capture(PACKETS, faults=False, name='sent.pcap')
        data = capture.read_bytes()
        out, kept, at = [data[:24]], 0, 24
        while at + 16 <= len(data):
            length = struct.unpack_from('<I', data, at + 8)[0]
            record = data[at:at + 16 + length]
            ether_type = struct.unpack_from('>H', record, 16 + 12)[0]
            fragment = ether_type == 0x0800 and struct.unpack_from('>H', record, 16 + 20)[0] & 0x3fff
            if length <= 1514 and ether_type != 0x88a8 and not fragment:
                out.append(record)
                kept += 1
            at += 16 + length
        capture.write_bytes(b''.join(out))
        self.assertGreater(kept, PACKETS // 2)
        return capture, kept

    def start_weir_on(self, hosts, *arguments):
        ports = []
        for number, host in enumerate(hosts):
            ports += ['--port', 'net_af_packet%d,iface=%s' % (number, host.weir_end)]
        process = self.start_weir(*ports, *arguments)
        for line in process.stdout:
            if line.startswith('  memory:'):
                break
        time.sleep(1.0)  # the ports are open once the first second's line could be due
        return process

    def test_promiscuous_mode_ends_with_the_run(self):
        Host(self, 0)

        def promiscuity():
            shown = subprocess.run(['ip', '-d', 'link', 'show', 'weir0'], check=True, text=True,
                                   stdout=subprocess.PIPE).stdout
            return int(re.search(r'promiscuity (\d+)', shown)[1])
        self.assertEqual(promiscuity(), 0)
        process = self.start_weir('--port', 'net_af_packet0,iface=weir0', '--duration', '2')
        time.sleep(1.2)
        during = promiscuity()
        self.assert_balanced(self.finish(process), OK)
        self.assertEqual(during, 1)
        self.assertEqual(promiscuity(), 0)

    def test_what_tcpreplay_sends_is_received(self):
        host = Host(self, 0)
        capture, packets = self.frames()
        process = self.start_weir_on([host], '--duration', '3')
        host.replay(capture)
        outcome = self.finish(process)
        self.assert_balanced(outcome, OK)
        self.assertEqual(outcome.ledger['received'], packets, outcome.output)
        self.assertEqual(outcome.report['ports'][0]['driver_counters']['ipackets'], packets)

    def test_forwarded_packets_arrive_byte_for_byte(self):
        sender, receiver = Host(self, 0), Host(self, 1)
        capture, packets = self.frames()
        arrived = self.directory / 'arrived.pcap'
        recorder = receiver.record(self, arrived)
        process = self.start_weir_on([sender, receiver], '--action', 'forward', '--duration', '3')
        sender.replay(capture)
        outcome = self.finish(process)
        time.sleep(0.5)
        recorder.terminate()
        recorder.wait(timeout=10)
        self.assert_balanced(outcome, OK)
        self.assertEqual(outcome.ledger['received'], packets, outcome.output)
        self.assertEqual(outcome.ledger['forwarded'], packets, outcome.output)
        self.assertEqual(read_pcap(arrived), read_pcap(capture))

    def test_macswap_sends_back_with_addresses_exchanged(self):
        host = Host(self, 0)
        capture, packets = self.frames()
        arrived = self.directory / 'back.pcap'
        recorder = host.record(self, arrived)
        process = self.start_weir_on([host], '--action', 'macswap', '--duration', '3')
        host.replay(capture)
        outcome = self.finish(process)
        time.sleep(0.5)
        recorder.terminate()
        recorder.wait(timeout=10)
        self.assert_balanced(outcome, OK)
        self.assertEqual(outcome.ledger['forwarded'], packets, outcome.output)
        swapped = [sent[6:12] + sent[:6] + sent[12:] for sent in read_pcap(capture)]
        # The recorder sees both what the host sends and what comes back.
        sent = set(read_pcap(capture))
        self.assertEqual([frame for frame in read_pcap(arrived) if frame not in sent], swapped)

    def test_an_interface_that_is_down_is_named(self):
        host = Host(self, 0)
        run('ip', 'link', 'set', host.weir_end, 'down')
        outcome = self.weir('--port', 'net_af_packet0,iface=%s' % host.weir_end)
        self.assertEqual(outcome.code, 2, outcome.output)
        self.assertIn('ip link set %s up' % host.weir_end, outcome.output)


if __name__ == '__main__':
    if INSIDE not in os.environ:
        sys.exit(enter())
    unittest.main(verbosity=2)
