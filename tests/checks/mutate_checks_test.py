# SPDX-License-Identifier: BSD-3-Clause
"""mutate_checks.py bites: in a small parser it finds every check, breaks each, and tells tests that
notice from tests that do not."""

import argparse
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MUTATE = ROOT / "scripts" / "mutate_checks.py"
COMPILER = shutil.which("g++") or shutil.which("c++")
sys.path.insert(0, str(MUTATE.parent))
import mutants  # pylint: disable=wrong-import-position
import mutate_checks  # pylint: disable=wrong-import-position

PARSER = """// if (this < comment) is no check
#define NONE(a, b) if (a < b) b
struct Walk {
    const unsigned char* data;
    unsigned size;
    bool need(unsigned octets) const { return octets <= size; }
};
static_assert(sizeof(char) <= 1);
/// Octets of the options behind a length of one octet, or -1.
inline int options(const Walk& walk) {
    if (!walk.need(1)) return -1;
    unsigned octets = walk.data[0];
    if (!walk.need(1 + octets)) return -1;
    unsigned sum = 0;
    for (unsigned at = 0; at < octets; ++at) sum += walk.data[1 + at];
    return static_cast<int>(sum);
}
"""
TEST = """#include "../lib/parse/small.hpp"
int main() {
    const unsigned char data[] = {2, 3, 4, 200};
    const bool sums = options({data, 3}) == 7;
    const bool bounds = options({data, 2}) == -1 && options({nullptr, 0}) == -1;
    const unsigned char none[] = {0};
    const bool empty = options({none, 1}) == 0;
    return SUMS && BOUNDS ? 0 : 1;
}
"""


def shown(text):
    return [mutant.show(text) for mutant in mutants.mutants_of(text)]


class Mutants(unittest.TestCase):
    def test_finds_every_check_of_the_small_parser(self):
        self.assertEqual(sorted(shown(PARSER)), sorted([
            "bool need(unsigned octets) const { return [octets <= size -> false]; }",
            "bool need(unsigned octets) const { return [octets <= size -> true]; }",
            "bool need(unsigned octets) const { return octets [<= -> <] size; }",
            "bool need(unsigned octets) const { return octets <= [size -> size + 1]; }",
            "if ([!walk.need(1) -> true]) return -1;",
            "if (![walk.need(1) -> true]) return -1;",
            "if (!walk.need([1 -> 1 + 1])) return -1;",
            "if (!walk.need([1 -> 1 - 1])) return -1;",
            "if ([!walk.need(1 + octets) -> true]) return -1;",
            "if (![walk.need(1 + octets) -> true]) return -1;",
            "if (!walk.need([1 + octets -> (1 + octets) + 1])) return -1;",
            "if (!walk.need([1 + octets -> (1 + octets) - 1])) return -1;",
            "for (unsigned at = 0; [at -> at + 1] < octets; ++at) sum += walk.data[1 + at];",
            "for (unsigned at = 0; [at < octets -> false]; ++at) sum += walk.data[1 + at];",
            "for (unsigned at = 0; [at < octets -> true]; ++at) sum += walk.data[1 + at];",
            "for (unsigned at = 0; at [< -> <=] octets; ++at) sum += walk.data[1 + at];",
        ]))

    def test_forces_each_clause_that_decides(self):
        found = shown("if (a < b || (c && !need(d))) e();")
        for wanted in ("if ([a < b -> false] || (c && !need(d))) e();",
                       "if (a < b || [(c && !need(d)) -> false]) e();",
                       "if (a < b || ([c -> true] && !need(d))) e();",
                       "if (a < b || (c && [!need(d) -> true])) e();",
                       "if (a < b || (c && ![need(d) -> true])) e();"):
            self.assertIn(wanted, found)

    def test_breaks_ternaries_extremes_and_bounds(self):
        found = shown("x = a > b + 1 ? f(a) : b;\ny = std::min<T>(c, d);\nwalk.bound(n);\n"
                      "locate(p, length == 4);\nreturn one == 1 && two;\n")
        for wanted in ("x = [a > b + 1 -> true] ? f(a) : b;",
                       "x = a > [b + 1 -> (b + 1) + 1] ? f(a) : b;",
                       "y = [std::min<T>(c, d) -> static_cast<T>(c)];",
                       "y = [std::min<T>(c, d) -> static_cast<T>(d)];",
                       "y = [std::min<T>(c, d) -> (std::min<T>(c, d) - 1)];",
                       "[walk.bound(n) -> void()];",
                       "walk.bound([n -> n - 1]);",
                       "locate(p, [length == 4 -> true]);",
                       "locate(p, length == [4 -> 4 + 1]);",
                       "return one == 1 && [two -> true];"):
            self.assertIn(wanted, found)

    def test_leaves_declarations_alone(self):
        self.assertEqual(shown("bool need(int octets);\ninline void bound(std::size_t octets) {}\n"
                               "template <typename T = a<b>> void f();\n"), [])

    def test_breaks_every_call_of_need_in_the_parser(self):
        calls = 0
        for path in sorted((ROOT / "lib" / "parse").glob("*.hpp")):
            text = path.read_text(encoding="utf-8")
            code = mutants.mask(text)
            removed = {mutant.start for mutant in mutants.mutants_of(text)
                       if mutant.replacement == "true"}
            at = -1
            while (at := code.find("walk.need(", at + 1)) >= 0:
                calls += 1
                self.assertIn(at, removed, f"{path.name}: {text[at:at + 60]}")
        self.assertGreater(calls, 20)


class MutateChecks(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write("lib/parse/small.hpp", PARSER)
        self.write("lib/parse/cold_setup.hpp", "inline bool cold(int a) { return a < 1; }\n")
        self.write_test("sums && empty", "bounds")

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def write_test(self, sums, bounds):
        self.write("tests/main.cpp", TEST.replace("SUMS", sums).replace("BOUNDS", bounds))

    def mutate(self, *arguments):
        return subprocess.run(
            [sys.executable, "-B", MUTATE, "--root", self.root, "--build",
             f"{COMPILER} -std=c++20 -w tests/main.cpp -o run", "--run", "./run", *arguments],
            capture_output=True, text=True, check=False)

    def test_every_mutant_is_killed_by_a_test_of_every_bound(self):
        result = self.mutate()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("score 100.0 %", result.stdout)
        self.assertEqual((self.root / "lib/parse/small.hpp").read_text(encoding="utf-8"), PARSER)

    def test_names_what_a_test_without_bounds_does_not_see(self):
        self.write_test("sums && empty", "true")
        result = self.mutate()
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertIn("SURVIVED: lib/parse/small.hpp: "
                      "if (![walk.need(1 + octets) -> true]) return -1;", result.stdout)
        self.assertIn("-    if (!walk.need(1 + octets)) return -1;\n"
                      "+    if (!true) return -1;\n", result.stdout)

    def test_an_explained_survivor_does_not_count(self):
        self.write_test("sums && empty", "true")
        survivors = [line.removeprefix("SURVIVED: ") for line in self.mutate().stdout.splitlines()
                     if line.startswith("SURVIVED: ")]
        self.write("explained.txt", "# why\n" + "".join(
            f"{label}\tno test looks\n" for label in [*survivors, "lib/parse/gone.hpp: [a -> b]"]))
        result = self.mutate("--survivors", self.root / "explained.txt")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("no such mutant: lib/parse/gone.hpp", result.stdout)
        self.write("explained.txt", survivors[0] + "\n")
        self.assertEqual(self.mutate("--survivors", self.root / "explained.txt").returncode, 2)

    def test_a_mutant_that_hangs_is_killed(self):
        arguments = argparse.Namespace(build="true", run="sleep 60", tests=[])
        bench = mutate_checks.Bench(self.root / "0", arguments, sanitize=False)
        bench.tree.mkdir(parents=True)
        bench.limit_seconds = 0.1
        self.assertEqual(bench.verdict(), "timed out")

    def test_fails_where_the_original_does(self):
        self.write_test("!sums", "true")
        result = self.mutate()
        self.assertEqual(result.returncode, 2)
        self.assertIn("the tests of the original: failed", result.stderr)

    def test_lists_the_sample_the_seed_chooses(self):
        everything = self.mutate("--list").stdout.splitlines()
        self.assertEqual(len(everything), 16)
        first, second = (self.mutate("--sample", "3", "--seed", "5").stdout for _ in range(2))
        self.assertEqual(first, second)
        self.assertIn("all", first)
        self.assertEqual(self.mutate("--only", "nothing.hpp").returncode, 2)


if __name__ == "__main__":
    unittest.main()
