// SPDX-License-Identifier: MIT
#include "exception.h"
#include "print.h"

namespace boot {
namespace {

constexpr unsigned Vectors = 32;
constexpr unsigned Entry_distance = 16; ///< of exception_entries in start.S
constexpr uint16_t Code_selector = 0x08;
constexpr uint8_t Present_interrupt_gate = 0x8e;

/// Intel SDM volume 3, 6.14.1: 64-bit IDT gate descriptor.
struct Gate {
  uint16_t offset_0;
  uint16_t selector;
  uint8_t stack_table;
  uint8_t type;
  uint16_t offset_16;
  uint32_t offset_32;
  uint32_t reserved;
};
static_assert(sizeof(Gate) == 16);

struct __attribute__((packed)) Table_pointer {
  uint16_t limit;
  const Gate *base;
};

constinit Gate gates[Vectors] = {};

/// What start.S and the CPU have pushed.
struct Frame {
  uint64_t vector, error_code;
  uint64_t rip, cs, rflags, rsp, ss;
};

} // namespace
} // namespace boot

extern "C" const char exception_entries[];
extern "C" [[noreturn]] void loader_exception(boot::Frame const &frame);

extern "C" [[noreturn]] void loader_exception(boot::Frame const &frame)
{
  uint64_t fault_address;
  asm volatile("mov %%cr2, %0" : "=r"(fault_address));
  boot::begin_failure();
  boot::print("CPU exception ", frame.vector, ", error code ", boot::Hex{frame.error_code},
              ", at rip ", boot::Hex{frame.rip}, ", rsp ", boot::Hex{frame.rsp}, ", cr2 ",
              boot::Hex{fault_address});
  boot::end_failure("find the program that contains rip: the kernel before it has its own"
                    " exception handlers, or bootstrap (a bug, please report)");
}

namespace boot {

void catch_exceptions()
{
  auto entry = reinterpret_cast<uintptr_t>(exception_entries);
  for (Gate &gate : gates) {
    gate.offset_0 = entry & 0xffff;
    gate.offset_16 = entry >> 16 & 0xffff;
    gate.offset_32 = static_cast<uint32_t>(entry >> 32);
    gate.selector = Code_selector;
    gate.type = Present_interrupt_gate;
    entry += Entry_distance;
  }
  Table_pointer pointer{sizeof(gates) - 1, gates};
  asm volatile("lidt %0" : : "m"(pointer));
}

} // namespace boot
