# SPDX-License-Identifier: BSD-3-Clause
"""test_summary.py: what Meson logged becomes true totals, reasons for skips and an exit status."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SUMMARY = Path(__file__).resolve().parents[2] / "scripts" / "test_summary.py"

GTEST_OUTPUT = """[==========] Running 3 tests from 1 test suite.
[ RUN      ] Parse.Accepts
[       OK ] Parse.Accepts (0 ms)
[ RUN      ] Parse.Needs
../parse_test.cpp:7: Skipped
no AVX-512
on this CPU
[  SKIPPED ] Parse.Needs (0 ms)
[ RUN      ] Parse.Refuses
[       OK ] Parse.Refuses (0 ms)
[==========] 3 tests from 1 test suite ran. (0 ms total)
[  PASSED  ] 2 tests.
[  SKIPPED ] 1 test, listed below:
[  SKIPPED ] Parse.Needs
"""
GTEST_FAILED = """[==========] 5 tests from 2 test suites ran. (1 ms total)
[  PASSED  ] 3 tests.
[  FAILED  ] 2 tests, listed below:
"""
UNITTEST_SKIPPED = """test_a (x.T.test_a) ... ok
test_b (x.T.test_b) ... skipped 'no tshark'
test_c (x.T.test_c)
Says what it does. ... skipped 'no corpus'

----------------------------------------------------------------------
Ran 3 tests in 0.001s

OK (skipped=2)
"""
UNITTEST_FAILED = "Ran 6 tests in 0.1s\n\nFAILED (failures=1, errors=2, skipped=1)\n"


class TestSummary(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.log = Path(folder.name) / "testlog.json"
        self.entries = []

    def add(self, result, stdout="", stderr="", returncode=0):
        self.entries.append({"name": f"weir:unit / t{len(self.entries)}", "result": result,
                             "stdout": stdout, "stderr": stderr, "returncode": returncode})

    def summarize(self, *arguments):
        self.log.write_text("".join(json.dumps(entry) + "\n" for entry in self.entries),
                            encoding="utf-8")
        result = subprocess.run([sys.executable, SUMMARY, *arguments, f"release={self.log}"],
                                capture_output=True, text=True, check=False)
        self.assertEqual(result.stderr, "")
        return result

    def assert_summary(self, totals, returncode, *lines, arguments=()):
        result = self.summarize(*arguments)
        self.assertEqual(result.stdout.splitlines(), [*lines, totals])
        self.assertEqual(result.returncode, returncode)

    def test_counts_plain_program_as_one(self):
        self.add("OK", "whatever\n")
        self.assert_summary("1 passed, 0 failed, 0 skipped", 0)

    def test_counts_cases_and_gives_reasons_of_googletest(self):
        self.add("OK", GTEST_OUTPUT)
        self.assert_summary("2 passed, 0 failed, 1 skipped", 0,
                            "SKIPPED  unit / t0 (release): Parse.Needs: no AVX-512 on this CPU")

    def test_counts_cases_and_gives_reasons_of_unittest(self):
        self.add("OK", stderr=UNITTEST_SKIPPED)
        self.assert_summary("1 passed, 0 failed, 2 skipped", 0,
                            "SKIPPED  unit / t0 (release): test_b: no tshark",
                            "SKIPPED  unit / t0 (release): test_c: no corpus")

    def test_class_that_is_skipped_whole_counts_once(self):
        self.add("OK", stderr="setUpClass (x.T) ... skipped 'no veth'\ntest_a (x.U.test_a) ... ok\n"
                 "\nRan 1 test in 0.001s\n\nOK (skipped=1)\n")
        self.assert_summary("1 passed, 0 failed, 1 skipped", 0,
                            "SKIPPED  unit / t0 (release): setUpClass: no veth")

    def test_gives_reason_of_skipped_program(self):
        self.add("OK")
        self.add("SKIP", "starting\nSKIP: no corpus\n", returncode=77)
        self.assert_summary("1 passed, 0 failed, 1 skipped", 0,
                            "SKIPPED  unit / t1 (release): no corpus")

    def test_complains_of_skip_without_reason(self):
        self.add("OK", stderr="Ran 2 tests in 0.1s\n\nOK (skipped=1)\n")
        self.add("SKIP", returncode=77)
        result = self.summarize()
        self.assertIn("t0 (release): 1 cases without a reason", result.stdout)
        self.assertIn("t1 (release): no reason given", result.stdout)

    def test_counts_failed_cases(self):
        self.add("FAIL", GTEST_FAILED, returncode=1)
        self.add("FAIL", stderr=UNITTEST_FAILED, returncode=1)
        result = self.summarize()
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stdout.splitlines()[-1], "5 passed, 5 failed, 1 skipped")

    def test_crash_after_good_cases_is_a_failure(self):
        self.add("FAIL", GTEST_OUTPUT, returncode=-11)
        self.add("TIMEOUT", returncode=-15)
        result = self.summarize()
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stdout.splitlines()[-1], "1 passed, 2 failed, 1 skipped")
        self.assertIn("FAILED   unit / t0 (release): fail, exit status -11", result.stdout)

    def test_program_without_cases_is_a_failure(self):
        self.add("OK", stderr="Ran 0 tests in 0.000s\n\nOK\n")
        self.assert_summary("0 passed, 1 failed, 0 skipped", 1,
                            "FAILED   unit / t0 (release): ran no test case")

    def test_build_without_tests_is_a_failure(self):
        self.assert_summary("0 passed, 1 failed, 0 skipped", 1, "FAILED   release: no test ran")

    def test_nothing_but_skips_is_no_success(self):
        self.add("SKIP", "SKIP: no tool\n", returncode=77)
        self.assertEqual(self.summarize().returncode, 1)

    def test_failed_step_counts(self):
        self.add("OK")
        self.assert_summary("1 passed, 1 failed, 0 skipped", 1, "FAILED   sanitizer build",
                            arguments=("--failed", "sanitizer build"))


if __name__ == "__main__":
    unittest.main()
