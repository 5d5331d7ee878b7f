// SPDX-License-Identifier: MIT
#include "symbol_files.h"

#include <l4/re/env>
#include <l4/re/namespace>
#include <l4/sys/task.h>

#include <stdio.h>
#include <string.h>

namespace Itas {

namespace {

constexpr l4_uint32_t Search = 0x20000, Right_r = 4, Right_x = 1;
constexpr char Library_directory[] = "rom/";

} // namespace

long find_file(char const *path, L4::Cap<L4Re::Dataspace> *ds)
{
  while (*path == '/')
    ++path;
  char const *const slash = strchr(path, '/');
  l4_size_t const length = slash ? static_cast<l4_size_t>(slash - path) : strlen(path);
  l4re_env_cap_entry_t const *const entry = l4re_env_get_cap_l(path, length, l4re_env());
  if (!entry) return -L4_ENXIO;
  *ds = cap_slots.alloc<L4Re::Dataspace>();
  if (!ds->is_valid()) return -L4_ENOMEM;
  if (slash) return L4::Cap<L4Re::Namespace>(entry->cap)->query(slash + 1, *ds);
  return l4_error(l4_task_map(L4_BASE_TASK_CAP, L4_BASE_TASK_CAP,
                              l4_obj_fpage(entry->cap, 0, L4_CAP_FPAGE_RWS),
                              ds->cap() | L4_ITEM_MAP));
}

/// The file stays attached, in the program's own region map: nothing else may get its place.
void Symbol_files::open(File *file)
{
  char library[sizeof(Library_directory) + sizeof(file->name)];
  char const *path = _path;
  if (strcmp(file->name, _name) != 0) {
    snprintf(library, sizeof(library), "%s%s", Library_directory, file->name);
    path = library;
  }
  Address_space::Attach a;
  l4_addr_t start;
  static char const name[] = "[symbols]";
  if (path && find_file(path, &a.ds) >= 0) {
    a.size = a.ds->size();
    a.flags = Search | Right_r;
    a.name = name;
    a.name_length = sizeof(name) - 1;
    if (a.size && _space->attach(a, &start) >= 0) {
      // Its pages must be here before we look: nobody serves our own faults in this region.
      if (_space->readable(start, a.size))
        file->symbols.init(reinterpret_cast<void const *>(start), a.size);
      return;
    }
  }
  if (a.ds.is_valid()) cap_slots.release(a.ds.cap());
}

Symbols const *Symbol_files::symbols_of(char const *name)
{
  for (unsigned i = 0; i < _count; ++i)
    if (!strcmp(_files[i].name, name)) return &_files[i].symbols;
  if (_count == Max_files) return nullptr;
  File *const file = &_files[_count++]; // also when it has no names: nobody asks again
  strcpy(file->name, name);
  open(file);
  return &file->symbols;
}

Symbol_files::Place Symbol_files::find(l4_addr_t address)
{
  Place place;
  Region const *const r = _space->map().find(address);
  // Code without a file has a name of another kind, such as "[stack]".
  if (!r || !(r->flags & Right_x) || !r->name[0] || r->name[0] == '[') return place;
  l4_addr_t const file_offset = r->backing_offset + (address - r->start);
  place.file = r->name;
  place.address = address;
  l4_addr_t linked;
  Symbols const *const symbols = symbols_of(r->name);
  if (!symbols || !symbols->address_of(file_offset, &linked)) return place;
  place.address = linked;
  place.function = symbols->find(linked);
  place.function.start += address - linked;
  return place;
}

void Symbol_files::describe(Place const &place, char (&text)[Place_text])
{
  text[0] = 0;
  if (!place.function.name) return;
  char name[Place_text - 12];
  readable_name(place.function.name, name, sizeof(name));
  snprintf(text, sizeof(text), "%s+0x%lx", name, place.function.offset);
}

void Symbol_files::describe(l4_addr_t address, char (&text)[Place_text])
{
  describe(find(address), text);
}

bool Symbol_files::is_program(Place const &place) const
{
  return place.file && !strcmp(place.file, _name);
}

} // namespace Itas
