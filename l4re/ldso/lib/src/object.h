// SPDX-License-Identifier: MIT
#pragma once

#include <l4/libloader/elf>
#include <l4/sys/l4int.h>

/**
 * \file
 * A program or library in memory, as its dynamic section describes it (ELF64 and the x86-64
 * psABI).
 */
namespace Ldso {

/// Entry of the dynamic section.
struct Dyn {
  l4_int64_t tag;
  l4_uint64_t value;
};

/// Entry of the symbol table.
struct Sym {
  l4_uint32_t name;
  unsigned char info, other;
  l4_uint16_t section;
  l4_uint64_t value, size;

  enum Type : unsigned { Tls = 6, Ifunc = 10 };
  enum Binding : unsigned { Local = 0, Weak = 2 };

  [[nodiscard]] unsigned type() const { return info & 0xf; }
  [[nodiscard]] unsigned binding() const { return info >> 4; }
};
static_assert(sizeof(Sym) == 24);

/// Relocation with addend.
struct Rela {
  l4_uint64_t offset, info;
  l4_int64_t addend;

  [[nodiscard]] l4_uint32_t type() const { return static_cast<l4_uint32_t>(info); }
  [[nodiscard]] l4_uint32_t symbol() const { return static_cast<l4_uint32_t>(info >> 32); }
};
static_assert(sizeof(Rela) == 24);

/// Part of an object: `count` elements at `first`.
template <typename T> struct Table {
  T *first = nullptr;
  l4_size_t count = 0;

  T *begin() const { return first; }
  T *end() const { return first + count; }
};

/// A name with its hash, computed once per search.
struct Symbol_name {
  explicit Symbol_name(char const *name);

  char const *text;
  l4_uint32_t hash;
};

struct Tls_segment {
  void const *image = nullptr; ///< initial contents
  l4_size_t file_size = 0, size = 0, align = 1;
  l4_addr_t link_address = 0;
};

using Init_function = void(int, char **, char **);
using Fini_function = void();

class Object;

/// An object as debuggers see it (debug.h).
struct Link_map {
  l4_addr_t offset = 0;
  char const *name = nullptr; ///< "" for the program
  Dyn const *dynamic = nullptr;
  Link_map *next = nullptr, *previous = nullptr;
};

/// All objects that one call of dlopen() reaches, breadth first; shared by those it loaded.
struct Scope {
  unsigned users = 0; ///< objects that refer to it
  Table<Object *> objects;
};

/// One program or library. Functions that search are called without a lock.
class Object {
public:
  /// \param path    what error messages and dladdr() call it; copied
  /// \param offset  address in memory minus address in the file
  /// \return null without memory
  static Object *create(char const *path, l4_addr_t offset, Ldr::Elf64_phdr const *phdrs,
                        unsigned count);
  void destroy();

  /// Why this object cannot be used, or null.
  [[nodiscard]] char const *defect() const;
  /// \param plt_too  also the places that stand for functions of other objects in a program that
  ///                 is not position independent: there its address is the same for all
  [[nodiscard]] Sym const *find(Symbol_name const &name, bool plt_too) const;
  /// The symbol with the highest address at or below `address`, or null.
  [[nodiscard]] Sym const *nearest(l4_addr_t address) const;
  /// It is what others call `name` in their list of needed libraries.
  [[nodiscard]] bool is_called(char const *name) const;

  [[nodiscard]] char const *string(l4_uint64_t offset) const { return _strings + offset; }
  [[nodiscard]] Sym const &symbol(l4_uint32_t index) const { return _symbols[index]; }
  template <typename T> [[nodiscard]] T *at(l4_addr_t link_address) const
  {
    return reinterpret_cast<T *>(link_address + offset);
  }
  [[nodiscard]] bool holds(l4_addr_t address) const { return address >= start && address < end; }

  /// Call `fn(name)` for each entry of the list of needed libraries; false from it ends the list.
  template <typename Fn> bool for_each_needed(Fn &&fn) const
  {
    for (Dyn const *d = dynamic; d && d->tag; ++d)
      if (d->tag == Needed && !fn(string(d->value))) return false;
    return true;
  }

  char *path;
  l4_addr_t offset;
  Ldr::Elf64_phdr const *phdrs;
  unsigned phdr_count;
  l4_addr_t start = 0, end = 0; ///< range in memory
  Dyn const *dynamic = nullptr;

  Table<Rela const> relocations, plt_relocations;
  l4_umword_t *plt_got = nullptr;
  Table<Init_function *const> init_functions;
  Table<Fini_function *const> fini_functions;
  Init_function *init = nullptr;
  Fini_function *fini = nullptr;
  char const *search_path = nullptr; ///< directories, separated by colons
  void const *eh_frame_header = nullptr;
  l4_addr_t relro_start = 0, relro_end = 0;
  Tls_segment tls;
  unsigned tls_module = 0; ///< 0: none
  bool bind_now = false;

  Object *initialised_before = nullptr;
  Object *next = nullptr;     ///< in the order in which they were loaded
  Link_map link;
  Table<Object *> needed;     ///< what for_each_needed() names
  Scope *scope = nullptr;     ///< where it looks for symbols after the global objects; null: nowhere
  unsigned opens = 0;         ///< calls of dlopen() without dlclose()
  bool is_used = false;       ///< somebody needs it, as of the last look
  bool is_global = false;     ///< all objects see its symbols
  bool is_initialised = false;
  mutable bool may_go = true; ///< when it is not used; others' references may forbid it

private:
  enum Tag : l4_int64_t { Needed = 1 };

  void read_headers();
  void read_dynamic();
  void read_entry(Dyn const &d);
  [[nodiscard]] l4_size_t symbol_count() const;

  Sym const *_symbols = nullptr;
  char const *_strings = nullptr, *_soname = nullptr;
  l4_uint32_t const *_hash = nullptr;
  bool _text_relocations = false, _other_format = false;
};

} // namespace Ldso
