// SPDX-License-Identifier: MIT
#include "object.h"
#include "memory.h"

#include <string.h>

#include <new>

namespace Ldso {

namespace {

enum Phdr_type : l4_uint32_t {
  Pt_dynamic = 2,
  Pt_tls = 7,
  Pt_gnu_eh_frame = 0x6474e550,
  Pt_gnu_relro = 0x6474e552,
};

enum Tag : l4_int64_t {
  Plt_size = 2,
  Plt_got = 3,
  Strings = 5,
  Symbols = 6,
  Relocations = 7,
  Relocations_size = 8,
  Init = 12,
  Fini = 13,
  Soname = 14,
  Rpath = 15,
  Rel = 17,
  Text_rel = 22,
  Plt_relocations = 23,
  Bind_now = 24,
  Init_array = 25,
  Fini_array = 26,
  Init_array_size = 27,
  Fini_array_size = 28,
  Runpath = 29,
  Flags = 30,
  Gnu_hash = 0x6ffffef5,
  Flags_1 = 0x6ffffffb,
};

constexpr l4_uint64_t Flag_text_rel = 4, Flag_bind_now = 8, Flag_1_now = 1, Flag_1_no_delete = 8;

/// The hash table of GNU tools: header, Bloom filter, buckets, chains.
struct Gnu_hash {
  explicit Gnu_hash(l4_uint32_t const *table)
    : buckets(table[0]), first_symbol(table[1]), filter_words(table[2]), filter_shift(table[3]),
      filter(reinterpret_cast<l4_uint64_t const *>(table + 4)),
      bucket(reinterpret_cast<l4_uint32_t const *>(filter + filter_words)),
      chain(bucket + buckets)
  {
  }

  [[nodiscard]] bool may_have(l4_uint32_t hash) const
  {
    l4_uint64_t const word = filter[hash / 64 % filter_words];
    return word >> (hash % 64) & word >> ((hash >> filter_shift) % 64) & 1;
  }

  l4_uint32_t buckets, first_symbol, filter_words, filter_shift;
  l4_uint64_t const *filter;
  l4_uint32_t const *bucket, *chain;
};

bool defines(Sym const &s, bool plt_too)
{
  if (s.binding() == Sym::Local) return false;
  if (s.type() == Sym::Tls) return s.section;
  return s.value && (s.section || plt_too);
}

} // namespace

Symbol_name::Symbol_name(char const *name) : text(name), hash(5381)
{
  for (auto c = reinterpret_cast<unsigned char const *>(name); *c; ++c)
    hash = hash * 33 + *c;
}

Object *Object::create(char const *path, l4_addr_t offset, Ldr::Elf64_phdr const *phdrs,
                       unsigned count)
{
  l4_size_t const length = strlen(path) + 1;
  void *memory = allocate(sizeof(Object) + length);
  if (!memory) return nullptr;
  auto o = new (memory) Object;
  o->path = static_cast<char *>(memory) + sizeof(Object);
  memcpy(o->path, path, length);
  o->offset = offset;
  o->phdrs = phdrs;
  o->phdr_count = count;
  o->read_headers();
  o->read_dynamic();
  return o;
}

void Object::destroy()
{
  release(needed.first);
  release(this);
}

void Object::read_headers()
{
  start = ~0UL;
  for (auto ph = phdrs; ph != phdrs + phdr_count; ++ph) {
    l4_addr_t const first = ph->vaddr + offset, behind = first + ph->memsz;
    switch (ph->type) {
    case Ldr::Pt_load:
      if (first < start) start = first & ~(Ldr::Elf_image::Page_size - 1);
      if (behind > end) end = behind;
      break;
    case Pt_dynamic:
      dynamic = reinterpret_cast<Dyn const *>(first);
      break;
    case Pt_tls:
      tls = {reinterpret_cast<void const *>(first), ph->filesz, ph->memsz, ph->align ? ph->align : 1,
             ph->vaddr};
      break;
    case Pt_gnu_eh_frame:
      eh_frame_header = reinterpret_cast<void const *>(first);
      break;
    case Pt_gnu_relro:
      relro_start = first;
      relro_end = behind;
      break;
    default:
      break;
    }
  }
}

void Object::read_dynamic()
{
  for (Dyn const *d = dynamic; d && d->tag; ++d)
    read_entry(*d);
  // The names come last: the string table may stand behind them.
  for (Dyn const *d = dynamic; d && d->tag; ++d) {
    if (d->tag == Soname) _soname = string(d->value);
    if (d->tag == Runpath || (d->tag == Rpath && !search_path)) search_path = string(d->value);
  }
}

void Object::read_entry(Dyn const &d)
{
  l4_uint64_t const v = d.value;
  switch (d.tag) {
  case Plt_size: plt_relocations.count = v / sizeof(Rela); break;
  case Plt_got: plt_got = at<l4_umword_t>(v); break;
  case Strings: _strings = at<char const>(v); break;
  case Symbols: _symbols = at<Sym const>(v); break;
  case Relocations: relocations.first = at<Rela const>(v); break;
  case Relocations_size: relocations.count = v / sizeof(Rela); break;
  case Init: init = at<Init_function>(v); break;
  case Fini: fini = at<Fini_function>(v); break;
  case Plt_relocations: plt_relocations.first = at<Rela const>(v); break;
  case Init_array: init_functions.first = at<Init_function *const>(v); break;
  case Init_array_size: init_functions.count = v / sizeof(void *); break;
  case Fini_array: fini_functions.first = at<Fini_function *const>(v); break;
  case Fini_array_size: fini_functions.count = v / sizeof(void *); break;
  case Gnu_hash: _hash = at<l4_uint32_t const>(v); break;
  case Bind_now: bind_now = true; break;
  case Rel: _other_format = true; break;
  case Text_rel: _text_relocations = true; break;
  case Flags:
    bind_now |= (v & Flag_bind_now) != 0;
    _text_relocations |= (v & Flag_text_rel) != 0;
    break;
  case Flags_1:
    bind_now |= (v & Flag_1_now) != 0;
    may_go = !(v & Flag_1_no_delete);
    break;
  default: break;
  }
}

char const *Object::defect() const
{
  if (!dynamic) return "it has no dynamic section: it is a static program, no library";
  if (_text_relocations) return "its code is not position independent: compile it with -fPIC";
  if (_other_format) return "it has relocations without addends, which x86-64 does not know";
  if (!_symbols || !_strings || !_hash)
    return "it has no symbol table with a GNU hash: link it with --hash-style=gnu";
  return nullptr;
}

Sym const *Object::find(Symbol_name const &name, bool plt_too) const
{
  struct Gnu_hash const table(_hash);
  if (!table.buckets || !table.may_have(name.hash)) return nullptr;
  l4_uint32_t index = table.bucket[name.hash % table.buckets];
  if (index < table.first_symbol) return nullptr;
  for (;; ++index) {
    l4_uint32_t const hash = table.chain[index - table.first_symbol];
    Sym const &s = _symbols[index];
    if ((hash | 1) == (name.hash | 1) && !strcmp(string(s.name), name.text) && defines(s, plt_too))
      return &s;
    if (hash & 1) return nullptr; // the last of its bucket
  }
}

l4_size_t Object::symbol_count() const
{
  struct Gnu_hash const table(_hash);
  l4_uint32_t last = 0;
  for (l4_uint32_t b = 0; b < table.buckets; ++b)
    if (table.bucket[b] > last) last = table.bucket[b];
  if (last < table.first_symbol) return table.first_symbol;
  while (!(table.chain[last - table.first_symbol] & 1))
    ++last;
  return last + 1;
}

Sym const *Object::nearest(l4_addr_t address) const
{
  Sym const *best = nullptr;
  for (Sym const *s = _symbols, *behind = s + symbol_count(); s != behind; ++s)
    if (defines(*s, false) && s->type() != Sym::Tls && s->value + offset <= address &&
        (!best || s->value > best->value))
      best = s;
  return best;
}

bool Object::is_called(char const *name) const
{
  return !strcmp(name, _soname ? _soname : path) || !strcmp(name, path);
}

} // namespace Ldso
