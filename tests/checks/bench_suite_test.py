# SPDX-License-Identifier: BSD-3-Clause
"""bench/suite: ratios, verdicts, noise, growth, and the forms that figures are handed over in."""

import contextlib
import copy
import io
import json
import math
import sys
import tempfile
import unittest
import xml.dom.minidom
from html.parser import HTMLParser
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench" / "suite"))

import compare  # noqa: E402
import context  # noqa: E402
import figures  # noqa: E402
import googlebench  # noqa: E402
import growth  # noqa: E402
import machine  # noqa: E402
import main as suite  # noqa: E402
import page  # noqa: E402
import parts  # noqa: E402
import plots  # noqa: E402
import report  # noqa: E402
import rows  # noqa: E402


def entry(ours, peer=(), unit="ns", **more):
    return {"ours": list(ours), "peer": list(peer), "unit": unit, "what": "what", **more}


def sample_report(**entries):
    """A report with these rows and one curve."""
    curve = {"title": "Flows", "x": "flows", "unit": "ns", "what": "a worker", "note": "",
             "points": [{"x": 1, "values": [10, 11, 12]}, {"x": 100, "values": [12, 13, 14]}]}
    return {
        "format": report.FORMAT, "date": "2026-01-02T03:04:05+00:00", "seconds": 1.5,
        "options": {"quick": False, "only": []}, "git": {"revision": "0" * 40, "dirty": False},
        "machine": {"cpu": "a < b", "cpus": [0, 1], "mhz": 1, "virtual": "", "memory_mib": 1,
                    "hugepages_free": 0, "kernel": "k", "system": "s", "dpdk": "d",
                    "compiler": "c"},
        "probes": [{"median_ns": 50}, {"median_ns": 60}], "steal_percent": 0.0, "packets": "p",
        "rows": report.finished_rows(entries, True), "trouble": [],
        "curves": report.finished_curves({"f": curve})}


class Form(unittest.TestCase):
    def refuse(self, key, wrong, why):
        with self.assertRaisesRegex(rows.FormError, why):
            rows.check({"rows": {key: wrong}})

    def test_accepts_what_is_documented(self):
        given = {"rows": {"ring_burst32": entry([1, 2], [1, 1], "pps"), "mine": entry([0.5]),
                          "demo": rows.missing("w", "no CPU")}, "more": 1}
        self.assertEqual(rows.check(given), given["rows"])

    def test_refuses_what_is_not(self):
        self.assertRaises(rows.FormError, rows.check, {"rows": []})
        self.assertRaises(rows.FormError, rows.check, [])
        self.refuse("demo", [], "demo is no object")
        self.refuse("demo", entry(["1"]), "'ours' is no list of numbers")
        self.refuse("demo", entry([math.nan]), "'ours' is no list of numbers")
        self.refuse("demo", entry([True]), "'ours' is no list of numbers")
        self.refuse("demo", {"ours": [1], "peer": []}, "'unit' is no text")
        self.refuse("demo", entry([]), "reason")
        self.refuse("ring_burst32", entry([1, 2], [1]), "2 figures of ours, 1 of the peer")
        self.refuse("ring_burst32", entry([1]), "wants a peer")
        self.refuse("ring_burst32", entry([1], [0]), "not above 0")
        self.refuse("buffer_raw", entry([0], [1]), "not above 0")
        self.refuse("buffer_raw", entry([-1], [1]), "not above 0")

    def test_rows_of_the_table_are_sound(self):
        for key, row in rows.ROWS.items():
            self.assertEqual(key, row.key)
            self.assertIn(row.part, parts.PARTS)
            self.assertFalse(row.least is not None and row.most is not None, key)
            self.assertTrue(row.bar is not None or row.higher_is_better is not None, key)


class Figures(unittest.TestCase):
    def test_ratio_is_taken_pair_by_pair(self):
        given = entry([1, 20], [2, 10])
        self.assertEqual(figures.paired(rows.ROWS["parse_real_16k"], given), [0.5, 2])
        self.assertEqual(figures.paired(rows.ROWS["buffer_raw"], given), [2, 0.5])
        self.assertEqual(figures.paired(rows.ROWS["demo"], entry([3])), [3])

    def test_spread(self):
        self.assertEqual(figures.Spread.of([3, 1, 2, 9]), figures.Spread(2.5, 1, 9))

    def test_median_is_judged_and_the_bar_itself_meets(self):
        at_most, at_least = rows.ROWS["parse_real_16k"], rows.ROWS["ring_burst32"]
        self.assertEqual(figures.verdict(at_most, [9, 0.75, 0.1]), figures.MET)
        self.assertEqual(figures.verdict(at_most, [0.1, 0.76, 0.76]), figures.NOT_MET)
        self.assertEqual(figures.verdict(at_least, [1.25]), figures.MET)
        self.assertEqual(figures.verdict(at_least, [1.24]), figures.NOT_MET)

    def test_worst_repetition_is_judged_where_it_counts(self):
        self.assertEqual(figures.verdict(rows.ROWS["worst_packet"], [1, 1, 21]), figures.NOT_MET)
        calls = rows.ROWS["packet_path_calls"]
        self.assertEqual(figures.verdict(calls, [0, 0, 1]), figures.NOT_MET)
        self.assertEqual(figures.verdict(calls, [0, 0]), figures.MET)

    def test_other_verdicts(self):
        self.assertEqual(figures.verdict(rows.ROWS["demo"], [1]), figures.STATED)
        self.assertEqual(figures.verdict(rows.ROWS["demo"], []), figures.NOT_MEASURED)
        latency = rows.ROWS["handover_latency_p50"]
        self.assertEqual(figures.verdict(latency, [1], near=False), figures.NO_VERDICT)
        self.assertEqual(figures.verdict(latency, [9999], near=True), figures.NOT_MET)


class Noise(unittest.TestCase):
    time = rows.ROWS["parse_real_16k"]
    rate = rows.ROWS["ring_burst32"]

    def change(self, before, after, row=time, unit="ns"):
        return figures.Change.of(row, unit, before, after)

    def test_sigma_of_a_median(self):
        self.assertEqual(figures.log_sigma([2, 2, 2]), 0)
        values = [math.exp(x) for x in (-0.1, -0.05, 0, 0.05, 0.1)]
        self.assertAlmostEqual(figures.log_sigma(values), 1.2533 * 1.4826 * 0.05 / math.sqrt(5))

    def test_change_within_the_spread_is_noise(self):
        noisy = [0.9, 1.0, 1.1, 0.95, 1.05]
        self.assertEqual(self.change(noisy, [x * 1.1 for x in noisy]).word, "same")
        self.assertEqual(self.change(noisy, [x * 1.5 for x in noisy]).word, "slower")
        self.assertEqual(self.change(noisy, [x / 1.5 for x in noisy]).word, "faster")

    def test_more_of_a_rate_is_faster(self):
        change = self.change([1, 1, 1], [2, 2, 2], self.rate, "pps")
        self.assertEqual((change.word, change.slower), ("faster", 0.5))

    def test_two_percent_are_noise_whatever_the_spread(self):
        self.assertEqual(self.change([1, 1, 1], [1.019] * 3).word, "same")
        self.assertEqual(self.change([1, 1, 1], [1.021] * 3).word, "slower")

    def test_instructions_are_exact(self):
        row = rows.ROWS["parse_udp_instructions"]
        self.assertEqual(self.change([60], [60.1], row, "instructions").word, "same")
        self.assertEqual(self.change([60], [61], row, "instructions").word, "slower")

    def test_few_repetitions_say_nothing(self):
        self.assertEqual(self.change([1, 1], [2, 2, 2]).word, "unknown")

    def test_first_call_is_slower_than_none(self):
        row = rows.ROWS["packet_path_calls"]
        self.assertEqual(self.change([0, 0, 0], [1, 1, 1], row, "calls").word, "slower")
        self.assertEqual(self.change([1, 1, 1], [0, 0, 0], row, "calls").word, "faster")
        self.assertEqual(self.change([0, 0, 0], [0, 0, 0], row, "calls").word, "same")


class Compare(unittest.TestCase):
    def test_slowest_first_and_verdict(self):
        before = sample_report(ring_burst32=entry([2, 2, 2], [1, 1, 1], "pps"), demo=entry([5] * 3))
        after = sample_report(ring_burst32=entry([1, 1, 1], [1, 1, 1], "pps"), demo=entry([6] * 3))
        text, slower = compare.text(before, after)
        self.assertTrue(slower)
        self.assertIn("1 of 2 rows got slower", text)
        self.assertLess(text.index("slower   2.000"), text.index("faster   0.833"))
        self.assertFalse(compare.text(after, before)[0] == text)
        self.assertFalse(compare.text(before, before)[1])

    def test_tells_what_makes_it_doubtful_and_what_was_left_out(self):
        before = sample_report(demo=entry([5] * 3))
        after = copy.deepcopy(sample_report(ring_burst32=entry([1], [1])))
        after["machine"]["cpu"] = "another"
        after["probes"][1] = {"median_ns": 300}
        text, slower = compare.text(before, after)
        self.assertFalse(slower)
        for part in ("cpu differs", "near in one of them only", "both: demo", "both: ring_burst32"):
            self.assertIn(part, text)


class Growth(unittest.TestCase):
    def test_straight_line_is_found(self):
        found = figures.Growth.of([(x, 10 + 2 * x) for x in (0, 1, 2, 4, 8, 16)])
        self.assertAlmostEqual(found.base, 10)
        self.assertAlmostEqual(found.slope, 2)
        self.assertAlmostEqual(found.deviation, 0)
        self.assertTrue(found.linear)

    def test_square_is_worse_than_linear(self):
        self.assertFalse(figures.Growth.of([(x, x * x) for x in (1, 2, 4)]).linear)
        self.assertFalse(figures.Growth.of([(0, 1), (1, 2), (2, 5), (4, 17)]).linear)

    def test_flat_falling_and_proportional_are_linear(self):
        for law in (lambda x: 5, lambda x: 9 / x, lambda x: 3 * x, lambda x: math.sqrt(x)):
            self.assertTrue(figures.Growth.of([(x, law(x)) for x in (1, 2, 10, 1000)]).linear)

    def test_curve_with_one_point_is_not_checked(self):
        curve = {"points": [{"x": 1, "values": [1]}]}
        self.assertIsNone(growth.growth_of(curve))
        self.assertIn("too few", growth.describe(curve))


class Parts(unittest.TestCase):
    def test_a_process_is_one_figure(self):
        def run(ours, peer, **more):
            return {"ring_burst32": {"ours": ours, "peer": peer, "unit": "pps", "what": "w", **more}}

        got = parts.typical_rounds([run([1, 9, 3], [1, 3, 2], one_way_ns=[5, 6, 7]),
                                    run([], [], missing="disturbed"), run([4], [8], one_way_ns=[8])])
        self.assertEqual(got, run([3, 4], [2, 8], one_way_ns=[7, 8]))
        nothing = run([], [], missing="disturbed")
        self.assertEqual(parts.typical_rounds([nothing, nothing]), nothing)

    def test_hugepages_are_given_back(self):
        memory = {"HugePages_Free": 1, "Hugepagesize": 2048}
        with tempfile.NamedTemporaryFile("w+") as pages:
            pages.write("3")
            pages.flush()

            def reserved():
                with open(pages.name, encoding="ascii") as file:
                    return int(file.read())

            def meminfo():
                return {**memory, "HugePages_Free": 1 + reserved() - 3}

            with mock.patch.multiple(machine, _HUGEPAGES=pages.name, _meminfo=meminfo):
                with machine.hugepages(10 << 20) as there:
                    self.assertTrue(there)
                    self.assertEqual(reserved(), 7)
                self.assertEqual(reserved(), 3)
                with machine.hugepages(1) as there:
                    self.assertTrue(there)
                    self.assertEqual(reserved(), 3)
        with mock.patch.multiple(machine, _HUGEPAGES="/nowhere", _meminfo=lambda: memory):
            with machine.hugepages(10 << 20) as there:
                self.assertFalse(there)


class GoogleBenchmark(unittest.TestCase):
    document = {"benchmarks": [
        {"run_name": "BM_A/7/real_time", "run_type": "iteration", "repetition_index": 1,
         "items_per_second": 2e9},
        {"run_name": "BM_A/7/real_time", "run_type": "iteration", "repetition_index": 0,
         "items_per_second": 1e9},
        {"run_name": "BM_A/7/real_time", "run_type": "aggregate", "items_per_second": 9e9},
        {"run_name": "BM_W/manual_time/threads:2", "run_type": "iteration", "repetition_index": 0,
         "error_occurred": True, "error_message": "there is 1 CPU"},
        {"run_name": "BM_Growth_Flows/10/manual_time", "run_type": "iteration",
         "repetition_index": 0, "ns/packet": 12.0},
    ]}

    def test_repetitions_in_their_order_without_aggregates(self):
        self.assertEqual(googlebench.series(self.document, "BM_A/7", googlebench.ns_per_item),
                         [1, 0.5])

    def test_repetitions_without_error_are_paired(self):
        def run(name, index, figure, **more):
            return {"run_name": name, "run_type": "iteration", "repetition_index": index,
                    "x": figure, **more}
        document = {"benchmarks": [
            run("A", 0, 1.0), run("A", 1, 2.0), run("A", 2, 3.0, error_occurred=True),
            run("B", 2, 6.0), run("B", 1, 5.0), run("B", 0, 4.0, error_occurred=True)]}
        got = googlebench.compared(document, "A", "B", "w", "u", googlebench.field("x"))
        self.assertEqual(got, {"ours": [2.0], "peer": [5.0], "unit": "u", "what": "w"})
        document["benchmarks"].pop(1)
        with self.assertRaisesRegex(googlebench.BenchmarkError, "no repetition of A and B"):
            googlebench.compared(document, "A", "B", "w", "u", googlebench.field("x"))

    def test_errors_are_told(self):
        for name, why in (("BM_W/2", "there is 1 CPU"), ("BM_B", "no benchmark BM_B")):
            with self.assertRaisesRegex(googlebench.BenchmarkError, why):
                googlebench.series(self.document, name, googlebench.field("x"))
        with self.assertRaisesRegex(googlebench.BenchmarkError, "no figure x"):
            googlebench.series(self.document, "BM_A/7", googlebench.field("x"))

    def test_row_without_benchmark_is_missing_with_the_reason(self):
        got = parts.attempt("demo", lambda: googlebench.runs_of(self.document, "BM_B"))
        self.assertEqual(got["demo"]["missing"], "there is no benchmark BM_B")

    def test_curves(self):
        curves = growth.in_process(self.document)
        self.assertEqual(curves["flows"]["points"], [{"x": 10, "values": [12.0]}])
        self.assertEqual(curves["frame"]["points"], [])


class Balance(HTMLParser):
    """Whether every element of a page is closed, and what it loads."""
    VOID = {"meta", "br"}

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.links = [], set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in ("src", "href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag


class Report(unittest.TestCase):
    report = sample_report(ring_burst32=entry([1, 1], [1, 1], "pps"),
                           rtc_real_rxonly=entry([9, 9], [10, 10], "pps"),
                           worst_packet=rows.missing("w", "no luck"),
                           mine=entry([1], [2], what="<b>"))

    def test_table_has_every_row_with_bar_figure_and_verdict(self):
        table = report.text_table(self.report)
        for line in (r"PacketRing, bursts of 32.*≥ 1.25× +1 \(1 to 1\) +NOT MET",
                     r"≥ 0.75× \(wished: 0.82×\) 0.9 \(0.9 to 0.9\) +met, as wished",
                     "not measured: no luck",
                     r"<b> +stated +0.5 \(0.5 to 0.5\) +stated", "Flows .*no worse than linear"):
            self.assertRegex(table, line)

    def test_markdown_has_as_many_cells_in_each_row(self):
        text = report.markdown_table(self.report)
        lines = [line for line in text.splitlines() if line.startswith("|")]
        self.assertEqual(len(lines), 2 + 4 + 1)
        self.assertEqual({line.count("|") for line in lines}, {5})

    def test_table_is_put_between_the_marks_of_a_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path, json_path = Path(folder) / "README.md", str(Path(folder) / "report.json")
            suite.write(self.report, folder)
            path.write_text("a\n%s\nold\n%s\nz\n" % suite.MARKS, encoding="utf-8")
            for _ in range(2):  # The second time it replaces the first one's.
                self.assertEqual(suite.main(["--table", json_path, "--into", str(path)]), 0)
                table = report.markdown_table(self.report)
                self.assertEqual(path.read_text(encoding="utf-8"),
                                 "a\n%s\n%s\n%s\nz\n" % (suite.MARKS[0], table, suite.MARKS[1]))
            path.write_text(suite.MARKS[0] + "\n", encoding="utf-8")
            with contextlib.redirect_stderr(io.StringIO()):
                self.assertEqual(suite.main(["--table", json_path, "--into", str(path)]), 2)

    def test_page_needs_nothing_else_and_its_plots_are_xml(self):
        text = page.html_page(self.report)
        balance = Balance()
        balance.feed(text)
        self.assertEqual((balance.open, balance.links), ([], []))
        self.assertNotIn("script", balance.tags)
        self.assertNotIn("<b>", text)
        for plot in text.split("<svg")[1:]:
            xml.dom.minidom.parseString("<svg" + plot.split("</svg>")[0] + "</svg>")

    def test_file_is_read_back_and_others_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            suite.write(self.report, folder)
            path = Path(folder) / "report.json"
            self.assertEqual(report.read(path), self.report)
            for wrong in ("", "[]", "{}", json.dumps({"format": 0}), json.dumps({"format": 1})):
                path.write_text(wrong, encoding="utf-8")
                self.assertRaises(report.ReportError, report.read, path)

    def test_part_that_fails_leaves_its_rows_and_the_reason(self):
        entries, curves = {}, {}
        why = suite.measure("mem", context.Context("", "no build", ""), entries, curves)
        self.assertIn("bench/mem_bench is not built", why)
        self.assertEqual(set(entries), {"buffer_raw", "buffer_mbuf"})
        self.assertTrue(all(each["missing"] for each in entries.values()))

    def test_plot_of_one_point_and_of_equal_ones(self):
        for points in ([(1, 2, 2, 2)], [(0, 2, 2, 2), (5, 2, 2, 2)]):
            xml.dom.minidom.parseString(plots.curve("t", "x", "y", points, (2, 0)))


if __name__ == "__main__":
    unittest.main()
