#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
#   scripts/soak.sh PACKETS [OPTION OF weir run]...
#
# Sends PACKETS packets (1_000_000 may be written so) through the demo and fails when anything grew
# or was lost on the way: no allocation on a packet lcore, DPDK's heap as after the first second, the
# process's resident memory within 1 MiB of that, every mbuf back in its pool, the ledger balanced,
# no page fault on a packet lcore after the first second. Exit status: 0 all well, 1 not, 2 set-up,
# or so few packets that the run was over before it was warm.
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
lines = [
    ('packets received', report['ledger']['received'], None),
    ('seconds', round(report['elapsed_seconds'], 1), None),
    ('allocations on packet lcores', end['packet_path_allocations'], 0),
    ("growth of DPDK's heap, octets", end['heap_bytes'] - warm['heap_bytes'], 0),
    ("growth of DPDK's heap, blocks", end['heap_allocations'] - warm['heap_allocations'], 0),
    ('page faults on packet lcores',
     end['packet_path_page_faults'] - warm['packet_path_page_faults'], 0),
    ('mbufs not back', sum(pool['mbufs'] - pool['available'] for pool in pools), 0),
]
grown = end['resident_bytes'] - warm['resident_bytes']
failed = grown > 1 << 20
for what, value, wanted in lines:
    wrong = wanted is not None and value != wanted
    failed |= wrong
    print(f'  {what:<34}{value:>16,}{"  WRONG" if wrong else ""}')
print(f'  {"growth of resident memory, octets":<34}{grown:>16,}{"  WRONG" if grown > 1 << 20 else ""}')
print('soak:', 'FAIL' if failed else 'PASS')
sys.exit(1 if failed else 0)
EOF
