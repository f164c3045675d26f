# SPDX-License-Identifier: BSD-3-Clause
"""dpdk-testpmd as a peer: one forwarding lcore, its main lcore waiting for a command on another CPU,
4 KiB pages, mbufs of 2048 octets as Weir's."""
import re
import subprocess
import sys
import time

MBUFS = 8191  # A power of two less one, as Weir's pools; net_pcap keeps a looped file in some.


def rate(testpmd, devices, seconds, cpus, mode='rxonly', burst=32):
    """Packets a second that the first of `devices` received in forward mode `mode`."""
    command = [testpmd, '--lcores', '0@%d,1@%d' % (cpus[0], cpus[-1]), '--no-huge', '--no-shconf',
               '-m', '256', '--no-pci', '--no-telemetry']
    for device in devices:
        command += ['--vdev', device]
    command += ['--', '-i', '--forward-mode=' + mode, '--total-num-mbufs=%d' % MBUFS,
                '--burst=%d' % burst]
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
