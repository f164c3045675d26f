# SPDX-License-Identifier: BSD-3-Clause
"""IKE by pair of hosts as tshark's fields have it, by the definitions of docs/ipsec.md, to hold
`weir sa --json` against."""
import collections
import ipaddress
import subprocess

FIELDS = ('ip.src', 'ip.dst', 'ipv6.src', 'ipv6.dst', 'udp.srcport', 'udp.dstport',
          'udpencap.nat_keepalive', 'isakmp.ispi', 'isakmp.rspi', 'isakmp.nextpayload',
          'isakmp.version', 'isakmp.exchangetype', 'isakmp.flags', 'isakmp.messageid',
          'isakmp.length', 'isakmp.frag.number', 'isakmp.frag.seq')
Packet = collections.namedtuple('Packet', [name.replace('.', '_') for name in FIELDS])

EXCHANGES = {1: {2: 'ikev1_main', 4: 'ikev1_aggressive', 5: 'ikev1_informational', 32: 'ikev1_quick'},
             2: {34: 'ike_sa_init', 35: 'ike_auth', 36: 'create_child_sa', 37: 'informational'}}
OTHERS = {1: 'ikev1_other', 2: 'other_exchange'}
NONE = '0' * 16


def packets_of(path):
    command = ['tshark', '-n', '-r', str(path), '-o', 'udp.check_checksum:FALSE', '-Y',
               'isakmp or udpencap.nat_keepalive', '-T', 'fields', '-E', 'occurrence=f']
    for field in FIELDS:
        command += ['-e', field]
    done = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL)
    return [Packet(*line.split('\t')) for line in done.stdout.splitlines()]


class Hosts:
    """Two hosts; [0] is what the lesser address sends."""

    def __init__(self):
        self.counts = (collections.Counter(), collections.Counter())
        self.latest, self.begun = {}, {}
        self.spis = (NONE, NONE)
        self.forget_ids()

    def forget_ids(self):
        self.requests, self.responses = [None, None], [None, None]

    def take(self, packet, side):
        count = self.counts[side]
        if packet.udpencap_nat_keepalive:
            count['keepalives'] += 1
            return
        count['packets'] += 1
        ports = (packet.udp_srcport, packet.udp_dstport)
        count['port_500' if '500' in ports else 'port_4500' if '4500' in ports else 'other_port'] += 1
        major = int(packet.isakmp_version, 16) >> 4
        if major not in EXCHANGES:
            count['other_version'] += 1
            return
        exchange, message = int(packet.isakmp_exchangetype), int(packet.isakmp_messageid, 16)
        response = major == 2 and int(packet.isakmp_flags, 16) & 0x20 != 0
        count['ikev%d' % major] += 1
        count[EXCHANGES[major].get(exchange, OTHERS[major])] += 1
        if major == 2:
            count['responses' if response else 'requests'] += 1
        if self.is_again(packet, (side, response)):
            count['retransmissions'] += 1
            return
        spis = (packet.isakmp_ispi, packet.isakmp_rspi)
        initial = exchange == 34 if major == 2 else exchange in (2, 4)
        if initial and not response and spis[0] != NONE and spis[1] == NONE:
            if self.begun.get(side) != spis[0]:
                count['sas_begun'] += 1
            self.begun[side] = spis[0]
        if spis[0] != self.spis[0] or (NONE not in (spis[1], self.spis[1]) and
                                       spis[1] != self.spis[1]):
            self.forget_ids()
            self.spis = spis
        elif self.spis[1] == NONE:
            self.spis = spis
        if major == 2:
            highest = self.responses if response else self.requests
            highest[side] = max(message, -1 if highest[side] is None else highest[side])

    def is_again(self, packet, kind):
        number = int(packet.isakmp_frag_number or packet.isakmp_frag_seq or 0)
        header = packet[7:14] + (() if number else packet[14:15])
        former, highest = self.latest.get(kind, (None, 0))
        again = header == former and number <= highest
        if not again:
            self.latest[kind] = (header, number)
        return again


def hosts_of(packets):
    """Hosts by their two addresses, as `weir sa --json` writes them."""
    found = {}
    for packet in packets:
        ends = (packet.ip_src or packet.ipv6_src, packet.ip_dst or packet.ipv6_dst)
        pair = tuple(sorted(ends, key=lambda end: ipaddress.ip_address(end).packed))
        found.setdefault(pair, Hosts()).take(packet, pair.index(ends[0]))
    return found


def assert_same(case, listed, hosts):
    """The hosts that Weir lists (of one port) are these, with these figures."""
    case.assertEqual({tuple(one['addresses']) for one in listed}, set(hosts))
    for one in listed:
        expected = hosts[tuple(one['addresses'])]
        both = expected.counts[0] + expected.counts[1]
        names = ['packets', 'ikev1', 'ikev2', 'other_version', 'requests', 'responses',
                 'retransmissions', 'sas_begun', 'port_500', 'port_4500', 'other_port', 'keepalives',
                 *OTHERS.values(), *(name for known in EXCHANGES.values() for name in known.values())]
        case.assertEqual({name: one[name] for name in names}, {name: both[name] for name in names},
                         one['addresses'])
        case.assertEqual((one['initiator_spi'], one['responder_spi']), expected.spis)
        for side, direction in enumerate(one['directions']):
            case.assertEqual((direction['source'], direction['destination']),
                             (one['addresses'][side], one['addresses'][1 - side]))
            for name in ('packets', 'requests', 'responses', 'retransmissions', 'keepalives'):
                case.assertEqual(direction[name], expected.counts[side][name], name)
            case.assertEqual(direction['highest_request'], expected.requests[side])
            case.assertEqual(direction['highest_response'], expected.responses[side])
