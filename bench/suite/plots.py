# SPDX-License-Identifier: BSD-3-Clause
"""The report's plots as SVG elements; the page's style sheet gives them their colours. Each has a
title and a description for those who do not see it."""
from html import escape
import math

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 60, 16, 16, 44


def _text(x, y, text, anchor='middle', kind='tick'):
    return '<text class="%s" x="%.1f" y="%.1f" text-anchor="%s">%s</text>' % (
        kind, x, y, anchor, escape(text))


def _line(kind, x1, y1, x2, y2):
    return '<line class="%s" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>' % (kind, x1, y1, x2, y2)


def _svg(width, height, title, description, elements):
    return ('<svg viewBox="0 0 %d %d" role="img"><title>%s</title><desc>%s</desc>%s</svg>' %
            (width, height, escape(title), escape(description), ''.join(elements)))


# Of the plot of bars: names stand on the left.
BAR_LEFT, ROW = 300, 22
LEAST_TIMES, MOST_TIMES = 0.25, 8.0


def margins(bars):
    """How many times over each bar is met. `bars`: (name, median, least, most, met), each figure as
    a multiple of the bar, above 1 where it is met."""
    low, high = math.log(LEAST_TIMES), math.log(MOST_TIMES)

    def at(times):
        part = (math.log(min(max(times, LEAST_TIMES), MOST_TIMES)) - low) / (high - low)
        return BAR_LEFT + part * (WIDTH + 160 - BAR_LEFT - RIGHT)

    height = TOP + ROW * len(bars) + BOTTOM
    bottom = height - BOTTOM
    elements = []
    for times in (0.25, 0.5, 1, 2, 4, 8):
        elements.append(_line('bar' if times == 1 else 'grid', at(times), TOP, at(times), bottom))
        elements.append(_text(at(times), bottom + 16, '%g×' % times))
    elements.append(_text((at(LEAST_TIMES) + at(MOST_TIMES)) / 2, bottom + 34,
                          'the bar, times over (right of the line: met)', kind='label'))
    for index, (name, median, least, most, met) in enumerate(bars):
        y = TOP + ROW * (index + 0.5)
        kind = 'met' if met else 'missed'
        elements.append(_text(BAR_LEFT - 8, y + 4, name, 'end'))
        elements.append(_line('spread ' + kind, at(least), y, at(most), y))
        elements.append('<circle class="%s" cx="%.1f" cy="%.1f" r="4"/>' % (kind, at(median), y))
    described = '; '.join('%s %.2f' % (name, median) for name, median, *_ in bars)
    return _svg(WIDTH + 160, height, 'How many times over each bar is met', described, elements)


def _nice(most):
    """Of 1, 2 and 5 times a power of ten, the least that takes five steps at most to `most`."""
    if most <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(most / 5))
    return next(power * step for step in (1, 2, 5, 10) if power * step * 5 >= most)


def _x_scale(xs):
    """(position, ticks): logarithmic where x spans more than a factor of 20."""
    if xs[0] > 0 and xs[-1] / xs[0] > 20:
        low, high = math.log(xs[0]), math.log(xs[-1])
        return (lambda x: (math.log(x) - low) / (high - low)), xs
    span = (xs[-1] - xs[0]) or 1
    return (lambda x: (x - xs[0]) / span), xs


def _apart(places, least):
    """Indices of places in rising order of which none is nearer than `least` to another; the last
    one is always among them."""
    kept = []
    for index in reversed(range(len(places))):
        if not kept or places[kept[-1]] - places[index] >= least:
            kept.append(index)
    return kept


def curve(title, x_title, y_title, points, fit):
    """A line through medians with their spread. `points`: (x, median, least, most), x rising;
    `fit`: (base, slope) of a straight line, or None."""
    xs = [point[0] for point in points]
    position, ticks = _x_scale(xs)
    step = _nice(max(point[3] for point in points))
    top = step * math.ceil(max(point[3] for point in points) / step)

    def across(x):
        return LEFT + position(x) * (WIDTH - LEFT - RIGHT)

    def up(y):
        return HEIGHT - BOTTOM - min(max(y, 0), top) / top * (HEIGHT - TOP - BOTTOM)

    elements = []
    for count in range(round(top / step) + 1):
        elements.append(_line('grid', LEFT, up(count * step), WIDTH - RIGHT, up(count * step)))
        elements.append(_text(LEFT - 6, up(count * step) + 4, '%g' % (count * step), 'end'))
    for index in _apart([across(x) for x in ticks], 60):
        elements.append(_text(across(ticks[index]), HEIGHT - BOTTOM + 16,
                              '{:,}'.format(ticks[index]),
                              'end' if index == len(ticks) - 1 else 'middle'))
    elements.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, x_title, kind='label'))
    elements.append(_text(LEFT - 44, TOP - 4, y_title, 'start', 'label'))
    if fit:
        # On a logarithmic axis a straight line is bent.
        many = [x0 + (x1 - x0) * part / 8 for x0, x1 in zip(xs, xs[1:]) for part in range(9)]
        elements.append('<polyline class="fit" points="%s"/>' % ' '.join(
            '%.1f,%.1f' % (across(x), up(fit[0] + fit[1] * x)) for x in many))
    elements.append('<polyline class="curve" points="%s"/>' % ' '.join(
        '%.1f,%.1f' % (across(x), up(median)) for x, median, *_ in points))
    for x, median, least, most in points:
        elements.append(_line('spread', across(x), up(least), across(x), up(most)))
        elements.append('<circle class="dot" cx="%.1f" cy="%.1f" r="3.5"/>' %
                        (across(x), up(median)))
    described = '; '.join('%g: %.4g' % (x, median) for x, median, *_ in points)
    return _svg(WIDTH, HEIGHT, title, described, elements)
