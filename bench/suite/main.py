#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The benchmark suite behind scripts/bench.sh, which builds what this runs.

  main.py --root CHECKOUT --build DIR [--quick] [--only PART]... [--out DIR] [--under COMMAND]
  main.py --compare A.json B.json      what changed; exit 1 if something got slower beyond the noise
  main.py --table REPORT.json [--into FILE]   the table in Markdown, or put between FILE's marks

Exit status: 0 measured, whatever the figures are; 2 something could not be run.
"""
import argparse
import datetime
import json
import os
import shlex
import sys
import tempfile
import time

import compare
import context
import machine
import page
import parts
import report
import rows


# Between these lines of a file stands a table.
MARKS = ('<!-- table of scripts/bench.sh -->', '<!-- end of the table -->')


def put_into(path, table):
    """Replaces the table in a file. Raises ReportError where it has no place for one."""
    with open(path, encoding='utf-8') as file:
        before, first, rest = file.read().partition(MARKS[0] + '\n')
        _, last, after = rest.partition(MARKS[1] + '\n')
    if not last:
        raise report.ReportError("%s has no lines '%s' and '%s'" % (path, *MARKS))
    with open(path, 'w', encoding='utf-8') as file:
        file.write('%s%s%s\n%s%s' % (before, first, table, last, after))


def options_of(words):
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--root', default=os.path.join(os.path.dirname(__file__), '..', '..'))
    parser.add_argument('--build', default='build')
    parser.add_argument('--quick', action='store_true', help='each measured for less time')
    parser.add_argument('--only', action='append', choices=list(parts.PARTS), default=[],
                        metavar='PART', help='of ' + ', '.join(parts.PARTS))
    parser.add_argument('--out', default='bench-report', help='folder of the report (bench-report)')
    parser.add_argument('--under', default='', metavar='COMMAND',
                        help='run every program under this command, such as one that waits until '
                        'nobody else computes')
    parser.add_argument('--compare', nargs=2, metavar=('A.json', 'B.json'))
    parser.add_argument('--table', metavar='REPORT.json')
    parser.add_argument('--into', metavar='FILE', help='with --table: replace what stands between '
                        "FILE's lines '%s' and '%s'" % MARKS)
    parser.add_argument('--targets', action='store_true', help='print what Ninja must build')
    return parser.parse_args(words)


def measure(part, where, entries, curves):
    """Adds what a part measured; returns why it could not, or ''."""
    try:
        result = parts.PARTS[part](where)
        entries.update(rows.check({'rows': result.get('rows', {})}))
        curves.update(result.get('curves', {}))
        return ''
    except context.NotHere as reason:
        lacking(part, str(reason), entries)
        return ''
    except (context.PartError, ValueError, KeyError, OSError) as error:
        why = '%s: %s' % (type(error).__name__, error)
        lacking(part, why.splitlines()[0], entries)
        return '%s: %s' % (part, why)


def lacking(part, reason, entries):
    for key, row in rows.ROWS.items():
        if row.part == part:
            entries[key] = rows.missing(row.text, reason)


def suite(options):
    """Measures; returns the report."""
    started, date = time.monotonic(), datetime.datetime.now(datetime.timezone.utc)
    chosen = [part for part in parts.PARTS if not options.only or part in options.only]
    entries, curves, trouble, took = {}, {}, [], {}
    under = shlex.split(options.under)
    with tempfile.TemporaryDirectory() as scratch:
        where = context.Context(options.root, options.build, scratch, options.quick, under)
        prober = where.program('bench/placement-probe')
        times, probes = machine.cpu_times(), [machine.probe(prober, under)]
        for part in chosen:
            context.say('==> measure: ' + part)
            since = time.monotonic()
            why = measure(part, where, entries, curves)
            trouble += [why] if why else []
            took[part] = round(time.monotonic() - since, 1)
        probes.append(machine.probe(prober, under))
        steal = machine.steal_percent(times, machine.cpu_times())
    corpus = os.environ.get('WEIR_CORPUS')
    return {
        'format': report.FORMAT, 'date': date.isoformat(timespec='seconds'),
        'seconds': time.monotonic() - started, 'part_seconds': took,
        'options': {'quick': options.quick, 'only': options.only},
        'git': machine.revision(options.root),
        'machine': machine.describe(options.build), 'probes': probes, 'steal_percent': steal,
        'packets': 'real ones, of WEIR_CORPUS' if corpus else
                   'the demo\'s, for WEIR_CORPUS names no folder of real captures',
        'rows': report.finished_rows(entries, machine.near(probes)),
        'curves': report.finished_curves(curves), 'trouble': trouble}


def write(result, folder):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'report.json'), 'w', encoding='utf-8') as file:
        json.dump(result, file, indent=1, ensure_ascii=False)
        file.write('\n')
    with open(os.path.join(folder, 'report.html'), 'w', encoding='utf-8') as file:
        file.write(page.html_page(result))


def main(words):
    options = options_of(words)
    try:
        if options.compare:
            text, slower = compare.text(*map(report.read, options.compare))
            print(text)
            return 1 if slower else 0
        if options.targets:
            print('\n'.join(parts.TARGETS))
            return 0
        if options.table:
            table = report.markdown_table(report.read(options.table))
            if options.into:
                put_into(options.into, table)
            else:
                print(table)
            return 0
        result = suite(options)
        write(result, options.out)
    except (context.PartError, report.ReportError, OSError) as error:
        context.say('bench: %s' % error)
        return 2
    print(report.text_table(result))
    context.say('==> report: %s' % os.path.join(options.out, 'report.html'))
    return 2 if result['trouble'] else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
