// SPDX-License-Identifier: BSD-3-Clause
#include "report/html_books.hpp"

#include <fmt/format.h>

#include "report/format.hpp"
#include "report/html_text.hpp"
#include "report/verdict.hpp"

namespace weir::report {
namespace {

using pipeline::RunReport;
using Kind = HtmlTable::Kind;

std::string share(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? "" : fmt::format("{:.3f} %", percent(part, whole));
}

std::string verdict_line(bool good, std::string_view words) {
    return paragraph(escaped(words), good ? "verdict good" : "verdict bad");
}

/// Selected = stored + what was not stored; stored = what became of that.
std::string capture_sums(const pipeline::CaptureState& capture) {
    HtmlTable table("", {{"outcome"}, {"packets", true}});
    table.row({"selected", grouped(capture.selected)}, Kind::kSum);
    table.row({"stored", grouped(capture.stored)});
    for (const auto& [reason, packets] : capture.not_stored) {
        table.row({"+ not stored: " + escaped(reason), grouped(packets)});
    }
    table.row({"stored", grouped(capture.stored)}, Kind::kSum);
    table.row({"written", grouped(capture.written)});
    for (const auto& [reason, packets] : capture.lost) {
        table.row({"+ lost: " + escaped(reason), grouped(packets)});
    }
    if (capture.ring) {
        table.row({"+ overwritten in the ring", grouped(capture.overwritten)});
        table.row({"+ in the ring at the end, discarded", grouped(capture.discarded)});
    }
    return table.markup();
}

}  // namespace

std::string html_ledger(const RunReport& report) {
    const pipeline::Ledger& ledger = report.final.ledger;
    HtmlTable table("", {{"outcome"}, {"packets", true}, {"of received", true}});
    const auto line = [&table, &ledger](const std::string& what, std::uint64_t packets,
                                        Kind kind = Kind::kPlain) {
        table.row({what, grouped(packets), share(packets, ledger.received)}, kind);
    };
    line("received", ledger.received, Kind::kSum);
    line("delivered", ledger.delivered);
    line("+ forwarded", ledger.forwarded);
    for (const auto& [stage, reasons] : ledger.dropped) {
        for (const auto& [reason, packets] : reasons) {
            line("+ dropped: " + escaped(stage) + " " + escaped(reason), packets);
        }
    }
    line("+ in flight", ledger.in_flight, ledger.in_flight == 0 ? Kind::kPlain : Kind::kWrong);
    line("= accounted for", accounted(ledger), Kind::kSum);
    std::string text = table.markup() + verdict_line(ledger.balanced, verdict(ledger));
    if (report.missing.empty()) return text;
    text += "<ul class=\"bad\">\n";
    for (const std::string& what : report.missing) {
        text += "<li>" + isolated(what) + "</li>\n";
    }
    return text + "</ul>\n";
}

std::string html_conditions(const RunReport& report) {
    HtmlTable table("", {{"exit 1 when"}, {"value", true}, {"result"}});
    for (const pipeline::ConditionResult& result : report.conditions) {
        table.row({"<code>" + escaped(result.expression) + "</code>", grouped(result.value),
                   result.failed ? "FAIL: it holds" : "ok: it does not hold"},
                  result.failed ? Kind::kWrong : Kind::kPlain);
    }
    return table.markup();
}

std::string html_demo(const RunReport& report) {
    if (report.demo.empty()) return "";
    HtmlTable table("", {{"what"}, {"planted", true}, {"found", true}, {""}});
    for (const pipeline::DemoCheck& check : report.demo) {
        const bool same = check.planted == check.found;
        table.row({escaped(check.what), grouped(check.planted), grouped(check.found),
                   same ? "" : "DIFFERS"},
                  same ? Kind::kPlain : Kind::kWrong);
    }
    const bool passed = demo_passed(report);
    return verdict_line(passed, passed ? "PASS" : "FAIL") +
           fmt::format("<details{}><summary>{} comparisons</summary>\n{}</details>\n",
                       passed ? "" : " open=\"open\"", report.demo.size(), table.markup());
}

std::string html_capture(const RunReport& report) {
    if (!report.final.capture) return "";
    const pipeline::CaptureState& capture = *report.final.capture;
    HtmlFacts facts;
    facts.add("file", isolated(capture.file));
    facts.add("files begun", grouped(capture.files));
    facts.add("octets on the disk", grouped(capture.file_bytes));
    facts.add("octets stored", grouped(capture.stored_bytes));
    facts.add("segments of 1 MiB",
              fmt::format("{} of at most {}", capture.segments, capture.most_segments));
    if (capture.files_deleted != 0) {
        facts.add("files deleted by rotation", grouped(capture.files_deleted));
        facts.add("packets in them", grouped(capture.packets_deleted));
    }
    if (capture.ring) {
        facts.add("triggers", grouped(capture.triggers));
        facts.add("triggers while one was served", grouped(capture.triggers_ignored));
    }
    std::string text = facts.markup() + capture_sums(capture);
    if (!capture.note.empty()) text += paragraph(isolated(capture.note), "note");
    return text + verdict_line(capture.balanced, verdict(capture));
}

}  // namespace weir::report
