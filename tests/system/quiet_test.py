# SPDX-License-Identifier: BSD-3-Clause
"""Packet lcores make no system call and take no page fault in steady state, as the kernel counts
them; and a library that makes some is found out."""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

from weir_case import WeirCase

SCRIPT = pathlib.Path(__file__).parents[2] / 'scripts/debug/packet_path_calls.sh'
PRELOAD = os.environ['WEIR_GUILTY_FREE']   # set by tests/system/meson.build


class Quiet(WeirCase):
    def watch(self, *arguments, **environment):
        return subprocess.run([SCRIPT, '2', *map(str, arguments)], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False, timeout=60,
                              env={**os.environ, **environment})

    def test_no_system_call_and_no_page_fault(self):
        looped = f'{self.capture(5000)},loop'
        for arguments in ((), ('--mode', 'run-to-completion'), ('--port', 'net_null0'),
                          ('--port', looped), ('--port', looped, '--port', 'net_null0',
                                               '--action', 'forward')):
            with self.subTest(arguments):
                result = self.watch(*arguments)
                self.assertEqual(result.returncode, 0, result.stdout)
                self.assertIn('0 system calls, 0 page faults', result.stdout)

    def test_none_while_packets_are_captured(self):
        out = self.directory / 'out.pcapng'
        looped = ('--port', f'{self.capture(5000)},loop')
        for arguments in ((*looped, '--capture', out, '--capture-rotate-size', '10M',
                           '--capture-files', '3'),
                          # A trigger that is served all the time, into files of a sequence.
                          (*looped, '--capture', out, '--capture-ring', '16M',
                           '--capture-on', 'malformed', '--capture-after', '60',
                           '--capture-snaplen', '64', '--capture-rotate-size', '10M',
                           '--capture-files', '3'),
                          ('--port', 'net_null0', '--capture', out, '--capture-ring', '16M')):
            with self.subTest(arguments):
                result = self.watch(*arguments)
                self.assertEqual(result.returncode, 0, result.stdout)
                self.assertIn('0 system calls, 0 page faults', result.stdout)

    def test_a_guilty_library_is_found_out(self):
        result = self.watch(LD_PRELOAD=PRELOAD)
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertRegex(result.stdout, r'rte-worker-\d+: [1-9]\d* system calls')


if __name__ == '__main__':
    if os.geteuid() != 0:
        print('SKIP: only root may watch tracepoints: system calls of packet lcores not counted')
        sys.exit(77)
    if shutil.which('perf') is None:
        print('SKIP: perf is not installed: system calls of packet lcores not counted')
        sys.exit(77)
    if subprocess.run(['unshare', '--mount', 'sh', '-c',
                       'test -d /sys/kernel/tracing/events || '
                       'mount -t tracefs nodev /sys/kernel/tracing'],
                      stderr=subprocess.DEVNULL, check=False).returncode != 0:
        print('SKIP: the kernel shows no tracepoints here: system calls of packet lcores not counted')
        sys.exit(77)
    unittest.main(verbosity=2)
