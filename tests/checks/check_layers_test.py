# SPDX-License-Identifier: BSD-3-Clause
"""check_layers.py bites: each kind of forbidden include in a tree of its own is named."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECK = Path(__file__).resolve().parents[2] / "scripts" / "check_layers.py"


class CheckLayers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write("lib/meson.build", "subdir('base')\nsubdir('parse')\nsubdir('mem')\n")
        self.write("lib/base/ids.hpp", "#include <cstdint>\n")
        self.write("lib/parse/parse.cpp", '#include "base/ids.hpp"\n#include <array>\n')
        self.write("lib/mem/pool.hpp", '#include <rte_mbuf.h>\n#include "base/ids.hpp"\n')
        self.write("app/main.cpp", '#include "mem/pool.hpp"\n#include <rte_eal.h>\n')

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def check(self):
        return subprocess.run([sys.executable, CHECK, "--root", self.root], capture_output=True,
                              text=True, check=False)

    def assert_refused(self, *words):
        result = self.check()
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        for word in words:
            self.assertIn(word, result.stdout)

    def test_accepts_allowed_includes(self):
        result = self.check()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_refuses_arrow_that_is_not_in_the_table(self):
        self.write("lib/parse/bad.hpp", '#pragma once\n\n#include "mem/pool.hpp"\n')
        self.assert_refused("lib/parse/bad.hpp:3:", 'parse may not include "mem/pool.hpp"')

    def test_refuses_arrow_upwards_in_angle_brackets(self):
        self.write("lib/base/bad.hpp", "#include <parse/parse.cpp>\n")
        self.assert_refused("lib/base/bad.hpp:1:", "base may not include")

    def test_refuses_library_to_pure_module(self):
        self.write("lib/parse/bad.cpp", "#include <rte_mbuf.h>\n#  include <boost/crc.hpp>\n")
        self.assert_refused("lib/parse/bad.cpp:1: parse may not use DPDK",
                            "lib/parse/bad.cpp:2: parse may not use Boost")

    def test_refuses_libpcap_outside_filter(self):
        self.write("lib/mem/bad.cpp", "#include <pcap/pcap.h>\n#include <pcap.h>\n")
        self.assert_refused("lib/mem/bad.cpp:1: mem may not use libpcap",
                            "lib/mem/bad.cpp:2: mem may not use libpcap")

    def test_refuses_zstandard_outside_capture(self):
        self.write("lib/stage/bad.cpp", "#include <zstd.h>\n#include <zstd_errors.h>\n")
        self.assert_refused("lib/stage/bad.cpp:1: stage may not use Zstandard",
                            "lib/stage/bad.cpp:2: stage may not use Zstandard")

    def test_refuses_include_of_unknown_module(self):
        self.write("lib/mem/bad.cpp", '#include "memory/pool.hpp"\n')
        self.assert_refused("lib/mem/bad.cpp:1:", 'unknown module "memory"')

    def test_refuses_include_without_module(self):
        self.write("lib/mem/bad.cpp", '#include "pool.hpp"\n')
        self.assert_refused("lib/mem/bad.cpp:1:", "names no module")

    def test_refuses_include_that_it_cannot_read(self):
        self.write("lib/mem/bad.cpp", "#include WHATEVER\n")
        self.assert_refused("lib/mem/bad.cpp:1:", "WHATEVER")

    def test_refuses_folder_that_is_no_module(self):
        self.write("lib/extra/some.hpp", "#include <array>\n")
        self.assert_refused("lib/extra/some.hpp:1:", "does not list the module 'extra'")

    def test_refuses_list_out_of_arrow_order(self):
        self.write("lib/meson.build", "subdir('parse')\nsubdir('base')\nsubdir('mem')\n")
        self.assert_refused("lib/meson.build:1:", "'parse' stands before base")

    def test_ignores_comments_and_counts_their_lines(self):
        self.write("lib/base/ids.hpp", '/*\n#include "mem/pool.hpp"\n*/\n// #include "mem/x.hpp"\n')
        self.assertEqual(self.check().returncode, 0)
        self.write("lib/base/ids.hpp", '/*\n\n*/\n#include "mem/pool.hpp"\n')
        self.assert_refused("lib/base/ids.hpp:4:")


if __name__ == "__main__":
    unittest.main()
