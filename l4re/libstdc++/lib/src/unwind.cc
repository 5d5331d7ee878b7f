// SPDX-License-Identifier: MIT
/*
 * Where the unwinder of libgcc finds the table of the program: a static program has exactly one,
 * in its segment PT_GNU_EH_FRAME.
 */
#include <l4/sys/types.h>

namespace {

constexpr l4_uint32_t Pt_load = 1, Pt_gnu_eh_frame = 0x6474e550;

struct Elf_header {
  unsigned char ident[16];
  l4_uint16_t type, machine;
  l4_uint32_t version;
  l4_uint64_t entry, phoff, shoff;
  l4_uint32_t flags;
  l4_uint16_t ehsize, phentsize, phnum;
};

struct Program_header {
  l4_uint32_t type, flags;
  l4_uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

/// Answer of _dl_find_object(), as glibc defines it for x86-64.
struct Object {
  unsigned long long flags;
  void *map_start, *map_end; ///< first byte of the program, first byte behind it
  void *link_map;
  void *eh_frame;            ///< content of PT_GNU_EH_FRAME
  unsigned long long reserved[7];
};

extern "C" Elf_header const __executable_start; ///< the first segment begins with the ELF header

} // namespace

/**
 * Find the object that holds an address of code.
 * \return 0 and `*result`; -1 if the address is not in this program
 */
extern "C" int _dl_find_object(void *address, Object *result)
{
  auto const base = reinterpret_cast<l4_addr_t>(&__executable_start);
  auto header = reinterpret_cast<Program_header const *>(base + __executable_start.phoff);
  l4_addr_t end = 0, table = 0;
  for (unsigned i = 0; i < __executable_start.phnum; ++i, ++header) {
    if (header->type == Pt_load && header->vaddr + header->memsz > end)
      end = header->vaddr + header->memsz;
    if (header->type == Pt_gnu_eh_frame) table = header->vaddr;
  }
  auto const a = reinterpret_cast<l4_addr_t>(address);
  if (!table || a < base || a >= end) return -1;
  *result = {};
  result->map_start = reinterpret_cast<void *>(base);
  result->map_end = reinterpret_cast<void *>(end);
  result->eh_frame = reinterpret_cast<void *>(table);
  return 0;
}
