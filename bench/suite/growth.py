# SPDX-License-Identifier: BSD-3-Clause
"""The curves of how cost grows.

A curve is {'title': TEXT, 'x': TEXT, 'unit': TEXT, 'what': TEXT, 'note': TEXT,
'points': [{'x': NUMBER, 'values': [NUMBER...]}]}: x rises, and the values are those of the
repetitions."""
from dataclasses import dataclass
import statistics

import figures
import googlebench


@dataclass(frozen=True)
class Curve:
    benchmark: str
    title: str
    x: str
    note: str = ''


IN_PROCESS = 'ns a packet in a worker (parse, count, health of IPsec, free), headers in the cache'
CURVES = {
    'workers': Curve('BM_Growth_Workers', 'Workers at the same time', 'workers',
                     'Time a packet on each worker\'s CPU.'),
    'frame': Curve('BM_Growth_FrameOctets', 'Length of packets', 'octets',
                   'mbufs of 2048 octets: longer packets have several.'),
    'flows': Curve('BM_Growth_Flows', 'Flows', 'flows'),
    'associations': Curve('BM_Growth_Associations', 'IPsec associations', 'associations'),
    'malformed': Curve('BM_Growth_MalformedPercent', 'Malformed packets among others', 'percent',
                       'In random order: what costs in the middle is that the CPU cannot guess '
                       'which one is next.'),
    'ip_in_ip': Curve('BM_Growth_IpInIpDepth', 'IPv4 in IPv4', 'headers more than one'),
    'vxlan': Curve('BM_Growth_VxlanDepth', 'VXLAN in VXLAN', 'tunnels'),
}
RING_SIZES = (256, 512, 1024, 2048, 4096, 8192)


def in_process(document):
    """The curves of growth_bench, from what it printed."""
    curves = {}
    for key, curve in CURVES.items():
        points, without = [], []
        names = [(int(name.split('/')[1]), name) for name in googlebench.names(document)
                 if name.startswith(curve.benchmark + '/')]
        for x, name in sorted(names):
            try:
                points.append({'x': x, 'values': googlebench.series(
                    document, name, googlebench.field('ns/packet'))})
            except googlebench.BenchmarkError as error:
                without.append('%d is not measured: %s.' % (x, str(error).split(': ')[-1]))
        curves[key] = {'title': curve.title, 'x': curve.x, 'unit': 'ns', 'what': IN_PROCESS,
                       'points': points, 'note': ' '.join([curve.note, *without]).strip()}
    return curves


def rings(context):
    """Whole runs of the pipeline on a looped capture, each size of ring in turn."""
    capture = context.own_traffic() + ',loop'
    values = {size: [] for size in RING_SIZES}
    for _ in range(context.rounds):
        for size in RING_SIZES:
            values[size].append(1e9 / context.weir_rate([
                '--port', capture, '--ring-size', str(size), '--duration',
                str(context.seconds(1))]))
    return {'title': 'Size of the ring', 'x': 'packets', 'unit': 'ns',
            'what': 'ns a packet in whole runs: a looped capture, rx, ring, one worker',
            'points': [{'x': size, 'values': values[size]} for size in RING_SIZES], 'note': ''}


def measure(context):
    curves = in_process(context.google('bench/growth_bench', 'BM_Growth', 0.05))
    return {'curves': curves | {'rings': rings(context)}}


def medians(curve):
    return [(point['x'], statistics.median(point['values'])) for point in curve['points']]


def growth_of(curve):
    """figures.Growth, or None where there are too few points."""
    points = medians(curve)
    return figures.Growth.of(points) if len(points) >= 2 else None


def describe(curve):
    """The check in a sentence: the fit, and whether cost grows no worse than linearly."""
    points, growth = medians(curve), growth_of(curve)
    if growth is None:
        return 'too few points for a check'
    (x0, y0), (x1, y1) = points[0], points[-1]
    text = '%.4g ns at %d, %.4g ns at %d; fit %.3g %s %.3g·x ns (off by %.0f %% at most); ' % (
        y0, x0, y1, x1, growth.base, '−' if growth.slope < 0 else '+', abs(growth.slope),
        100 * growth.deviation)
    if growth.linear:
        return text + 'no worse than linear'
    return text + 'WORSE THAN LINEAR: a step grows %.2f times as much as x' % growth.steepest
