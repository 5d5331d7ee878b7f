// SPDX-License-Identifier: MIT
#include "diagnosis.h"

#include <gtest/gtest.h>

#include <string>

using namespace Itas;
using Place = Exception_facts::Place;

namespace {

Diagnosis page_fault(l4_umword_t err, l4_addr_t address, Place place, char const *region = "")
{
  Exception_facts f;
  f.trapno = 14;
  f.err = err;
  f.address = address;
  f.place = place;
  f.region = region;
  f.backing = "out of memory";
  return diagnose(f);
}

TEST(Diagnosis, names_page_faults)
{
  EXPECT_STREQ(page_fault(6, 0, Place::Null).text, "write to address 0x0 (null pointer)");
  EXPECT_STREQ(page_fault(4, 0x10, Place::Null).text, "read from address 0x10 (null pointer)");
  EXPECT_STREQ(page_fault(0x14, 0xdead000, Place::Unmapped).text,
               "jump to unmapped address 0xdead000");
  EXPECT_STREQ(page_fault(6, 0x7ffe0, Place::Stack_guard).text,
               "stack overflow: write to address 0x7ffe0 in the guard below the stack");
  EXPECT_STREQ(page_fault(7, 0x400000, Place::Not_writable, "hello").text,
               "write to address 0x400000 in 'hello', which is read-only");
  EXPECT_STREQ(page_fault(0x15, 0x80000000, Place::Not_executable, "[stack]").text,
               "jump to address 0x80000000 in '[stack]', which is not executable");
}

TEST(Diagnosis, gives_posix_signals)
{
  EXPECT_EQ(page_fault(6, 0, Place::Null).signal, 11);
  EXPECT_EQ(page_fault(6, 0, Place::Not_backed).signal, 10);
  Exception_facts f;
  EXPECT_EQ(diagnose(f).signal, 8);
  EXPECT_NE(std::string(diagnose(f).text).find("division by zero"), std::string::npos);
  f.trapno = 6;
  EXPECT_EQ(diagnose(f).signal, 4);
  f.trapno = 3;
  EXPECT_EQ(diagnose(f).signal, 5);
  f.trapno = 77;
  EXPECT_NE(std::string(diagnose(f).text).find("77"), std::string::npos);
}

TEST(Diagnosis, explains_general_protection_by_the_instruction)
{
  Exception_facts f;
  f.trapno = 13;
  EXPECT_NE(std::string(diagnose(f).text).find("non-canonical"), std::string::npos);
  f.have_code = true;
  f.code[0] = 0xf4;
  EXPECT_STREQ(diagnose(f).text, "privileged instruction 'hlt'");
  f.code[0] = 0x0f;
  f.code[1] = 0x30;
  EXPECT_STREQ(diagnose(f).text, "privileged instruction 'wrmsr'");
  f.code[0] = 0xee;
  EXPECT_NE(std::string(diagnose(f).text).find("I/O port"), std::string::npos);
}

} // namespace
