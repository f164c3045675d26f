# SPDX-License-Identifier: BSD-3-Clause
"""`weir plan` says what a run then takes: 4 KiB pages to the octet, hugepages to within one page, the
command that reserves them, and files; and refuses what the run would refuse."""
import os
import pathlib
import re
import subprocess
import time
import unittest

from weir_case import OK, USAGE, WEIR, WeirCase

PAGES = pathlib.Path('/sys/kernel/mm/hugepages/hugepages-2048kB')
ENOUGH = 220
MIB = 1 << 20
HUGEPAGE = 2 * MIB
KEYS = ('"IPv4","192.0.2.1","192.0.2.2","0x%x","AES-GCM with 16 octet ICV [RFC4106]",'
        '"0x000102030405060708090a0b0c0d0e0fa0a1a2a3","NULL",""\n')
TWO_PORTS = ('--port', 'net_null0', '--port', 'net_null1')
DIRECT = ('--mode', 'run-to-completion')

# {capture} is a file to be read, {out} one to be written, {keys} one with keys.
CONFIGURATIONS = (
    (),
    DIRECT,
    ('--ring-size', '16384'),
    ('--mbuf-size', '9216'),
    ('--port', 'net_null0', '--descriptors', '4096'),
    (*TWO_PORTS, '--action', 'forward'),
    ('--port', 'net_null0', '--sa-capacity', '16'),
    ('--port', 'net_null0', '--sa-capacity', '100000'),
    ('--port', 'net_null0', *DIRECT, '--workers', '2', '--rx-queues', '2'),
    (*TWO_PORTS, '--points-before', '0', '--points-after', '1', '--points-capacity', '700'),
    ('--port', '{capture},loop', '--capture', '{out}'),
    ('--port', '{capture},loop', '--capture', '{out}', '--capture-memory', '100M'),
    ('--port', '{capture},loop', '--capture', '{out}', '--capture-ring', '40M'),
    ('--port', '{capture},loop', '--capture', '{out}', '--capture-ring', '20M', *DIRECT,
     '--workers', '2'),
    ('--port', '{capture},loop', '--esp-sa', '{keys}'),
    ('--port', '{capture},loop', '--esp-sa', '{keys}', *DIRECT, '--workers', '2'),
)


def plan(*arguments):
    return subprocess.run([WEIR, 'plan', *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)


class Plan(WeirCase):
    def test_names_every_part_and_they_add_up(self):
        result = plan('--ring-size', '4096')
        self.assertEqual(result.returncode, OK, result.stdout)
        parts = re.findall(r'^  (\S.*?)\s+\d+\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)$', result.stdout, re.M)
        self.assertGreaterEqual(len(parts), 6, result.stdout)
        for what, count, each, octets, small in parts:
            if what == 'reserve of 4 KiB pages':
                self.assertEqual((int(octets), int(small)), (0, int(count) * int(each)))
                continue
            self.assertEqual(int(count) * int(each), int(octets))
            self.assertGreaterEqual(int(small), int(octets))
        whole = re.search(r'^  in all\s+(\d+)\s+(\d+)$', result.stdout, re.M)
        self.assertEqual(sum(int(part[3]) for part in parts), int(whole.group(1)))
        self.assertEqual(sum(int(part[4]) for part in parts), int(whole.group(2)))
        mib = re.search(r'^or 4 KiB pages: (\d+) MiB$', result.stdout, re.M)
        self.assertEqual(-(-int(whole.group(2)) // MIB), int(mib.group(1)))

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

    def configured(self, arguments):
        """With files of this test's own."""
        capture, keys = self.capture(2000), self.directory / 'esp_sa'
        keys.write_text(''.join(KEYS % spi for spi in range(256, 266)))
        keys.chmod(0o600)
        return [word.format(capture=capture, keys=keys, out=self.directory / 'out.pcapng')
                for word in arguments]

    def memory_line(self, text):
        found = re.search(r'^  memory: (\d+) MiB in (4 KiB pages|hugepages)', text, re.M)
        self.assertIsNotNone(found, text)
        return int(found.group(1)), found.group(2)

    def test_says_the_4_kib_pages_of_a_run(self):
        for arguments in CONFIGURATIONS:
            with self.subTest(arguments):
                words = ['--hugepages', 'off', *self.configured(arguments)]
                planned = plan(*words).stdout
                outcome = self.weir('--duration', '0.3', *words)
                self.assert_balanced(outcome)
                mib, pages = self.memory_line(planned)
                self.assertEqual(pages, '4 KiB pages')
                self.assertEqual(self.memory_line(outcome.output), (mib, pages))
                end = outcome.report['memory_use'][1]
                self.assertEqual(end['heap_reserved_bytes'], mib * MIB)
                # The reserve is one: what is planned suffices.
                reserve = re.search(r'reserve of 4 KiB pages.* (\d+)$', planned, re.M)
                self.assertLessEqual(end['heap_bytes'], mib * MIB - int(reserve.group(1)))

    def test_says_how_many_files_a_run_opens(self):
        for arguments in ((), DIRECT, ('--port', '{capture},loop', '--capture', '{out}',
                                       '--capture-ring', '8M')):
            with self.subTest(arguments):
                words = self.configured(arguments)
                most = re.search(r'^open files: (\d+) at most$', plan(*words).stdout, re.M)
                process = self.start_weir('--duration', '1', *words)
                seen = 0
                while process.poll() is None:
                    try:
                        seen = max(seen, len(os.listdir(f'/proc/{process.pid}/fd')) - 3)
                    except OSError:
                        break
                    time.sleep(0.005)
                self.assert_balanced(self.finish(process))
                self.assertGreater(seen, 5)
                self.assertLessEqual(seen, int(most.group(1)))

    def test_too_few_open_files_are_refused_in_words_or_raised(self):
        ring = self.configured(('--port', '{capture}', '--capture', '{out}', '--capture-ring',
                                '64M'))
        for limit, arguments in ((8, ()), (12, ring[:4]), (16, ring)):
            with self.subTest(limit):
                outcome = self.weir('--duration', '0.3', *arguments,
                                    prefix=('sh', '-c', f'ulimit -n {limit}; exec "$@"', 'sh'))
                self.assertEqual(outcome.code, USAGE, outcome.output)
                self.assertIn('RLIMIT_NOFILE', outcome.output)
                needed = re.search(r'ulimit -n (\d+)', outcome.output).group(1)
                for enough in (f'ulimit -n {needed}', f'ulimit -Sn {limit}'):
                    outcome = self.weir('--duration', '0.3', *arguments,
                                        prefix=('sh', '-c', enough + '; exec "$@"', 'sh'))
                    self.assert_balanced(outcome)

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
                words = self.configured(arguments)
                planned = plan(*words).stdout
                needed = int(re.search(r'(\d+) needed', planned).group(1))
                outcome = self.weir('--duration', '0.3', *words)
                self.assert_balanced(outcome)
                self.assertEqual(outcome.report['memory'], 'hugepages')
                self.assertEqual(self.memory_line(outcome.output),
                                 (needed * HUGEPAGE // MIB, 'hugepages'))
                self.assertEqual(self.memory_line(planned), self.memory_line(outcome.output))
                used = outcome.report['memory_use'][1]['heap_reserved_bytes'] / HUGEPAGE
                self.assertLessEqual(abs(used - needed), 1)

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
