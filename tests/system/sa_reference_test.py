# SPDX-License-Identifier: BSD-3-Clause
"""`weir sa` beside tshark: the numbers of every ESP and AH packet, and what the sequence analysis makes of
them; docs/ipsec.md, "Beside Wireshark's analysis", says where both differ and why. On captures of the test's
own making, and on real ones."""
import collections
import gzip
import ipaddress
import json
import random
import shutil
import subprocess
import unittest

from sa_case import START_NS, WAYS, SaCase, Sender, expectation, hosts_of, key_of, scene, untimed
from sa_model import Health, Key, Packet, model
from weir_case import DAMAGED, OK, USAGE, corpus

TSHARK_FIELDS = ('frame.number', 'frame.time_epoch', 'frame.len', 'frame.protocols', 'ip.src', 'ip.dst',
                 'ipv6.src', 'ipv6.dst', 'esp.spi', 'esp.sequence', 'ah.spi', 'ah.sequence',
                 'esp.sequence-analysis.expected-sn', 'esp.sequence-analysis.previous-frame')
Frame = collections.namedtuple('Frame', 'packet esp report')
Report = collections.namedtuple('Report', 'expected previous')
Latest = collections.namedtuple('Latest', 'frame sequence key')


def dissected(path):
    """What tshark says of each frame: the packet as the model has it, its ESP headers as (SPI, number), and
    what the sequence analysis reports. Fragments are left as they are."""
    command = ['tshark', '-n', '-r', str(path), '-T', 'fields', '-E', 'occurrence=a', '-E', 'aggregator=,']
    for preference in ('esp.do_esp_sequence_analysis:TRUE', 'ip.defragment:FALSE', 'ipv6.defragment:FALSE'):
        command += ['-o', preference]
    for field in TSHARK_FIELDS:
        command += ['-e', field]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    now_ns, result = 0, []
    for line in done.stdout.splitlines():
        row = dict(zip(TSHARK_FIELDS, (word.split(',') if word else [] for word in line.split('\t'))))
        seconds, _, fraction = row['frame.time_epoch'][0].partition('.')
        now_ns = max(now_ns, int(seconds) * 10**9 + int(fraction[:9].ljust(9, '0')))
        headers = [(int(spi, 16), int(number)) for spi, number in zip(row['esp.spi'], row['esp.sequence'])]
        report = [Report(int(number), int(frame)) for number, frame in
                  zip(row['esp.sequence-analysis.expected-sn'], row['esp.sequence-analysis.previous-frame'])]
        result.append(Frame(outermost(row, now_ns), headers, report))
    return result


def outermost(row, now_ns):
    """The frame's outermost ESP or AH with the addresses before it; None where an ICMP error quotes it."""
    protocols = row['frame.protocols'][0].split(':')
    at = next((at for at, name in enumerate(protocols) if name in ('esp', 'ah')), None)
    # An ESP or AH header that is cut short has no number.
    if (at is None or not {'icmp', 'icmpv6'}.isdisjoint(protocols[:at])
            or not row[protocols[at] + '.sequence']):
        return Packet(now_ns, None, 0, 0)
    ips = [name for name in protocols[:at] if name in ('ip', 'ipv6')]
    ends = [row[ips[-1] + end][ips.count(ips[-1]) - 1] for end in ('.src', '.dst')]
    name = 'esp-in-udp' if protocols[at - 1] == 'udpencap' else protocols[at]
    spi, number = (row[protocols[at] + field][0] for field in ('.spi', '.sequence'))
    ends = [str(ipaddress.ip_address(end)) for end in ends]
    return Packet(now_ns, Key(0, name, *ends, int(spi, 16)), int(number), int(row['frame.len'][0]))


def kinds_of(seen):
    """What each packet is to its association; None for what is in none."""
    grouped = collections.defaultdict(list)
    for frame in seen:
        grouped[frame.packet.key].append(frame.packet.sequence)
    kinds = {key: iter(Health(numbers).kinds) for key, numbers in grouped.items() if key}
    return [next(kinds[frame.packet.key]) if frame.packet.key else None for frame in seen]


def beside_wireshark(case, seen):
    """Counts how the sequence analysis of each ESP header and Weir's view of its packet go together. The
    analysis compares with the header before of the same SPI, whatever its addresses: held to that first."""
    counts, latest, kinds = collections.Counter(), {}, kinds_of(seen)
    before = {}         # of each association, what its packet before was
    for number, (frame, kind) in enumerate(zip(seen, kinds), 1):
        case.assertLessEqual(len(frame.esp), 1)
        for spi, sequence in frame.esp:
            previous = latest.get(spi)
            wrong = previous is not None and sequence != (previous.sequence + 1) % 2**32
            case.assertEqual(frame.report, [Report((previous.sequence + 1) % 2**32, previous.frame)]
                             if wrong else [], number)
            latest[spi] = Latest(number, sequence, frame.packet.key)
            counts[relation(case, frame.packet.key, kind, wrong, previous, before)] += 1
        if frame.packet.key:
            before[frame.packet.key] = kind
    return counts


def relation(case, key, kind, wrong, previous, before):
    """In words, why both agree or do not; a failure when there is no such reason."""
    if key is None:
        return 'quoted in an ICMP error'
    if key.protocol == 'ah':
        return 'behind AH'
    if previous is not None and previous.key != key:
        return 'another association before'
    in_order = kind in ('in order', 'first') and not (kind == 'first' and previous)
    if wrong != in_order:
        return 'agree'
    case.assertIn(before[key], ('reordered', 'duplicated', 'beyond_window'), (key, kind, wrong))
    return 'in order after one that was not' if in_order else 'one of several late in succession'


@unittest.skipUnless(shutil.which('tshark'), 'tshark is not installed: nothing was held against it')
class BesideWireshark(SaCase):
    """docs/ipsec.md, "Beside Wireshark's analysis"."""

    def check(self, path):
        """Both read the same numbers, and come to the same or differ for a reason that is known."""
        seen = dissected(path)
        packets = [frame.packet for frame in seen if frame.packet.key]
        document = self.found(path, '--sa-idle', 0)
        self.assert_equal(document, model(packets, seen[0].packet.time_ns))
        return seen, document, beside_wireshark(self, seen)

    def assert_same_gaps(self, seen, document):
        """Where nothing but loss happens, each report is a gap, and the numbers missing are those lost."""
        owners = collections.defaultdict(set)
        for frame in seen:
            for spi, _ in frame.esp:
                owners[spi].add(frame.packet.key)
        compared = 0
        for one in document['associations']:
            if owners[one['spi']] != {key_of(one)} or any(one[name] for name in (
                    'duplicated', 'reordered', 'beyond_window', 'restarts')):
                continue
            missing = [(frame.packet.sequence - frame.report[0].expected) % 2**32 for frame in seen
                       if frame.packet.key == key_of(one) and frame.report]
            self.assertEqual((len(missing), sum(missing), max(missing, default=0)),
                             (sum(one['gap_lengths']), one['lost'], one['longest_gap']), one)
            compared += 1
        return compared

    def test_made_captures_differ_for_known_reasons_only(self):
        source = random.Random(23)
        lossy = []
        for number in range(6):
            numbers = [each for each in range(2**32 - 150 if number else 1, 2**32 + 150 if number else 300)
                       if source.randrange(10)]
            lossy += Sender(source, WAYS[number % 2], hosts_of(WAYS[number % 2][1], 100 + number),
                            7000 + number, START_NS, 10**6, [each % 2**32 for each in numbers]).packets()
        # The same SPI to another host, which is another association, but not for Wireshark.
        shared = [Sender(source, WAYS[0], hosts_of(4, 110 + number), 8000, START_NS + number, 10**6,
                         list(range(1, 50))) for number in range(2)]
        mixed = scene(23, 400, 15, 0.1) + lossy + [each for sender in shared for each in sender.packets()]
        mixed.sort(key=lambda item: item[0].time_ns)
        seen, document, counts = self.check(self.write(mixed))
        self.assert_equal(document, expectation(mixed))
        self.assertEqual(set(counts), {
            'agree', 'quoted in an ICMP error', 'behind AH', 'another association before',
            'in order after one that was not', 'one of several late in succession'})
        self.assertGreaterEqual(self.assert_same_gaps(seen, document), 6)

    @unittest.skipUnless(corpus(), 'WEIR_CORPUS is not set: no real capture was read')
    def test_real_captures_differ_for_known_reasons_only(self):
        counts, compared = collections.Counter(), 0
        for path in with_ipsec(corpus() / 'open'):
            with self.subTest(capture=path.name):
                seen, document, found = self.check(path)
                counts += found
                compared += self.assert_same_gaps(seen, document)
        print('beside Wireshark: %s; %d associations with the same gaps' % (dict(counts), compared))
        self.assertGreater(counts['agree'], 1000)
        self.assertGreater(compared, 30)


def with_ipsec(directory):
    """Captures in which the reference dissector has seen ESP or AH of their own, and how many packets."""
    found = {}
    for path in sorted(directory.iterdir()):
        if path.suffix not in ('.pcap', '.pcapng'):
            continue
        answers = gzip.decompress(path.with_name(path.name.rsplit('.', 1)[0] + '.jsonl.gz').read_bytes())
        packets = 0
        for line in answers.splitlines():
            if b'"p":"esp"' in line or b'"p":"ah"' in line:
                packets += next(layer.get('in') not in ('icmp', 'icmpv6') for layer in json.loads(line)['L']
                                if layer['p'] in ('esp', 'ah'))
        if packets:
            found[path] = packets
    return found


@unittest.skipUnless(corpus(), 'WEIR_CORPUS is not set: no real capture was read')
class RealCaptures(SaCase):
    def test_all_of_them_at_once_have_what_the_reference_sees(self):
        directory = corpus() / 'open'
        captures = [path for path in sorted(directory.iterdir()) if path.suffix in ('.pcap', '.pcapng')]
        document = self.found('--sa-idle', 0, *captures)
        found = collections.Counter()
        for one in document['associations']:
            self.assertEqual(one['port_name'], str(captures[one['port']]))
            found[captures[one['port']]] += one['packets']
        self.assertEqual(found, with_ipsec(directory))
        # Of the files alone it is the same.
        for path in found:
            self.assertEqual(untimed(self.found('--sa-idle', 0, path)), untimed(document, captures.index(path)))

    def test_damaged_ones_end_in_an_answer(self):
        for path in sorted((corpus() / 'badfiles').iterdir()):
            result = self.sa('--json', path)
            with self.subTest(file=path.name):
                self.assertIn(result.returncode, (OK, USAGE, DAMAGED), result.stderr)
                self.assertEqual(bool(result.stdout), result.returncode != USAGE)
                if result.stdout:
                    self.assert_sound(json.loads(result.stdout))


if __name__ == '__main__':
    if corpus() is None:
        print('SKIP: WEIR_CORPUS is not set: nothing was run on real captures')
    unittest.main(verbosity=2)
