// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "crypto/sa_keys.hpp"

struct rte_mempool;

/// The crypto devices of a run: DPDK's software drivers, as virtual devices, each with one queue
/// pair a worker. Made at start after EAL, once the associations are known, since only those
/// drivers are started that some association needs. Cold; control thread. Destroyed after the
/// decryptors.
namespace weir::crypto {

/// Drivers in the order in which they are asked whether they can undo an association: the first two
/// work in place and allocate nothing for a packet; the last one does (docs/esp_keys.md).
inline constexpr std::string_view kCryptoDrivers[] = {"crypto_aesni_gcm", "crypto_aesni_mb",
                                                      "crypto_openssl"};
inline constexpr std::size_t kMaxCryptoDevices = 3;
/// Operations that a queue pair holds.
inline constexpr unsigned kQueuePairDescriptors = 256;

struct CryptoRequest {
    std::uint16_t queue_pairs = 1;  ///< One a worker.
    base::SocketId socket{};        ///< NUMA socket of the workers.
    /// Drivers to choose from; all of them when empty.
    std::vector<std::string> drivers;
};

class CryptoDevices {
   public:
    /// Starts what `associations` need. Throws SetupError naming the driver or the association that
    /// no driver can undo; what was started is stopped then.
    CryptoDevices(const CryptoRequest& request, std::span<const SecurityAssociation> associations);
    ~CryptoDevices();
    CryptoDevices(const CryptoDevices&) = delete;
    CryptoDevices& operator=(const CryptoDevices&) = delete;

    [[nodiscard]] std::size_t size() const noexcept { return devices_.size(); }
    /// DPDK's number of the device.
    [[nodiscard]] std::uint8_t id(std::size_t device) const noexcept { return devices_[device].id; }
    [[nodiscard]] const std::string& driver(std::size_t device) const noexcept {
        return devices_[device].driver;
    }
    /// Which device undoes the association with this index.
    [[nodiscard]] std::size_t device_of(std::size_t association) const noexcept {
        return device_of_[association];
    }
    /// Where sessions for the devices come from.
    [[nodiscard]] rte_mempool* sessions() const noexcept { return sessions_; }
    [[nodiscard]] std::uint16_t queue_pairs() const noexcept { return queue_pairs_; }

   private:
    struct Device {
        std::string driver;
        std::string name;
        std::uint8_t id = 0;
        bool started = false;
    };

    void choose(const CryptoRequest& request, std::span<const SecurityAssociation> associations);
    void start(Device& device, const CryptoRequest& request);
    void release() noexcept;

    std::vector<Device> devices_;
    std::vector<std::size_t> device_of_;
    rte_mempool* sessions_ = nullptr;
    std::uint16_t queue_pairs_;
};

/// Whether an association has no ICV and no encryption, so that no device is needed.
[[nodiscard]] bool needs_device(const SecurityAssociation& association) noexcept;

}  // namespace weir::crypto
