// SPDX-License-Identifier: MIT
#include "objects.h"
#include "debug.h"
#include "file.h"
#include "memory.h"
#include "symbols.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <new>

namespace Ldso {

Object *all_objects;
char const *environment_path;

namespace {

constexpr char Default_directory[] = "rom";
constexpr l4_size_t Max_path = 256;

char error_text[320];
bool has_error;

Object *find_loaded(char const *name)
{
  for (Object *o = all_objects; o; o = o->next)
    if (o->is_called(name)) return o;
  return nullptr;
}

/// Look into each directory of a list; the first file found counts, whether it is usable or not.
Object *search(char const *directories, char const *name, bool *missing)
{
  for (char const *d = directories; d && *missing;) {
    char const *const colon = strchr(d, ':');
    auto const length = static_cast<int>(colon ? colon - d : static_cast<long>(strlen(d)));
    char path[Max_path];
    if (length && snprintf(path, sizeof(path), "%.*s/%s", length, d, name) < int{Max_path})
      if (Object *const o = load_file(path, missing)) return o;
    d = colon ? colon + 1 : nullptr;
  }
  return nullptr;
}

Object *load(char const *name, Object const &user)
{
  bool missing = true;
  Object *o = nullptr;
  if (strchr(name, '/')) {
    o = load_file(name, &missing);
  } else {
    for (char const *directories : {environment_path, user.search_path, Default_directory})
      if (!o && missing) o = search(directories, name, &missing);
  }
  if (!o && missing)
    set_error("there is no library '%s', which '%s' needs. Does the boot entry list it as a module?",
              name, user.path);
  return o;
}

unsigned count_needed(Object const &o)
{
  unsigned n = 0;
  o.for_each_needed([&n](char const *) { return ++n; });
  return n;
}

/// The objects that `list` reaches, each once. The list is its own queue.
void reach(Table<Object *> &list)
{
  for (l4_size_t done = 0; done < list.count; ++done)
    for (Object *needed : list.first[done]->needed) {
      bool known = false;
      for (Object const *o : list)
        known |= o == needed;
      if (!known) list.first[list.count++] = needed;
    }
}

bool load_directly_needed(Object *o)
{
  if (o->needed.first) return true;
  auto const list = static_cast<Object **>(allocate((count_needed(*o) + 1) * sizeof(Object *)));
  if (!list) {
    set_error("%s: no memory for the list of its libraries", o->path);
    return false;
  }
  o->needed = {list, 0};
  return o->for_each_needed([o](char const *name) {
    Object *const library = load_library(name, *o);
    if (!library) return false;
    o->needed.first[o->needed.count++] = library;
    return true;
  });
}

// Others may still search the scope: the program stands in for the object.
void leave_scope(Object *object)
{
  Scope *const scope = object->scope;
  if (!scope) return;
  for (Object *&o : scope->objects)
    if (o == object) __atomic_store_n(&o, all_objects, __ATOMIC_RELEASE);
  Reader::wait_for_all();
  drop_scope(scope);
}

} // namespace

void add_object(Object *object)
{
  Object **end = &all_objects;
  while (*end)
    end = &(*end)->next;
  // Others search the list without a lock.
  __atomic_store_n(end, object, __ATOMIC_RELEASE);
  debug_update();
}

Object *load_library(char const *name, Object const &user)
{
  Object *o = find_loaded(name);
  if (!o && (o = load(name, user))) add_object(o);
  return o;
}

bool load_needed(Object *first)
{
  for (Object *o = first; o; o = o->next)
    if (!load_directly_needed(o)) return false;
  return true;
}

void unload(Object *object)
{
  Object **at = &all_objects;
  while (*at != object)
    at = &(*at)->next;
  __atomic_store_n(at, object->next, __ATOMIC_RELEASE);
  debug_update();
  leave_scope(object);
  unload_file(*object);
  object->destroy();
}

Object *object_at(l4_addr_t address)
{
  for (Object *o = all_objects; o; o = __atomic_load_n(&o->next, __ATOMIC_ACQUIRE))
    if (o->holds(address)) return o;
  return nullptr;
}

Scope *make_scope(Object *root)
{
  unsigned total = 0;
  for (Object const *o = all_objects; o; o = o->next)
    ++total;
  void *const memory = allocate(sizeof(Scope) + total * sizeof(Object *));
  if (!memory) return nullptr;
  auto const scope = new (memory) Scope;
  scope->objects = {reinterpret_cast<Object **>(scope + 1), 1};
  scope->objects.first[0] = root;
  reach(scope->objects);
  return scope;
}

void drop_scope(Scope *scope)
{
  if (scope->users <= 1)
    release(scope);
  else
    --scope->users;
}

void set_error(char const *format, ...)
{
  va_list args;
  va_start(args, format);
  vsnprintf(error_text, sizeof(error_text), format, args);
  va_end(args);
  has_error = true;
}

char const *take_error()
{
  bool const had = has_error;
  has_error = false;
  return had ? error_text : nullptr;
}

} // namespace Ldso
