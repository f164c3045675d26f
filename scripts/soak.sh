#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
#   scripts/soak.sh PACKETS [OPTION OF weir run]...
#
# Sends PACKETS packets (1_000_000 may be written so) through the demo, or what the options say, and
# fails when anything leaked or was lost on the way. Compared are the end and the state after the first
# second: no allocation on a packet lcore, no block more in DPDK's heap, no page fault more on a
# packet lcore, the process's resident memory at most 1 MiB more; every mbuf is back in its pool, the
# ledger balances. The segments by which a capture's store has grown are no leak: the report counts
# them, and they have a limit. Exit status: 0 all well, 1 not, 2 set-up, or so few packets that the
# run was over before it was warm.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

packets=${1:-}
packets=${packets//_/}
[[ $packets =~ ^[1-9][0-9]{0,17}$ ]] || die "how many packets? See the head of scripts/soak.sh"
shift
weir=${WEIR_BIN:-$root/build/app/weir}
if [[ -z ${WEIR_BIN:-} ]]; then
    "$root/scripts/setup.sh" build || exit 2
    configure build --buildtype=release || exit 2
    build build app/weir || exit 2
fi

folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
step "soak: $packets packets"
status=0
"$weir" run --packets "$packets" --report "$folder" "$@" >"$folder/log" 2>&1 || status=$?
if ((status != 0)); then
    tail -n 40 -- "$folder/log" >&2
    printf 'soak: FAIL: weir run ended with exit status %d\n' "$status"
    exit 1
fi
python3 - "$folder/report.json" <<'EOF'
import json
import sys

report = json.load(open(sys.argv[1], encoding='utf-8'))
WARM_SECONDS = 2  # Before, the report's warm state may be that of the start.
if report['elapsed_seconds'] < WARM_SECONDS:
    print(f"soak: over in {report['elapsed_seconds']:.1f} s, before it was warm: ask for more packets")
    sys.exit(2)
warm, end = report['memory_use']
pools = report['pools']
SEGMENT = (1 << 20) + 256  # With what DPDK's heap puts around it, rounded up.
LATE = 1 << 20             # What the control thread and the C library touch late.


def growth(key):
    return end[key] - warm[key]


segments = growth('capture_segments')
most = report['capture'].get('most_segments', 0)
lines = [  # What, how much, and how much it may be.
    ('packets received', report['ledger']['received'], None),
    ('seconds', round(report['elapsed_seconds'], 1), None),
    ('growth of the capture\'s store, segments', segments, most),
    ('allocations on packet lcores', end['packet_path_allocations'], 0),
    ("growth of DPDK's heap, octets", growth('heap_bytes'), segments * SEGMENT),
    ("growth of DPDK's heap, blocks", growth('heap_allocations'), segments),
    ('page faults on packet lcores', growth('packet_path_page_faults'), 0),
    ('mbufs not back', sum(pool['mbufs'] - pool['available'] for pool in pools), 0),
    ('growth of resident memory, octets', growth('resident_bytes'), segments * SEGMENT + LATE),
]
failed = False
for what, value, limit in lines:
    wrong = limit is not None and value > limit
    failed |= wrong
    print(f'  {what:<40}{value:>16,}{"  WRONG" if wrong else ""}')
print('soak:', 'FAIL' if failed else 'PASS')
sys.exit(1 if failed else 0)
EOF
