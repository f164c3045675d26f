# SPDX-License-Identifier: BSD-3-Clause
"""The figures of docs/ipsec.md, worked out from all packets of a capture at once. Every number that was
ever seen is kept in a set, and every arrival in a list; nothing is clever, so that it can be checked
against the text."""
import collections

Key = collections.namedtuple('Key', 'port protocol source destination spi')
Packet = collections.namedtuple('Packet', 'time_ns key sequence octets')

WINDOW = 4096                 # numbers tracked: the highest and the 4095 below
WINDOWS = (32, 64, 128, 256, 512, 1024, 2048, 4096)
MOST_SILENCE_NS, MOST_OVERLAP_NS = 10 * 10**9, 60 * 10**9
# What only sums up over a table.
SUMS = ('packets', 'bytes', 'lost', 'duplicated', 'reordered', 'beyond_window', 'zero_sequence', 'restarts',
        'wraps')


def extended(sequence, highest):
    """Of all numbers with these low 32 bits the one nearest to the highest; of two, the lower."""
    upper = highest >> 32
    numbers = ((upper + step) * 2**32 + sequence for step in (-1, 0, 1))
    return min(numbers, key=lambda number: (abs(number - highest), number))


def count_in(classes, value):
    """Counts in the class of 2^k to 2^(k+1) - 1; the last one is open."""
    classes[min(value.bit_length() - 1, len(classes) - 1)] += 1


class Epoch:
    """What is remembered until a restart."""

    def __init__(self, first):
        self.highest = self.lowest = first
        self.seen = {first}
        self.arrivals = [first]     # each number once, in the order of arrival
        self.openers = [0]          # positions among these that opened a gap; the first counts as one
        self.late = []              # positions of the reordered


class Health:
    """Figures of one association, from the 32 bits of its packets in their order."""

    def __init__(self, sequences):
        self.kinds = []             # what each packet is, in order
        self.figures = dict.fromkeys((*SUMS[2:], 'expected', 'latest', 'longest_gap', 'longest_extent',
                                      'untracked'), 0)
        self.figures.update(lateness=[0] * 12, gap_lengths=[0] * 13, extents=[0] * 13,
                            n_reordered=[0] * 3, packets=len(sequences), on_probation=True)
        self._begin(sequences[0])
        self._take_all(sequences)
        self._end()
        self._windows()

    def _take_all(self, sequences):
        at, highest = 1, self.epoch.highest     # those held are not in that yet
        while at < len(sequences):
            four = sequences[at:at + 4]
            run = 0
            self._look_for_a_second(four[0], highest)
            highest = self.epoch.highest
            if self._may_begin_restart(four[0]):
                run = 1
                while run < len(four) and 1 <= four[run] - four[run - 1] <= 8:
                    self._look_for_a_second(four[run], highest)
                    run += 1
            if run == 4:
                self._end()
                self.figures['restarts'] += 1
                self._begin(four[0])
                four = four[1:]
            else:
                four = four[:max(run, 1)]       # those held are what they are
            for sequence in four:
                self._take(sequence)
            at += max(run, 1)
            if run in (0, 4):
                highest = self.epoch.highest

    def _look_for_a_second(self, sequence, highest):
        """An association is on probation until another number comes, less than 4096 away."""
        distance = abs(extended(sequence, highest) - highest)
        if 0 < distance < WINDOW:
            self.figures['on_probation'] = False

    def _may_begin_restart(self, sequence):
        epoch = self.epoch
        number = extended(sequence, epoch.highest)
        below = epoch.highest - number
        return sequence <= 64 and (below <= -4096 or below >= 64 and (
            number in epoch.seen or number < epoch.lowest or below >= WINDOW))

    def _begin(self, sequence):
        self.epoch = Epoch(sequence)
        self.kinds.append('first')
        self.figures['zero_sequence'] += sequence == 0

    def _end(self):
        epoch, figures = self.epoch, self.figures
        figures['expected'] += epoch.highest - epoch.lowest + 1
        figures['lost'] += epoch.highest - epoch.lowest + 1 - len(epoch.seen)
        figures['wraps'] += (epoch.highest >> 32) - (epoch.lowest >> 32)
        figures['highest'] = epoch.highest % 2**64

    def _take(self, sequence):
        epoch, figures = self.epoch, self.figures
        number = extended(sequence, epoch.highest)
        if sequence == 0 and number <= epoch.lowest:
            figures['zero_sequence'] += 1
        if number <= epoch.highest - WINDOW:
            kind = 'beyond_window'
        elif number in epoch.seen:
            kind = 'duplicated'
        elif number < epoch.highest:
            kind = 'reordered'
            self._reordered(number)
        else:
            kind = 'in order' if number == epoch.highest + 1 else 'gap'
            if kind == 'gap':
                gap = number - epoch.highest - 1
                count_in(figures['gap_lengths'], gap)
                figures['longest_gap'] = max(figures['longest_gap'], gap)
                epoch.openers.append(len(epoch.arrivals))
            epoch.highest = number
        self.kinds.append(kind)
        if kind in figures:
            figures[kind] += 1
        if kind not in ('beyond_window', 'duplicated'):
            epoch.lowest = min(epoch.lowest, number)
            epoch.seen.add(number)
            epoch.arrivals.append(number)

    def _reordered(self, number):
        epoch, figures = self.epoch, self.figures
        lateness = epoch.highest - number
        count_in(figures['lateness'], lateness)
        figures['latest'] = max(figures['latest'], lateness)
        # RFC 4737, sections 4.2 and 5. The earliest with a higher number opened a gap, or was the first.
        here = len(epoch.arrivals)
        earliest = next(at for at in epoch.openers if epoch.arrivals[at] > number)
        before = 0
        while before < here and epoch.arrivals[here - 1 - before] > number:
            before += 1
        since = sum(at > earliest for at in epoch.openers)
        three = [at for at in epoch.late[-3:] if at > earliest and epoch.arrivals[at] > number]
        epoch.late.append(here)
        if since >= 7 or len(three) == 3:
            figures['untracked'] += 1
            return
        count_in(figures['extents'], here - earliest)
        figures['longest_extent'] = max(figures['longest_extent'], here - earliest)
        if before:
            figures['n_reordered'][min(before, 3) - 1] += 1

    def _windows(self):
        """What an anti-replay window drops follows from how late each was."""
        figures = self.figures
        figures['smallest_window'] = None if figures['beyond_window'] else figures['latest'] + 1
        figures['would_drop'] = {
            str(size): figures['beyond_window'] + sum(figures['lateness'][size.bit_length() - 1:])
            for size in WINDOWS}


def lifetime(association):
    return association['last_ns'] - association['first_ns']


def followed(associations):
    """What each follows at a rekey, as lib/ipsec/rekeys.hpp says: by key, keys."""
    follows, taken = {}, set()
    for key, later in sorted(associations.items(), key=lambda item: item[1]['first_ns']):
        candidates = []
        for other, former in associations.items():
            silence = later['first_ns'] - former['last_ns']
            if (other[:4] == key[:4] and other.spi != key.spi and other not in taken
                    and not later['on_probation'] and not former['on_probation']
                    and former['first_ns'] < later['first_ns'] and former['last_ns'] < later['last_ns']
                    and -min(MOST_OVERLAP_NS, lifetime(former) // 2, lifetime(later) // 2) <= silence
                    and silence <= MOST_SILENCE_NS):
                candidates.append((abs(silence), other))
        if candidates:
            follows[key] = min(candidates)[1]
            taken.add(follows[key])
    return follows


def model(packets, start_ns):
    """By key, what `weir sa --json` says of each association, but for its name. `packets` in the order in
    which they are read; `start_ns` is the time of the first packet of any kind."""
    grouped = collections.defaultdict(list)
    for packet in packets:
        grouped[packet.key].append(packet)
    result = {}
    for key, own in grouped.items():
        sequences = [packet.sequence for packet in own]
        seconds = (own[-1].time_ns - own[0].time_ns) / 1e9
        result[key] = dict(
            Health(sequences).figures, bytes=sum(packet.octets for packet in own),
            first_ns=own[0].time_ns, last_ns=own[-1].time_ns,
            first_seen_seconds=(own[0].time_ns - start_ns) / 1e9,
            last_seen_seconds=(own[-1].time_ns - start_ns) / 1e9,
            packets_per_second=len(own) / seconds if seconds else 0,
            reserved_spi=key.spi <= 255, follows_spi=None)
    for key, former in followed(result).items():
        result[key]['follows_spi'] = former.spi
    for figures in result.values():
        del figures['first_ns'], figures['last_ns']
    return result
