// SPDX-License-Identifier: MIT
/*
 * From a capability to a file: its server says what it is.
 */
#include "objects.h"
#include "vfs_impl.h"

#include <l4/sys/meta>

#include <errno.h>

namespace L4Re::Vfs {

namespace {

constinit File_factory_t<L4Re::Dataspace, Ds_file> ds_factory;
constinit File_factory_t<L4Re::Namespace, Ns_dir> ns_factory;
constinit File_factory_t<L4::Vcon, Vcon_stream> vcon_factory;

File_factory *built_in(long proto)
{
  switch (proto) {
  case L4::kobject_proto<L4Re::Dataspace>():
    return &ds_factory;
  case L4::kobject_proto<L4Re::Namespace>():
    return &ns_factory;
  case L4::kobject_proto<L4::Vcon>():
    return &vcon_factory;
  default:
    return nullptr;
  }
}

} // namespace

int file_of_object(L4::Cap<void> object, File_ref *file) noexcept
{
  constexpr unsigned Max_name = 256;
  char name[Max_name] = "";
  L4::Ipc::String<char> text(sizeof(name), name);
  l4_mword_t proto = 0;
  if (L4::cap_cast<L4::Meta>(object)->interface(0, &proto, text) < 0) return -ENOPROTOOPT;
  name[sizeof(name) - 1] = '\0';

  File_factory *factory = the_vfs.get_file_factory(proto, name);
  if (!factory) factory = built_in(proto);
  if (!factory) return -EPROTO;
  *file = factory->create(object);
  return *file ? 0 : -ENOMEM;
}

ino_t path_number(char const *path, size_t length, ino_t seed) noexcept
{
  // FNV-1a, folded: ino_t of newlib is narrow.
  uint64_t hash = 0xcbf29ce484222325ULL ^ seed;
  for (size_t i = 0; i < length; ++i)
    hash = (hash ^ static_cast<unsigned char>(path[i])) * 0x100000001b3ULL;
  auto const number = static_cast<ino_t>(hash ^ hash >> 16 ^ hash >> 32 ^ hash >> 48);
  return number ? number : 1;
}

} // namespace L4Re::Vfs
