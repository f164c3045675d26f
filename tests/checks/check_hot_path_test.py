# SPDX-License-Identifier: BSD-3-Clause
"""check_hot_path.py bites: objects compiled here that break the rule are named, others pass."""

import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECK = Path(__file__).resolve().parents[2] / "scripts" / "check_hot_path.py"
COMPILER = shutil.which("g++") or shutil.which("c++")

HARMLESS = """
#include <cstring>
namespace weir::parse {
void copy(char* to, const char* from, unsigned long size) noexcept { std::memcpy(to, from, size); }
}
"""


class CheckHotPath(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.build = self.root / "build"
        self.write_options(b_sanitize="none", optimization="3")
        self.compile("parse", "parse.cpp", HARMLESS)

    def write_options(self, **options):
        info = self.build / "meson-info"
        info.mkdir(parents=True, exist_ok=True)
        listed = [{"name": name, "value": value} for name, value in options.items()]
        (info / "intro-buildoptions.json").write_text(json.dumps(listed), encoding="utf-8")

    def compile(self, module, name, text):
        """Puts a source where its module stands and its object where Meson would put it."""
        source = self.root / "lib" / module / name
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(text, encoding="utf-8")
        folder = self.build / "lib" / module / f"libweir-{module}.a.p"
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([COMPILER, "-std=c++20", "-O2", "-fPIC", "-w", "-c", source, "-o",
                        folder / f"{name}.o"], check=True)

    def check(self):
        return subprocess.run([sys.executable, CHECK, self.build, "--root", self.root],
                              capture_output=True, text=True, check=False)

    def assert_accepted(self):
        result = self.check()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def assert_refused(self, body, *words):
        self.compile("stage", "hot.cpp", body)
        result = self.check()
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        for word in words:
            self.assertIn(word, result.stdout)

    def test_accepts_copy(self):
        self.assert_accepted()

    def test_refuses_operator_new(self):
        self.assert_refused("int* hot() { return new int[7]; }", "hot()", "operator new[]")

    def test_refuses_operator_delete(self):
        self.assert_refused("void hot(int* p) { delete p; }", "hot(int*)", "operator delete")

    def test_refuses_malloc_and_free(self):
        self.assert_refused('extern "C" { void* malloc(unsigned long); void free(void*); }\n'
                            "void* take() { return malloc(8); } void give(void* p) { free(p); }",
                            "refers to malloc, which allocates", "refers to free, which frees")

    def test_refuses_throw(self):
        self.assert_refused("void hot() { throw 1; }", "__cxa_throw, which throws")

    def test_refuses_vector_that_grows(self):
        self.assert_refused("#include <vector>\nvoid hot(std::vector<int>& v) { v.push_back(1); }",
                            "operator new", "throws")

    def test_refuses_string_that_grows(self):
        self.assert_refused("#include <string>\n"
                            "void hot(std::string& s) noexcept { s.append(100, 'x'); }",
                            "which allocates", "which throws")

    def test_accepts_reading_a_capture_but_not_writing_one(self):
        reading = ("namespace weir::capture { struct CaptureReader { int next(); }; }\n"
                   "int hot(weir::capture::CaptureReader& from) { return from.next(); }")
        self.compile("stage", "reads.cpp", reading)
        self.assert_accepted()
        self.assert_refused("namespace weir::capture { struct PcapngOutput { int write(); }; }\n"
                            "int hot(weir::capture::PcapngOutput& to) { return to.write(); }",
                            "PcapngOutput::write")

    def test_refuses_printing(self):
        self.assert_refused('#include <cstdio>\nvoid hot(int i) { std::printf("%d", i); }',
                            "which prints")

    def test_refuses_stream(self):
        self.assert_refused("#include <iostream>\nvoid hot(int i) { std::cout << i; }",
                            "uses std::string or a stream")

    def test_refuses_lock(self):
        self.assert_refused('extern "C" int pthread_mutex_lock(void*);\n'
                            "void hot(void* m) { pthread_mutex_lock(m); }", "which locks")

    def test_refuses_static_that_is_made_on_first_use(self):
        self.assert_refused("int seed(); int hot() { static int s = seed(); return s; }",
                            "__cxa_guard_acquire, which locks")

    def test_refuses_system_call(self):
        self.assert_refused('extern "C" long write(int, const void*, unsigned long);\n'
                            'void hot() { write(1, "x", 1); }', "is a system call")

    def test_refuses_dpdk_heap_and_log(self):
        self.assert_refused('extern "C" { void* rte_zmalloc_socket(); int rte_log(); }\n'
                            "void hot() { rte_zmalloc_socket(); rte_log(); }",
                            "DPDK's heap", "which logs")

    def test_refuses_what_it_does_not_know(self):
        self.assert_refused('extern "C" void surprise(); void hot() { surprise(); }',
                            "surprise, which is not known to be harmless")

    def test_refuses_forbidden_function_in_a_table(self):
        self.assert_refused('extern "C" void free(void*);\n'
                            "extern void (*const table[])(void*);\n"
                            "void (*const table[])(void*) = {&free};",
                            "table: refers to free, which frees")

    def test_accepts_virtual_destructor(self):
        self.compile("stage", "hot.cpp", "#include <new>\n"
                     "struct Task { virtual ~Task(); int n; };\n"
                     "Task::~Task() { n = 0; }\n"
                     "struct Rx : Task { ~Rx() override {} virtual int poll() { return n; } };\n"
                     "void make(void* place) { ::new (place) Rx; }\n")
        self.assert_accepted()

    def test_refuses_delete_of_a_final_class(self):
        self.assert_refused("struct Task final { virtual ~Task(); };\n"
                            "Task::~Task() {}\nvoid hot(Task* task) { delete task; }",
                            "hot(Task*)", "deletes an object")

    def test_refuses_local_deleting_destructor(self):
        self.assert_refused("#include <new>\nnamespace { struct Task { virtual ~Task(); int n; };\n"
                            "__attribute__((noinline)) Task::~Task() { n = 0; } }\n"
                            "void hot(void* place) { ::new (place) Task; }", "which frees")

    def test_follows_calls_into_hot_objects_only(self):
        call = "namespace weir::parse { void copy(char*, const char*, unsigned long) noexcept; }\n"
        self.compile("stage", "hot.cpp", call + "void hot(char* a, char* b) "
                     "{ weir::parse::copy(a, b, 9); }")
        self.assert_accepted()
        self.assert_refused("namespace weir::mem { void* room(); }\n"
                            "void* hot() { return weir::mem::room(); }",
                            "weir::mem::room()", "no hot object")

    def test_leaves_out_the_cold_half_but_not_calls_of_it(self):
        self.compile("ring", "ring_setup.cpp", "namespace weir::ring { int* make() "
                     "{ return new int; } }")
        self.assert_accepted()
        self.assert_refused("namespace weir::ring { int* make(); }\n"
                            "int* hot() { return weir::ring::make(); }", "weir::ring::make()")

    def test_fails_where_an_object_is_missing(self):
        (self.root / "lib/parse/unbuilt.cpp").write_text("int x;", encoding="utf-8")
        result = self.check()
        self.assertEqual(result.returncode, 2)
        self.assertIn("unbuilt.cpp.o", result.stderr)

    def test_skips_sanitizer_ledger_and_debug_builds_aloud(self):
        for options in ({"b_sanitize": "address,undefined", "optimization": "2"},
                        {"b_sanitize": "none", "optimization": "3", "ledger": True},
                        {"b_sanitize": "none", "optimization": "0"}):
            self.write_options(**options)
            result = self.check()
            self.assertEqual(result.returncode, 77)
            self.assertTrue(result.stdout.startswith("SKIP: "), result.stdout)

    def test_refuses_a_call_of_the_ownership_ledger(self):
        self.compile("stage", "rx.cpp", '''
            namespace weir::mem::ledger { void moved(int); }
            void hand_over() { weir::mem::ledger::moved(1); }
            ''')
        result = self.check()
        self.assertEqual(result.returncode, 1)
        self.assertIn("weir::mem::ledger::moved", result.stdout)


if __name__ == "__main__":
    unittest.main()
