// SPDX-License-Identifier: BSD-3-Clause
// Every header of every protocol, ended at every octet: by the capture, by the frame, and by each
// of the lengths that the headers before it carry.

#include <gtest/gtest.h>

#include "cut_cases.hpp"
#include "support/guarded_bytes.hpp"

namespace weir::parse {
namespace {

constexpr std::size_t kRoom = 4096;

using Cut = CutPlan::Cut;

void write16(Frame& frame, std::size_t at, std::size_t value) {
    frame[at] = static_cast<std::byte>(value >> 8);
    frame[at + 1] = static_cast<std::byte>(value);
}

class ParseBounds : public testing::TestWithParam<CutCase> {
   protected:
    ParseBounds() : guarded_(kRoom) {}

    /// Parses `frame`, behind which nothing can be read.
    void check(const Frame& frame, std::size_t wire_bytes, const CutPlan::Outcome& wanted) {
        PacketRecord record;
        parse({guarded_.flush_against_guard(frame), static_cast<std::uint32_t>(wire_bytes)},
              options_, record);
        EXPECT_EQ(to_string(record.status), to_string(wanted.status));
        EXPECT_EQ(to_string(record.fault_layer), to_string(wanted.fault_layer));
        EXPECT_EQ(record.valid_bytes, wanted.valid_bytes);
        EXPECT_EQ(kinds(record), wanted.kinds);
    }

    /// Makes the lengths from the one numbered `from` on say that the packet ends behind `octets`.
    static void repair(Frame& frame, std::size_t from, std::size_t octets) {
        for (const CutPlan::Length& length : GetParam().plan.lengths().subspan(from)) {
            if (octets >= length.header_end) {
                write16(frame, length.at, octets - length.counts_from);
            }
        }
    }

    ParseOptions options_;
    test::GuardedBytes guarded_;
};

TEST_P(ParseBounds, HoldWhereTheCaptureEnds) {
    const Frame whole = GetParam().packet.build();
    for (std::size_t octets = 0; octets <= whole.size(); ++octets) {
        SCOPED_TRACE(octets);
        const bool cut = octets != whole.size();
        check(first(whole, octets), whole.size(),
              GetParam().plan.outcome(octets, cut ? Cut::kCapture : Cut::kPacket));
        if (HasFailure()) return;
    }
}

TEST_P(ParseBounds, HoldWhereTheFrameEnds) {
    const Frame whole = GetParam().packet.build();
    for (std::size_t octets = 0; octets <= whole.size(); ++octets) {
        SCOPED_TRACE(octets);
        Frame frame = first(whole, octets);
        repair(frame, 0, octets);
        check(frame, octets, GetParam().plan.outcome(octets, Cut::kPacket));
        if (HasFailure()) return;
    }
}

/// Behind the end that a length tells there are octets that look as if parsing could go on.
TEST_P(ParseBounds, HoldWhereALengthEndsThePacket) {
    const Frame whole = GetParam().packet.build();
    const auto lengths = GetParam().plan.lengths();
    for (std::size_t from = 0; from < lengths.size(); ++from) {
        for (std::size_t octets = lengths[from].header_end; octets <= whole.size(); ++octets) {
            SCOPED_TRACE(testing::Message() << "length " << from << ", " << octets << " octets");
            Frame frame = whole;
            repair(frame, from, octets);
            check(frame, frame.size(), GetParam().plan.outcome(octets, Cut::kPacket));
            if (HasFailure()) return;
        }
    }
}

/// RFC 791, section 3.2: IPv4 may cut anywhere, so that what is missing is no defect, and inner
/// lengths speak of octets that are elsewhere.
TEST_P(ParseBounds, HoldWhereAFirstFragmentEnds) {
    constexpr std::size_t kFlags = 20;
    const Frame whole = GetParam().packet.build();
    if (kinds(parsed(whole))[1] != LayerKind::kIpv4) return;
    const CutPlan::Length& total = GetParam().plan.lengths().front();
    for (std::size_t octets = total.header_end; octets <= whole.size(); ++octets) {
        SCOPED_TRACE(octets);
        Frame frame = first(whole, octets);
        write16(frame, total.at, octets - total.counts_from);
        frame[kFlags] |= std::byte{0x20};
        check(frame, octets, GetParam().plan.outcome(octets, Cut::kFragment));
        if (HasFailure()) return;
    }
}

TEST_P(ParseBounds, HoldTheNumberOfLayers) {
    const Frame whole = GetParam().packet.build();
    for (std::uint8_t layers = 1; layers <= kMaxLayers; ++layers) {
        SCOPED_TRACE(unsigned{layers});
        options_.max_layers = layers;
        check(whole, whole.size(), GetParam().plan.outcome(whole.size(), Cut::kPacket, layers));
        if (HasFailure()) return;
    }
}

std::string name_of(const testing::TestParamInfo<CutCase>& info) {
    std::string name = info.param.name;
    std::ranges::replace_if(
        name, [](unsigned char letter) { return std::isalnum(letter) == 0; }, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Link, ParseBounds, testing::ValuesIn(link_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Network, ParseBounds, testing::ValuesIn(network_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Transport, ParseBounds, testing::ValuesIn(transport_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Quote, ParseBounds, testing::ValuesIn(quote_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Tunnel, ParseBounds, testing::ValuesIn(tunnel_cases()), name_of);

}  // namespace
}  // namespace weir::parse
