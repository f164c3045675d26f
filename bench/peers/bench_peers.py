#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Rates of whole programs, side by side: Weir's two wirings receiving, and dpdk-testpmd; one lcore of
each that receives or sends back real packets (lcore_rates.py); Weir's two wirings capturing to tmpfs,
and one thread that copies and writes the same (capture_rates.py).

Every round runs each variant once, in turn, so that a machine whose speed drifts slows all of them
alike; what is compared is the ratio within a round. Printed are medians with minimum and maximum.
Nothing here is a test: it measures and passes no verdict.

  bench_peers.py --weir BIN --capture FILE [--real FILE] [--testpmd BIN] [--programs DIR]
                 [--rounds 7] [--seconds 2] [--only receive|lcore|capture] [--json OUT]

OUT gets {"rows": {key: {"ours": [...], "peer": [...], "unit": "pps", "what": ...}}, ...}, each list
by round, and all rates by variant.
"""
import argparse
import json
import os
import statistics
import sys
import tempfile

import capture_rates
import lcore_rates
import testpmd
import weir_run


def spread(values, scale=1.0):
    return '%6.2f (%.2f to %.2f)' % (statistics.median(values) / scale, min(values) / scale,
                                     max(values) / scale)


def print_rates(rates, peer, heading):
    """A line for each variant, with its ratio to the peer in the same round if there is one."""
    print('%-42s %-26s %s' % ('', 'Mpps', heading if peer else ''))
    for name, values in rates.items():
        ratios = ''
        if peer:
            ratios = spread([ours / theirs for ours, theirs in zip(values, rates[peer])])
        print('%-42s %-26s %s' % (name, spread(values, 1e6), ratios))


def receive(options, cpus):
    """Packets a second that each variant received, by round."""
    looped = ['--port', options.capture + ',loop']
    pcap = 'net_pcap0,rx_pcap=%s,infinite_rx=1' % options.capture
    direct = ['--mode', 'run-to-completion']
    variants = {
        'weir demo, pipeline': [],
        'weir demo, run-to-completion': direct,
        'weir capture looped, pipeline': looped,
        'weir capture looped, run-to-completion': looped + direct,
        'weir net_pcap looped, pipeline': ['--port', pcap],
        'weir net_pcap looped, run-to-completion': ['--port', pcap] + direct,
    }
    peer = 'testpmd rxonly, net_pcap looped' if options.testpmd else None
    rates = {name: [] for name in list(variants) + ([peer] if peer else [])}
    for turn in range(options.rounds):
        for name, arguments in variants.items():
            rates[name].append(weir_run.rate(options.weir, arguments, options.seconds))
        if peer:
            rates[peer].append(testpmd.rate(options.testpmd, [pcap], options.seconds, cpus))
        print('receive: round %d of %d done' % (turn + 1, options.rounds), file=sys.stderr)
    print('receive: %d rounds of %g s, %d CPUs; median (minimum to maximum)' %
          (options.rounds, options.seconds, len(cpus)))
    print_rates(rates, peer, 'ratio to testpmd, same round')
    return rates


def lcore(options, cpus):
    """The rows of lcore_rates.py."""
    with tempfile.TemporaryDirectory() as directory:
        bench = lcore_rates.LcoreRates(
            lambda arguments, seconds: weir_run.rate(options.weir, arguments, seconds),
            options.testpmd, options.real or options.capture, directory, options.seconds, cpus)
        for turn in range(options.rounds):
            bench.round()
            print('lcore: round %d of %d done' % (turn + 1, options.rounds), file=sys.stderr)
    rows = bench.rows()
    print('lcore: %d rounds of %g s, %d CPUs, %s; median (minimum to maximum)' %
          (options.rounds, options.seconds, len(cpus),
           'real captures' if options.real else "Weir's own traffic for real captures"))
    print('%-22s %-24s %-24s %s' % ('', 'Mpps', 'peer, Mpps', 'ours / peer, same round'))
    for key, row in rows.items():
        ratios = [ours / peer for ours, peer in zip(row['ours'], row['peer'])]
        print('%-22s %-24s %-24s %s' % (key, spread(row['ours'], 1e6), spread(row['peer'], 1e6),
                                        spread(ratios)))
    for key, row in rows.items():
        print('%s: %s' % (key, row['what']))
    return rows


def capture(options, cpus):
    """Packets a second that each variant wrote to a file on tmpfs, by round."""
    bench = capture_rates.CaptureRates(options.weir, options.programs, options.capture,
                                       options.seconds)
    for turn in range(options.rounds):
        bench.round()
        print('capture: round %d of %d done' % (turn + 1, options.rounds), file=sys.stderr)
    print('capture to tmpfs: %d rounds of %d packets, files of %d MiB, %d CPUs; '
          'median (minimum to maximum)' %
          (options.rounds, bench.packets, bench.file_bytes >> 20, len(cpus)))
    print_rates(bench.rates, capture_rates.PEER, 'ratio to the one thread, same round')
    for name, places in bench.places.items():
        print('%s: %s' % (name, places))
    print('each file held what was looped, and with what was counted as lost all that was received')
    return bench.rates


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--weir', required=True)
    parser.add_argument('--capture', required=True, help='capture file that is looped')
    parser.add_argument('--real', help='likewise, of real packets; without it --capture stands in')
    parser.add_argument('--testpmd', help='dpdk-testpmd; without it there is no peer')
    parser.add_argument('--programs', help='folder of copy-writer and same-packets; without it '
                        'no capture is measured')
    parser.add_argument('--rounds', type=int, default=7)
    parser.add_argument('--seconds', type=float, default=2)
    parser.add_argument('--only', choices=['receive', 'lcore', 'capture'])
    parser.add_argument('--json', help='file for all figures')
    options = parser.parse_args()

    cpus = sorted(os.sched_getaffinity(0))
    rates, rows = {}, {}
    if options.only in (None, 'receive'):
        rates.update(receive(options, cpus))
    if options.only in (None, 'lcore') and options.testpmd:
        rows = lcore(options, cpus)
    if options.only in (None, 'capture') and options.programs:
        rates.update(capture(options, cpus))
    if options.json:
        with open(options.json, 'w') as file:
            json.dump({'seconds': options.seconds, 'packets_per_second': rates, 'rows': rows}, file,
                      indent=1)


if __name__ == '__main__':
    main()
