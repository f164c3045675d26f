# SPDX-License-Identifier: BSD-3-Clause
"""report.json: what is in it, and the table that it makes, in text and in Markdown.

A report is one object:

    format       1
    date         of the start, ISO 8601 in UTC
    seconds      that all of it took; part_seconds: each part
    options      those of the command line
    machine      machine.describe()
    git          machine.revision()
    probes       machine.probe() before and after
    steal_percent  of the run
    rows         as rows.py says, and for each `part`, `figures` (of each repetition), `median`,
                 `least`, `most` (of them), `bar` (text) and `verdict`
    curves       as growth.py says, and for each `check`, a sentence, and `linear`
    trouble      what could not be run, a text for each
"""
import json

import figures
import growth
import machine
import rows

FORMAT = 1
WIDTH = 84  # Of the table's first column.


class ReportError(ValueError):
    """A file is no report of this suite."""


def finished_rows(entries, near):
    """Adds to each row what follows from its figures."""
    result = {}
    for key, entry in entries.items():
        row = rows.row_of(key, entry)
        values = figures.paired(row, entry)
        result[key] = dict(entry, part=row.part, figures=values, bar=row.bar_text(),
                           verdict=figures.verdict(row, values, near))
        if values:
            spread = figures.Spread.of(values)
            result[key] |= {'median': spread.median, 'least': spread.least, 'most': spread.most}
    return result


def finished_curves(curves):
    result = {}
    for key, curve in curves.items():
        found = growth.growth_of(curve)
        result[key] = dict(curve, check=growth.describe(curve),
                           linear=None if found is None else found.linear)
    return result


def read(path):
    """A report from its file. Raises ReportError."""
    try:
        with open(path, encoding='utf-8') as file:
            report = json.load(file)
        if report['format'] != FORMAT:
            raise ReportError('%s: format %s, not %d' % (path, report['format'], FORMAT))
        rows.check(report)
        return report
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReportError('%s is no report of this suite: %s' % (path, error)) from None


def number(value):
    """Four digits, and all of those before the point."""
    if value >= 1000:
        return '{:,.0f}'.format(value)
    return '%.4g' % value if value < 10 else '%.1f' % value


def ordered(entries):
    """Those of the table first, in its order."""
    known = [key for key in rows.ROWS if key in entries]
    return known + [key for key in entries if key not in rows.ROWS]


def _figure(entry):
    if 'median' not in entry:
        return '–'
    return '%s (%s to %s)' % tuple(number(entry[name]) for name in ('median', 'least', 'most'))


def _verdict(entry):
    if entry['verdict'] == figures.NOT_MEASURED:
        return 'not measured: ' + entry.get('missing', 'no reason')
    if entry['verdict'] == figures.NO_VERDICT:
        return 'no verdict: the CPUs are not near'
    if rows_stretched(entry):
        return entry['verdict'] + ', as wished'
    return entry['verdict']


def rows_stretched(entry):
    """Whether a row is better than its bar by as much as is wished for."""
    row = rows.ROWS.get(entry.get('key', ''))
    if row is None or row.stretch is None or entry['verdict'] != figures.MET:
        return False
    return entry['median'] >= row.stretch if row.rising else entry['median'] <= row.stretch


def cells(report):
    """(what, bar, figure, verdict) of each row."""
    for key in ordered(report['rows']):
        entry = report['rows'][key]
        text = rows.row_of(key, entry).text
        yield text, entry['bar'], _figure(entry), _verdict(dict(entry, key=key))


def notes(report):
    """(what, note) of the rows and curves that have one."""
    for key in ordered(report['rows']):
        entry = report['rows'][key]
        if entry.get('note'):
            yield rows.row_of(key, entry).text, entry['note']
    for curve in report['curves'].values():
        if curve['note']:
            yield curve['title'], curve['note']


def circumstances(report):
    """Sentences on where and how it was measured."""
    what, git, options = report['machine'], report['git'], report['options']
    probes = ['%.0f ns' % each['median_ns'] if 'median_ns' in each else each['missing']
              for each in report['probes']]
    virtual = ' of a virtual machine (%s)' % what['virtual'] if what['virtual'] else ''
    yield '%s at %.0f MHz, %d CPUs%s, %s MiB, %s, Linux %s, DPDK %s, %s' % (
        what['cpu'], what['mhz'], len(what['cpus']), virtual, what['memory_mib'], what['system'],
        what['kernel'], what['dpdk'], what['compiler'])
    yield 'revision %s%s, %s, %.0f s%s' % (
        git['revision'][:12], ' (changed)' if git['dirty'] else '', report['date'],
        report['seconds'], ', in a hurry (--quick)' if options.get('quick') else '')
    yield 'packets: ' + report['packets']
    yield 'a cache line takes %s one way between the CPUs (%s); steal %.1f %%' % (
        ' before and '.join(probes) + ' after' if len(probes) == 2 else ', '.join(probes),
        'near' if machine.near(report['probes']) else 'not near', report['steal_percent'])


def text_table(report):
    """What the command prints."""
    lines = list(circumstances(report))
    lines += ['', '%-*s %-18s %-34s %s' % (WIDTH, 'what', 'bar', 'median (min to max)', '')]
    for what, bar, figure, word in cells(report):
        while len(what) > WIDTH:
            cut = what.rfind(' ', 0, WIDTH)
            lines.append(what[:cut])
            what = '  ' + what[cut + 1:]
        lines.append('%-*s %-18s %-34s %s' % (WIDTH, what, bar, figure, word))
    if report['curves']:
        lines += ['', 'how cost grows']
    for curve in report['curves'].values():
        lines.append('%s (%s): %s' % (curve['title'], curve['x'], curve['check']))
    lines += ['', *('%s: %s' % each for each in notes(report))]
    lines += ['trouble: ' + each for each in report['trouble']]
    return '\n'.join(lines)


def markdown_table(report):
    """What README holds."""
    lines = ['| what | bar | median (min to max) | |', '|---|---|---|---|']
    lines += ['| %s |' % ' | '.join(cell.replace('|', '\\|') for cell in row)
              for row in cells(report)]
    for curve in report['curves'].values():
        word = {True: 'met', False: figures.NOT_MET, None: 'not measured'}[curve['linear']]
        lines.append('| cost by %s (%s) | no worse than linear | %s | %s |' % (
            curve['title'].lower(), curve['x'], curve['check'].split(';')[0], word))
    lines += ['', *('- %s: %s' % each for each in notes(report))]
    return '\n'.join([*lines, '', *('%s.' % each for each in circumstances(report))])
