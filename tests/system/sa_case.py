# SPDX-License-Identifier: BSD-3-Clause
"""What the tests of `weir sa` share: captures in which associations are in trouble, and what holds for every
document that it prints."""
import json
import math
import random
import subprocess

import frames
from frames import AH, ESP, GRE, IPV4, IPV6, MPLS_IN_IP, UDP, write_pcap
from sa_model import SUMS, Key, Packet, model
from weir_case import OK, WEIR, WeirCase

START_NS = 1_700_000_000 * 10**9
FOREIGN = ('port_name', 'port', 'protocol', 'source', 'destination', 'spi')  # in JSON, but no figures
TIMES = ('first_seen_seconds', 'last_seen_seconds', 'packets_per_second')


def troubled(source, count, trouble):
    """Sequence numbers of one sender, as they arrive: with lost, repeated, late, replayed ones and more,
    each once in `trouble` packets, and from any start."""
    starts = (1, 1, 1, 0, 2, 5000, 2**31 - 100, 2**32 - 100, 2**32 - 5000)
    next_number = source.choice(starts) + source.randrange(5)
    sent, due = [], []
    while len(sent) < count:
        due.sort()
        while due and due[0][0] <= len(sent):
            sent.append(due.pop(0)[1])
        what = source.randrange(trouble) if trouble else 99
        # Any power of two as likely: within the window, beyond it, and the restarts of a window of 64.
        far = 1 + source.randrange(2**(1 + source.randrange(13)))
        if what == 0:
            next_number += source.choice((1, 2, 3, far))
        elif what == 1:
            due.append((len(sent) + far, next_number))
        elif what == 2:
            due.append((len(sent) + far, next_number))
            next_number += 1
        elif what == 3:
            sent.append(next_number)
        elif what == 4 and source.randrange(10) == 0:
            next_number = source.choice((0, 1, 1, source.randrange(80)))
        elif what == 5 and source.randrange(4) == 0:
            first = source.choice((1, source.randrange(70), max(0, next_number - far)))
            sent += range(first, first + source.randrange(1, 7))
        elif what == 6 and source.randrange(20) == 0:
            sent.append(source.choice((0, source.randrange(2**32))))
        sent.append(next_number)
        next_number += 1
    return [number % 2**32 for number in sent[:count]]


# Ways in which a packet of an association may be wrapped up: from its addresses, SPI, number and payload. What
# stands outside of the association's own IP header belongs to others.
def esp_in(wrap):
    def build(source, destination, spi, sequence, payload):
        return wrap(frames.ip(source, destination, ESP, frames.esp(spi, sequence, payload)))
    return build


def outside(protocol, payload, version=4):
    hosts = ('192.0.2.1', '192.0.2.2') if version == 4 else ('2001:db8:ffff::1', '2001:db8:ffff::2')
    return frames.ip(*hosts, protocol, payload)


def in_vxlan(frame):
    return frames.ethernet(outside(UDP, frames.udp(50001, 4789, frames.vxlan(frame))))


def ah_of(source, destination, spi, sequence, payload):
    inside = frames.udp(1, 2, payload)
    return frames.ethernet(frames.ip(source, destination, AH, frames.ah(spi, sequence, inside)))


def ah_with_esp(source, destination, spi, sequence, payload):
    """The AH counts; the ESP behind it has numbers that make no sense."""
    inside = frames.esp(spi ^ 0xffff, sequence * 7919 % 2**32, payload)
    return frames.vlan(frames.ip(source, destination, AH, frames.ah(spi, sequence, inside, ESP)))


def udp_encapsulated(wrap=frames.ethernet, ports=(4500, 4501)):
    def build(source, destination, spi, sequence, payload):
        # A NAT may change the other port at any time.
        own = [port if port == 4500 else port + sequence % 3 for port in ports]
        inside = frames.udp(*own, frames.esp(spi, sequence, payload))
        return wrap(frames.ip(source, destination, UDP, inside))
    return build


def esp_with_ip_options(source, destination, spi, sequence, payload):
    inside = frames.esp(spi, sequence, payload)
    return frames.ethernet(frames.ip(source, destination, ESP, inside, options=bytes([1] * 8)))


def esp_behind_extensions(source, destination, spi, sequence, payload):
    """Destination options and an atomic fragment header."""
    headers = bytes((44, 0, 1, 4, 0, 0, 0, 0)) + bytes((ESP, 0, 0, 0, 0, 0, 0, 1))
    inside = frames.esp(spi, sequence, payload)
    return frames.ethernet(frames.ip(source, destination, 60, headers + inside))


def first_fragment(source, destination, spi, sequence, payload):
    inside = frames.esp(spi, sequence, payload + bytes(-len(payload) % 8))
    return frames.ethernet(frames.ip(source, destination, ESP, inside, fragment=0x2000))


WAYS = (
    ('esp', 4, esp_in(frames.ethernet)),
    ('esp', 6, esp_in(frames.ethernet)),
    ('esp', 4, esp_in(frames.vlan)),
    ('esp', 6, esp_in(lambda packet: frames.vlan(packet, (100, 200), 0x88a8))),
    ('esp', 4, esp_in(lambda packet: frames.ethernet(frames.mpls(packet), 0x8847))),
    ('esp', 4, esp_in(lambda packet: frames.ethernet(outside(MPLS_IN_IP, frames.mpls(packet))))),
    ('esp', 4, esp_in(lambda packet: frames.ethernet(outside(GRE, frames.gre(packet))))),
    ('esp', 6, esp_in(lambda packet: frames.ethernet(outside(GRE, frames.gre(packet), 6)))),
    ('esp', 4, esp_in(lambda packet: frames.ethernet(outside(IPV4, packet)))),
    ('esp', 6, esp_in(lambda packet: frames.ethernet(outside(IPV6, packet, 4)))),
    ('esp', 4, esp_in(lambda packet: in_vxlan(frames.ethernet(packet)))),
    ('esp', 6, esp_in(lambda packet: in_vxlan(frames.vlan(packet)))),
    ('esp', 4, esp_with_ip_options),
    ('esp', 6, esp_behind_extensions),
    ('esp', 4, first_fragment),
    ('ah', 4, ah_of),
    ('ah', 6, ah_of),
    ('ah', 4, ah_with_esp),
    ('ah', 6, ah_with_esp),
    ('esp-in-udp', 4, udp_encapsulated()),
    ('esp-in-udp', 6, udp_encapsulated(ports=(1024, 4500))),
    ('esp-in-udp', 4, udp_encapsulated(lambda packet: in_vxlan(frames.vlan(packet)), (4500, 5007))),
)


def noise(source):
    """A frame of no association, of which some look much like one."""
    hosts = ('10.0.0.1', '10.0.0.2')
    packet = frames.ip(*hosts, ESP, frames.esp(0x1000, source.randrange(2**32)))
    return source.choice((
        frames.ethernet(frames.ip(*hosts, UDP, frames.udp(1, 2, b'no ESP at all'))),
        frames.ethernet(frames.ip(*hosts, UDP, frames.udp(4500, 4500, b'\xff'))),             # keepalive
        frames.ethernet(frames.ip(*hosts, UDP, frames.udp(4500, 4500, bytes(4 + 28)))),       # IKE
        frames.ethernet(frames.ip(*hosts, 1, bytes((3, 4, 0, 0, 0, 0, 0, 0)) + packet)),      # quoted
        frames.ethernet(frames.ip(*hosts, ESP, bytes(64), fragment=0x2000 | 99)),             # not the first
        frames.ethernet(frames.ip(*hosts, ESP, bytes(7))),                                    # too short
        frames.ethernet(frames.ip(*hosts, AH, bytes(11))),
        frames.ethernet(packet, 0x88b5),                                                      # not IP
    ))


class Sender:
    """An association of the test's own, and all its packets."""

    def __init__(self, source, way, hosts, spi, start_ns, interval_ns, sequences):
        self.protocol, self.version, self.build = way
        self.hosts, self.spi, self.source = hosts, spi, source
        self.times = [start_ns]
        for _ in sequences[1:]:
            self.times.append(self.times[-1] + source.randrange(1, 2 * interval_ns))
        self.sequences = sequences

    def packets(self):
        """(time, the packet as the model has it, its frame), for the capture of this number."""
        key = Key(0, self.protocol, *self.hosts, self.spi)
        for time_ns, sequence in zip(self.times, self.sequences):
            frame = self.build(*self.hosts, self.spi, sequence, bytes(self.source.randrange(8, 200)))
            yield Packet(time_ns, key, sequence, len(frame)), frame


def hosts_of(version, number):
    if version == 4:
        return '10.%d.0.1' % number, '10.%d.0.2' % number
    return '2001:db8:%x::1' % number, '2001:db8:%x::2' % number


def scene(seed, count, trouble, more=0.0):
    """An association of each way with about `count` packets, each in its own trouble, mixed by time, with
    `more` noise. Returns (packet or None, frame) in the order of time."""
    source = random.Random(seed)
    packets = []
    for number, way in enumerate(WAYS):
        spi = source.choice((source.randrange(1, 256), source.randrange(256, 2**32)))
        length = source.choice((1, 2, count // 10, count, count))
        sender = Sender(source, way, hosts_of(way[1], number), spi, START_NS + source.randrange(10**9),
                        10**6, troubled(source, length, trouble))
        packets += sender.packets()
    for _ in range(int(len(packets) * more)):
        frame = noise(source)
        packets.append((Packet(START_NS + source.randrange(count * 10**6), None, 0, len(frame)), frame))
    packets.sort(key=lambda item: item[0].time_ns)
    return packets


class SaCase(WeirCase):
    def sa(self, *arguments, stdin=subprocess.DEVNULL, **options):
        options.setdefault('stdout', subprocess.PIPE)
        return subprocess.run([WEIR, 'sa', *map(str, arguments)], stdin=stdin, text=True,
                              stderr=subprocess.PIPE, timeout=60, check=False, **options)

    def found(self, *arguments, code=OK, **options):
        """The document that --json prints."""
        result = self.sa('--json', *arguments, **options)
        self.assertEqual(result.returncode, code, result.stderr)
        if code == OK:
            self.assertEqual(result.stderr, '')
        document = json.loads(result.stdout)
        self.assertEqual(document['schema'], 'weir-sa/1')
        self.assert_sound(document)
        return document

    def assert_sound(self, document):
        """What holds for any document, whatever was read."""
        totals, associations = document['totals'], document['associations']
        self.assertEqual(totals['associations'], len(associations))
        self.assertEqual(totals['on_probation'], sum(one['on_probation'] for one in associations))
        self.assertEqual(totals['created'],
                         totals['associations'] + totals['recycled'] + totals['aged'])
        if totals['recycled'] == totals['aged'] == 0:
            for name in SUMS:
                self.assertEqual(totals[name], sum(one[name] for one in associations), name)
        ranks = [(not one['on_probation'], sum(one[name] for name in ('lost', 'duplicated', 'reordered', 'beyond_window')),
                  one['packets']) for one in associations]
        self.assertEqual(ranks, sorted(ranks, reverse=True))
        self.assertEqual(len({key_of(one) for one in associations}), len(associations))
        for one in associations:
            self.assertEqual(one['packets'], one['expected'] - one['lost'] + one['duplicated']
                             + one['beyond_window'], one)
            self.assertEqual(one['reordered'], sum(one['lateness']), one)
            self.assertEqual(one['reordered'], sum(one['extents']) + one['untracked'], one)

    def assert_equal(self, document, expected):
        """Every figure of every association is the expected one."""
        found = {key_of(one): one for one in document['associations']}
        self.assertEqual(set(found), set(expected))
        for key, figures in expected.items():
            self.assertEqual(set(found[key]) - set(FOREIGN), set(figures))
            differ = {name: (found[key][name], wanted) for name, wanted in figures.items()
                      if not equal(name, found[key][name], wanted)}
            self.assertEqual(differ, {}, key)

    def write(self, packets, name='made.pcap', **options):
        return write_pcap(self.directory / name, [(packet.time_ns, frame) for packet, frame in packets],
                          **options)


def key_of(one):
    return Key(one['port'], one['protocol'], one['source'], one['destination'], one['spi'])


def equal(name, found, wanted):
    return math.isclose(found, wanted, rel_tol=1e-6, abs_tol=1e-9) if name in TIMES else found == wanted


def expectation(packets):
    return model([packet for packet, _ in packets if packet.key], packets[0][0].time_ns)


def untimed(document, port=None):
    """By key, the figures that do not come from times; of one port, as if there were no others."""
    return {key_of(one)[1:]: {name: value for name, value in one.items()
                              if name not in (*TIMES, 'follows_spi', 'port', 'port_name')}
            for one in document['associations'] if port in (None, one['port'])}
