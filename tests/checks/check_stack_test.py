# SPDX-License-Identifier: BSD-3-Clause
"""check_stack.py bites: sources compiled here whose stack has no bound, or too high a one, are
named, others pass."""

import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECK = Path(__file__).resolve().parents[2] / "scripts" / "check_stack.py"
COMPILER = shutil.which("g++") or shutil.which("c++")


class CheckStack(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.source = self.root / "parse source.cpp"
        self.write_options(b_sanitize="none", optimization="2")
        command = [COMPILER, "-std=c++20", "-O2", "-fPIC", "-w", "-MD", "-MQ", "out/parse.o", "-MF",
                   "out/parse.o.d", "-o", "out/parse.o", "-c", self.source.name]
        (self.root / "compile_commands.json").write_text(json.dumps([
            {"directory": str(self.root), "file": self.source.name, "arguments": command,
             "output": "out/parse.o"}]), encoding="utf-8")

    def write_options(self, **options):
        (self.root / "meson-info").mkdir(exist_ok=True)
        (self.root / "meson-info" / "intro-buildoptions.json").write_text(
            json.dumps([{"name": name, "value": value} for name, value in options.items()]),
            encoding="utf-8")

    def check(self, text, *arguments):
        self.source.write_text(text, encoding="utf-8")
        result = subprocess.run([sys.executable, "-B", CHECK, self.root, "--source", self.source,
                                 *arguments], capture_output=True, text=True, check=False)
        if "-fcallgraph-info" in result.stdout:
            self.skipTest(result.stdout.strip())
        return result

    def assert_refused(self, text, *words):
        result = self.check(text)
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        for word in words:
            self.assertIn(word, result.stdout)

    def test_adds_the_stack_of_those_who_call_each_other(self):
        text = """
            [[gnu::always_inline]] inline void keep(char* room) {
                asm volatile("" : : "r"(room) : "memory");
            }
            [[gnu::noinline]] void lower() { char room[200]; keep(room); }
            [[gnu::noinline]] void aside() { char room[100]; keep(room); }
            void upper() { char room[300]; keep(room); aside(); lower(); keep(room); }
        """
        result = self.check(text)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        path = result.stdout.splitlines()[:3]
        self.assertIn("upper()", path[0])
        self.assertIn("lower()", path[1])
        self.assertIn("below the last frame", path[2])
        octets = int(result.stdout.split("check_stack: ")[1].split()[0])
        self.assertGreaterEqual(octets, 500)
        self.assertLess(octets, 700)
        self.assertEqual(octets, sum(int(line.split()[0]) for line in path))
        self.assertEqual(self.check(text, "--limit", str(octets)).returncode, 0)
        self.assertEqual(self.check(text, "--limit", str(octets - 1)).returncode, 1)

    def test_accepts_copies_of_memory(self):
        result = self.check("#include <cstring>\nvoid copy(char* a, const char* b, unsigned long n)"
                            " { std::memcpy(a, b, n); std::memset(a, 1, n / 2); }")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_refuses_recursion(self):
        self.assert_refused("void use(int*);\n[[gnu::noinline]] int odd(int n);\n"
                            "[[gnu::noinline]] int even(int n) { volatile int x = n;"
                            " return n ? odd(n - 1) + x : 1; }\n"
                            "int odd(int n) { volatile int x = n; return n ? even(n - 1) * x : 0; }",
                            "calls itself")

    def test_refuses_stack_whose_size_is_not_known(self):
        self.assert_refused("void hot(int n) { char room[n];"
                            ' asm volatile("" : : "r"(room) : "memory"); }',
                            "hot(int): takes stack of a size known at run time only")

    def test_refuses_calls_that_leave_the_source(self):
        self.assert_refused("int other(int); int hot(int n) { return other(n) + 1; }",
                            "hot(int): calls _Z5otheri, whose stack is not known")

    def test_refuses_calls_through_pointers(self):
        self.assert_refused("int hot(int (*f)(int)) { return f(1) + 1; }",
                            "hot(int (*)(int)): calls through a pointer")

    def test_skips_aloud_where_stack_is_another(self):
        self.write_options(b_sanitize="address", optimization="2")
        result = self.check("void f() {}")
        self.assertEqual(result.returncode, 77)
        self.assertTrue(result.stdout.startswith("SKIP: "), result.stdout)

    def test_fails_where_the_source_is_not_built(self):
        (self.root / "compile_commands.json").write_text("[]", encoding="utf-8")
        self.assertEqual(self.check("void f() {}").returncode, 2)


if __name__ == "__main__":
    unittest.main()
