# SPDX-License-Identifier: BSD-3-Clause
"""What changed from one report to another, and whether it is beyond the noise."""
import math

import figures
import machine
import report
import rows


def changes(before, after):
    """(key, Change) of the rows that both reports have figures of, what got slower most first."""
    found = []
    for key, entry in after['rows'].items():
        other = before['rows'].get(key)
        if other is None or not entry['ours'] or not other['ours']:
            continue
        row = rows.row_of(key, entry)
        change = figures.Change.of(row, entry['unit'], figures.paired(row, other),
                                   figures.paired(row, entry))
        found.append((key, change))
    return sorted(found, key=lambda each: -each[1].slower)


def doubts(before, after):
    """Why the reports cannot be compared without second thoughts."""
    for name in ('cpu', 'cpus', 'kernel', 'dpdk', 'compiler', 'virtual'):
        if before['machine'][name] != after['machine'][name]:
            yield '%s differs: %s, %s' % (name, before['machine'][name], after['machine'][name])
    if before['options'].get('quick') != after['options'].get('quick'):
        yield 'one of them was measured in a hurry (--quick)'
    if before['packets'] != after['packets']:
        yield 'the packets differ: %s; %s' % (before['packets'], after['packets'])
    if machine.near(before['probes']) != machine.near(after['probes']):
        yield 'the CPUs were near in one of them only: rows between two lcores say little'


def _times(value):
    return 'all' if math.isinf(value) else '%.3f' % value


def text(before, after):
    """The comparison, and whether something got slower beyond the noise."""
    lines = ['note: ' + doubt for doubt in doubts(before, after)]
    form = '%-8s %-9s %-8s %-12s %-12s %s'
    lines.append(form % ('', 'slower by', 'noise', 'before', 'after', 'what'))
    found = changes(before, after)
    for key, change in found:
        entry, other = after['rows'][key], before['rows'][key]
        lines.append(form % (change.word, _times(change.slower), _times(change.noise),
                             report.number(other['median']), report.number(entry['median']),
                             rows.row_of(key, entry).text))
    measured = {key for key, _ in found}
    for key in [*before['rows'], *(key for key in after['rows'] if key not in before['rows'])]:
        if key not in measured:
            lines.append('not compared, since not measured in both: ' + key)
    slower = sum(change.word == 'slower' for _, change in found)
    lines.append('%d of %d rows got slower beyond the noise' % (slower, len(found)))
    return '\n'.join(lines), slower > 0
