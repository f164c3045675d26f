// SPDX-License-Identifier: BSD-3-Clause
#include "report/html_report.hpp"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "report/format.hpp"
#include "report/html_associations.hpp"
#include "report/html_books.hpp"
#include "report/html_costs.hpp"
#include "report/html_machine.hpp"
#include "report/html_style.hpp"
#include "report/html_text.hpp"
#include "report/verdict.hpp"

namespace weir::report {
namespace {

using pipeline::RunReport;

struct Section {
    std::string_view id;
    std::string_view title;
    std::string markup;  ///< None: the section is left out.
};

std::vector<Section> sections_of(const RunReport& report) {
    return {{"ledger", "Ledger", html_ledger(report)},
            {"conditions", "Conditions", html_conditions(report)},
            {"demo", "Demo", html_demo(report)},
            {"ports", "Ports", html_ports(report)},
            {"protocols", "Protocols", html_protocols(report)},
            {"statuses", "Parse status", html_statuses(report)},
            {"ipsec", "IPsec", html_associations(report.associations)},
            {"capture", "Capture", html_capture(report)},
            {"costs", "Where time goes", html_costs(report)},
            {"machine", "Lcores, rings and pools", html_machine(report)},
            {"memory", "Memory", html_memory(report)}};
}

std::string exit_line(const RunReport& report) {
    return fmt::format("exit {}: {}", static_cast<int>(report.exit_code),
                       meaning(report.exit_code));
}

/// Nothing may be loaded or run, whatever a name in the page looks like.
std::string head(const RunReport& report) {
    return fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
        "<meta http-equiv=\"Content-Security-Policy\" "
        "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
        "<title>Weir: {}</title>\n<style>{}</style>\n</head>\n",
        escaped(exit_line(report)), kHtmlStyle);
}

std::string banner(const RunReport& report) {
    const bool good = report.exit_code == base::ExitCode::kOk && report.final.ledger.balanced;
    return fmt::format("<div class=\"banner {}\"><h1>Weir run: {}</h1>\n{}</div>\n",
                       good ? "good" : "bad", escaped(exit_line(report)),
                       paragraph(escaped(verdict(report.final.ledger))));
}

std::string key_figures(const RunReport& report) {
    const pipeline::Snapshot& state = report.final;
    std::uint64_t bytes = 0;
    for (const pipeline::PortState& port : state.ports) bytes += port.rx_bytes;
    const auto mean = [&state](std::uint64_t count, double unit) {
        return fmt::format("{:.3f}",
                           ratio(static_cast<double>(count), state.elapsed_seconds) / unit);
    };
    HtmlFacts facts;
    facts.add("received", grouped(state.ledger.received));
    facts.add("delivered", grouped(state.ledger.delivered));
    facts.add("forwarded", grouped(state.ledger.forwarded));
    facts.add("dropped", grouped(state.ledger.dropped_total()));
    facts.add("mean Mpps", mean(state.ledger.received, 1e6));
    facts.add("mean Gbit/s", mean(bytes, 1e9 / 8));
    return "<div class=\"key\">" + facts.markup() + "</div>\n";
}

std::string circumstances(const RunReport& report) {
    return paragraph(
        fmt::format("Weir {}, {}, action {}, {}. Started {}, ended by {} after {:.3f} s.",
                    isolated(report.version), isolated(report.wiring), isolated(report.action),
                    isolated(report.memory), isolated(report.started_at),
                    isolated(report.stop_reason), report.final.elapsed_seconds));
}

}  // namespace

std::string html_report(const RunReport& report) {
    std::string links;
    std::string body;
    for (const Section& section : sections_of(report)) {
        if (section.markup.empty()) continue;
        links += fmt::format("<a href=\"#{}\">{}</a>\n", section.id, section.title);
        body += fmt::format(
            "<section id=\"{0}\" aria-labelledby=\"{0}-h\">\n<h2 id=\"{0}-h\">{1}"
            "</h2>\n{2}</section>\n",
            section.id, section.title, section.markup);
    }
    return head(report) + "<body>\n<header>\n" + banner(report) + circumstances(report) +
           key_figures(report) + "</header>\n<nav aria-label=\"Sections\">\n" + links +
           "</nav>\n<main>\n" + body + "</main>\n</body>\n</html>\n";
}

}  // namespace weir::report
