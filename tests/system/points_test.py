# SPDX-License-Identifier: BSD-3-Clause
"""Associations compared before and after a device: what `weir sa` and `weir run` say of two captures
between which a device of the test's own has been at work, against what it did."""
import heapq
import random
import unittest

import frames
from frames import ESP, UDP, write_pcap
from sa_case import START_NS, SaCase
from weir_case import FAIL, OK, USAGE

MICROSECOND = 1000


def frame_of(spi, sequence, udp):
    inside = frames.esp(spi, sequence, bytes(40))
    if udp:
        return frames.ethernet(frames.ip('10.0.0.1', '10.0.0.2', UDP, frames.udp(4500, 4500, inside)))
    return frames.ethernet(frames.ip('2001:db8::1', '2001:db8::2', ESP, inside))


class Device:
    """Loses, holds up, repeats and makes up packets of one association."""

    def __init__(self, source, spi, udp, packets, only_loses=False):
        self.before, self.after, self.delays = [], [], []
        self.spi, self.udp = spi, udp
        leaving, now, order = [], START_NS, 0
        for sequence in range(1, packets + 1):
            now += source.randrange(1, 20) * MICROSECOND
            self.before.append((now, frame_of(spi, sequence, udp)))
            if source.randrange(30) == 0:
                continue
            delay = source.choice((5, 5, 5, 5, 6, 5 if only_loses else 400)) * MICROSECOND
            order += 1
            heapq.heappush(leaving, (now + delay, order, sequence, delay))
            if not only_loses and source.randrange(60) == 0:
                order += 1
                heapq.heappush(leaving, (now + delay + 500 * MICROSECOND, order, sequence, None))
        self.expected = {'before': packets, 'untracked': 0, 'only_after': 0, 'reordered': 0, 'arrived': 0}
        highest = 0
        while leaving:
            time_ns, _, sequence, delay = heapq.heappop(leaving)
            self.after.append((time_ns, frame_of(spi, sequence, udp)))
            if delay is None:
                self.expected['only_after'] += 1
                continue
            self.delays.append(delay)
            self.expected['arrived'] += 1
            self.expected['reordered'] += sequence < highest
            highest = max(highest, sequence)
        self.expected['after'] = len(self.after)
        self.expected['lost'] = packets - self.expected['arrived']


class Points(SaCase):
    def setUp(self):
        super().setUp()
        self.lay()

    def lay(self, **options):
        source = random.Random(5)
        # The second goes the other way.
        self.devices = [Device(source, 0x1000, False, 3000, **options),
                        Device(source, 0x2000, True, 2000, **options)]
        there, back = self.devices
        self.before = self.capture_of('before.pcap', there.before + back.after)
        self.after = self.capture_of('after.pcap', there.after + back.before)

    def capture_of(self, name, packets):
        return write_pcap(self.directory / name, sorted(packets, key=lambda packet: packet[0]))

    def assert_as_the_devices(self, points):
        self.assertEqual((points['before'], points['after']), (str(self.before), str(self.after)))
        found = {one['spi']: one for one in points['associations']}
        self.assertEqual(set(found), {0x1000, 0x2000})
        for device in self.devices:
            one = found[device.spi]
            self.assertEqual({name: one[name] for name in device.expected}, device.expected)
            self.assertEqual(one['reversed'], device.udp)
            self.assertEqual(one['protocol'], 'esp-in-udp' if device.udp else 'esp')
            self.assert_quantiles(one['delay_ns'], sorted(device.delays))
        for name in self.devices[0].expected:
            self.assertEqual(points['totals'][name],
                             sum(device.expected[name] for device in self.devices), name)

    def assert_quantiles(self, found, delays):
        self.assertEqual(found['max'], delays[-1])
        for name, share in (('p50', 0.5), ('p90', 0.9), ('p99', 0.99)):
            exact = delays[int(share * len(delays)) - 1]
            self.assertGreaterEqual(found[name], exact, name)
            self.assertLessEqual(found[name], exact * 9 / 8, name)

    def test_two_captures_say_what_the_device_did(self):
        document = self.found(self.before, self.after, '--points-before', 0, '--points-after', 1)
        self.assert_as_the_devices(document['points'])

    def test_captures_may_be_named(self):
        document = self.found(self.after, self.before, '--points-before', self.before,
                              '--points-after', self.after)
        self.assert_as_the_devices(document['points'])

    def test_without_points_nothing_is_compared(self):
        self.assertEqual(self.found(self.before, self.after)['points'], {})

    def assert_as_unpaced(self, points):
        """Files are read side by side, whatever their times, so that nothing says which of two points a
        packet came to first: before and after may be exchanged, with lost and only after."""
        for one in points['associations']:
            expected = next(device for device in self.devices if device.spi == one['spi']).expected
            swapped = dict(expected, before=expected['after'], after=expected['before'],
                           lost=expected['only_after'], only_after=expected['lost'])
            self.assertIn({name: one[name] for name in expected}, (expected, swapped))
        self.assertEqual(len(points['associations']), len(self.devices))

    def test_a_run_comes_to_the_same(self):
        self.lay(only_loses=True)
        ports = ('--port', self.before, '--port', self.after)
        compare = ('--points-before', '0', '--points-after', '1')
        for mode in ('pipeline', 'run-to-completion'):
            outcome = self.weir(*ports, *compare, '--mode', mode, '--fail-on', 'points.arrived > 0')
            self.assertEqual(outcome.code, FAIL, outcome.output)
            self.assert_as_unpaced(outcome.report['ipsec']['points'])
            self.assertEqual(outcome.report['metrics']['points.arrived'],
                             sum(device.expected['arrived'] for device in self.devices))
            self.assertIn('IPsec associations before (', outcome.output)
        outcome = self.weir(*ports)
        self.assertEqual(outcome.code, OK)
        self.assertNotIn('points.lost', outcome.report['metrics'])

    def test_a_configuration_has_a_table_of_them(self):
        self.lay(only_loses=True)
        path = self.directory / 'lab.toml'
        path.write_text('port = ["%s", "%s"]\n[points]\nbefore = "0"\nafter = "1"\ncapacity = 16\n'
                        % (self.before, self.after))
        self.assert_as_unpaced(self.weir(path).report['ipsec']['points'])

    def test_points_that_cannot_be_are_refused(self):
        for arguments, word in ((('--points-before', '0'), '--points-after'),
                                (('--points-before', '0', '--points-after', '0'), 'same port'),
                                (('--points-before', '0', '--points-after', '2'), 'from 0 to 1'),
                                (('--points-before', 'x', '--points-after', '1'), 'no such port')):
            result = self.sa(self.before, self.after, *arguments)
            self.assertEqual(result.returncode, USAGE)
            self.assertIn(word, result.stderr)
            outcome = self.weir('--port', self.before, '--port', self.after, *arguments)
            self.assertEqual(outcome.code, USAGE)
            self.assertIn(word, outcome.output)

    def test_what_it_takes_is_in_the_plan(self):
        outcome = self.weir('--port', self.before, '--port', self.after, '--points-before', '0',
                            '--points-after', '1', '--points-capacity', '65536', '--hugepages', 'on')
        self.assertEqual(outcome.code, USAGE)
        self.assertIn('hugepages', outcome.output)


if __name__ == '__main__':
    unittest.main(verbosity=2)
