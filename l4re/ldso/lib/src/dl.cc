// SPDX-License-Identifier: MIT
/*
 * What programs call: <dlfcn.h>, <link.h>, and the question of the unwinder.
 */
#include "lock.h"
#include "objects.h"
#include "process.h"
#include "relocate.h"
#include "symbols.h"
#include "tls.h"

#include <dlfcn.h>

namespace Ldso {

namespace {

unsigned long long objects_added, objects_removed;

Object *last_object()
{
  Object *o = all_objects;
  while (o->next)
    o = o->next;
  return o;
}

/// Mark what is in use: the objects that stay or are open, and all that they need. Objects that need
/// each other in a circle keep nobody alive.
void mark_used()
{
  for (Object *o = all_objects; o; o = o->next)
    o->is_used = o->opens || !o->may_go;
  bool changed;
  do {
    changed = false;
    for (Object const *o = all_objects; o; o = o->next)
      for (Object *needed : o->needed)
        if (o->is_used && !needed->is_used) needed->is_used = changed = true;
  } while (changed);
}

/// Of the unused objects that began the one that was initialised last. Null: they have all ended.
Object *unused_object()
{
  mark_used();
  for (Object *o = last_initialised; o; o = o->initialised_before)
    if (!o->is_used) return o;
  return nullptr;
}

void forget_initialised(Object *object)
{
  Object **at = &last_initialised;
  while (*at && *at != object)
    at = &(*at)->initialised_before;
  if (*at) *at = object->initialised_before;
}

/// All end before the first goes: destructors call functions of others.
void collect()
{
  while (Object *const o = unused_object()) {
    forget_initialised(o);
    o->is_initialised = false;
    finalise(*o);
  }
  for (Object *o = all_objects, *next; o; o = next) {
    next = o->next;
    if (o->is_used) continue;
    remove_tls(*o);
    unload(o);
    ++objects_removed;
  }
}

/// Everything behind `last` failed to load or to link, and was never entered.
void undo_after(Object *last)
{
  while (last->next) {
    Object *o = last;
    while (o->next)
      o = o->next;
    remove_tls(*o);
    unload(o);
  }
}

/// The objects behind `last` are new: link them and let them begin.
bool link(Object *last, Object *root, int mode)
{
  Object *const first = last->next;
  Scope *const scope = make_scope(root);
  if (!scope) {
    set_error("%s: no memory for its scope", root->path);
    return false;
  }
  for (Object *o = first; o; o = o->next) {
    ++scope->users;
    o->scope = scope;
    ++objects_added;
    if (!add_tls(*o, false)) return false;
  }
  return relocate_all(first, (mode & RTLD_NOW) || environment_bind_now);
}

Object *open_library(char const *path, int mode)
{
  Object *const last = last_object();
  bool const may_load = !(mode & RTLD_NOLOAD);
  Object *root = nullptr;
  if (may_load)
    root = load_library(path, *all_objects);
  else
    for (Object *o = all_objects; o && !root; o = o->next)
      if (o->is_called(path)) root = o;
  if (!root) return nullptr;
  if (last->next && !(load_needed(last->next) && link(last, root, mode))) {
    undo_after(last);
    return nullptr;
  }
  ++root->opens;
  if (mode & RTLD_NODELETE) root->may_go = false;
  if ((mode & RTLD_GLOBAL) && root->scope)
    for (Object *o : root->scope->objects)
      o->is_global = true;
  initialise(*root);
  return root;
}

bool is_handle(void const *handle)
{
  for (Object const *o = all_objects; o; o = o->next)
    if (o == handle) return true;
  set_error("%p is no handle of dlopen()", handle);
  return false;
}

Definition find(void *handle, char const *name, void const *caller)
{
  Symbol_name const symbol(name);
  Search search;
  search.plt_too = true;
  if (handle == RTLD_NEXT) {
    search.after = object_at(reinterpret_cast<l4_addr_t>(caller));
    return find_symbol(symbol, *all_objects, search);
  }
  if (handle == RTLD_DEFAULT || handle == all_objects)
    return find_symbol(symbol, *all_objects, search);
  if (!is_handle(handle)) return {};
  auto const o = static_cast<Object *>(handle);
  Scope *const scope = make_scope(o);
  if (!scope) return {};
  Definition const d = find_in(symbol, scope->objects, search);
  drop_scope(scope);
  return d;
}

} // namespace

} // namespace Ldso

using namespace Ldso;

extern "C" {

void *dlopen(char const *path, int mode)
{
  Lock_guard const guard;
  if (!path) {
    ++all_objects->opens;
    return all_objects;
  }
  return open_library(path, mode);
}

void *dlsym(void *handle, char const *name)
{
  Lock_guard const guard;
  Definition const d = find(handle, name, __builtin_return_address(0));
  if (!d) {
    set_error("there is no symbol '%s'%s%s", name, handle && handle != RTLD_NEXT ? " in " : "",
              handle && handle != RTLD_NEXT ? static_cast<Object *>(handle)->path : "");
    return nullptr;
  }
  if (d.symbol->type() == Sym::Tls) return tls_address(d.object->tls_module, d.symbol->value);
  return reinterpret_cast<void *>(d.address());
}

int dlclose(void *handle)
{
  Lock_guard const guard;
  if (!is_handle(handle)) return -1;
  auto const o = static_cast<Object *>(handle);
  if (o->opens) --o->opens;
  collect();
  return 0;
}

char *dlerror()
{
  Lock_guard const guard;
  return const_cast<char *>(take_error());
}

int dladdr(void const *address, Dl_info *info)
{
  Lock_guard const guard;
  auto const a = reinterpret_cast<l4_addr_t>(address);
  Object const *const o = object_at(a);
  if (!o) return 0;
  Sym const *const s = o->nearest(a);
  *info = {o->path, reinterpret_cast<void *>(o->start), s ? o->string(s->name) : nullptr,
           s ? reinterpret_cast<void *>(s->value + o->offset) : nullptr};
  return 1;
}

/// As <link.h> has it; its types are those of the C library, which this code does without.
struct Phdr_info {
  l4_addr_t offset;
  char const *path;
  Ldr::Elf64_phdr const *phdrs;
  l4_uint16_t phdr_count;
  unsigned long long added, removed;
  l4_size_t tls_module;
  void *tls_data;
};
int dl_iterate_phdr(int (*function)(Phdr_info *, l4_size_t, void *), void *data);

int dl_iterate_phdr(int (*function)(Phdr_info *, l4_size_t, void *), void *data)
{
  Lock_guard const guard;
  int result = 0;
  for (Object const *o = all_objects; o && !result; o = o->next) {
    Phdr_info info{o->offset, o == all_objects ? "" : o->path, o->phdrs,
                   static_cast<l4_uint16_t>(o->phdr_count), objects_added, objects_removed,
                   o->tls_module, o->tls_module ? tls_address(o->tls_module, 0) : nullptr};
    result = function(&info, sizeof(info), data);
  }
  return result;
}

/// Answer of _dl_find_object(), as glibc defines it for x86-64; libgcc's unwinder reads it.
struct Found_object {
  unsigned long long flags;
  void *map_start, *map_end; ///< first byte of the object, first byte behind it
  void *link_map;
  void const *eh_frame; ///< content of PT_GNU_EH_FRAME
  unsigned long long reserved[7];
};
int _dl_find_object(void *address, Found_object *result);

int _dl_find_object(void *address, Found_object *result)
{
  Reader const reader;
  Object *const o = object_at(reinterpret_cast<l4_addr_t>(address));
  if (!o || !o->eh_frame_header) return -1;
  *result = {0, reinterpret_cast<void *>(o->start), reinterpret_cast<void *>(o->end), o,
             o->eh_frame_header, {}};
  return 0;
}

} // extern "C"
