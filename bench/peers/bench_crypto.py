#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What decryption of ESP costs, side by side: Weir's crypto stage alone, whole runs of Weir, and
dpdk-test-crypto-perf with the same driver on the same CPU (scripts/bench_crypto.sh).

The unit is TSC cycles a packet, which all three count themselves, start-up left out; the ratio is
the peer's cycles by ours, in the same round. Every round runs each variant once, in turn.

What is the same: the driver (crypto_aesni_gcm), key, IV, AAD and ICV of 32, 12, 8 and 16 octets, the
octets of ciphertext in each packet, the CPU, the kind of pages. The stage alone and the peer decrypt
bursts of 32, in place, over and over in the same few buffers, while the main lcore waits on another
CPU. What is not: the peer writes neither IV nor AAD, looks at no status, and decrypts what was never
encrypted: each of its ICVs fails, after the same work, for the driver compares at the end. Its
octets begin on a cache line, those of real packets in the midst of one. Weir's are valid, each
verdict is looked at, and each packet has its own IV.

End to end is `weir run --mode run-to-completion`: a looped capture is copied into mbufs, which a
NIC would do by itself, parsed, held against its association's numbers, decrypted, put in the place
of the outer packet, parsed anew, counted and freed. In a loop the numbers begin anew, which the
health of the association counts as a restart each time; no anti-replay window refuses them. Cycles
are those of turns that moved packets, which is all turns but for the first and last ones.

The same worker is measured once more on packets that are in mbufs already (received_rate.cpp), since
a NIC copies nothing with the CPU: the clock stands while they are written, and runs from
rte_eth_rx_burst of a net_ring port until they are freed and as many mbufs are taken out of the pool
as a driver needs to have its queue full. What a NIC's driver does with descriptors is not in it.
Once 4096 packets are written before the first of them is received: more octets than fit the L2
cache, so that each packet comes from the L3 cache, where a NIC that writes to caches leaves it. And
once 64, which are still in the L1 or L2 cache of the same CPU: no NIC is as near.

Nothing here is a test: the bars are printed, and the exit status does not depend on them.

  bench_crypto.py --weir BIN --decrypt-rate BIN --received-rate BIN --crypto-perf BIN
                  --capture FILE --keys FILE --octets N [--rounds 7] [--seconds 1] [--json OUT]
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile

DRIVER = 'crypto_aesni_gcm'
# Packets by which it is found out how many a second takes.
TRIAL_PACKETS = 200000
MEMORY_MIB = 256

PEER = 'dpdk-test-crypto-perf'
STAGE = 'weir, crypto stage alone'
RUN = 'weir, end to end'
FAR = 'weir, end to end, mbufs in L3'
NEAR = 'weir, end to end, mbufs in L2'
RUN_PCAP = 'weir, end to end, net_pcap'
NO_KEYS = 'weir, the same without keys'
BARS = {STAGE: 0.90, RUN: 0.75, FAR: 0.75}


def run(command, timeout=120):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=timeout)
    if done.returncode != 0:
        sys.exit('%s: exit %d\n%s' % (' '.join(command), done.returncode, done.stdout[-2000:]))
    return done.stdout


def free_hugepage_mib():
    """Of the default size."""
    with open('/proc/meminfo') as file:
        sizes = dict(re.findall(r'^(\w+):\s*(\d+)', file.read(), re.M))
    return int(sizes.get('HugePages_Free', 0)) * int(sizes.get('Hugepagesize', 0)) // 1024


class Variants:
    """Runs a variant once; each method returns TSC cycles a packet."""

    def __init__(self, options, cpus):
        self.options = options
        self.main_cpu, self.cpu = cpus[0], cpus[-1]
        self.hugepages = free_hugepage_mib() >= 2 * MEMORY_MIB
        self.tsc_hz = 0
        self.packets = TRIAL_PACKETS
        cycles = self.stage()
        self.packets = int(self.tsc_hz / cycles * options.seconds)

    def peer(self):
        memory = ['--in-memory'] if self.hugepages else ['--no-huge', '--no-shconf']
        text = run([self.options.crypto_perf, '--lcores', '0@%d,1@%d' % (self.main_cpu, self.cpu)] +
                   memory + ['-m', str(MEMORY_MIB), '--no-pci', '--no-telemetry', '--vdev', DRIVER,
                    '--', '--devtype', DRIVER, '--ptest', 'throughput', '--optype', 'aead',
                    '--aead-op', 'decrypt', '--aead-algo', 'aes-gcm', '--aead-key-sz', '32',
                    '--aead-iv-sz', '12', '--aead-aad-sz', '8', '--digest-sz', '16',
                    '--buffer-sz', str(self.options.octets), '--burst-sz', '32',
                    '--total-ops', str(self.packets), '--silent', '--csv-friendly'])
        # lcore, octets, burst, enqueued, dequeued, two failures, millions a second, Gbit/s, cycles
        found = re.search(r'^1,%d,32,%d,%d,\d+,\d+,[\d.]+,[\d.]+,([\d.]+)$' %
                          (self.options.octets, self.packets, self.packets), text, re.M)
        if not found:
            sys.exit('dpdk-test-crypto-perf said something else:\n' + text[-2000:])
        return float(found.group(1))

    def stage(self):
        return self._rate(self.options.decrypt_rate)

    def run_far(self):
        return self._rate(self.options.received_rate, '--ready', '4096')

    def run_near(self):
        return self._rate(self.options.received_rate, '--ready', '64')

    def _rate(self, program, *more):
        text = run([program, '--cpus', '%d,%d' % (self.main_cpu, self.cpu),
                    '--packets', str(self.packets), *more] + ['--hugepages'] * self.hugepages +
                   [self.options.capture, self.options.keys])
        packets, cycles, self.tsc_hz = map(int, re.fullmatch(
            r'packets (\d+) tsc_cycles (\d+) tsc_hz (\d+)\n', text).groups())
        return cycles / packets

    def run(self):
        return self._run(self.options.capture + ',loop', True)

    def run_pcap(self):
        return self._run('net_pcap0,rx_pcap=%s,infinite_rx=1' % self.options.capture, True)

    def run_without_keys(self):
        return self._run(self.options.capture + ',loop', False)

    def _run(self, port, keys):
        with tempfile.TemporaryDirectory() as directory:
            run([self.options.weir, 'run', '--mode', 'run-to-completion', '--lcores',
                 str(self.cpu), '--port', port, '--packets', str(self.packets),
                 '--hugepages', 'on' if self.hugepages else 'off', '--report', directory] +
                [self.options.keys] * keys)
            with open(os.path.join(directory, 'report.json')) as file:
                report = json.load(file)
        decrypted = report['metrics'].get('esp.decrypted', 0)
        lcore, = report['lcores']
        delivered = report['ledger']['delivered']
        received = report['ledger']['received']
        if delivered != received or decrypted != delivered * keys:
            sys.exit('of %d packets %d were decrypted and %d delivered' %
                     (received, decrypted, delivered))
        # With what came beyond --packets in the last burst.
        return lcore['busy_cycles'] / lcore['packets']


def spread(values, digits):
    return '%.*f (%.*f to %.*f)' % (digits, statistics.median(values), digits, min(values), digits,
                                    max(values))


def print_results(cycles, tsc_hz):
    print('%-32s %-26s %-6s %s' % ('', 'TSC cycles a packet', 'Mpps',
                                  'part of the peer\'s rate, same round'))
    parts = {}
    for name, values in cycles.items():
        parts[name] = [theirs / ours for ours, theirs in zip(values, cycles[PEER])]
        print('%-32s %-26s %-6.2f %s' % (name, spread(values, 0),
                                        tsc_hz / statistics.median(values) / 1e6,
                                        spread(parts[name], 3)))
    for name, bar in BARS.items():
        part = statistics.median(parts[name])
        print('bar: %s at least %.2f of the peer: %.3f, %s' %
              (name, bar, part, 'met' if part >= bar else 'missed'))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--weir', required=True)
    parser.add_argument('--decrypt-rate', required=True)
    parser.add_argument('--received-rate', required=True)
    parser.add_argument('--crypto-perf', required=True)
    parser.add_argument('--capture', required=True)
    parser.add_argument('--keys', required=True, help='TOML file with the key')
    parser.add_argument('--octets', type=int, required=True, help='of ciphertext in each packet')
    parser.add_argument('--rounds', type=int, default=7)
    parser.add_argument('--seconds', type=float, default=1,
                        help='of the stage alone; the others take as many packets')
    parser.add_argument('--json', help='file for all figures')
    options = parser.parse_args()

    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) < 2:
        sys.exit('two CPUs are needed: dpdk-test-crypto-perf keeps one busy with waiting')
    before = os.getloadavg()[0]
    variants = Variants(options, cpus)
    steps = {PEER: variants.peer, STAGE: variants.stage, RUN: variants.run, FAR: variants.run_far,
             NEAR: variants.run_near, RUN_PCAP: variants.run_pcap,
             NO_KEYS: variants.run_without_keys}
    cycles = {name: [] for name in steps}
    for turn in range(options.rounds):
        for name, step in steps.items():
            cycles[name].append(step())
        print('round %d of %d done' % (turn + 1, options.rounds), file=sys.stderr)
    print('AES-256-GCM by %s, %d octets of ciphertext a packet, on CPU %d in %s pages; load of the '
          'machine before: %.1f' % (DRIVER, options.octets, variants.cpu,
                                    'huge' if variants.hugepages else '4 KiB', before))
    print('%d rounds of %d packets each; median (minimum to maximum)' %
          (options.rounds, variants.packets))
    print_results(cycles, variants.tsc_hz)
    if options.json:
        with open(options.json, 'w') as file:
            json.dump({'octets': options.octets, 'packets': variants.packets,
                       'tsc_hz': variants.tsc_hz, 'cycles_per_packet': cycles}, file, indent=1)


if __name__ == '__main__':
    main()
