// SPDX-License-Identifier: MIT
#pragma once

#include <l4/sys/l4int.h>

namespace Itas {

/**
 * Names of functions, from the symbol table of an ELF64 file that is readable in memory.
 *
 * The file may be damaged: every offset in it is checked before it is used, and a table that is not
 * there or makes no sense is an empty one. No memory is allocated; a look-up walks over the table.
 */
class Symbols {
public:
  /**
   * \param file  start of the file, aligned to 8 bytes
   * \param size  bytes
   */
  void init(void const *file, l4_size_t size);

  [[nodiscard]] bool empty() const { return !_count; }

  /**
   * The address for which a byte of the file was linked. Where a program lies in memory is the
   * business of others: all addresses here are those of the file.
   * \return false if the byte is in no segment that is loaded
   */
  bool address_of(l4_addr_t file_offset, l4_addr_t *address) const;

  /// The function that holds an address; `name` is null if none does.
  struct Function {
    char const *name = nullptr; ///< in the file; zero-terminated
    l4_addr_t start = 0;
    l4_addr_t offset = 0; ///< of the address in the function
  };
  [[nodiscard]] Function find(l4_addr_t address) const;

private:
  struct Section;
  struct Segment;
  struct Symbol;
  [[nodiscard]] bool is_elf() const;
  Section const *section(unsigned index) const;
  bool read_table(Section const &table);
  [[nodiscard]] bool in_file(l4_uint64_t offset, l4_uint64_t size) const
  {
    return offset <= _size && size <= _size - offset;
  }

  char const *_file = nullptr;
  l4_size_t _size = 0;
  Symbol const *_symbols = nullptr;
  unsigned _count = 0;
  char const *_names = nullptr;
  l4_size_t _names_size = 0;
};

/**
 * Write the name of a C++ function readably, without its parameters: `_ZN3Foo3barEi` is `Foo::bar`.
 * Names with templates or operators, and those of C, are copied as they are.
 * \param size  of `out`, bytes, at least 1; the text is cut
 */
void readable_name(char const *symbol, char *out, l4_size_t size);

} // namespace Itas
