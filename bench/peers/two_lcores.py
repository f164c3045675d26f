#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Two run-to-completion lcores beside one: whole runs of `weir run` on a capture that net_pcap loops,
once through one receive queue and once through two, each polled by an lcore on a CPU of its own. The
control thread sleeps on the CPU of the first.

  two_lcores.py --weir BIN --capture FILE [--rounds 7] [--seconds 1] [--json FILE]
"""
import argparse
import json
import os
import statistics
import sys

import weir_run


def rate(weir, capture, lcores, cpus, seconds):
    """Packets a second that were received through a queue for each lcore."""
    device = 'net_pcap0,infinite_rx=1' + (',rx_pcap=%s' % capture) * lcores
    return weir_run.rate(weir, [
        '--mode', 'run-to-completion', '--workers', str(lcores), '--lcores',
        ','.join(map(str, cpus[:lcores])), '--port', device,
        '--descriptors', '4096'], seconds)  # As net_pcap needs mbufs.


def steal():
    """Seconds that the hypervisor gave to others, summed over the CPUs."""
    with open('/proc/stat', encoding='utf-8') as file:
        return int(file.readline().split()[8]) / os.sysconf('SC_CLK_TCK')


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--weir', required=True)
    parser.add_argument('--capture', required=True, help='capture file that is looped')
    parser.add_argument('--rounds', type=int, default=7)
    parser.add_argument('--seconds', type=float, default=1)
    parser.add_argument('--json', help='file for the figures')
    options = parser.parse_args()
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) < 2:
        sys.exit('two_lcores.py: it takes two CPUs')
    two, one, before = [], [], steal()
    for _ in range(options.rounds):
        for lcores, rates in ((2, two), (1, one)):
            rates.append(rate(options.weir, options.capture, lcores, cpus, options.seconds))
    stolen = steal() - before
    ratios = [a / b for a, b in zip(two, one)]
    print('two lcores %.2f Mpps, one %.2f; ratio %.2f (%.2f to %.2f); steal %.2f s'
          % (statistics.median(two) / 1e6, statistics.median(one) / 1e6, statistics.median(ratios),
             min(ratios), max(ratios), stolen))
    if options.json:
        rows = {'two_lcores': {
            'ours': two, 'peer': one, 'unit': 'pps',
            'what': 'run to completion, net_pcap looped, a receive queue for each lcore',
            'note': 'steal %.2f s' % stolen}}
        with open(options.json, 'w', encoding='utf-8') as file:
            json.dump({'rows': rows}, file, indent=1)


if __name__ == '__main__':
    main()
