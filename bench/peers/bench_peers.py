#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Rates of whole programs, side by side: Weir's two wirings receiving, and dpdk-testpmd; Weir's two
wirings capturing to tmpfs, and one thread that copies and writes the same (capture_rates.py).

Every round runs each variant once, in turn, so that a machine whose speed drifts slows all of them
alike; what is compared is the ratio within a round. Printed are medians with minimum and maximum.
Nothing here is a test: it measures and passes no verdict.

  bench_peers.py --weir BIN --capture FILE [--testpmd BIN] [--programs DIR] [--rounds 7]
                 [--seconds 2] [--only receive|capture] [--json OUT]
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

import capture_rates


def weir_rate(weir, arguments, seconds):
    """Packets a second that `weir run` received, from its own report."""
    with tempfile.TemporaryDirectory() as directory:
        command = [weir, 'run', '--report', directory, '--duration', str(seconds)] + arguments
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=seconds + 60)
        if done.returncode != 0:
            sys.exit('%s: exit %d\n%s' % (' '.join(command), done.returncode, done.stdout[-2000:]))
        with open(os.path.join(directory, 'report.json')) as file:
            report = json.load(file)
    return report['ledger']['received'] / report['elapsed_seconds']


def testpmd_rate(testpmd, device, seconds, cpus):
    """Packets a second that testpmd received in rxonly mode on one lcore."""
    command = [testpmd, '--lcores', '0@%d,1@%d' % (cpus[0], cpus[-1]), '--no-huge', '--no-shconf',
               '-m', '256', '--no-pci', '--no-telemetry', '--vdev', device, '--',
               '-i', '--forward-mode=rxonly', '--total-num-mbufs=8191']
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    output = []

    def say(text):
        process.stdin.write(text + '\n')
        process.stdin.flush()

    try:
        read_until(process, 'testpmd>', output)
        say('start')
        read_until(process, 'testpmd>', output)
        started = time.monotonic()
        time.sleep(seconds)
        say('stop')
        elapsed = time.monotonic() - started
        say('quit')
        output.append(process.stdout.read())
        process.wait(timeout=30)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    text = ''.join(output)
    found = re.search(r'Forward statistics for port 0.*?RX-packets:\s*(\d+)', text, re.S)
    if not found:
        sys.exit('testpmd said nothing of RX-packets:\n' + text[-2000:])
    return int(found.group(1)) / elapsed


def read_until(process, prompt, output):
    """Reads testpmd's output up to its next prompt."""
    seen = ''
    while not seen.endswith(prompt):
        character = process.stdout.read(1)
        if character == '':
            sys.exit('testpmd ended early:\n' + ''.join(output)[-2000:] + seen)
        seen += character
    output.append(seen)


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
            rates[name].append(weir_rate(options.weir, arguments, options.seconds))
        if peer:
            rates[peer].append(testpmd_rate(options.testpmd, pcap, options.seconds, cpus))
        print('receive: round %d of %d done' % (turn + 1, options.rounds), file=sys.stderr)
    print('receive: %d rounds of %g s, %d CPUs; median (minimum to maximum)' %
          (options.rounds, options.seconds, len(cpus)))
    print_rates(rates, peer, 'ratio to testpmd, same round')
    return rates


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
    parser.add_argument('--testpmd', help='dpdk-testpmd; without it there is no peer')
    parser.add_argument('--programs', help='folder of copy-writer and same-packets; without it '
                        'no capture is measured')
    parser.add_argument('--rounds', type=int, default=7)
    parser.add_argument('--seconds', type=float, default=2)
    parser.add_argument('--only', choices=['receive', 'capture'])
    parser.add_argument('--json', help='file for all figures')
    options = parser.parse_args()

    cpus = sorted(os.sched_getaffinity(0))
    rates = {}
    if options.only != 'capture':
        rates.update(receive(options, cpus))
    if options.only != 'receive' and options.programs:
        rates.update(capture(options, cpus))
    if options.json:
        with open(options.json, 'w') as file:
            json.dump({'seconds': options.seconds, 'packets_per_second': rates}, file, indent=1)


if __name__ == '__main__':
    main()
