# SPDX-License-Identifier: BSD-3-Clause
"""One lcore that receives, parses, counts and frees or sends back, beside dpdk-testpmd, which looks
at nothing: the same device, the same packets, as many mbufs of the same size, the same CPU.

testpmd runs with the burst size, 32 or 64, that is the faster one in a trial before the first round.
Its main lcore waits for a command on another CPU; Weir's control thread sleeps on the packet lcore's.
"""
import os
import random
import struct

import testpmd

BURSTS = (32, 64)
# What makes Weir's pool as large as testpmd's (testpmd.MBUFS).
DESCRIPTORS = 2048
UDP_PACKETS = 4096
UDP_OCTETS = 64

# By key: what is measured, the file, Weir's mode, the action and testpmd's forward mode.
ROWS = {
    'rtc_real_rxonly': ('one lcore: receive, parse, count, free; real captures looped by net_pcap, '
                        'beside testpmd rxonly', 'real', 'run-to-completion', 'rxonly'),
    'rtc_udp64_rxonly': ('the same; %d packets of UDP with %d octets' % (UDP_PACKETS, UDP_OCTETS),
                         'udp64', 'run-to-completion', 'rxonly'),
    'rtc_real_macswap': ('one lcore: receive, parse, count, exchange the MAC addresses, send; real '
                         'captures looped by net_pcap, to net_null, beside testpmd macswap',
                         'real', 'run-to-completion', 'macswap'),
    'pipeline_real_rxonly': ('two lcores: receive; parse, count, free; real captures looped by '
                             'net_pcap, beside testpmd rxonly on one', 'real', 'pipeline', 'rxonly'),
}


def udp_frame(generator):
    """UDP with addresses and a port of its own; checksums are right but for UDP's, which has none."""
    header = bytearray(struct.pack('!BBHHHBBHII', 0x45, 0, UDP_OCTETS - 14, 0, 0, 64, 17, 0,
                                   0x0a000000 + generator.getrandbits(16),
                                   0x0a010000 + generator.getrandbits(16)))
    total = sum(struct.unpack('!10H', header))
    total = (total & 0xffff) + (total >> 16)
    header[10:12] = struct.pack('!H', ~(total + (total >> 16)) & 0xffff)
    udp = struct.pack('!HHHH', 1024 + generator.getrandbits(14), 40000, UDP_OCTETS - 34, 0)
    frame = bytes.fromhex('020000000002 020000000001 0800') + header + udp
    return frame + bytes(UDP_OCTETS - len(frame))


def write_udp(path):
    generator = random.Random(1)
    with open(path, 'wb') as file:
        file.write(struct.pack('=IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for number in range(UDP_PACKETS):
            frame = udp_frame(generator)
            file.write(struct.pack('=IIII', 0, number, len(frame), len(frame)) + frame)


class LcoreRates:
    """Measures one round after the other; `rates` has packets a second by key and side."""

    def __init__(self, weir_rate, testpmd_program, real, directory, seconds, cpus):
        self.weir_rate, self.testpmd, self.seconds, self.cpus = (weir_rate, testpmd_program, seconds,
                                                                 cpus)
        self.files = {'real': real, 'udp64': os.path.join(directory, 'udp64.pcap')}
        write_udp(self.files['udp64'])
        self.rates = {key: {'ours': [], 'peer': []} for key in ROWS}
        self.bursts = {}  # testpmd's, by file and forward mode.
        for _, file, _, forward in ROWS.values():
            if (file, forward) not in self.bursts:
                self.bursts[file, forward] = max(BURSTS, key=lambda burst: self._peer(
                    file, forward, burst, min(seconds, 1)))

    def round(self):
        # A peer that several rows have is measured once.
        peers = {}
        for key, (_, file, mode, forward) in ROWS.items():
            if (file, forward) not in peers:
                peers[file, forward] = self._peer(file, forward, self.bursts[file, forward],
                                                  self.seconds)
            self.rates[key]['peer'].append(peers[file, forward])
            self.rates[key]['ours'].append(self._ours(file, mode, forward))

    def rows(self):
        """What --json has: a row for each key, rates by round."""
        rows = {}
        for key, (what, file, _, forward) in ROWS.items():
            what = '%s (its bursts: %d)' % (what, self.bursts[file, forward])
            rows[key] = {'what': what, 'unit': 'pps', **self.rates[key]}
        return rows

    def _devices(self, file, forward):
        devices = ['net_pcap0,rx_pcap=%s,infinite_rx=1' % self.files[file]]
        if forward == 'macswap':
            devices.append('net_null0,no-rx=1')
        return devices

    def _peer(self, file, forward, burst, seconds):
        return testpmd.rate(self.testpmd, self._devices(file, forward), seconds, self.cpus, forward,
                            burst)

    def _ours(self, file, mode, forward):
        arguments = ['--mode', mode, '--descriptors', str(DESCRIPTORS), '--hugepages', 'off']
        for device in self._devices(file, forward):
            arguments += ['--port', device]
        if mode == 'run-to-completion':
            arguments += ['--lcores', str(self.cpus[-1])]
        if forward == 'macswap':
            arguments += ['--action', 'macswap', '--malformed', 'pass']
        return self.weir_rate(arguments, self.seconds)
