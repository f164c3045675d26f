# SPDX-License-Identifier: BSD-3-Clause
"""Figures from what Google Benchmark prints with --benchmark_format=json."""


class BenchmarkError(ValueError):
    """A benchmark is not there, or ended with an error."""


# What makes repetitions comparable pair by pair.
def options(repetitions, min_seconds, pattern):
    return ['--benchmark_format=json', '--benchmark_repetitions=%d' % repetitions,
            '--benchmark_enable_random_interleaving=true', '--benchmark_min_time=%g' % min_seconds,
            '--benchmark_filter=' + pattern]


def _name(run):
    """With the number of threads, where it is given, as its last part; without what other options
    add, such as /real_time."""
    parts = run['run_name'].split('/')
    return '/'.join(part.removeprefix('threads:') for part in parts
                    if part not in ('real_time', 'process_time', 'manual_time') and
                    not part.startswith(('repeats:', 'min_time:')))


def names(document):
    """Of all benchmarks that ran, each once, in their order."""
    return list(dict.fromkeys(_name(run) for run in document['benchmarks']))


def runs_of(document, name):
    """Repetitions of a benchmark in their order, without those that ended with an error. Raises
    BenchmarkError when none is left."""
    runs = [run for run in document['benchmarks']
            if run.get('run_type') == 'iteration' and _name(run) == name]
    good = [run for run in runs if not run.get('error_occurred')]
    if not runs:
        raise BenchmarkError('there is no benchmark %s' % name)
    if not good:
        raise BenchmarkError('%s: %s' % (name, runs[0].get('error_message', 'an error')))
    return sorted(good, key=lambda run: run['repetition_index'])


def field(name):
    """What takes one field (items_per_second, a counter) of a repetition."""
    def of(run):
        if name not in run:
            raise BenchmarkError('%s has no figure %s' % (_name(run), name))
        return float(run[name])
    return of


def ns_per_item(run):
    return 1e9 / field('items_per_second')(run)


def series(document, name, figure):
    """A figure of each repetition."""
    return [figure(run) for run in runs_of(document, name)]


def compared(document, ours, peer, what, unit='ns', figure=ns_per_item):
    """A row (rows.py) of two benchmarks, repetition by repetition."""
    theirs = {run['repetition_index']: figure(run) for run in runs_of(document, peer)}
    pairs = [(figure(run), theirs[run['repetition_index']]) for run in runs_of(document, ours)
             if run['repetition_index'] in theirs]
    if not pairs:
        raise BenchmarkError('no repetition of %s and %s without error' % (ours, peer))
    return {'ours': [mine for mine, _ in pairs], 'peer': [other for _, other in pairs],
            'unit': unit, 'what': what}
