# SPDX-License-Identifier: BSD-3-Clause
"""report.html: one page that needs nothing else, with the table and the plots as inline SVG."""
from html import escape

import figures
import growth
import plots
import report
import rows

STYLE = '''
:root { --ink: #1c2430; --soft: #5b6675; --line: #d8dee6; --page: #fff; --met: #1a7f4b;
  --missed: #b3261e; --curve: #1f5fa8; --fit: #b07a16; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9f0; --soft: #9aa6b5; --line: #39424e;
  --page: #14191f; --met: #57c98c; --missed: #ff8a80; --curve: #7db4f0; --fit: #e0b252; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page);
  margin: 0 auto; max-width: 62rem; padding: 1.5rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; } h3 { font-size: 1rem; }
table { border-collapse: collapse; width: 100%; } .wide { overflow-x: auto; }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line);
  vertical-align: top; }
td.figure { white-space: nowrap; font-variant-numeric: tabular-nums; }
.met { color: var(--met); } .missed { color: var(--missed); } .soft { color: var(--soft); }
.curves { display: grid; grid-template-columns: repeat(auto-fit, minmax(25rem, 1fr)); gap: 1.5rem; }
svg { width: 100%; height: auto; } svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
svg .tick { fill: var(--soft); } svg .grid { stroke: var(--line); }
svg .bar { stroke: var(--ink); stroke-width: 1.5; }
svg .spread { stroke-width: 2; stroke: var(--curve); }
svg circle.met { fill: var(--met); } svg circle.missed { fill: var(--missed); }
svg .spread.met { stroke: var(--met); } svg .spread.missed { stroke: var(--missed); }
svg .curve { fill: none; stroke: var(--curve); stroke-width: 2; } svg .dot { fill: var(--curve); }
svg .fit { fill: none; stroke: var(--fit); stroke-dasharray: 5 4; }
'''


def _class(verdict):
    return {figures.MET: 'met', figures.NOT_MET: 'missed'}.get(verdict, 'soft')


def _table(result):
    lines = ['<div class="wide"><table><thead><tr><th>what</th><th>bar</th>'
             '<th>median (min to max)</th><th></th></tr></thead><tbody>']
    keys = report.ordered(result['rows'])
    for key, (what, bar, figure, word) in zip(keys, report.cells(result)):
        entry = result['rows'][key]
        lines.append('<tr><td>%s<br><span class="soft">%s</span></td><td class="figure">%s</td>'
                     '<td class="figure">%s</td><td class="%s">%s</td></tr>' % (
                         escape(what), escape(_medians(entry)), escape(bar), escape(figure),
                         _class(entry['verdict']), escape(word)))
    return '\n'.join([*lines, '</tbody></table></div>'])


def _medians(entry):
    """What was measured, with both medians where there are two, and the note."""
    if not entry['ours']:
        return ''
    text = entry['what']
    if entry['peer']:
        text += '; ours %s, peer %s %s' % (
            report.number(figures.Spread.of(entry['ours']).median),
            report.number(figures.Spread.of(entry['peer']).median), entry['unit'])
    return text + ('. ' + entry['note'] if entry.get('note') else '')


def _margins(result):
    """What plots.margins() wants of the rows that have a bar other than 0."""
    for key in report.ordered(result['rows']):
        entry = result['rows'][key]
        row = rows.row_of(key, entry)
        if not row.bar or 'median' not in entry or entry['least'] <= 0:
            continue
        times = [figure / row.bar if row.rising else row.bar / figure
                 for figure in entry['figures']]
        spread = figures.Spread.of(times)
        yield key, spread.median, spread.least, spread.most, entry['verdict'] != figures.NOT_MET


def _curve(curve):
    points = [(point['x'], *_spread(point['values'])) for point in curve['points']]
    found = growth.growth_of(curve)
    text = '<h3>%s</h3>' % escape(curve['title'])
    if points:
        text += plots.curve(curve['title'], curve['x'], curve['unit'],
                            points, (found.base, found.slope) if found else None)
    return '<section>%s<p class="%s">%s</p><p class="soft">%s</p></section>' % (
        text, 'missed' if curve['linear'] is False else '', escape(curve['check']),
        escape(' '.join([curve['what'] + '.', curve['note']])))


def _spread(values):
    spread = figures.Spread.of(values)
    return spread.median, spread.least, spread.most


def html_page(result):
    """The whole page."""
    parts = ['<!DOCTYPE html>', '<html lang="en"><head><meta charset="utf-8">',
             '<meta name="viewport" content="width=device-width, initial-scale=1">',
             '<title>Weir: benchmarks</title><style>%s</style></head><body>' % STYLE,
             '<h1>Weir: benchmarks</h1>']
    parts += ['<p>%s.</p>' % escape(each) for each in report.circumstances(result)]
    bars = list(_margins(result))
    if bars:
        parts += ['<h2>How far each bar is met</h2>',
                  '<p>Dots are medians, lines reach from the least to the greatest repetition.</p>',
                  plots.margins(bars)]
    parts += ['<h2>Every row</h2>', _table(result)]
    if result['curves']:
        parts += ['<h2>How cost grows</h2>', '<p>Dashed: a straight line, fitted.</p>',
                  '<div class="curves">', *map(_curve, result['curves'].values()), '</div>']
    if result['trouble']:
        parts += ['<h2>Trouble</h2>']
        parts += ['<pre>%s</pre>' % escape(each) for each in result['trouble']]
    return '\n'.join([*parts, '</body></html>', ''])
