# SPDX-License-Identifier: BSD-3-Clause
"""The rows of the table that scripts/bench.sh prints: what each is, what it is held against, and
the form in which the programs that measure hand over their figures.

A program that measures writes one JSON document:

    {"rows": {KEY: {"ours": [NUMBER...], "peer": [NUMBER...], "unit": TEXT, "what": TEXT}}}

KEY is one of ROWS below. `ours` and `peer` have one figure for each repetition, and those with the
same index were taken one after the other in the same run: only their ratio means something on a
machine whose speed drifts. `peer` is empty where there is none (then `ours` itself is judged).
`unit` is of both, such as "ns" (a packet), "pps" (packets a second), "cycles" or "instructions".
`what` says in a few words what was measured on what. Two fields may stand beside them: `note`, text
for the reader, and `missing`, the reason why `ours` is empty. A document may have other members
beside "rows". A key that is not in ROWS is printed too, without a bar.
"""
from dataclasses import dataclass
import math

RATIO = 'ours / peer'
TIMES = 'peer / ours'  # How many times less time, or fewer instructions, ours takes.
VALUE = 'ours'


class FormError(ValueError):
    """A document is not of the form above."""


@dataclass(frozen=True)
class Row:
    """A row. `bar`: the least or the most that is wanted of `figure`; None: it is only stated."""
    key: str
    part: str             # Who measures it: a key of parts.PARTS.
    text: str             # For the table.
    figure: str = RATIO
    least: float | None = None
    most: float | None = None
    stretch: float | None = None  # Better than the bar, and wished for.
    worst_counts: bool = False    # The worst repetition is judged, not the median.
    near_only: bool = False       # Judged only while the two CPUs are near (machine.NEAR_NS).
    higher_is_better: bool | None = None  # Where there is no bar.

    @property
    def bar(self):
        return self.least if self.least is not None else self.most

    @property
    def rising(self):
        """Whether more is better."""
        if self.bar is None:
            return bool(self.higher_is_better)
        return self.least is not None

    def bar_text(self):
        if self.bar is None:
            return 'stated'
        sign = '≥' if self.least is not None else '≤'
        times = '' if self.figure == VALUE else '×'
        text = '%s %g%s' % (sign, self.bar, times)
        return text + (' (wished: %g×)' % self.stretch if self.stretch else '')

    def meets(self, figure):
        """Whether a figure meets the bar, which must be there."""
        return figure >= self.least if self.least is not None else figure <= self.most


def _rows(*rows):
    return {row.key: row for row in rows}


ROWS = _rows(
    Row('parse_real_16k', 'parse', 'parse, real captures, 16k packets in random order, in bursts '
        'of 32: time beside rte_net_get_ptype', most=0.75),
    Row('parse_real_16k_ahead', 'parse', 'the same beside rte_net_get_ptype with prefetch',
        higher_is_better=False),
    Row('parse_real_16k_single', 'parse', 'the same one by one, without prefetch, beside its plain '
        'loop', higher_is_better=False),
    Row('parse_real_16k_libtins', 'parse', 'the same in bursts beside libtins: times faster', TIMES,
        least=20),
    Row('parse_cold_1m', 'parse', 'parse, 1 M packets shuffled in cold memory, in bursts of 64 as '
        'the worker does: time beside rte_net_get_ptype with prefetch', most=0.9),
    Row('parse_cold_1m_plain', 'parse', 'the same in bursts of 32 beside its plain loop', most=0.45),
    Row('parse_udp_instructions', 'parse', 'parse, uniform UDP, hot: instructions a packet', VALUE,
        most=60),
    Row('parse_udp_cycles', 'parse', 'parse, uniform UDP, hot: TSC cycles a packet', VALUE,
        higher_is_better=False),
    Row('worst_packet', 'worst', 'worst packet found by search: time beside the median packet',
        most=20, worst_counts=True),
    Row('ring_burst32', 'ring', 'PacketRing, bursts of 32: rate beside rte_ring SP/SC', least=1.25),
    Row('ring_burst64', 'ring', 'PacketRing, bursts of 64: rate beside rte_ring SP/SC', least=1.25),
    Row('ring_instructions', 'ring', 'PacketRing: instructions a burst above raw Boost array calls',
        VALUE, most=10),
    Row('rtc_real_rxonly', 'peers', 'run-to-completion, one lcore, net_pcap looped, real captures: '
        'rate beside testpmd rxonly', least=0.75, stretch=0.82),
    Row('rtc_udp64_rxonly', 'peers', 'the same, 64 octets of UDP', least=0.75),
    Row('rtc_real_macswap', 'peers', 'run-to-completion macswap, real captures, to net_null: rate '
        'beside testpmd macswap', least=0.85),
    Row('pipeline_real_rxonly', 'peers', 'pipeline, rx and one worker, real captures: rate beside '
        'testpmd rxonly', higher_is_better=True),
    Row('pipeline_skeleton', 'pipeline', 'pipeline, rx and one worker, real captures: rate beside '
        'rx → ring → free without parsing', least=0.85),
    Row('pipeline_direct', 'pipeline', 'the same beside run-to-completion', higher_is_better=True),
    Row('pipeline_receive', 'pipeline', 'the same beside one lcore that receives and frees',
        higher_is_better=True),
    Row('direct_receive', 'pipeline', 'run-to-completion, real captures: rate beside one lcore that '
        'receives and frees, in the same process', higher_is_better=True),
    Row('classify_receive', 'pipeline', 'for comparison: the rate of one that receives, calls '
        'rte_net_get_ptype and frees, beside the same', higher_is_better=True),
    Row('demo', 'demo', 'generator-fed demo, pipeline: packets a second', VALUE,
        higher_is_better=True),
    Row('handover_latency_p50', 'pipeline', 'hand-over at half load, p50: ns', VALUE, most=3000,
        near_only=True),
    Row('handover_latency_p99', 'pipeline', 'hand-over at half load, p99: ns', VALUE, most=20000,
        near_only=True),
    Row('two_lcores', 'lcores', 'two run-to-completion lcores: rate beside one', least=1.9),
    Row('packet_path_calls', 'calls', 'system calls and page faults on packet lcores, steady state',
        VALUE, most=0, worst_counts=True),
    Row('packet_path_allocations', 'calls', 'allocations on packet lcores', VALUE, most=0,
        worst_counts=True),
    Row('buffer_raw', 'mem', 'raw 2 KiB buffers, bulk 32: times faster than malloc', TIMES,
        least=20),
    Row('buffer_mbuf', 'mem', 'initialised mbufs, bulk 32: times faster than malloc', TIMES,
        least=5),
    Row('capture_pipeline', 'capture', 'capture to tmpfs, pipeline: rate beside one thread that '
        'copies and writes', least=0.7),
    Row('capture_rtc', 'capture', 'capture to tmpfs, run-to-completion: likewise', least=0.7),
    Row('sa_update_100k', 'ipsec', 'health of 100,000 associations, random order: rate beside '
        'rte_hash_lookup_bulk alone', TIMES, least=0.8),
    Row('sa_update_1k', 'ipsec', 'health of 1,000 associations, in order: likewise', TIMES,
        least=1.2),
    Row('sa_update_1k_cycles', 'ipsec', 'the same: TSC cycles a packet', VALUE, most=60),
    Row('crypto_stage', 'crypto', 'AES-256-GCM, 1420 octets, crypto stage alone: rate beside '
        'dpdk-test-crypto-perf', TIMES, least=0.9),
    Row('crypto_end_to_end', 'crypto', 'the same, end to end', TIMES, least=0.75),
)


def row_of(key, entry):
    """The row of a key; for one that is not in ROWS a row that is only stated."""
    if key in ROWS:
        return ROWS[key]
    return Row(key, '', entry['what'], RATIO if entry['peer'] else VALUE,
               higher_is_better=entry['unit'].endswith('pps'))


def missing(what, reason):
    """The entry of a row that could not be measured."""
    return {'ours': [], 'peer': [], 'unit': '', 'what': what, 'missing': reason}


def _numbers(key, name, values):
    good = isinstance(values, list) and all(
        isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        for value in values)
    if not good:
        raise FormError("row %s: '%s' is no list of numbers" % (key, name))


def check(document):
    """Returns the rows of a document; raises FormError naming the row when it has another form."""
    if not isinstance(document, dict) or not isinstance(document.get('rows'), dict):
        raise FormError("no object with a member 'rows'")
    for key, entry in document['rows'].items():
        if not isinstance(entry, dict):
            raise FormError('row %s is no object' % key)
        for name in ('ours', 'peer'):
            _numbers(key, name, entry.get(name))
        for name in ('unit', 'what'):
            if not isinstance(entry.get(name), str):
                raise FormError("row %s: '%s' is no text" % (key, name))
        _check_lengths(key, entry)
    return document['rows']


def _check_lengths(key, entry):
    ours, peer = entry['ours'], entry['peer']
    if not ours and not isinstance(entry.get('missing'), str):
        raise FormError("row %s: without figures it wants a reason in 'missing'" % key)
    if peer and len(peer) != len(ours):
        raise FormError('row %s: %d figures of ours, %d of the peer' % (key, len(ours), len(peer)))
    row = row_of(key, entry)
    if ours and row.figure != VALUE:
        if not peer:
            raise FormError('row %s: it wants a peer' % key)
        if min(*ours, *peer) <= 0:
            raise FormError('row %s: a ratio of what is not above 0' % key)
