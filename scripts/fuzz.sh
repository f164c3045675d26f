#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
#   scripts/fuzz.sh mutate COUNT [--release] [--seed N] [--jobs N] [--capture FILE]...
#   scripts/fuzz.sh TARGET SECONDS [--jobs N]
#   scripts/fuzz.sh layers SECONDS_EACH [--jobs N]
#   scripts/fuzz.sh coverage [--least PERCENT]
#
# Installs what is missing, builds, and fuzzes (docs/testing.md). mutate: COUNT spoilt packets, under
# sanitizers (build-asan/) or, --release, six times as fast (build/). TARGET: libFuzzer on one of
# capture, config, decode, filter, layer and parse (build-fuzz/); layers: on one layer after the
# other. coverage: how much of lib/parse the packets reach (build-coverage/); at least 95 percent of
# the branches have to be. --jobs: so many processes, else one for each CPU. Exit status: 0 nothing
# found, 1 something, 2 usage or set-up. What was found is in findings/ of the build folder.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

targets=(capture config decode filter layer parse)
jobs=$(nproc)
seed=1
release=no
least=95
captures=()

usage() { die "$1; see the head of scripts/fuzz.sh"; }

is_number() { [[ $1 =~ ^[1-9][0-9]{0,17}$ ]] || usage "'$1' is no number above 0"; }

read_options() {
    while (($# > 0)); do
        case $1 in
            --release) release=yes ;;
            --jobs | --seed | --least)
                (($# > 1)) || usage "$1 wants a number"
                is_number "$2"
                printf -v "${1#--}" %s "$2"
                shift
                ;;
            --capture)
                [[ -r ${2:-} ]] || usage "--capture wants a file"
                captures+=(--capture "$(realpath -- "$2")")
                shift
                ;;
            *) usage "unknown argument '$1'" ;;
        esac
        shift
    done
}

# Waits for the processes $@; 1 when one of them failed.
all_well() {
    local pid status=0
    for pid in "$@"; do
        wait "$pid" || status=1
    done
    return "$status"
}

mutate() {
    local count=$1 folder=build-asan job share
    local -a pids=()
    if [[ $release == yes ]]; then
        folder=build
        configure build --buildtype=release || exit 2
    else
        configure build-asan "${sanitizer_options[@]}" || exit 2
    fi
    build "$folder" tests/fuzz/mutate || exit 2
    mkdir -p -- "$root/$folder/findings"
    cd -- "$root/$folder/findings"
    step "mutate $count packets, seeds $seed to $((seed + jobs - 1))"
    for ((job = 0; job < jobs; ++job)); do
        share=$((count / jobs + (job < count % jobs ? 1 : 0)))
        ../tests/fuzz/mutate --count "$share" --seed "$((seed + job))" "${captures[@]}" &
        pids+=($!)
    done
    all_well "${pids[@]}" || exit 1
}

build_targets() {
    CC=clang CXX=clang++ configure build-fuzz "${sanitizer_options[@]}" -Dfuzz=true || exit 2
    build build-fuzz "${@/%/_fuzz}" || exit 2
    mkdir -p -- "$root/build-fuzz/findings" "$root/build-fuzz/logs"
}

# libfuzzer NAME TARGET SECONDS [ARGUMENT...]: one run, whose log and inputs are called NAME. What it
# finds that is new goes to its own corpus in build-fuzz/, never to the one in tests/.
libfuzzer() {
    local name=$1 target=$2 seconds=$3 seeds log
    shift 3
    log=$root/build-fuzz/logs/$name.log
    seeds=$root/tests/fuzz/corpus/$target
    [[ -d $seeds ]] || seeds=$root/tests/fuzz/corpus/parse
    local -a arguments=(-max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096
        -artifact_prefix="$root/build-fuzz/findings/$name-" "$@")
    [[ -e $root/tests/fuzz/$target.dict ]] && arguments+=(-dict="$root/tests/fuzz/$target.dict")
    mkdir -p -- "$root/build-fuzz/corpus/$name"
    if ! "$root/build-fuzz/tests/fuzz/${target}_fuzz" "${arguments[@]}" \
        "$root/build-fuzz/corpus/$name" "$seeds" >"$log" 2>&1 </dev/null; then
        tail -n 40 -- "$log"
        printf 'fuzz: %s: FOUND SOMETHING, see %s and findings/ beside it\n' "$name" "$log"
        return 1
    fi
    printf 'fuzz: %s: nothing found: %s\n' "$name" \
        "$(grep -E '^#[0-9]+.* cov: ' -- "$log" | tail -n 1 | tr -s '\t ' ' ')"
}

fuzz_target() {
    local target=$1 seconds=$2
    local -a fork=()
    build_targets "tests/fuzz/$target"
    # With processes of its own libFuzzer goes on where one of them got stuck.
    ((jobs == 1)) || fork=(-fork="$jobs")
    step "fuzz $target for $seconds seconds"
    libfuzzer "$target" "$target" "$seconds" "${fork[@]}" || exit 1
}

fuzz_layers() {
    local seconds=$1 layer status=0
    local -a layers running=()
    mapfile -t layers < <(sed -n 's/^ *X(k[A-Za-z0-9]*, "\([a-z0-9.]*\)").*/\1/p' \
        "$root/lib/parse/layer.hpp" | grep -v '^none$')
    ((${#layers[@]} > 0)) || die "lib/parse/layer.hpp lists no layers"
    build_targets tests/fuzz/layer
    step "fuzz ${#layers[@]} layers for $seconds seconds each"
    for layer in "${layers[@]}"; do
        WEIR_FUZZ_LAYER=$layer libfuzzer "layer-$layer" layer "$seconds" &
        running+=($!)
        if ((${#running[@]} == jobs)); then
            all_well "${running[@]}" || status=1
            running=()
        fi
    done
    all_well "${running[@]}" || status=1
    return "$status"
}

coverage() {
    # All but lib/parse, as the compiler names it: from the build directory.
    local others='/build-coverage/\.\./(tests|lib/([^p]|p[^a]))'
    local folder=$root/build-coverage percent
    local -a programs=(fuzz/mutate fuzz/fuzz-regression parse_test)
    CC=clang CXX=clang++ configure build-coverage --buildtype=debugoptimized -Dwerror=false \
        -Dbench=false -Dcpp_args='-fprofile-instr-generate -fcoverage-mapping' \
        -Dcpp_link_args=-fprofile-instr-generate || exit 2
    build build-coverage "${programs[@]/#/tests/}" || exit 2
    step "run the corpora, 10^7 spoilt packets, and the parser's unit tests"
    rm -f -- "$folder"/*.profraw
    export WEIR_FUZZ_CORPUS=$root/tests/fuzz/corpus LLVM_PROFILE_FILE=$folder/%p.profraw
    "$folder/tests/fuzz/mutate" --count 10000000 || exit 1
    quietly "$folder/tests/fuzz/fuzz-regression" || exit 1
    (cd -- "$folder" && quietly tests/parse_test) || exit 1
    llvm-profdata merge -o "$folder/all.profdata" "$folder"/*.profraw
    llvm-cov report --show-branch-summary --instr-profile="$folder/all.profdata" \
        --ignore-filename-regex="$others" \
        "$folder/tests/fuzz/mutate" --object "$folder/tests/fuzz/fuzz-regression" \
        --object "$folder/tests/parse_test" | tee "$folder/report.txt"
    # The last column of the line of totals, "97.53%".
    percent=$(awk '$1 == "TOTAL" { sub("%", "", $NF); print $NF }' "$folder/report.txt")
    awk -v percent="$percent" -v least="$least" 'BEGIN { exit !(percent + 0 >= least) }' ||
        { printf 'fuzz: %s %% of the branches of lib/parse, too few: %s %% are wanted\n' \
            "$percent" "$least" && exit 1; }
    printf 'fuzz: %s %% of the branches of lib/parse\n' "$percent"
}

main() {
    local what=${1:-} amount=
    (($# > 0)) || usage "what is to be fuzzed?"
    shift
    if [[ $what != coverage ]]; then
        (($# > 0)) || usage "$what for how long, or how often?"
        amount=${1//_/}
        is_number "$amount"
        shift
    fi
    read_options "$@"
    [[ $what == mutate || " coverage layers ${targets[*]} " == *" $what "* ]] ||
        usage "there is no target '$what'; there are ${targets[*]}"
    if [[ $what == mutate ]]; then
        "$root/scripts/setup.sh" build || exit 2
    else
        "$root/scripts/setup.sh" build fuzz || exit 2
    fi
    strict_sanitizers
    # The suite looks for these; here they would cost most of the speed.
    ASAN_OPTIONS+=:detect_stack_use_after_return=0
    case $what in
        mutate) mutate "$amount" ;;
        layers) fuzz_layers "$amount" ;;
        coverage) coverage ;;
        *) fuzz_target "$what" "$amount" ;;
    esac
}

main "$@"
