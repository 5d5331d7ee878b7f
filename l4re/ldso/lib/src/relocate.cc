// SPDX-License-Identifier: MIT
#include "relocate.h"
#include "memory.h"
#include "objects.h"
#include "process.h"
#include "symbols.h"
#include "tls.h"

#include <string.h>

extern "C" {
/// In entry.S: where the first call of a function comes out.
void ldso_resolve_lazy();
[[gnu::used]] l4_addr_t ldso_bind(Ldso::Object *object, l4_umword_t index);
}

namespace Ldso {

namespace {

/// Relocation types of the x86-64 psABI that a linker leaves to us.
enum Type : l4_uint32_t {
  None = 0,
  Word = 1,
  Copy = 5,
  Glob_dat = 6,
  Jump_slot = 7,
  Relative = 8,
  Tls_module = 16,
  Tls_offset = 17,
  Tls_thread_offset = 18,
  Indirect_relative = 37,
};

bool fail_undefined(Object const &o, char const *name)
{
  set_error("%s: the symbol '%s' is in none of its libraries. Link the library that has it "
            "(REQUIRES_LIBS)",
            o.path, name);
  return false;
}

class Relocator {
public:
  explicit Relocator(Object &object) : _object(object) {}

  bool apply(Rela const &r)
  {
    l4_umword_t &place = *_object.at<l4_umword_t>(r.offset);
    auto const addend = static_cast<l4_umword_t>(r.addend);
    switch (r.type()) {
    case None: return true;
    case Relative: place = _object.offset + addend; return true;
    case Indirect_relative:
      place = reinterpret_cast<l4_addr_t (*)()>(_object.offset + addend)();
      return true;
    default: break;
    }
    Definition const d = define(r);
    if (!d && !is_weak(r)) return fail_undefined(_object, name(r));
    switch (r.type()) {
    case Word: place = d ? d.address() + addend : addend; return true;
    case Glob_dat:
    case Jump_slot: place = d ? d.address() : 0; return true;
    case Copy: return copy(r, d);
    case Tls_module: place = d ? d.object->tls_module : 0; return true;
    case Tls_offset: place = d ? d.symbol->value + addend : 0; return true;
    case Tls_thread_offset: return thread_offset(place, d, addend);
    default:
      set_error("%s: relocation type %u is unknown", _object.path, r.type());
      return false;
    }
  }

private:
  char const *name(Rela const &r) const { return _object.string(_object.symbol(r.symbol()).name); }
  bool is_weak(Rela const &r) const
  {
    return _object.symbol(r.symbol()).binding() == Sym::Weak;
  }

  Definition define(Rela const &r)
  {
    if (!r.symbol() || _object.symbol(r.symbol()).binding() == Sym::Local)
      return {&_object, &_object.symbol(r.symbol())};
    // Neighbouring relocations often name the same symbol.
    if (r.symbol() == _last && r.type() == _last_type) return _definition;
    Search search;
    search.plt_too = r.type() != Jump_slot;
    if (r.type() == Copy) search.skip = &_object;
    _definition = refer_to_symbol(Symbol_name(name(r)), _object, search);
    _last = r.symbol();
    _last_type = r.type();
    return _definition;
  }

  bool copy(Rela const &r, Definition const &d) const
  {
    if (d)
      memcpy(_object.at<void>(r.offset), reinterpret_cast<void const *>(d.address()),
             _object.symbol(r.symbol()).size);
    return true;
  }

  bool thread_offset(l4_umword_t &place, Definition const &d, l4_umword_t addend) const
  {
    if (!d) return true;
    l4_size_t const distance = tls_distance(d.object->tls_module);
    place = d.symbol->value + addend - distance;
    if (!distance)
      set_error("%s: it wants the variable '%s' in each thread's first block, which is laid out when "
                "the program starts. Link the library to the program, or compile it without "
                "-ftls-model=initial-exec",
                _object.path, d.object->string(d.symbol->name));
    return distance;
  }

  Object &_object;
  l4_uint32_t _last = 0, _last_type = None;
  Definition _definition;
};

bool bind_lazily(Object &o)
{
  if (!o.plt_got) return false;
  o.plt_got[1] = reinterpret_cast<l4_umword_t>(&o);
  o.plt_got[2] = reinterpret_cast<l4_umword_t>(&ldso_resolve_lazy);
  for (Rela const &r : o.plt_relocations)
    if (r.type() != Jump_slot) return false;
  for (Rela const &r : o.plt_relocations)
    *o.at<l4_umword_t>(r.offset) += o.offset;
  return true;
}

void make_read_only(Object const &o)
{
  l4_addr_t const first = l4_trunc_page(o.relro_start), end = l4_trunc_page(o.relro_end);
  // Without memory for it the object works, only less guarded.
  if (first < end) protect(first, end - first, "[relro]");
}

} // namespace

bool relocate(Object &object, bool now)
{
  Relocator relocator(object);
  for (Rela const &r : object.relocations)
    if (!relocator.apply(r)) return false;
  if (now || object.bind_now || !bind_lazily(object))
    for (Rela const &r : object.plt_relocations)
      if (!relocator.apply(r)) return false;
  make_read_only(object);
  return true;
}

} // namespace Ldso

/// \return the function that a call through the procedure linkage table meant
l4_addr_t ldso_bind(Ldso::Object *object, l4_umword_t index)
{
  using namespace Ldso;
  Reader const reader;
  Rela const &r = object->plt_relocations.first[index];
  char const *const name = object->string(object->symbol(r.symbol()).name);
  Search search;
  search.plt_too = false;
  Definition const d = refer_to_symbol(Symbol_name(name), *object, search);
  if (!d) {
    fail_undefined(*object, name);
    give_up();
  }
  l4_addr_t const target = d.address();
  __atomic_store_n(object->at<l4_umword_t>(r.offset), target, __ATOMIC_RELAXED);
  return target;
}
