# SPDX-License-Identifier: BSD-3-Clause
"""The arithmetic of the benchmark suite: paired ratios, what is noise, and how cost grows."""
from dataclasses import dataclass
import math
import statistics

import rows

# From the median absolute deviation to the standard deviation of a normal distribution, and from a
# sample's standard deviation to that of its median, times the square root of its size.
MAD_TO_SIGMA = 1.4826
MEDIAN_TO_MEAN = 1.2533
# So many standard deviations, and so large a part at least, is beyond the noise.
SIGMAS = 3
LEAST_CHANGE = {'instructions': 0.002}
LEAST_TIMED_CHANGE = 0.02
# Fewer repetitions say nothing of noise.
LEAST_REPETITIONS = 3


def paired(row, entry):
    """The row's figure in each repetition: ours / peer, peer / ours or ours."""
    ours, peer = entry['ours'], entry['peer']
    if row.figure == rows.VALUE:
        return list(ours)
    if row.figure == rows.TIMES:
        return [theirs / mine for mine, theirs in zip(ours, peer, strict=True)]
    return [mine / theirs for mine, theirs in zip(ours, peer, strict=True)]


@dataclass(frozen=True)
class Spread:
    median: float
    least: float
    most: float

    @staticmethod
    def of(values):
        return Spread(statistics.median(values), min(values), max(values))


MET, NOT_MET, STATED, NOT_MEASURED, NO_VERDICT = (
    'met', 'NOT MET', 'stated', 'not measured', 'no verdict')


def verdict(row, values, near=True):
    """What the table says of a row's figures. `near`: whether the two CPUs were near throughout."""
    if not values:
        return NOT_MEASURED
    if row.bar is None:
        return STATED
    if row.near_only and not near:
        return NO_VERDICT
    judged = statistics.median(values)
    if row.worst_counts:
        judged = min(values) if row.rising else max(values)
    return MET if row.meets(judged) else NOT_MET


def log_sigma(values):
    """Standard deviation of the logarithm of the median of `values` (all above 0), from their
    median absolute deviation."""
    logs = [math.log(value) for value in values]
    middle = statistics.median(logs)
    mad = statistics.median([abs(value - middle) for value in logs])
    return MEDIAN_TO_MEAN * MAD_TO_SIGMA * mad / math.sqrt(len(logs))


@dataclass(frozen=True)
class Change:
    """From A to B. `slower`: by how much the row got worse, 1 for not at all: the ratio of the
    medians, or its inverse where more is better. `noise`: what `slower` may be by chance."""
    slower: float
    noise: float
    word: str  # slower, faster, same, unknown

    @staticmethod
    def of(row, unit, before, after):
        a, b = statistics.median(before), statistics.median(after)
        if a <= 0 or b <= 0:
            # A count whose bar is 0: any more of it is worse.
            word = 'same' if a == b else ('slower' if (b > a) != row.rising else 'faster')
            return Change(1.0 if a == b else math.inf, 1.0, word)
        slower = a / b if row.rising else b / a
        least = LEAST_CHANGE.get(unit, LEAST_TIMED_CHANGE)
        if unit not in LEAST_CHANGE and min(len(before), len(after)) < LEAST_REPETITIONS:
            return Change(slower, math.inf, 'unknown')
        sigma = math.hypot(*(log_sigma([v for v in each if v > 0]) for each in (before, after)))
        noise = math.exp(max(SIGMAS * sigma, math.log1p(least)))
        if slower > noise:
            return Change(slower, noise, 'slower')
        return Change(slower, noise, 'faster' if slower < 1 / noise else 'same')


# A step may be this much steeper than linear before it is called so: such is the noise of a median.
STEP_TOLERANCE = 1.15


@dataclass(frozen=True)
class Growth:
    """How a cost grows with x. From one point to the next x grows by a factor and the cost by
    another; cost that grows linearly, or by less, never grows by the larger factor. Where x may be
    0 (a depth, a share) nothing is said of the step from 0."""
    base: float       # base + slope * x is the straight line through the points,
    slope: float      # with the least squares of relative deviations.
    deviation: float  # The largest one of them.
    steepest: float   # The largest growth of the cost by that of x in a step; 1 and less: linear.
    linear: bool

    @staticmethod
    def of(points):
        """`points`: (x, cost) with x rising and cost above 0; two at least."""
        base, slope = _line(points)
        deviation = max(abs(base + slope * x - y) / y for x, y in points)
        steps = [(y1 / y0) / (x1 / x0) for (x0, y0), (x1, y1) in zip(points, points[1:]) if x0 > 0]
        steepest = max(steps, default=0.0)
        return Growth(base, slope, deviation, steepest, steepest <= STEP_TOLERANCE)


def _line(points):
    """(base, slope) of the line with the least squares of relative deviations."""
    weights = [1 / (y * y) for _, y in points]
    total = sum(weights)
    mean_x = sum(w * x for w, (x, _) in zip(weights, points)) / total
    mean_y = sum(w * y for w, (_, y) in zip(weights, points)) / total
    square = sum(w * (x - mean_x) ** 2 for w, (x, _) in zip(weights, points))
    if square == 0:
        return mean_y, 0.0
    slope = sum(w * (x - mean_x) * (y - mean_y) for w, (x, y) in zip(weights, points)) / square
    return mean_y - slope * mean_x, slope
