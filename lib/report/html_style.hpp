// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

namespace weir::report {

/// The style sheet of report.html: light or dark as the reader's screen is, light on paper. It
/// loads nothing. Text has a contrast of 4.5 and more, and no colour says what words do not.
inline constexpr std::string_view kHtmlStyle = R"css(
:root {
  color-scheme: light dark;
  --paper: #fbfbfa; --card: #ffffff; --ink: #1b1f24; --soft: #59626d; --line: #d8dce1;
  --track: #e9ecef; --bar: #336fac; --mark: #b04a12; --good: #1c7440; --bad: #b1261d;
  --good-card: #eaf5ee; --bad-card: #fceceb;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --card: #1b1f24; --ink: #e6e9ec; --soft: #a4adb7; --line: #363d45;
    --track: #2a3037; --bar: #69a5e0; --mark: #f0a165; --good: #6fce92; --bad: #ff9088;
    --good-card: #16281d; --bad-card: #331b1a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem 1.25rem 4rem; max-width: 76rem;
  background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Liberation Sans", "DejaVu Sans", sans-serif;
}
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 2.75rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line);
  font-size: 1.2rem; }
h3 { margin: 2rem 0 .6rem; font-size: 1rem; overflow-wrap: anywhere; }
h1, h2, h3 { font-weight: 600; }
p { margin: .6rem 0; }
header p { color: var(--soft); }
.banner { padding: 1rem 1.25rem; border: 1px solid var(--line); border-left: 6px solid;
  border-radius: 6px; }
.banner.good { border-left-color: var(--good); background: var(--good-card); }
.banner.bad { border-left-color: var(--bad); background: var(--bad-card); }
.banner p { margin: .3rem 0 0; color: var(--ink); }
.good { color: var(--good); }
.bad { color: var(--bad); }
.banner.good, .banner.bad { color: var(--ink); }
.verdict { font-weight: 600; }
.note { color: var(--soft); overflow-wrap: anywhere; }
nav { margin: 1.25rem 0; display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; }
a { color: var(--bar); }
code { font: .93em ui-monospace, "DejaVu Sans Mono", "Liberation Mono", monospace;
  overflow-wrap: anywhere; }
code, dd, h3 { unicode-bidi: isolate; }
.scroll { overflow-x: auto; margin: .75rem 0 1.25rem; }
table { border-collapse: collapse; font-size: .93rem; font-variant-numeric: tabular-nums; }
caption { padding: 0 0 .4rem; text-align: left; color: var(--soft); }
th, td { padding: .28rem .8rem; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; }
th:first-child { padding-left: .2rem; }
thead th { vertical-align: bottom; color: var(--soft); font-weight: 600; font-size: .86rem; }
tbody th { font-weight: 400; }
td, tbody th { overflow-wrap: break-word; max-width: 32rem; }
td:empty { padding: 0; }
.n { text-align: right; }
td.n { white-space: nowrap; }
.dense { font-size: .84rem; }
.dense th, .dense td { padding-left: .45rem; padding-right: .45rem; }
.dense tbody th, .dense td:nth-child(2) { white-space: nowrap; }
tr.sum > * { font-weight: 600; border-bottom-color: var(--soft); }
tr.wrong > * { color: var(--bad); font-weight: 600; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(11.5rem, 1fr));
  gap: .65rem 1.5rem; margin: .75rem 0 1.25rem; }
.facts dt { color: var(--soft); font-size: .86rem; overflow-wrap: anywhere; }
.facts dd { margin: 0; font-size: .93rem; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.key .facts { grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); }
.key dd { font-size: 1.25rem; font-weight: 600; }
summary { color: var(--soft); cursor: pointer; }
ol.stack { margin-top: .2rem; font-size: .9rem; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr));
  gap: 1rem; align-items: start; }
figure { margin: 0; padding: .75rem; border: 1px solid var(--line); border-radius: 6px;
  background: var(--card); break-inside: avoid; }
figcaption { margin-top: .3rem; color: var(--soft); font-size: .86rem; }
svg { display: block; }
svg.plot { width: 100%; max-width: 30rem; height: auto; margin: 0 auto; }
svg.share { width: 11rem; height: .7rem; margin-top: .4rem; }
svg text { font-family: inherit; font-size: 10.5px; text-anchor: middle; fill: var(--soft); }
svg text.y { text-anchor: end; }
svg text.name { text-anchor: start; }
.values text { font-size: 9px; fill: var(--ink); stroke: var(--card); stroke-width: 3px;
  paint-order: stroke; }
.bars, .share rect, .dots { fill: var(--bar); }
.share rect.whole { fill: var(--track); }
.axis, .grid, .line, .mark { fill: none; stroke: var(--soft); }
.grid { stroke: var(--line); }
.line { stroke: var(--bar); stroke-width: 2; stroke-linejoin: round; }
.mark { stroke: var(--mark); stroke-width: 1.5; }
.mark path { stroke-dasharray: 4 3; }
.mark text { stroke: none; fill: var(--mark); font-weight: 600; text-anchor: start; }
@media print {
  body { max-width: none; padding: 0; background: none; font-size: 9.5pt; }
  nav { display: none; }
  h2, h3, caption { break-after: avoid; }
  tr, .facts > div { break-inside: avoid; }
  .scroll { overflow: visible; }
  .facts { grid-template-columns: repeat(auto-fill, minmax(7.5rem, 1fr)); gap: .4rem 1rem; }
  .plots { grid-template-columns: repeat(3, 1fr); gap: .5rem; }
  th, td { padding: .15rem .4rem; }
}
)css";

}  // namespace weir::report
