#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Instructions that PacketRing takes for a burst, push and pop, above Boost's array calls alone, as
callgrind counts them; for bursts of 32 and 64, popped one by one as they come or ten behind.

  ring_instructions.py --program build/bench/ring-instructions [--json FILE]
"""
import argparse
import json
import re
import subprocess
import sys


def instructions(program, ring, size, in_flight):
    """Instructions a burst."""
    command = ['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null',
               '--toggle-collect=*hand_over<*', program, ring, str(size), str(in_flight)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          check=False)
    counted = re.search(r'Collected : (\d+)', done.stderr)
    bursts = re.search(r'bursts (\d+)', done.stdout)
    if done.returncode != 0 or not counted or not bursts or counted.group(1) == '0':
        sys.exit('%s: exit %d\n%s' % (' '.join(command), done.returncode, done.stderr[-2000:]))
    return int(counted.group(1)) / int(bursts.group(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--program', required=True)
    parser.add_argument('--json', help='file for the figures')
    options = parser.parse_args()
    above = []
    for size in (32, 64):
        for in_flight in (1, 10):
            ours, raw = (instructions(options.program, ring, size, in_flight)
                         for ring in ('packet', 'boost'))
            above.append(ours - raw)
            print('bursts of %d, %d in flight: PacketRing %.1f, Boost %.1f, above %.1f instructions'
                  % (size, in_flight, ours, raw, ours - raw))
    if options.json:
        rows = {'ring_instructions': {
            'ours': above, 'peer': [], 'unit': 'instructions',
            'what': 'a burst pushed and popped, above Boost\'s array calls: 32 and 64, one and ten in '
                    'flight'}}
        with open(options.json, 'w', encoding='utf-8') as file:
            json.dump({'rows': rows}, file, indent=1)


if __name__ == '__main__':
    main()
