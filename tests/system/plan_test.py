# SPDX-License-Identifier: BSD-3-Clause
"""`weir plan` says what a run then takes: hugepages to the page, and the command that reserves
them."""
import os
import pathlib
import re
import subprocess
import unittest

from weir_case import OK, USAGE, WEIR, WeirCase

PAGES = pathlib.Path('/sys/kernel/mm/hugepages/hugepages-2048kB')
ENOUGH = 96
TWO_PORTS = ('--port', 'net_null0', '--port', 'net_null1')

CONFIGURATIONS = (
    (),
    ('--mode', 'run-to-completion'),
    ('--ring-size', '16384'),
    ('--mbuf-size', '9216'),
    ('--port', 'net_null0', '--descriptors', '4096'),
    ('--port', 'net_null0', '--port', 'net_null1', '--action', 'forward'),
)


def plan(*arguments):
    return subprocess.run([WEIR, 'plan', *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)


class Plan(WeirCase):
    def test_names_every_part_and_they_add_up(self):
        result = plan('--ring-size', '4096')
        self.assertEqual(result.returncode, OK, result.stdout)
        parts = re.findall(r'^  (\S.*?)\s+\d+\s+(\d+)\s+(\d+)\s+(\d+)$', result.stdout, re.M)
        self.assertGreaterEqual(len(parts), 6, result.stdout)
        for _, count, each, octets in parts:
            self.assertEqual(int(count) * int(each), int(octets))
        whole = re.search(r'^  in all\s+(\d+)$', result.stdout, re.M)
        self.assertEqual(sum(int(part[3]) for part in parts), int(whole.group(1)))

    def test_refuses_what_run_refuses(self):
        out = self.directory / 'out.pcapng'
        for arguments in (('--workers', '100'), ('--ring-size', '3'), ('--port', ''),
                          ('--filter', 'udp port'), ('--port', 'no.pcap'),
                          ('--capture', out, '--capture-filter', 'udp port'),
                          ('--fail-on', 'dropped >'), ('--action', 'decap-forward', *TWO_PORTS),
                          ('--esp-sa', 'no_file'), ('--port', 'net_af_packet0,iface=weir-none')):
            with self.subTest(arguments):
                planned = plan(*arguments)
                self.assertEqual(planned.returncode, USAGE, planned.stdout)
                outcome = self.weir('--duration', '0.1', *arguments)
                self.assertEqual(outcome.code, USAGE)
                self.assertTrue(outcome.output.endswith(planned.stdout), outcome.output)

    def reserve(self, pages):
        (PAGES / 'nr_hugepages').write_text(f'{pages}\n')

    def test_predicts_the_hugepages_of_a_run(self):
        if os.geteuid() != 0:
            self.skipTest('only root can reserve hugepages')
        before = int((PAGES / 'nr_hugepages').read_text())
        self.addCleanup(self.reserve, before)
        in_use = before - int((PAGES / 'free_hugepages').read_text())
        self.reserve(in_use + ENOUGH)
        if int((PAGES / 'free_hugepages').read_text()) < ENOUGH:
            self.skipTest(f'the machine does not give {ENOUGH} hugepages')
        for arguments in CONFIGURATIONS:
            with self.subTest(arguments):
                needed = re.search(r'(\d+) needed', plan(*arguments).stdout)
                outcome = self.weir('--duration', '0.3', *arguments)
                self.assert_balanced(outcome)
                self.assertEqual(outcome.report['memory'], 'hugepages')
                used = outcome.report['memory_use'][1]['heap_reserved_bytes'] / (2 << 20)
                self.assertLessEqual(abs(used - int(needed.group(1))), 1)

    def test_its_command_reserves_what_is_missing(self):
        if os.geteuid() != 0:
            self.skipTest('only root can reserve hugepages')
        before = int((PAGES / 'nr_hugepages').read_text())
        self.addCleanup(self.reserve, before)
        self.reserve(before - int((PAGES / 'free_hugepages').read_text()))
        command = re.search(r'^sysctl -w vm\.nr_hugepages=\d+$', plan().stdout, re.M)
        if command is None:
            self.skipTest('a machine of several NUMA sockets has another command')
        subprocess.run(command.group(0).split(), check=True, stdout=subprocess.DEVNULL)
        self.assertNotIn('to have it in hugepages', plan().stdout)
        outcome = self.weir('--duration', '0.3', '--hugepages', 'on')
        self.assert_balanced(outcome)


if __name__ == '__main__':
    unittest.main(verbosity=2)
