# SPDX-License-Identifier: BSD-3-Clause
"""The parts of the suite: each runs a few programs and returns {'rows': ..., 'curves': ...}, either
of which may be missing. Rows are those of rows.py, curves those of growth.py."""
import json
import os
import re
import statistics

import googlebench
import growth
import machine
import rows
from context import NotHere, PartError, rate_of


def attempt(key, measure):
    """The entry of a row, or why there is none where its benchmark is not there."""
    try:
        return {key: measure()}
    except (NotHere, googlebench.BenchmarkError) as error:
        return {key: rows.missing(rows.ROWS[key].text, str(error))}


def parse(context):
    document = context.google('bench/parse_bench', 'BM_Parse_Weir.*To', 0.4)

    def compared(key, name):
        return attempt(key, lambda: {
            'ours': googlebench.series(document, name, googlebench.field('ours_ns')),
            'peer': googlebench.series(document, name, googlebench.field('peer_ns')), 'unit': 'ns',
            'what': 'ns a packet, ' + googlebench.runs_of(document, name)[0].get('label', '')})

    result = {}
    result |= compared('parse_real_16k', 'BM_Parse_WeirBursts32ToRteNetGetPtype/16384')
    result |= compared('parse_real_16k_ahead', 'BM_Parse_WeirBursts32ToRteNetGetPtypeAhead8/16384')
    result |= compared('parse_real_16k_single', 'BM_Parse_WeirToRteNetGetPtype/16384')
    result |= compared('parse_real_16k_libtins', 'BM_Parse_WeirBursts32ToLibtins/16384')
    result |= compared('parse_cold_1m', 'BM_Parse_WeirBursts64ToRteNetGetPtypeAhead8/1048576')
    result |= compared('parse_cold_1m_plain', 'BM_Parse_WeirBursts32ToRteNetGetPtype/1048576')
    hot = context.google('bench/parse_bench', 'BM_Parse_Weir/64$', 0.2)
    result |= attempt('parse_udp_cycles', lambda: {
        'ours': googlebench.series(hot, 'BM_Parse_Weir/64', googlebench.field('tsc_cycles')),
        'peer': [], 'unit': 'cycles', 'what': 'TSC cycles a packet'})
    result |= attempt('parse_udp_instructions', lambda: parse_instructions(context))
    return {'rows': result}


def parse_instructions(context):
    """Two runs that differ in the number of packets: their difference has no beginning or end."""
    few, many = 1000, 101000
    counts = [callgrind(context, '*run_weir*',
                        ['bench/parse_instructions', 'weir', 'udp', str(packets)])
              for packets in (few, many)]
    return {'ours': [(counts[1] - counts[0]) / (many - few)], 'peer': [], 'unit': 'instructions',
            'what': 'instructions a packet by callgrind'}


def has_valgrind():
    if machine.output_of(['valgrind', '--version'], fallback='') == '':
        raise NotHere('valgrind is not installed')


def callgrind(context, function, command):
    """Instructions of a function, with what it calls."""
    has_valgrind()
    path = os.path.join(context.scratch, 'callgrind.out')
    context.run(['valgrind', '--quiet', '--tool=callgrind', '--callgrind-out-file=' + path,
                 '--toggle-collect=' + function, context.program(command[0]), *command[1:]])
    with open(path, encoding='utf-8') as file:
        found = re.search(r'^(?:summary|totals): (\d+)', file.read(), re.M)
    if not found:
        raise PartError('callgrind counted nothing')
    return int(found.group(1))


def worst(context):
    """A search for each of several seeds; the worst of what they found is the figure."""
    ticks = {'worst': [], 'median': []}
    for seed in range(1, 2 if context.quick else 4):
        # It ends with status 1 when its own bar, the same, is missed.
        text = context.run([context.program('tests/worst_packet'), '--seed', str(seed)],
                           good=(0, 1))
        found = re.search(r'TSC ticks: worst (\d+), median of ordinary traffic (\d+)', text)
        if not found:
            raise PartError('worst_packet said something else: ' + text)
        ticks['worst'].append(int(found.group(1)))
        ticks['median'].append(int(found.group(2)))
    return {'rows': {'worst_packet': {
        'ours': ticks['worst'], 'peer': ticks['median'], 'unit': 'cycles',
        'what': 'TSC cycles of the worst packet that a search finds, and of the demo\'s median '
                'one'}}}


def two_cpus():
    if len(machine.cpus()) < 2:
        raise NotHere('it takes two CPUs')


def ring(context):
    two_cpus()
    # Where a process happens to have its rings makes up to 2x: one process is one draw.
    processes = 3 if context.quick else 9
    command = [context.program('bench/ring-rates'), '--rounds', '21']
    result = typical_rounds([context.rows_of(command) for _ in range(processes)])
    try:
        has_valgrind()
        result |= context.rows_of(context.script('bench/ring/ring_instructions.py') +
                                  ['--program', context.program('bench/ring-instructions')])
    except NotHere as reason:
        result['ring_instructions'] = rows.missing(rows.ROWS['ring_instructions'].text, str(reason))
    return {'rows': result}


def typical_rounds(runs):
    """The rows of several runs of the same program, of each run the round that has the median
    ratio: rounds of one process are no independent draws."""
    result = {}
    for run in runs:
        for key, entry in run.items():
            ratios = [ours / peer for ours, peer in zip(entry['ours'], entry['peer'])]
            if not ratios:
                continue
            typical = ratios.index(statistics.median_low(ratios))
            into = result.setdefault(key, {'unit': entry['unit'], 'what': entry['what']})
            for name, values in entry.items():
                if isinstance(values, list):
                    into.setdefault(name, []).append(values[typical])
    return {key: result.get(key, entry) for key, entry in runs[0].items()}


def capture_rates(context):
    """Packets a second that bench_peers.py captured, by variant."""
    path = os.path.join(context.scratch, 'peers.json')
    context.run(context.script('bench/peers/bench_peers.py') + [
        '--weir', context.program('app/weir'), '--programs', os.path.join(context.build, 'bench'),
        '--capture', context.own_traffic(), '--rounds', str(context.rounds),
        '--seconds', str(context.seconds(1)), '--only', 'capture', '--json', path])
    with open(path, encoding='utf-8') as file:
        return json.load(file)['packets_per_second']


def peers(context):
    real, own = context.real_traffic(), context.own_traffic()
    return {'rows': context.rows_of(context.script('bench/peers/bench_peers.py') + [
        '--weir', context.program('app/weir'), '--testpmd', 'dpdk-testpmd', '--capture', own,
        '--real', real, '--rounds', str(context.rounds), '--seconds', str(context.seconds(1)),
        '--only', 'lcore'])}


def pipeline(context):
    two_cpus()
    return {'rows': context.rows_of([context.program('bench/pipeline-rates'),
                                     context.real_traffic()])}


def lcores(context):
    two_cpus()
    return {'rows': context.rows_of(context.script('bench/peers/two_lcores.py') + [
        '--weir', context.program('app/weir'), '--capture', context.real_traffic(),
        '--rounds', str(context.rounds), '--seconds', str(context.seconds(1))])}


def demo(context):
    reports = [context.weir_report(['--duration', str(context.seconds(2))])
               for _ in range(context.rounds)]
    row = pps([rate_of(each) for each in reports], [],
              'generator and rx on one lcore, a worker on another')
    shares = {}
    for stage in (stage for each in reports for stage in each['stages']):
        shares.setdefault(stage['name'], []).append(stage['share'])
    told = ['%s %.0f %%' % (name, 100 * statistics.median(values))
            for name, values in shares.items() if statistics.median(values) >= 0.005]
    if told:
        row['note'] = 'Share of each stage in the time of all lcores: ' + ', '.join(told)
    return {'rows': {'demo': row}}


def pps(ours, peer, what):
    return {'ours': ours, 'peer': peer, 'unit': 'pps', 'what': what}


def calls(context):
    """What packet lcores ask of the kernel, and whether they allocate, in both wirings."""
    capture = context.own_traffic() + ',loop'
    wirings = [[], ['--port', capture], ['--port', capture, '--mode', 'run-to-completion']]
    seconds = context.seconds(4)
    for wiring in wirings:
        context.weir_report(['--duration', str(seconds), *wiring])
    result = {'packet_path_allocations': {
        'ours': list(context.allocations), 'peer': [], 'unit': 'allocations',
        'what': 'each of %d runs of weir by the parts before and this one' %
                len(context.allocations)}}
    result |= attempt('packet_path_calls', lambda: {
        'ours': [traced_calls(context, seconds, wiring) for wiring in wirings], 'peer': [],
        'unit': 'calls', 'what': 'the demo and a looped capture in both wirings, by the kernel\'s '
                                 'tracepoints'})
    return {'rows': result}


def traced_calls(context, seconds, arguments):
    if os.geteuid() != 0:
        raise NotHere('only root may watch the kernel\'s tracepoints')
    if machine.output_of(['perf', '--version'], fallback='') == '':
        raise NotHere('perf is not installed')
    text = context.run([os.path.join(context.root, 'scripts/debug/packet_path_calls.sh'),
                        str(max(1, round(seconds))), *arguments], good=(0, 1))
    found = re.findall(r'(\d+) system calls, (\d+) page faults', text)
    if not found:
        raise PartError('packet_path_calls.sh said something else: ' + text)
    return sum(int(number) for lcore in found for number in lcore)


def mem(context):
    what = 'ns a buffer, first in first out with 8192 in flight'
    with machine.hugepages(128 << 20) as there:
        document = context.google('bench/mem_bench', 'BM_Buffer', 0.2)
    result = {
        'buffer_raw': googlebench.compared(document, 'BM_Buffer_Mempool', 'BM_Buffer_Malloc', what),
        'buffer_mbuf': googlebench.compared(document, 'BM_Buffer_PacketPool', 'BM_Buffer_Malloc',
                                            what)}
    for entry in result.values():
        entry['note'] = ('Pools on hugepages.' if there else
                         'Pools on 4 KiB pages: hugepages are too few, and none could be reserved.')
    return {'rows': result}


def capture(context):
    rates = capture_rates(context)
    peer = rates['one thread, copy and write()']
    what = 'packets a second of the demo\'s traffic into a file on tmpfs'
    return {'rows': {'capture_pipeline': pps(rates['weir capture, pipeline'], peer, what),
                     'capture_rtc': pps(rates['weir capture, run-to-completion'], peer, what)}}


def ipsec(context):
    document = context.google('bench/ipsec_bench', 'BM_Sa_(Update|RteHashLookupBulk)/', 0.3)
    cycles = googlebench.field('tsc/packet')

    def beside(size):
        return googlebench.compared(document, 'BM_Sa_Update/%d' % size,
                                    'BM_Sa_RteHashLookupBulk/%d' % size,
                                    'TSC cycles a packet, bursts of 32', 'cycles', cycles)
    return {'rows': {
        'sa_update_100k': beside(100000), 'sa_update_1k': beside(1000),
        'sa_update_1k_cycles': {
            'ours': googlebench.series(document, 'BM_Sa_Update/1000', cycles), 'peer': [],
            'unit': 'cycles', 'what': 'TSC cycles a packet, bursts of 32'}}}


def crypto(context):
    two_cpus()
    packets, keys = (os.path.join(context.scratch, name) for name in ('esp.pcap', 'keys.toml'))
    path = os.path.join(context.scratch, 'crypto.json')
    context.run([context.program('tests/make-esp-capture'), '--ciphertext', '1420', packets, keys])
    context.run(context.script('bench/peers/bench_crypto.py') + [
        '--weir', context.program('app/weir'),
        '--decrypt-rate', context.program('bench/decrypt-rate'),
        '--received-rate', context.program('bench/received-rate'),
        '--crypto-perf', 'dpdk-test-crypto-perf', '--capture', packets, '--keys', keys,
        '--octets', '1420', '--rounds', str(context.rounds),
        '--seconds', str(context.seconds(0.5)), '--json', path])
    with open(path, encoding='utf-8') as file:
        cycles = json.load(file)['cycles_per_packet']

    def beside(name):
        return {'ours': cycles[name], 'peer': cycles['dpdk-test-crypto-perf'], 'unit': 'cycles',
                'what': 'TSC cycles a packet, crypto_aesni_gcm'}
    return {'rows': {'crypto_stage': beside('weir, crypto stage alone'),
                     'crypto_end_to_end': beside('weir, end to end')}}


# In the order in which they run; calls tells of runs of those before.
PARTS = {'parse': parse, 'worst': worst, 'mem': mem, 'ipsec': ipsec, 'ring': ring,
         'pipeline': pipeline, 'lcores': lcores, 'peers': peers, 'demo': demo, 'capture': capture,
         'crypto': crypto, 'growth': growth.measure, 'calls': calls}

# Ninja's targets that they need.
TARGETS = ['app/weir', 'bench/copy-writer', 'bench/decrypt-rate', 'bench/growth_bench',
           'bench/ipsec_bench', 'bench/mem_bench', 'bench/mix-captures', 'bench/parse_bench',
           'bench/parse_instructions', 'bench/pipeline-rates', 'bench/placement-probe',
           'bench/received-rate', 'bench/ring-instructions', 'bench/ring-rates',
           'bench/same-packets', 'tests/make-capture', 'tests/make-esp-capture',
           'tests/worst_packet']
