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
   * \param file   start of the file, aligned to 8 bytes
   * \param size   bytes
   * \param shift  added to the addresses in the file: where the program was loaded
   */
  void init(void const *file, l4_size_t size, l4_addr_t shift);

  [[nodiscard]] bool empty() const { return !_count; }

  /// The function that holds an address; `name` is null if none does.
  struct Function {
    char const *name = nullptr; ///< in the file; zero-terminated
    l4_addr_t start = 0;
    l4_addr_t offset = 0; ///< of the address in the function
  };
  [[nodiscard]] Function find(l4_addr_t address) const;

private:
  struct Section;
  struct Symbol;
  Section const *section(unsigned index) const;
  [[nodiscard]] bool in_file(l4_uint64_t offset, l4_uint64_t size) const
  {
    return offset <= _size && size <= _size - offset;
  }

  char const *_file = nullptr;
  l4_size_t _size = 0;
  l4_addr_t _shift = 0;
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
