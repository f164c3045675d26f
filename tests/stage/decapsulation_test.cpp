// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gen/packet_builder.hpp"
#include "support/esp_encryptor.hpp"
#include "worker_fixture.hpp"

namespace weir::stage {
namespace {

using base::at;
using crypto::EspVerdict;
using gen::Packet;

constexpr std::uint32_t kSpi = 0x4242;

crypto::SecurityAssociation association() {
    crypto::SaText text;
    text.spi = "0x4242";
    text.algorithm = "aes-128-gcm";
    text.encryption_key = "000102030405060708090a0b0c0d0e0f10111213";
    return crypto::parse_association(text, "test");
}

/// The packet's IP header and what follows it.
Frame without_ethernet(const Packet& packet) {
    const Frame frame = packet.build();
    return {frame.begin() + 14, frame.end()};
}

/// ESP with the association's keys.
class Sealed {
   public:
    Sealed(std::uint64_t sequence, std::uint8_t next_header, const Frame& inner)
        : esp_(test::encrypt_esp(
              association(), {.sequence = sequence, .next_header = next_header, .inner = inner})) {}

    /// Behind these headers.
    [[nodiscard]] Frame in(Packet outer) const {
        Frame frame = outer.esp(kSpi, 0).payload(esp_.size() - 8).build();
        std::memcpy(frame.data() + frame.size() - esp_.size(), esp_.data(), esp_.size());
        return frame;
    }

   private:
    std::vector<std::byte> esp_;
};

Packet v4() { return Packet().eth().ipv4("192.0.2.1", "192.0.2.2"); }
Packet v6() { return Packet().eth().ipv6("2001:db8::1", "2001:db8::2"); }
Packet nat() { return v4().udp(4500, 4500); }

class Decapsulation : public TransmitTest {
   protected:
    Decapsulation() {
        keys_.push_back(association());
        devices_ = std::make_unique<crypto::CryptoDevices>(
            crypto::CryptoRequest{1, this_socket(), {}}, keys_);
        memory_ = std::make_unique<crypto::EspMemory>(keys_, this_socket());
        decryptor_ = std::make_unique<crypto::EspDecryptor>(*devices_, 0, keys_, *memory_);
        with_keys_ = setup();
        with_keys_.decryptor = decryptor_.get();
    }

    /// Sends a frame through a worker that forwards; what comes out, or nothing.
    std::vector<Frame> forward(const Frame& frame, std::size_t split = 0) {
        with_keys_.drop_malformed = false;
        Sender sender(with_keys_, ActionKind::kForward, transmitter_setup());
        mem::Burst burst;
        push(burst, frame, split);
        sender.worker.process(burst);
        sender.worker.flush(Phase::kRun);
        values_ = sender.worker.counters().read();
        std::vector<Frame> frames;
        receive(&frames);
        return frames;
    }
    [[nodiscard]] std::uint64_t outcome(EspOutcome which) const {
        return values_[esp_index(which)];
    }
    [[nodiscard]] std::uint64_t outcome(EspVerdict verdict) const {
        return outcome(static_cast<EspOutcome>(verdict));
    }
    [[nodiscard]] std::uint64_t dropped(EspOutcome which) const {
        return values_[esp_dropped_index(which)];
    }

    std::vector<crypto::SecurityAssociation> keys_;
    std::unique_ptr<crypto::CryptoDevices> devices_;
    std::unique_ptr<crypto::EspMemory> memory_;
    std::unique_ptr<crypto::EspDecryptor> decryptor_;
    Worker::Setup with_keys_ = setup();
    WorkerCounters::Values values_{};
};

TEST_F(Decapsulation, ATunnelsPacketStandsBehindTheOuterLinkLayer) {
    const Packet inner4 = Packet().eth().ipv4("10.0.0.1", "10.0.0.2").udp(1000, 53).payload(33);
    const Packet inner6 = Packet().eth().ipv6("fd00::1", "fd00::2").tcp(1000, 80).payload(5);
    std::uint64_t sequence = 0;
    for (const auto& [inner, next_header] : {std::pair(inner4, 4), std::pair(inner6, 41)}) {
        const Frame payload = without_ethernet(inner);
        const auto sealed = [&] {
            return Sealed(++sequence, static_cast<std::uint8_t>(next_header), payload);
        };
        for (const Frame& frame : {sealed().in(v4()), sealed().in(v6()), sealed().in(nat())}) {
            const auto out = forward(frame);
            ASSERT_EQ(out.size(), 1U);
            EXPECT_EQ(out[0], inner.build());
            EXPECT_EQ(outcome(EspVerdict::kDecrypted), 1U);
            EXPECT_EQ(values_[layer_index(parse::LayerKind::kEsp)], 1U);
            EXPECT_EQ(values_[layer_index(next_header == 4 ? parse::LayerKind::kUdp
                                                           : parse::LayerKind::kTcp)],
                      1U);
            EXPECT_EQ(values_[status_index(parse::ParseStatus::kOk)], 1U);
        }
    }
    EXPECT_EQ(table_.totals().counts.packets, 6U) << "associations are followed as before";
    EXPECT_EQ(table_.totals().associations, 3U);
}

TEST_F(Decapsulation, TagsAndLabelsStay) {
    const Packet inner = Packet().eth().ipv6("fd00::1", "fd00::2").udp(1, 2).payload(3);
    const Frame payload = without_ethernet(inner);
    const auto tagged = forward(
        Sealed(1, 41, payload).in(Packet().eth().vlan(5).vlan(6).ipv4("192.0.2.1", "192.0.2.2")));
    ASSERT_EQ(tagged.size(), 1U);
    EXPECT_EQ(
        tagged[0],
        Packet().eth().vlan(5).vlan(6).ipv6("fd00::1", "fd00::2").udp(1, 2).payload(3).build());
    const auto labelled =
        forward(Sealed(2, 41, payload).in(Packet().eth().mpls(17).ipv4("192.0.2.1", "192.0.2.2")));
    ASSERT_EQ(labelled.size(), 1U);
    EXPECT_EQ(labelled[0],
              Packet().eth().mpls(17).ipv6("fd00::1", "fd00::2").udp(1, 2).payload(3).build());
}

TEST_F(Decapsulation, InTransportModeTheHeaderIsThatOfThePayload) {
    // A TCP segment by itself, as it stands behind the IP header.
    const auto transport = [](const Packet& packet, std::size_t header) {
        const Frame all = without_ethernet(packet);
        return Frame(all.begin() + static_cast<std::ptrdiff_t>(header), all.end());
    };
    const Packet plain4 = Packet().eth().ipv4("192.0.2.1", "192.0.2.2").tcp(7, 80).payload(40);
    for (const Frame& frame : {Sealed(1, 6, transport(plain4, 20)).in(v4()),
                               Sealed(2, 6, transport(plain4, 20)).in(nat())}) {
        const auto out = forward(frame);
        ASSERT_EQ(out.size(), 1U);
        EXPECT_EQ(out[0], plain4.build());
    }
    const Packet plain6 = Packet().eth().ipv6("2001:db8::1", "2001:db8::2").tcp(7, 80).payload(40);
    const auto out = forward(Sealed(3, 6, transport(plain6, 40)).in(v6()));
    ASSERT_EQ(out.size(), 1U);
    EXPECT_EQ(out[0], plain6.build());
}

TEST_F(Decapsulation, ExtensionHeadersAndOptionsInFrontStay) {
    const Packet plain = Packet()
                             .eth()
                             .ipv6("2001:db8::1", "2001:db8::2")
                             .hop_by_hop(2)
                             .destination_options(1)
                             .tcp(7, 80)
                             .payload(40);
    const Frame whole = plain.build();
    const Frame probe = Packet()
                            .eth()
                            .ipv6("2001:db8::1", "2001:db8::2")
                            .hop_by_hop(2)
                            .destination_options(1)
                            .esp(kSpi, 1)
                            .build();
    const std::size_t header = probe.size() - 8;
    const Frame segment(whole.begin() + static_cast<std::ptrdiff_t>(header), whole.end());
    const auto esp =
        test::encrypt_esp(association(), {.sequence = 1, .next_header = 6, .inner = segment});
    Frame frame = probe;
    frame.resize(header);
    frame.insert(frame.end(), esp.begin(), esp.end());
    const auto length = static_cast<std::uint16_t>(frame.size() - 54);
    frame[18] = std::byte(length >> 8);
    frame[19] = std::byte(length & 0xff);
    const auto out = forward(frame);
    ASSERT_EQ(out.size(), 1U);
    EXPECT_EQ(out[0], whole);
}

TEST_F(Decapsulation, SegmentsMakeNoDifference) {
    const Packet inner = Packet().eth().ipv4("10.0.0.1", "10.0.0.2").udp(1000, 53).payload(100);
    const Frame payload = without_ethernet(inner);
    std::uint64_t sequence = 0;
    for (const std::size_t split : {1, 13, 14, 33, 34, 41, 42, 100, 150}) {
        const auto out = forward(Sealed(++sequence, 4, payload).in(v4()), split);
        ASSERT_EQ(out.size(), 1U) << split;
        EXPECT_EQ(out[0], inner.build()) << split;
    }
}

TEST_F(Decapsulation, WhatCannotBeOpenedIsDroppedForItsReason) {
    const Frame payload =
        without_ethernet(Packet().eth().ipv4("10.0.0.1", "10.0.0.2").udp(1, 2).payload(9));
    Frame forged = Sealed(1, 4, payload).in(v4());
    forged.back() ^= std::byte{1};
    EXPECT_TRUE(forward(forged).empty());
    EXPECT_EQ(dropped(static_cast<EspOutcome>(EspVerdict::kIcvFailed)), 1U);

    const Frame good = Sealed(2, 4, payload).in(v4());
    EXPECT_EQ(forward(good).size(), 1U);
    EXPECT_TRUE(forward(good).empty());
    EXPECT_EQ(dropped(static_cast<EspOutcome>(EspVerdict::kReplayed)), 1U);

    EXPECT_TRUE(
        forward(Packet().eth().ipv4("1.1.1.1", "2.2.2.2").esp(999, 1).payload(64).build()).empty());
    EXPECT_EQ(dropped(static_cast<EspOutcome>(EspVerdict::kNoSa)), 1U);

    EXPECT_TRUE(forward(Sealed(3, 59, payload).in(v4())).empty());
    EXPECT_EQ(dropped(kEspDummy), 1U);

    EXPECT_TRUE(
        forward(
            Sealed(4, 4, payload)
                .in(Packet().eth().ipv4("1.1.1.1", "2.2.2.2").gre().ipv4("192.0.2.1", "192.0.2.2")))
            .empty());
    EXPECT_EQ(dropped(kEspInTunnel), 1U);

    EXPECT_TRUE(forward(Sealed(5, 4, payload).in(v4().set16(6, 0x2000))).empty());
    EXPECT_EQ(dropped(static_cast<EspOutcome>(EspVerdict::kUnsupported)), 1U) << "a fragment";
}

TEST_F(Decapsulation, OtherPacketsAreForwardedAsTheyAre) {
    const Frame frame =
        Packet().eth().ipv4("10.0.0.1", "10.0.0.2").udp(500, 500).payload(20).build();
    const auto out = forward(frame);
    ASSERT_EQ(out.size(), 1U);
    EXPECT_EQ(out[0], frame);
    for (EspOutcome each = 0; each < kEspOutcomes; ++each) EXPECT_EQ(outcome(each), 0U);
}

TEST_F(Decapsulation, FilterSeesWhatIsInside) {
    const filter::Filter filter("udp dst port 53");
    with_keys_.filter = &filter;
    const auto dns = without_ethernet(Packet().eth().ipv4("10.0.0.1", "10.0.0.2").udp(9, 53));
    const auto web = without_ethernet(Packet().eth().ipv4("10.0.0.1", "10.0.0.2").tcp(9, 80));
    EXPECT_EQ(forward(Sealed(1, 4, dns).in(v4())).size(), 1U);
    EXPECT_EQ(forward(Sealed(2, 4, web).in(v4())).size(), 0U);
    EXPECT_EQ(values_[at(WorkerCounter::kFiltered)], 1U);
    EXPECT_EQ(outcome(EspVerdict::kDecrypted), 1U);
}

TEST_F(Decapsulation, EachPacketOfABurstHasItsOutcomeAndEveryMbufComesBack) {
    const Frame payload =
        without_ethernet(Packet().eth().ipv4("10.0.0.1", "10.0.0.2").udp(1, 2).payload(9));
    {
        Worker worker(with_keys_);
        mem::Burst burst;
        for (std::uint64_t i = 1; i <= mem::kMaxBurst; ++i) {
            Frame frame = i % 3 == 0 ? Packet().eth().arp("10.0.0.1", "10.0.0.2").build()
                                     : Sealed(i, 4, payload).in(i % 3 == 1 ? v4() : v6());
            if (i % 5 == 0) frame.back() ^= std::byte{0x80};
            push(burst, frame);
        }
        worker.process(burst);
        EXPECT_TRUE(burst.empty());
        values_ = worker.counters().read();
    }
    std::uint64_t forged = 0;
    std::uint64_t opened = 0;
    for (std::uint64_t i = 1; i <= mem::kMaxBurst; ++i) {
        if (i % 3 == 0) continue;
        ++(i % 5 == 0 ? forged : opened);
    }
    EXPECT_EQ(outcome(EspVerdict::kDecrypted), opened);
    EXPECT_EQ(outcome(EspVerdict::kIcvFailed), forged);
    EXPECT_EQ(values_[at(WorkerCounter::kDelivered)], mem::kMaxBurst - forged);
    EXPECT_EQ(pool_.available(), pool_.size());
}

}  // namespace
}  // namespace weir::stage
