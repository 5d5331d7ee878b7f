// SPDX-License-Identifier: MIT
#include "decode.h"

#include <gtest/gtest.h>

#include <initializer_list>

using namespace bench;

namespace {

Decoded decode(std::initializer_list<std::uint8_t> bytes)
{
  return bench::decode(bytes.begin(), bytes.size());
}

Event event(std::initializer_list<std::uint8_t> bytes)
{
  return decode(bytes).event;
}

} // namespace

TEST(Marker, BeginAndEndCarryTheNumber)
{
  Decoded const begin = decode({0x0f, 0x1f, 0x80, 0x51, 0x00, 0x5a, 0x5a});
  EXPECT_EQ(begin.marker.kind, Marker::Begin);
  EXPECT_EQ(begin.marker.id, 5);
  Decoded const end = decode({0x0f, 0x1f, 0x80, 0xf2, 0xff, 0x5a, 0x5a});
  EXPECT_EQ(end.marker.kind, Marker::End);
  EXPECT_EQ(end.marker.id, 0xfff);
  EXPECT_EQ(decode({0x0f, 0x1f, 0x80, 0x53, 0x00, 0x5a, 0x5a}).marker.kind, Marker::Begin_own);
}

TEST(Marker, OtherNopsAreNone)
{
  EXPECT_EQ(decode({0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00}).marker.kind, Marker::No);
  EXPECT_EQ(decode({0x0f, 0x1f, 0x80, 0x54, 0x00, 0x5a, 0x5a}).marker.kind, Marker::No);
  EXPECT_EQ(decode({0x0f, 0x1f, 0x40, 0x00}).marker.kind, Marker::No);
  EXPECT_EQ(decode({0x90}).marker.kind, Marker::No);
}

TEST(Events, ControlRegisters)
{
  EXPECT_EQ(event({0x0f, 0x22, 0xd8}), Event::Cr3);  // mov %rax, %cr3
  EXPECT_EQ(event({0x0f, 0x22, 0xc0}), Event::Cr0);  // mov %rax, %cr0
  EXPECT_EQ(event({0x0f, 0x22, 0xe0}), Event::Cr0);  // mov %rax, %cr4
  EXPECT_EQ(event({0x0f, 0x20, 0xd8}), Event::None); // mov %cr3, %rax
  EXPECT_EQ(event({0x0f, 0x30}), Event::Msr);
  EXPECT_EQ(event({0x0f, 0x32}), Event::Msr);
}

TEST(Events, TlbAndDescriptors)
{
  EXPECT_EQ(event({0x0f, 0x01, 0x38}), Event::Tlb);             // invlpg (%rax)
  EXPECT_EQ(event({0x66, 0x0f, 0x38, 0x82, 0x08}), Event::Tlb); // invpcid
  EXPECT_EQ(event({0x0f, 0x01, 0xf8}), Event::None);            // swapgs
  EXPECT_EQ(event({0x0f, 0x01, 0x18}), Event::Segment);         // lidt
  EXPECT_EQ(event({0x0f, 0x00, 0xd8}), Event::Segment);         // ltr
  EXPECT_EQ(event({0x8e, 0xd8}), Event::Segment);               // mov %eax, %ds
  EXPECT_EQ(event({0x48, 0x8e, 0xd8}), Event::Segment);
}

TEST(Events, LockedAndSerialising)
{
  EXPECT_EQ(event({0xf0, 0x48, 0x0f, 0xb1, 0x0f}), Event::Locked);
  EXPECT_EQ(event({0x48, 0x87, 0x07}), Event::Locked); // xchg %rax, (%rdi)
  EXPECT_EQ(event({0x48, 0x87, 0xc7}), Event::None);   // xchg %rax, %rdi
  EXPECT_EQ(event({0x0f, 0xa2}), Event::Serialising);
  EXPECT_EQ(event({0x48, 0xcf}), Event::Serialising);
  EXPECT_EQ(event({0x0f, 0xae, 0xf0}), Event::Serialising);      // mfence
  EXPECT_EQ(event({0xf3, 0x48, 0x0f, 0xae, 0xd8}), Event::None); // wrgsbase
  EXPECT_EQ(event({0x0f, 0xae, 0x38}), Event::None);             // clflush (memory form)
}

TEST(Events, Ports)
{
  EXPECT_EQ(event({0xee}), Event::Port);
  EXPECT_TRUE(decode({0xee}).writes_port);
  EXPECT_FALSE(decode({0xec}).writes_port);
  EXPECT_EQ(event({0xe4, 0x64}), Event::Port);
}

TEST(Events, OrdinaryInstructions)
{
  EXPECT_EQ(event({0x48, 0x89, 0xc7}), Event::None);
  EXPECT_EQ(event({0x0f, 0x05}), Event::None); // syscall
  EXPECT_EQ(event({0xc3}), Event::None);
  EXPECT_EQ(event({}), Event::None);
}
