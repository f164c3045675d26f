# SPDX-License-Identifier: BSD-3-Clause
"""`weir run` on real captures: as many packets as the reference dissector sees in each file."""
import csv
import gzip
import sys
import unittest

from weir_case import DAMAGED, OK, USAGE, WeirCase, corpus

# The table's reader takes pcap version 1 for 2; Weir refuses it, as libpcap and Wireshark do.
REFUSED = {'libpcap__pcap-invalid-version-1.pcap'}


class Corpus(WeirCase):
    def test_every_capture_is_received_whole(self):
        captures = sorted(path for path in (corpus() / 'open').iterdir()
                          if path.suffix in ('.pcap', '.pcapng'))
        self.assertGreater(len(captures), 0)
        for capture in captures:
            reference = capture.with_name(capture.name.rsplit('.', 1)[0] + '.jsonl.gz')
            with gzip.open(reference) as lines:
                packets = sum(1 for _ in lines)
            outcome = self.weir('--port', capture)
            with self.subTest(capture=capture.name):
                self.assert_balanced(outcome, OK)
                self.assertEqual(outcome.ledger['received'], packets, outcome.output)

    def test_damaged_files_are_read_up_to_the_damage(self):
        with open(corpus() / 'badfiles.tsv') as table:
            rows = {row['file']: row for row in csv.DictReader(table, delimiter='\t')}
        self.assertGreater(len(rows), 0)
        for capture in sorted((corpus() / 'badfiles').iterdir()):
            outcome = self.weir('--port', capture)
            row = rows.pop(capture.name, None)      # a few files have none
            with self.subTest(file=capture.name):
                self.assert_said_what_is_wrong(outcome)
                if capture.name in REFUSED:
                    self.assertEqual(outcome.code, USAGE, outcome.output)
                elif row:
                    intact = row['reader_error'] == 'None'
                    self.assertEqual(outcome.code, OK if intact else DAMAGED, outcome.output)
                    self.assertEqual(outcome.ledger['received'], int(row['packets_read']))
        self.assertEqual(rows, {}, 'files that are not there')

    def assert_said_what_is_wrong(self, outcome):
        self.assertIn(outcome.code, (OK, DAMAGED, USAGE), outcome.output)
        self.assertTrue(outcome.output.strip(), 'silence')
        if outcome.report:
            self.assert_balanced(outcome, outcome.code)
        if outcome.code == DAMAGED:
            self.assertIn('damaged', outcome.output)


if __name__ == '__main__':
    if corpus() is None:
        print('SKIP: WEIR_CORPUS is not set: nothing was run on real captures')
        sys.exit(77)
    unittest.main(verbosity=2)
