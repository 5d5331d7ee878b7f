// SPDX-License-Identifier: MIT
// Reboot and power-off. Rare, so the tables are read when it happens.
#include "arch/amd64/cpu.h"
#include "arch/amd64/paging.h"
#include "arch/arch.h"
#include "platform/pc/acpi.h"

namespace {

using amd64::in, amd64::out;
using pc::Acpi_table;

/// An integer constant of at most a byte in AML (ACPI 6.4, 20.2.3); advances `at`.
u8 aml_byte(Acpi_table code, Word &at)
{
  constexpr u8 Byte_prefix = 0x0a;
  u8 op = code.at<u8>(at++);
  return op == Byte_prefix ? code.at<u8>(at++) : op; // zero and one stand for themselves
}

/// `Name (_S5_, Package () { a, b, ... })`, found without an interpreter: it is constant data.
/// Empty: not there.
Acpi_table find_s5(Phys_addr dsdt)
{
  constexpr u8 Package = 0x12;
  constexpr Word Overlap = 16, Largest = 4 << 20;
  Acpi_table head = pc::view_acpi_table(dsdt, "DSDT");
  if (!head) return {};
  Word bytes = head.at<u32>(4);
  constexpr Word Step = amd64::Window_bytes - Page_size - Overlap;
  for (Word start = 0; start < bytes && start < Largest; start += Step) {
    Word visible = bytes - start < Step + Overlap ? bytes - start : Step + Overlap;
    Acpi_table part{static_cast<u8 const *>(amd64::view_physical(dsdt + start)), visible};
    for (Word at = 0; at + Overlap <= part.bytes; ++at)
      if (!__builtin_memcmp(part.data + at, "_S5_", 4) && part.at<u8>(at + 4) == Package)
        return {part.data + at, part.bytes - at};
  }
  return {};
}

} // namespace

// Offsets are those of the fixed description table (ACPI 6.4, 5.2.9). A table is gone with the next
// view.
void platform::power_off()
{
  constexpr u16 Acpi_mode = 1, Sleep_enable = 1 << 13;
  constexpr unsigned Sleep_type_shift = 10, Patience = 1000000;
  Acpi_table fadt = pc::find_acpi_table("FACP");
  Word wide_dsdt = fadt.at<u64>(140);
  Phys_addr dsdt(wide_dsdt ? wide_dsdt : fadt.at<u32>(40));
  u16 smi_command = fadt.at<u16>(48), control_a = fadt.at<u16>(64), control_b = fadt.at<u16>(68);
  u8 acpi_enable = fadt.at<u8>(52);
  Acpi_table s5 = find_s5(dsdt);
  if (!control_a || !s5) return;
  u8 length_bytes = s5.at<u8>(5) >> 6; // bytes that follow the first of the package's length
  Word at = 6 + length_bytes + 1;      // and the number of elements
  u8 type_a = aml_byte(s5, at), type_b = aml_byte(s5, at);
  if (!(in<u16>(control_a) & Acpi_mode) && smi_command) {
    out<u8>(smi_command, acpi_enable);
    for (unsigned i = 0; i < Patience && !(in<u16>(control_a) & Acpi_mode); ++i)
      __builtin_ia32_pause();
  }
  out<u16>(control_a, u16(type_a << Sleep_type_shift | Sleep_enable));
  if (control_b) out<u16>(control_b, u16(type_b << Sleep_type_shift | Sleep_enable));
  for (unsigned i = 0; i < Patience; ++i) // it takes a moment
    __builtin_ia32_pause();
}

void platform::reboot()
{
  constexpr u32 Has_reset_register = 1 << 10;
  constexpr u8 Port_space = 1;
  constexpr u16 Chipset_reset = 0xcf9, Keyboard_controller = 0x64;
  Acpi_table fadt = pc::find_acpi_table("FACP");
  if (fadt.at<u32>(112) & Has_reset_register && fadt.at<u8>(116) == Port_space)
    out<u8>(u16(fadt.at<u64>(120)), fadt.at<u8>(128));
  out<u8>(Chipset_reset, 6);
  out<u8>(Keyboard_controller, 0xfe);
  // The last way: an exception that nothing can handle.
  struct [[gnu::packed]] {
    u16 limit = 0;
    Word base = 0;
  } no_idt;
  asm volatile("lidt %0; int3" : : "m"(no_idt));
  arch::halt_forever();
}
