// SPDX-License-Identifier: MIT
#include "platform/pc/acpi.h"

#include "arch/amd64/paging.h"
#include "boot/kip.h"

namespace pc {
namespace {

constexpr Word Visible_bytes = amd64::Window_bytes - Page_size;

bool sum_is_zero(u8 const *data, Word bytes)
{
  u8 sum = 0;
  for (Word i = 0; i < bytes; ++i)
    sum = u8(sum + data[i]);
  return sum == 0;
}

/// A table that is completely visible and has the right checksum.
bool is_sound(Acpi_table table)
{
  return table && table.at<u32>(4) == table.bytes && sum_is_zero(table.data, table.bytes);
}

} // namespace

Acpi_table view_acpi_table(Phys_addr address, char const *signature)
{
  auto *data = static_cast<u8 const *>(amd64::view_physical(address));
  if (signature && __builtin_memcmp(data, signature, 4) != 0) return {};
  Word bytes = Acpi_table{data, 8}.at<u32>(4);
  if (bytes < Acpi_header_bytes) return {};
  return {data, bytes < Visible_bytes ? bytes : Visible_bytes};
}

// Rare, so the root table is read again for each entry: every view ends the one before.
Acpi_table find_acpi_table(char const *signature)
{
  constexpr Word Rsdp_bytes = 20;
  Phys_addr rsdp_address(kip_page.acpi_rsdp_addr);
  if (!rsdp_address.value()) return {};
  Acpi_table rsdp{static_cast<u8 const *>(amd64::view_physical(rsdp_address)), 36};
  if (__builtin_memcmp(rsdp.data, "RSD PTR ", 8) != 0 || !sum_is_zero(rsdp.data, Rsdp_bytes))
    return {};
  Word xsdt = rsdp.at<u8>(15) >= 2 ? rsdp.at<u64>(24) : 0;
  Phys_addr root(xsdt ? xsdt : rsdp.at<u32>(16));
  for (Word at = Acpi_header_bytes;; at += xsdt ? 8 : 4) {
    Acpi_table list = view_acpi_table(root, xsdt ? "XSDT" : "RSDT");
    if (at >= list.bytes || !is_sound(list)) return {};
    Phys_addr entry(xsdt ? list.at<u64>(at) : list.at<u32>(at));
    if (Acpi_table table = view_acpi_table(entry, signature); is_sound(table)) return table;
  }
}

} // namespace pc
