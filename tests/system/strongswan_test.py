# SPDX-License-Identifier: BSD-3-Clause
"""Weir as the wire between two real IPsec endpoints. What it says of each association is held against
the counts of both ends, what tcpdump recorded beside it, and what tshark reads in Weir's own capture."""
import collections
import json
import os
import signal
import struct
import subprocess
import sys
import time
import unittest

from ike_hosts import assert_same, hosts_of, packets_of
from netns import BOUND, INSIDE, enter
from pcapng import read_pcap
from strongswan import Tunnel, answered, missing, wait_until, wireshark_line
from weir_case import WEIR, WeirCase

Association = collections.namedtuple(
    'Association', 'source destination spi protocol packets lost duplicated reordered follows')
Figures = collections.namedtuple('Figures', 'packets lost duplicated reordered')


def listed(path):
    """What `weir sa` says of a capture."""
    done = subprocess.run([WEIR, 'sa', str(path), '--json'], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def associations(path):
    """The associations in a capture that Weir wrote, as `weir sa` lists them, in order of their
    beginning."""
    found = listed(path)['associations']
    found.sort(key=lambda one: one['first_seen_seconds'])
    return [Association(*(one['follows_spi' if name == 'follows' else name]
                          for name in Association._fields)) for one in found]


def health(packets):
    """Figures of each association by the definitions of docs/ipsec.md, from (source, destination, SPI,
    sequence number) of all packets, of which none begins a restart."""
    seen, counts = collections.defaultdict(set), collections.defaultdict(collections.Counter)
    for *key, sequence in packets:
        key = tuple(key)
        counts[key]['packets'] += 1
        if sequence in seen[key]:
            counts[key]['duplicated'] += 1
        elif seen[key] and sequence < max(seen[key]):
            counts[key]['reordered'] += 1
        seen[key].add(sequence)
    return {key: Figures(count['packets'], max(seen[key]) - min(seen[key]) + 1 - len(seen[key]),
                         count['duplicated'], count['reordered']) for key, count in counts.items()}


def esp_of_recording(path):
    """ESP in UDP that tcpdump recorded, as (source, destination, SPI, sequence number)."""
    packets = []
    for octets in frames_of(path):
        addresses = ('.'.join(map(str, octets[at:at + 4])) for at in (26, 30))
        packets.append((*addresses, *(int.from_bytes(octets[at:at + 4], 'big') for at in (42, 46))))
    return packets


def frames_of(path):
    """The frames of a recording with ESP in UDP: IPv4 without options, port 4500, no non-ESP marker."""
    return [octets for _, octets in read_pcap(path)
            if octets[23] == 17 and octets[36:38] == (4500).to_bytes(2, 'big') and any(octets[42:46])]


def write_pcap(path, frames):
    parts = [struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)]
    for frame in frames:
        parts += [struct.pack('<IIII', 0, 0, len(frame), len(frame)), frame]
    path.write_bytes(b''.join(parts))
    return path


def tshark(path, *arguments):
    """The fields that are asked for, in a list for each packet."""
    done = subprocess.run(['tshark', '-n', '-r', str(path), '-T', 'fields', *arguments], check=True,
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return [line.split('\t') for line in done.stdout.splitlines()]


def esp_of_tshark(path):
    fields = ('ip.src', 'ip.dst', 'esp.spi', 'esp.sequence')
    lines = tshark(path, '-Y', 'esp', *(word for field in fields for word in ('-e', field)))
    return [(source, destination, int(spi, 16), int(sequence))
            for source, destination, spi, sequence in lines]


def opening(keys):
    """Arguments with which tshark decrypts."""
    arguments = ['-o', 'esp.enable_encryption_decode:TRUE',
                 '-o', 'esp.enable_authentication_check:TRUE']
    for key in keys:
        arguments += ['-o', 'uat:esp_sa:' + wireshark_line(key)]
    return arguments


def opened_by_tshark(path, keys):
    """How many echo messages tshark finds with the keys in each association, if the ICV is right."""
    # Of the addresses the first are those outside.
    fields = ('ip.src', 'ip.dst', 'esp.spi')
    lines = tshark(path, *opening(keys), '-Y', 'icmp && esp.icv_good == 1', '-E', 'occurrence=f',
                   *(word for field in fields for word in ('-e', field)))
    return collections.Counter((source, destination, int(spi, 16))
                               for source, destination, spi in lines)


def pings(path, keys=()):
    """The innermost echo messages, in order: addresses, and what tells each from the others."""
    fields = ('ip.src', 'ip.dst', 'ip.id', 'ip.ttl', 'icmp.type', 'icmp.seq', 'icmp.checksum')
    return tshark(path, *opening(keys), '-Y', 'icmp', '-E', 'occurrence=l',
                  *(word for field in fields for word in ('-e', field)))


class StrongSwan(WeirCase):
    def lay(self, esp='aes128gcm16'):
        """Two ends, Weir between them, the tunnel up."""
        self.tunnel = Tunnel(self, esp)
        self.wire = self.directory / 'wire.pcapng'
        self.recordings, ports = [], []
        for number, end in enumerate(self.tunnel.ends):
            self.recordings.append(self.directory / (end.name + '.pcap'))
            end.record(self, self.recordings[-1])
            ports += ['--port', 'net_af_packet%d,iface=%s' % (number, end.weir_end)]
        self.process = self.start_weir(*ports, '--action', 'forward', '--capture', self.wire,
                                       prefix=BOUND)
        for line in self.process.stdout:
            if line.startswith('1 s: '):
                break
        self.tunnel.up()

    def ping(self, number, by=0):
        self.assertEqual(self.tunnel.ends[by].ping(number), number)

    def end_run(self):
        self.process.send_signal(signal.SIGTERM)
        outcome = self.finish(self.process)
        self.assert_balanced(outcome)
        received = outcome.ledger['received']
        self.assertEqual(outcome.ledger['forwarded'], received)
        self.assertEqual(outcome.report['capture']['written'], received)
        for recording in self.recordings:
            wait_until(lambda path=recording: len(read_pcap(path)) >= received, 'what tcpdump saw')
            self.assertEqual(len(read_pcap(recording)), received)
        return outcome

    def assert_found(self, outcome, expected):
        """The associations are these, with these figures, whoever counts. Returns them."""
        found = associations(self.wire)
        self.assertEqual({one[:3]: Figures(*one[4:8]) for one in found}, expected)
        self.assertEqual({one.protocol for one in found}, {'esp-in-udp'})
        for packets in (esp_of_tshark(self.wire), *map(esp_of_recording, self.recordings)):
            self.assertEqual(health(packets), expected)
        metrics = outcome.report['metrics']
        self.assertEqual(metrics['ipsec.associations'], len(expected))
        for name in Figures._fields:
            self.assertEqual(metrics['ipsec.' + name],
                             sum(getattr(one, name) for one in expected.values()), name)
        for name in ('restarts', 'wraps', 'beyond_window', 'on_probation', 'refused'):
            self.assertEqual(metrics['ipsec.' + name], 0, name)
        self.assert_ike(metrics, found)
        return found

    def assert_ike(self, metrics, found):
        """What is said of IKE between the ends is what tshark reads, and each rekey is one exchange
        of two packets and two associations that follow others."""
        hosts = listed(self.wire)['hosts']
        assert_same(self, hosts, hosts_of(packets_of(self.wire)))
        ends, = hosts
        self.assertEqual((ends['sas_begun'], ends['on_probation']), (1, False))
        self.assertEqual(ends['associations'], len(found))
        followers = sum(one.follows is not None for one in found)
        self.assertEqual(ends['associations_that_follow'], followers)
        self.assertEqual(ends['create_child_sa'], followers)
        for name in ('packets', 'requests', 'create_child_sa', 'retransmissions', 'keepalives'):
            self.assertEqual(metrics['ipsec.ike.' + name], ends[name], name)

    def assert_flawless(self, outcome):
        """Each SA that the ends know, no other, and every packet once and in order."""
        accepted = self.tunnel.accepted()
        found = self.assert_found(outcome, {key: Figures(packets, 0, 0, 0)
                                            for key, packets in accepted.items()})
        return found, accepted

    def assert_linked(self, found, pairs):
        """In both directions each SA follows the one it replaced."""
        for end in self.tunnel.ends:
            spis = [pair.spi_out for pair in end.pairs()]
            self.assertEqual(len(spis), pairs)
            self.assertEqual([(one.spi, one.follows) for one in found if one.source == end.address],
                             list(zip(spis, [None, *spis])))

    def test_the_associations_are_those_that_both_ends_have(self):
        self.lay()
        self.ping(100)
        self.ping(50, by=1)
        _, accepted = self.assert_flawless(self.end_run())
        self.assertEqual(list(accepted.values()), [150] * 2)
        self.assertEqual(self.tunnel.sent(), accepted)

    def test_a_rekey_is_a_new_pair_that_follows_the_old(self):
        self.lay()
        self.ping(30)
        self.tunnel.rekey(by=0)
        self.ping(40)
        self.tunnel.rekey(by=1)
        self.ping(50)
        found, accepted = self.assert_flawless(self.end_run())
        self.assertEqual(list(accepted.values()), [30, 40, 50] * 2)
        self.assertEqual(self.tunnel.sent(), accepted)
        self.assert_linked(found, pairs=3)

    def test_nothing_is_missed_in_a_rekey_under_way(self):
        self.lay()
        ping = self.start(self.tunnel.ends[0].ping_command(600, 0.005))
        for by in (0, 1):
            time.sleep(0.3)
            self.tunnel.rekey(by)
        self.assertIsNone(ping.poll())
        output, _ = ping.communicate(timeout=60)
        self.assertEqual(answered(output), 600, output)
        # A sender's own count ends when the deletion is agreed on, which is before its last packet.
        found, accepted = self.assert_flawless(self.end_run())
        for end in self.tunnel.ends:
            packets = [count for key, count in accepted.items() if key[0] == end.address]
            self.assertEqual(sum(packets), 600)
            self.assertGreater(min(packets), 0)
        self.assert_linked(found, pairs=3)

    def test_lost_and_repeated_packets_are_counted_for_what_they_are(self):
        self.lay()
        first = self.tunnel.ends[0]
        # Fewer than 64 numbers in all, so that what is repeated is no restart (docs/ipsec.md).
        self.ping(20)
        self.assertEqual(first.lose(lambda: self.assertEqual(first.ping(7), 0)), 7)
        self.ping(20)
        wait_until(lambda: len(esp_of_recording(self.recordings[0])) == 80, 'what tcpdump saw')
        again = [octets for octets in frames_of(self.recordings[0])
                 if octets[26:30] == bytes(map(int, first.address.split('.')))][:10]
        first.replay(write_pcap(self.directory / 'again.pcap', again))
        self.ping(10)
        outcome = self.end_run()
        (there, sent), (back, answers) = self.tunnel.sent().items()
        self.assertEqual((sent, answers), (57, 50))
        # strongSwan has rejected what was repeated.
        self.assertEqual(self.tunnel.accepted(), {there: 50, back: 50})
        self.assert_found(outcome, {there: Figures(60, 7, 10, 0), back: Figures(50, 0, 0, 0)})

    def test_the_keys_in_the_log_open_every_packet(self):
        self.open_all('aes128gcm16')

    def test_those_of_two_algorithms_do_too(self):
        self.open_all('aes256-sha256')

    def open_all(self, esp):
        self.lay(esp)
        self.ping(20)
        self.tunnel.rekey(by=1)
        self.ping(30)
        _, accepted = self.assert_flawless(self.end_run())
        first, second = (sorted(end.keys()) for end in self.tunnel.ends)
        self.assertEqual(first, second)
        self.assertEqual(opened_by_tshark(self.wire, first), accepted)
        self.assertEqual(self.opened_by_weir(first), pings(self.wire, first))

    def opened_by_weir(self, keys):
        """The pings inside, from the packets that Weir captures once it has opened them."""
        table, inside = self.directory / 'esp_sa', self.directory / 'inside.pcapng'
        table.touch(mode=0o600)
        table.write_text(''.join(wireshark_line(key) + '\n' for key in keys))
        outcome = self.weir('--port', self.wire, '--esp-sa', table, '--capture', inside,
                            '--capture-filter', 'icmp')
        self.assert_balanced(outcome)
        metrics = outcome.report['metrics']
        self.assertEqual(metrics['esp.decrypted'], metrics['ipsec.packets'])
        self.assertEqual(metrics['layer.icmp'], metrics['ipsec.packets'])
        self.assertNotIn('decrypt', outcome.ledger['dropped'])
        for text in (outcome.output, json.dumps(outcome.report)):
            self.assertNotIn(keys[0].encryption[1], text.lower())
        return pings(inside)


def main():
    reason = missing()
    if reason:
        print('SKIP: no tunnel of strongSwan can be made here: %s' % reason)
        return 77
    if INSIDE not in os.environ:
        return enter()
    return unittest.main(verbosity=2)


if __name__ == '__main__':
    sys.exit(main())
