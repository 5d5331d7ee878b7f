// SPDX-License-Identifier: MIT
#include "symbols.h"

#include <string.h>

#include <initializer_list>

namespace Itas {

// Parts of an ELF64 file (System V ABI, chapter 4).
struct Symbols::Section {
  l4_uint32_t name, type;
  l4_uint64_t flags, addr, offset, size;
  l4_uint32_t link, info;
  l4_uint64_t addralign, entsize;
};

struct Symbols::Segment {
  l4_uint32_t type, flags;
  l4_uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

struct Symbols::Symbol {
  l4_uint32_t name;
  l4_uint8_t info, other;
  l4_uint16_t section;
  l4_uint64_t value, size;
};

namespace {

struct Header {
  l4_uint8_t ident[16];
  l4_uint16_t type, machine;
  l4_uint32_t version;
  l4_uint64_t entry, phoff, shoff;
  l4_uint32_t flags;
  l4_uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

constexpr l4_uint32_t Symbol_table = 2, Dynamic_symbols = 11;
constexpr l4_uint32_t Loaded = 1;
constexpr unsigned Function_type = 2;

} // namespace

Symbols::Section const *Symbols::section(unsigned index) const
{
  auto const *const h = reinterpret_cast<Header const *>(_file);
  if (index >= h->shnum || h->shentsize != sizeof(Section) || h->shoff % alignof(Section) ||
      !in_file(h->shoff, l4_uint64_t{h->shnum} * sizeof(Section)))
    return nullptr;
  return reinterpret_cast<Section const *>(_file + h->shoff) + index;
}

bool Symbols::is_elf() const
{
  return _size >= sizeof(Header) && !memcmp(_file, "\177ELF\2\1", 6);
}

bool Symbols::read_table(Section const &table)
{
  if (table.entsize != sizeof(Symbol) || table.offset % alignof(Symbol) ||
      !in_file(table.offset, table.size))
    return false;
  Section const *const names = section(table.link);
  // The last name must end inside of the file.
  if (!names || !in_file(names->offset, names->size) || !names->size ||
      _file[names->offset + names->size - 1])
    return false;
  _symbols = reinterpret_cast<Symbol const *>(_file + table.offset);
  _count = static_cast<unsigned>(table.size / sizeof(Symbol));
  _names = _file + names->offset;
  _names_size = names->size;
  return true;
}

void Symbols::init(void const *file, l4_size_t size)
{
  *this = Symbols();
  _file = static_cast<char const *>(file);
  _size = size;
  if (!is_elf()) return;
  // A library without the full table still has that of what it offers to others.
  for (l4_uint32_t type : {Symbol_table, Dynamic_symbols})
    for (unsigned i = 0; Section const *const s = section(i); ++i)
      if (s->type == type && read_table(*s)) return;
}

bool Symbols::address_of(l4_addr_t file_offset, l4_addr_t *address) const
{
  if (!is_elf()) return false;
  auto const *const h = reinterpret_cast<Header const *>(_file);
  if (h->phentsize != sizeof(Segment) || h->phoff % alignof(Segment) ||
      !in_file(h->phoff, l4_uint64_t{h->phnum} * sizeof(Segment)))
    return false;
  auto const *const segments = reinterpret_cast<Segment const *>(_file + h->phoff);
  for (unsigned i = 0; i < h->phnum; ++i) {
    Segment const &s = segments[i];
    if (s.type != Loaded || file_offset < s.offset || file_offset - s.offset >= s.filesz) continue;
    *address = s.vaddr + (file_offset - s.offset);
    return true;
  }
  return false;
}

Symbols::Function Symbols::find(l4_addr_t address) const
{
  Function best;
  for (unsigned i = 0; i < _count; ++i) {
    Symbol const &s = _symbols[i];
    if ((s.info & 0xf) != Function_type || s.name >= _names_size || address < s.value) continue;
    l4_addr_t const offset = address - s.value;
    // Functions in assembly may have no size: they count as one instruction.
    if (offset >= (s.size ? s.size : 1) || (best.name && offset > best.offset)) continue;
    best = {_names + s.name, s.value, offset};
  }
  return best;
}

namespace {

/// Collects a text of limited length.
class Output {
public:
  Output(char *text, l4_size_t size) : _text(text), _room(size - 1) { *_text = 0; }
  void add(char const *s, l4_size_t n)
  {
    for (; n && _room; --n, --_room)
      *_text++ = *s++;
    *_text = 0;
  }

private:
  char *_text;
  l4_size_t _room;
};

/// Read a length and the name behind it. \return false if there is none
bool next_part(char const **at, char const **part, l4_size_t *length)
{
  l4_size_t n = 0;
  char const *s = *at;
  for (; *s >= '0' && *s <= '9' && n < 1000; ++s)
    n = n * 10 + static_cast<l4_size_t>(*s - '0');
  if (!n || n >= 1000 || strnlen(s, n) < n) return false;
  *part = s;
  *length = n;
  *at = s + n;
  return true;
}

constexpr char Anonymous[] = "_GLOBAL__N_";

/// The names of a nested or plain C++ symbol. \return false if it has other things in it
bool write_parts(char const *s, Output *out)
{
  bool const nested = *s == 'N';
  if (nested) s += s[1] == 'K' ? 2 : 1;
  if (*s == 'L') ++s; // local to its file
  bool first = true;
  do {
    char const *part;
    l4_size_t length;
    if (!next_part(&s, &part, &length)) return false;
    if (!first) out->add("::", 2);
    if (length >= sizeof(Anonymous) - 1 && memcmp(part, Anonymous, sizeof(Anonymous) - 1) == 0)
      out->add("(anonymous)", 11);
    else
      out->add(part, length);
    first = false;
    if (nested && (s[0] == 'C' || s[0] == 'D') && s[1] >= '0' && s[1] <= '3') {
      out->add("::", 2);
      if (s[0] == 'D') out->add("~", 1);
      out->add(part, length);
      s += 2;
    }
  } while (nested && *s != 'E');
  return *s != 'I';
}

} // namespace

void readable_name(char const *symbol, char *out, l4_size_t size)
{
  Output text(out, size);
  if (symbol[0] == '_' && symbol[1] == 'Z' && write_parts(symbol + 2, &text)) return;
  Output plain(out, size);
  plain.add(symbol, strlen(symbol));
}

} // namespace Itas
