#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
#   scripts/setup.sh [build] [test] [bench] [fuzz]
#
# Installs the Debian 12 packages that the named groups need and that are missing; "build" without
# any name. When nothing is missing it neither needs root nor touches the network.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

build_packages=(
    g++ meson ninja-build pkg-config python3
    libbenchmark-dev libboost-dev libcli11-dev libdpdk-dev libfmt-dev libgmock-dev libgtest-dev
    libpcap-dev libssl-dev libtomlplusplus-dev libzstd-dev nlohmann-json3-dev
)
# util-linux has unshare and setpriv, procps has ps and sysctl: minimal systems lack them. strongSwan is
# charon-systemd, its plugins (user-space ESP is in libcharon-extra-plugins) and strongswan-swanctl.
test_packages=(
    binutils charon-systemd clang-format ethtool gdb iproute2 iputils-ping libcharon-extra-plugins
    libstrongswan-standard-plugins linux-perf procps strongswan-swanctl tcpdump tcpreplay tshark
    util-linux valgrind zstd
)
# dpdk-testpmd, beside which scripts/bench_peers.sh measures Weir, is in dpdk-dev; valgrind and perf count
# instructions and system calls; libtins is one more parser.
bench_packages=(dpdk-dev libtins-dev linux-perf valgrind)
# libclang-rt-14-dev has libFuzzer and the sanitizers, llvm has llvm-cov and llvm-symbolizer.
fuzz_packages=(clang libclang-rt-14-dev llvm)

# Prints those of the named packages that are not installed.
missing_of() {
    local package status
    for package in "$@"; do
        # shellcheck disable=SC2016 # The braces are dpkg-query's, not the shell's.
        status=$(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null) ||
            status=unknown
        [[ $status == installed ]] || printf '%s\n' "$package"
    done
}

as_root() {
    local -a sudo=()
    ((EUID == 0)) || sudo=(sudo)
    quietly "${sudo[@]}" "$@"
}

# Runs apt-get as root, without questions, waiting for another apt that holds the lock.
apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get --yes --quiet --option DPkg::Lock::Timeout=600 "$@"
}

# Installs packages. With charon-systemd comes a service that would answer IKE on this host's addresses,
# at once and from every start on; the tests start strongSwan themselves, apart from the host. Where it
# was there before, it is somebody's and is left as it is.
install_packages() {
    local service=
    if [[ " $* " == *' charon-systemd '* ]] && command -v systemctl >/dev/null; then
        service=strongswan.service
        as_root systemctl mask "$service"
    fi
    local status=0
    apt_get install --no-install-recommends "$@" || status=$?
    [[ -z $service ]] || as_root systemctl unmask "$service"
    ((status == 0)) || return "$status"
    [[ -z $service ]] || as_root systemctl disable "$service"
}

main() {
    local -a packages=() missing=()
    local group
    (($# > 0)) || set -- build
    for group in "$@"; do
        case $group in
            build) packages+=("${build_packages[@]}") ;;
            test) packages+=("${test_packages[@]}") ;;
            bench) packages+=("${bench_packages[@]}") ;;
            fuzz) packages+=("${fuzz_packages[@]}") ;;
            *) die "unknown package group '$group'; there are build, test, bench and fuzz" ;;
        esac
    done
    command -v dpkg-query apt-get >/dev/null ||
        die "this is no Debian system; install what these Debian packages hold: ${packages[*]}"
    mapfile -t missing < <(missing_of "${packages[@]}")
    if ((${#missing[@]} == 0)); then
        step "packages ($*): all there"
        return
    fi
    ((EUID == 0)) || command -v sudo >/dev/null ||
        die "packages are missing and neither root nor sudo is there to install them. As root:
  apt-get install --no-install-recommends ${missing[*]}"
    step "install packages ($*): ${missing[*]}"
    if ((EUID != 0)) && ! sudo --non-interactive true 2>/dev/null; then
        # Asks for the password where the question can be seen and answered.
        sudo --validate || die "sudo refuses. As root:
  apt-get install --no-install-recommends ${missing[*]}"
    fi
    apt_get update
    install_packages "${missing[@]}"
}

main "$@"
