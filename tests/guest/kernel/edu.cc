// SPDX-License-Identifier: MIT
// PCI local bus specification 3.0, sections 3.2.2.3 (configuration mechanism), 6.2 (header), 6.8
// (MSI); registers of the device: QEMU's docs/specs/edu.
#include "edu.h"

namespace Tap {

namespace {

constexpr l4_umword_t Sigma0_iomem = 0xffffffffffffff70;
constexpr l4_uint32_t Edu_id = 0x11e81234, Edu_identity_mask = 0xffff, Edu_identity = 0xed;
constexpr l4_uint32_t Config_enable = 1u << 31, Slot_step = 1u << 11, Slots = 32;
constexpr l4_uint32_t Command = 4, Memory_and_master = 6, Bar_0 = 0x10, Capabilities = 0x34;
constexpr l4_uint32_t Cap_msi = 5, Msi_enable = 1u << 16;
constexpr l4_uint16_t Config_ports = 0xcf8, Config_data = Config_ports + 4; ///< of eight
constexpr l4_addr_t Registers = 0x6080000000; ///< where they are mapped

l4_uint32_t read(l4_uint32_t address)
{
  l4_uint32_t value;
  asm volatile("outl %0, %1" : : "a"(address | Config_enable), "d"(Config_ports));
  asm volatile("inl %1, %0" : "=a"(value) : "d"(Config_data));
  return value;
}
void write(l4_uint32_t address, l4_uint32_t value)
{
  asm volatile("outl %0, %1" : : "a"(address | Config_enable), "d"(Config_ports));
  asm volatile("outl %0, %1" : : "a"(value), "d"(Config_data));
}

bool map_registers(l4_addr_t physical)
{
  set_buffers({L4_ITEM_MAP, memory_page(Registers, L4_PAGESHIFT, L4_FPAGE_RW)});
  Result const r = call(env.pager, L4_PROTO_SIGMA0,
                        {Sigma0_iomem, memory_page(physical, L4_PAGESHIFT, L4_FPAGE_RW)});
  no_buffers();
  return r.ok() && r.items() == 1;
}

} // namespace

Edu *Edu::get()
{
  static Edu edu;
  static bool const found = edu.find();
  return found ? &edu : nullptr;
}

bool Edu::find()
{
  if (get_ports(Config_ports, 3).items() != 1) return false;
  while (_slot < Slots * Slot_step && read(_slot) != Edu_id)
    _slot += Slot_step;
  if (_slot == Slots * Slot_step || !find_capability(Cap_msi)) return false;
  write(_slot + Command, read(_slot + Command) | Memory_and_master);
  if (!map_registers(read(_slot + Bar_0) & ~0xfu)) return false;
  _registers = Registers;
  return (reg(Identity) & Edu_identity_mask) == Edu_identity;
}

bool Edu::find_capability(l4_uint32_t id)
{
  for (_msi = read(_slot + Capabilities) & 0xfc; _msi; _msi = read(_slot + _msi) >> 8 & 0xfc)
    if ((read(_slot + _msi) & 0xff) == id) return true;
  return false;
}

void Edu::use_messages(l4_umword_t address, l4_uint32_t data)
{
  write(_slot + _msi + 4, l4_uint32_t(address));
  write(_slot + _msi + 8, l4_uint32_t(address >> 32));
  write(_slot + _msi + 12, data); // the capability has 64-bit addresses
  write(_slot + _msi, read(_slot + _msi) | Msi_enable);
}

void Edu::use_pin()
{
  write(_slot + _msi, read(_slot + _msi) & ~Msi_enable);
}

} // namespace Tap
