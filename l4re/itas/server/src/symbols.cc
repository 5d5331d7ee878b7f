// SPDX-License-Identifier: MIT
#include "symbols.h"

#include <string.h>

namespace Itas {

// Parts of an ELF64 file (System V ABI, chapter 4).
struct Symbols::Section {
  l4_uint32_t name, type;
  l4_uint64_t flags, addr, offset, size;
  l4_uint32_t link, info;
  l4_uint64_t addralign, entsize;
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

constexpr l4_uint32_t Symbol_table = 2;
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

void Symbols::init(void const *file, l4_size_t size, l4_addr_t shift)
{
  *this = Symbols();
  _file = static_cast<char const *>(file);
  _size = size;
  _shift = shift;
  if (size < sizeof(Header) || memcmp(file, "\177ELF\2\1", 6) != 0) return;

  for (unsigned i = 0; Section const *const s = section(i); ++i) {
    if (s->type != Symbol_table || s->entsize != sizeof(Symbol) || s->offset % alignof(Symbol) ||
        !in_file(s->offset, s->size))
      continue;
    Section const *const names = section(s->link);
    // The last name must end inside of the file.
    if (!names || !in_file(names->offset, names->size) || !names->size ||
        _file[names->offset + names->size - 1])
      continue;
    _symbols = reinterpret_cast<Symbol const *>(_file + s->offset);
    _count = static_cast<unsigned>(s->size / sizeof(Symbol));
    _names = _file + names->offset;
    _names_size = names->size;
    return;
  }
}

Symbols::Function Symbols::find(l4_addr_t address) const
{
  Function best;
  l4_addr_t const wanted = address - _shift;
  for (unsigned i = 0; i < _count; ++i) {
    Symbol const &s = _symbols[i];
    if ((s.info & 0xf) != Function_type || s.name >= _names_size || wanted < s.value) continue;
    l4_addr_t const offset = wanted - s.value;
    // Functions in assembly may have no size: they count as one instruction.
    if (offset >= (s.size ? s.size : 1) || (best.name && offset > best.offset)) continue;
    best = {_names + s.name, s.value + _shift, offset};
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
