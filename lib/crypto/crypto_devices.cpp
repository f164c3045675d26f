// SPDX-License-Identifier: BSD-3-Clause
// In DPDK 22.11 the function that makes session pools is still marked experimental; there is no
// other.
#define ALLOW_EXPERIMENTAL_API
#include "crypto/crypto_devices.hpp"

#include <rte_cryptodev.h>
#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_mempool.h>

#include <algorithm>
#include <atomic>

#include "base/setup_error.hpp"
#include "crypto/esp_session.hpp"

namespace weir::crypto {
namespace {

using base::SetupError;

constexpr std::size_t kNoDevice = SIZE_MAX;
/// DPDK's names live in one namespace for the process.
std::atomic<unsigned> made{0};

[[noreturn]] void refuse_device(const std::string& driver, int error) {
    throw SetupError("start crypto device", driver, rte_strerror(error),
                     "is DPDK's driver installed (Debian: librte-crypto-ipsec-mb23, "
                     "librte-crypto-openssl23)? Each needs some MiB of hugepages a worker");
}

/// An association that none of `drivers` can undo. What it asks is in the error, its key is not.
[[noreturn]] void refuse_association(const SecurityAssociation& association,
                                     const std::vector<std::string>& drivers) {
    std::string tried;
    for (const std::string& driver : drivers) tried += (tried.empty() ? "" : ", ") + driver;
    const bool aead = traits_of(association.cipher).authenticates;
    throw SetupError(
        "use keys", "of the association with SPI " + std::to_string(association.spi),
        std::string("no crypto driver can undo its ") + (aead ? "AEAD" : "cipher or its HMAC") +
            (tried.empty() ? "; none is installed" : "; tried " + tried),
        "install DPDK's drivers (Debian: librte-crypto-ipsec-mb23, librte-crypto-openssl23), or "
        "leave the association out");
}

}  // namespace

bool needs_device(const SecurityAssociation& association) noexcept {
    return association.cipher != Cipher::kNull || association.integrity != Integrity::kNone;
}

CryptoDevices::CryptoDevices(const CryptoRequest& request,
                             std::span<const SecurityAssociation> associations)
    : device_of_(associations.size(), kNoDevice), queue_pairs_(request.queue_pairs) {
    try {
        choose(request, associations);
        std::uint32_t private_bytes = 0;
        for (const Device& device : devices_) {
            private_bytes =
                std::max(private_bytes, rte_cryptodev_sym_get_private_session_size(device.id));
        }
        if (devices_.empty()) return;
        // Two of each association in each worker: an HMAC and a cipher.
        const std::size_t sessions = 2 * associations.size() * request.queue_pairs;
        const std::string name = "esp_sessions" + std::to_string(made.fetch_add(1));
        sessions_ = rte_cryptodev_sym_session_pool_create(
            name.c_str(), static_cast<std::uint32_t>(sessions), private_bytes, 0, 0,
            request.socket.value);
        if (sessions_ == nullptr) {
            throw SetupError("allocate", std::to_string(sessions) + " crypto sessions",
                             rte_strerror(rte_errno), "reserve more hugepages, or give fewer keys");
        }
        for (Device& device : devices_) start(device, request);
    } catch (...) {
        release();
        throw;
    }
}

CryptoDevices::~CryptoDevices() { release(); }

void CryptoDevices::choose(const CryptoRequest& request,
                           std::span<const SecurityAssociation> associations) {
    std::vector<std::string> drivers = request.drivers;
    if (drivers.empty()) drivers.assign(std::begin(kCryptoDrivers), std::end(kCryptoDrivers));
    std::vector<std::string> tried;
    for (const std::string& driver : drivers) {
        const auto open = [&](std::size_t i) {
            return device_of_[i] == kNoDevice && needs_device(associations[i]);
        };
        std::vector<std::size_t> left;
        for (std::size_t i = 0; i < associations.size(); ++i) {
            if (open(i)) left.push_back(i);
        }
        if (left.empty()) break;
        Device device{driver, driver + "_weir" + std::to_string(made.fetch_add(1)), 0, false};
        const std::string arguments =
            device.name + ",max_nb_queue_pairs=" + std::to_string(request.queue_pairs) +
            ",socket_id=" + std::to_string(std::max(request.socket.value, 0));
        // Fails where the driver is not installed or the CPU is not for it: another may do.
        if (rte_dev_probe(arguments.c_str()) != 0) continue;
        const int id = rte_cryptodev_get_dev_id(device.name.c_str());
        if (id < 0) refuse_device(driver, ENODEV);
        device.id = static_cast<std::uint8_t>(id);
        tried.push_back(driver);
        bool used = false;
        for (const std::size_t i : left) {
            if (!can_undo(device.id, associations[i])) continue;
            device_of_[i] = devices_.size();
            used = true;
        }
        devices_.push_back(device);
        if (used) continue;
        rte_eal_hotplug_remove("vdev", devices_.back().name.c_str());
        devices_.pop_back();
    }
    for (std::size_t i = 0; i < associations.size(); ++i) {
        if (device_of_[i] != kNoDevice) continue;
        if (needs_device(associations[i])) refuse_association(associations[i], tried);
        device_of_[i] = 0;
    }
}

void CryptoDevices::start(Device& device, const CryptoRequest& request) {
    rte_cryptodev_config config{};
    config.socket_id = std::max(request.socket.value, 0);
    config.nb_queue_pairs = request.queue_pairs;
    config.ff_disable = RTE_CRYPTODEV_FF_ASYMMETRIC_CRYPTO | RTE_CRYPTODEV_FF_SECURITY;
    int error = rte_cryptodev_configure(device.id, &config);
    rte_cryptodev_qp_conf pair{};
    pair.nb_descriptors = kQueuePairDescriptors;
    pair.mp_session = sessions_;
    for (std::uint16_t i = 0; error == 0 && i < request.queue_pairs; ++i) {
        error = rte_cryptodev_queue_pair_setup(device.id, i, &pair, config.socket_id);
    }
    if (error == 0) error = rte_cryptodev_start(device.id);
    if (error != 0) refuse_device(device.driver, -error);
    device.started = true;
}

void CryptoDevices::release() noexcept {
    for (const Device& device : devices_) {
        if (device.started) rte_cryptodev_stop(device.id);
        rte_cryptodev_close(device.id);
        rte_eal_hotplug_remove("vdev", device.name.c_str());
    }
    devices_.clear();
    rte_mempool_free(sessions_);
    sessions_ = nullptr;
}

}  // namespace weir::crypto
