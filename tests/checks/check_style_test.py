# SPDX-License-Identifier: BSD-3-Clause
"""check_style.py bites: files without licence or with another layout are named."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECK = Path(__file__).resolve().parents[2] / "scripts" / "check_style.py"
LICENCE = "// SPDX-License-Identifier: BSD-3-Clause\n"


class CheckStyle(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / ".clang-format").write_text("BasedOnStyle: Google\n", encoding="utf-8")
        self.write("lib/base/good.hpp", LICENCE + "int good;\n")

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def check(self, rule, path=os.environ.get("PATH", "")):
        return subprocess.run([sys.executable, CHECK, rule, "--root", self.root],
                              capture_output=True, text=True, check=False,
                              env={**os.environ, "PATH": path})

    def test_accepts_licence_in_first_line(self):
        self.assertEqual(self.check("spdx").returncode, 0)

    def test_refuses_file_without_licence(self):
        self.write("tests/base/bad_test.cpp", "int bad;\n" + LICENCE)
        result = self.check("spdx")
        self.assertEqual(result.returncode, 1)
        self.assertIn("tests/base/bad_test.cpp:1:", result.stdout)

    def test_refuses_other_layout(self):
        accepted = self.check("format")
        if accepted.returncode == 77:
            self.skipTest(accepted.stdout.strip())
        self.assertEqual(accepted.returncode, 0, accepted.stdout)
        self.write("lib/base/bad.cpp", LICENCE + "int   bad ;\n")
        result = self.check("format")
        self.assertEqual(result.returncode, 1)
        self.assertIn("lib/base/bad.cpp:1:", result.stdout)

    def test_skips_aloud_without_clang_format(self):
        result = self.check("format", path="/nonexistent")
        self.assertEqual(result.returncode, 77)
        self.assertTrue(result.stdout.startswith("SKIP: "), result.stdout)

    def test_fails_where_there_is_nothing_to_check(self):
        (self.root / "lib/base/good.hpp").unlink()
        self.assertEqual(self.check("spdx").returncode, 1)


if __name__ == "__main__":
    unittest.main()
