#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
#   scripts/bench_crypto.sh [--rounds N] [--seconds N] [--json FILE]
#
# Prints what decryption of ESP costs (AES-256-GCM, 1420 octets of ciphertext) in Weir's crypto stage
# alone and in a whole run, beside dpdk-test-crypto-perf with the same driver on the same CPU; all in
# one run, turn by turn, under two minutes. Beside the ratios stand their bars.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

"$root/scripts/setup.sh" build bench
configure build --buildtype=release
build build app/weir bench/decrypt-rate bench/received-rate tests/make-esp-capture

made=$(mktemp -d)
trap 'rm -rf -- "$made"' EXIT
"$root/build/tests/make-esp-capture" --ciphertext 1420 "$made/esp.pcap" "$made/keys.toml"

python3 "$root/bench/peers/bench_crypto.py" --weir "$root/build/app/weir" \
    --decrypt-rate "$root/build/bench/decrypt-rate" --received-rate "$root/build/bench/received-rate" \
    --crypto-perf "$(command -v dpdk-test-crypto-perf)" \
    --capture "$made/esp.pcap" --keys "$made/keys.toml" --octets 1420 "$@"
