# SPDX-License-Identifier: BSD-3-Clause
"""Capture of a looped file to tmpfs, by Weir and by one thread that copies and writes the same.

Both write as many packets into a file on tmpfs, which is deleted afterwards. Weir's time is the
whole one that its file tells of, from its creation until the last packet was written; start-up and
shut-down belong to neither. Each of Weir's files is compared with the input, packet by packet."""
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

STATISTICS_BLOCK = 5
STATISTICS_START, STATISTICS_END = 2, 3
# Of one file at most, in octets and as a part of the free space.
MOST_BYTES = 2 << 30
PART_OF_SPACE = 4
# Packets by which it is found out how many a run takes.
TRIAL_PACKETS = 200000

PEER = 'one thread, copy and write()'
MODES = {
    'weir capture, pipeline': [],
    'weir capture, run-to-completion': ['--mode', 'run-to-completion'],
}


def run(command, timeout=600):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=timeout)
    if done.returncode != 0:
        sys.exit('%s: exit %d\n%s' % (' '.join(command), done.returncode, done.stdout[-2000:]))
    return done.stdout


def seconds_of(path):
    """The time that a capture took, from the statistics block at its end."""
    with open(path, 'rb') as file:
        file.seek(-4, os.SEEK_END)
        length, = struct.unpack('=I', file.read())
        file.seek(-length, os.SEEK_END)
        block = file.read()
    if struct.unpack_from('=I', block)[0] != STATISTICS_BLOCK:
        sys.exit('%s does not end with statistics' % path)
    times, at = {}, 20
    while at + 4 <= length - 4:
        code, size = struct.unpack_from('=HH', block, at)
        if code in (STATISTICS_START, STATISTICS_END):
            high, low = struct.unpack_from('=II', block, at + 4)
            times[code] = high << 32 | low
        at += 4 + (size + 3) // 4 * 4
    return (times[STATISTICS_END] - times[STATISTICS_START]) / 1e9


class CaptureRates:
    """Measures one round after the other; `rates` has packets a second by name."""

    def __init__(self, weir, programs, capture, seconds):
        self.weir, self.capture = weir, capture
        self.copy_writer = os.path.join(programs, 'copy-writer')
        self.same_packets = os.path.join(programs, 'same-packets')
        self.rates = {name: [] for name in [PEER] + list(MODES)}
        self.places = {}  # By name: who ran on which CPU.
        self.packets = TRIAL_PACKETS
        with tempfile.TemporaryDirectory(dir='/dev/shm') as directory:
            size, trial_seconds = self._copy(directory)
            most = min(MOST_BYTES, shutil.disk_usage(directory).free // PART_OF_SPACE)
        if size > most:
            sys.exit('/dev/shm has too little space for a capture')
        self.packets = int(TRIAL_PACKETS * min(seconds / trial_seconds, most / size))

    def round(self):
        for name in self.rates:
            with tempfile.TemporaryDirectory(dir='/dev/shm') as directory:
                if name == PEER:
                    self.file_bytes, seconds = self._copy(directory)
                    stored = self.packets
                else:
                    stored, seconds = self._weir(directory, name)
            self.rates[name].append(stored / seconds)

    def _copy(self, directory):
        """Octets of the file and seconds."""
        text = run([self.copy_writer, '--packets', str(self.packets), self.capture,
                    os.path.join(directory, 'x.pcapng')])
        packets, size, seconds = re.fullmatch(r'packets (\d+) bytes (\d+) seconds (\S+)\n',
                                              text).groups()
        if int(packets) != self.packets:
            sys.exit('copy-writer wrote %s of %d packets' % (packets, self.packets))
        return int(size), float(seconds)

    def _weir(self, directory, name):
        """Packets in the file and seconds."""
        path = os.path.join(directory, 'x.pcapng')
        text = run([self.weir, 'run', '--port', self.capture + ',loop', '--packets',
                    str(self.packets), '--capture', path, '--report', directory] + MODES[name])
        writer = re.search(r'capture writer on CPU (\d+)', text).group(1)
        with open(os.path.join(directory, 'report.json')) as file:
            report = json.load(file)
        places = ['%s on CPU %d' % (lcore['roles'], lcore['cpu']) for lcore in report['lcores']]
        self.places[name] = ', '.join(places + ['writer on CPU ' + writer])
        text = run([self.same_packets, self.capture, path])
        stored = int(re.fullmatch(r'packets (\d+)\n', text).group(1))
        capture, dropped = report['capture'], report['ledger']['dropped']
        lost = sum(capture['not_stored'].values()) + sum(capture['lost'].values())
        lost += sum(dropped.get('rx', {}).values())  # What the tap never saw.
        received = report['ledger']['received']
        if stored != capture['written'] or stored + lost != received:
            sys.exit('%d packets in the file, %d written, %d lost, but %d received' %
                     (stored, capture['written'], lost, received))
        return stored, seconds_of(path)
