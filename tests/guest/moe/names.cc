// SPDX-License-Identifier: MIT
#include "caps.h"

#include <l4/libtap/tap.h>
#include <l4/re/rm>
#include <l4/sys/meta>

#include <initializer_list>
#include <string.h>

namespace {

L4::Cap<L4Re::Namespace> directory(char const *name)
{
  return L4Re::Env::env()->get_cap<L4Re::Namespace>(name);
}

long find(L4::Cap<L4Re::Namespace> ns, char const *name, Slot<L4Re::Dataspace> const &slot,
          int timeout = L4Re::Namespace::To_non_blocking)
{
  return ns->query(name, slot.get(), timeout);
}

/// First bytes of a file.
bool starts_with(L4::Cap<L4Re::Dataspace> file, char const *text, unsigned long length)
{
  char *p = nullptr;
  if (L4Re::Env::env()->rm()->attach(&p, L4_PAGESIZE, L4Re::Rm::F::Search_addr | L4Re::Rm::F::R,
                                     file) < 0)
    return false;
  bool const same = memcmp(p, text, length) == 0;
  L4Re::Env::env()->rm()->detach(p, nullptr);
  return same;
}

CASE("moe-ned-sigma0.md 2.3", "the init process has all named capabilities")
{
  for (char const *name : {"rom", "rwfs", "log", "icu", "sigma0", "mem", "kip"})
    if (!CHECK(L4Re::Env::env()->get_cap<void>(name).is_valid())) Tap::note(name, 0);
  Slot<void> slot;
  CHECK_GE(l4_error(l4_task_cap_valid(L4_BASE_TASK_CAP, directory("rom").cap())), 1);
}

CASE("moe-ned-sigma0.md 2.4", "boot modules are files")
{
  Slot<L4Re::Dataspace> file, rw, none;
  REQUIRE(find(directory("rom"), "test_moe", file) == 0);
  CHECK(starts_with(file.get(), "\177ELF", 4));
  CHECK_EQ(file->flags().raw, unsigned{L4Re::Dataspace::F::RX});
  CHECK_EQ(file->clear(0, 1), -L4_EACCESS);
  REQUIRE(find(directory("rwfs"), "writable.bin", rw) == 0);
  CHECK_EQ(rw->flags().raw, unsigned{L4Re::Dataspace::F::RWX});
  CHECK_EQ(rw->clear(0, 1), 0);
  CHECK(starts_with(rw.get(), "\0ELF", 4));
  CHECK_EQ(find(directory("rom"), "writable.bin", none), -L4_ENOENT);
  CHECK_EQ(find(directory("rom"), "moe", none), -L4_ENOENT);
  CHECK_EQ(file->size(), rw->size());
}

CASE("moe-ned-sigma0.md 2.4", ".dirinfo lists the files")
{
  Slot<L4Re::Dataspace> list;
  REQUIRE(find(directory("rom"), ".dirinfo", list) == 0);
  CHECK(starts_with(list.get(), "4:l4re\n8:test_moe\n", 18));
  CHECK_EQ(list->size(), 18);
  REQUIRE(find(directory("rwfs"), ".dirinfo", list) == 0);
  CHECK(starts_with(list.get(), "12:writable.bin\n", 16));
  CHECK_EQ(list->size(), 16);
  for (char const *name : {"furore", "sigma0", "moe", ".", "..", "l4re/l4re"})
    CHECK(find(directory("rom"), name, list) < 0);
}

CASE("moe-ned-sigma0.md 2.4", "a file has its exact size, and its last page can be read to the end")
{
  Slot<L4Re::Dataspace> file;
  REQUIRE(find(directory("rom"), "test_moe", file) == 0);
  l4_size_t const size = file->size();
  CHECK_NE(size % L4_PAGESIZE, 0); // or the case says nothing
  char volatile *p = nullptr;
  REQUIRE(L4Re::Env::env()->rm()->attach(&p, size, L4Re::Rm::F::Search_addr | L4Re::Rm::F::R,
                                         file.get()) == 0);
  unsigned sum = 0;
  for (l4_size_t at = size; at < l4_round_page(size); ++at)
    sum += p[at] != 0;
  CHECK_EQ(sum, 0); // nothing of another file
  L4Re::Env::env()->rm()->detach(const_cast<char *>(p), nullptr);
}

CASE("moe-ned-sigma0.md 2.4",
     "a file is the source of copies that are written, and stays as it was")
{
  Slot<L4Re::Dataspace> file, copy;
  REQUIRE(find(directory("rom"), "test_moe", file) == 0);
  REQUIRE(mem()->alloc(4 * L4_PAGESIZE, copy.get()) == 0);
  REQUIRE(copy->copy_in(0, file.get(), 0, 4 * L4_PAGESIZE) == 0);
  CHECK(starts_with(copy.get(), "\177ELF", 4));
  CHECK_EQ(copy->clear(0, 2), 0);
  CHECK(starts_with(copy.get(), "\0\0LF", 4));
  CHECK(starts_with(file.get(), "\177ELF", 4));
}

CASE("l4re-protocols.md 4", "names are registered, found, replaced and removed")
{
  Slot<L4Re::Namespace> ns;
  REQUIRE(create(mem(), ns, L4RE_PROTO_NAMESPACE) == 0);
  Slot<L4Re::Dataspace> ds, other, found;
  REQUIRE(mem()->alloc(5 * L4_PAGESIZE, ds.get()) == 0);
  REQUIRE(mem()->alloc(7 * L4_PAGESIZE, other.get()) == 0);

  using Ns = L4Re::Namespace;
  CHECK_EQ(find(ns.get(), "one", found), -L4_ENOENT);
  CHECK_EQ(ns->register_obj("one", L4::Ipc::make_cap_rw(ds.get()), Ns::Rw), 0);
  REQUIRE(find(ns.get(), "one", found) == 0);
  CHECK_EQ(found->size(), 5 * L4_PAGESIZE);
  CHECK_EQ(found->clear(0, 1), 0);
  CHECK_EQ(ns->register_obj("one", L4::Ipc::make_cap_rw(other.get()), Ns::Rw), -L4_EEXIST);
  CHECK_EQ(ns->register_obj("one", L4::Ipc::make_cap_rw(other.get()),
                            unsigned{Ns::Ro} | unsigned{Ns::Overwrite}),
           0);
  REQUIRE(find(ns.get(), "one", found) == 0);
  CHECK_EQ(found->size(), 7 * L4_PAGESIZE);
  CHECK_EQ(found->clear(0, 1), -L4_EACCESS);
  CHECK_EQ(ns->unlink("one"), 0);
  CHECK_EQ(find(ns.get(), "one", found), -L4_ENOENT);
  CHECK_EQ(ns->unlink("one"), -L4_ENOENT);
  CHECK_EQ(ns->register_obj("a/b", ds.get(), Ns::Rw), -L4_EINVAL);
  CHECK_EQ(ns->register_obj("", ds.get(), Ns::Rw), -L4_EINVAL);
  CHECK_EQ(directory("rom")->register_obj("l4re", ds.get(), Ns::Rw), -L4_EEXIST);
  CHECK_EQ(directory("rom")->unlink("l4re"), -L4_EACCESS);
}

CASE("l4re-protocols.md 4", "who registers needs W, and gives no more rights than it has")
{
  using Ns = L4Re::Namespace;
  Slot<Ns> ns, read_only_ns;
  REQUIRE(create(mem(), ns, L4RE_PROTO_NAMESPACE) == 0);
  Slot<L4Re::Dataspace> ds, read_only, found;
  REQUIRE(mem()->alloc(L4_PAGESIZE, ds.get()) == 0);
  REQUIRE(l4_error(l4_task_map(L4_BASE_TASK_CAP, L4_BASE_TASK_CAP, ds.get().fpage(L4_CAP_FPAGE_RO),
                               read_only.get().snd_base())) == 0);
  REQUIRE(l4_error(l4_task_map(L4_BASE_TASK_CAP, L4_BASE_TASK_CAP, ns.get().fpage(L4_CAP_FPAGE_RO),
                               read_only_ns.get().snd_base())) == 0);
  CHECK_EQ(read_only_ns->register_obj("mine", L4::Ipc::make_cap_rw(ds.get()), Ns::Rw), -L4_EPERM);
  CHECK_EQ(read_only_ns->unlink("mine"), -L4_EPERM);
  REQUIRE(ns->register_obj("mine", L4::Ipc::make_cap_rws(read_only.get()), Ns::Rws) == 0);
  REQUIRE(find(read_only_ns.get(), "mine", found) == 0);
  CHECK_EQ(found->flags().raw, unsigned{L4Re::Dataspace::F::RX});
  CHECK_EQ(found->clear(0, 1), -L4_EACCESS);
}

CASE("l4re-protocols.md 4", "placeholders, paths, and objects that died")
{
  using Ns = L4Re::Namespace;
  Slot<Ns> top, sub;
  REQUIRE(create(mem(), top, L4RE_PROTO_NAMESPACE) == 0);
  REQUIRE(create(mem(), sub, L4RE_PROTO_NAMESPACE) == 0);
  Slot<L4Re::Dataspace> ds, found;
  REQUIRE(mem()->alloc(3 * L4_PAGESIZE, ds.get()) == 0);

  CHECK_EQ(top->register_obj("later", L4::Ipc::Cap<void>(), Ns::Rw), 0);
  CHECK_EQ(find(top.get(), "later", found), -L4_EAGAIN);
  CHECK_EQ(top->register_obj("later", L4::Ipc::make_cap_rw(ds.get()), Ns::Rw), 0);
  CHECK_EQ(find(top.get(), "later", found), 0);

  REQUIRE(top->register_obj("dir", L4::Ipc::make_cap_rws(sub.get()), Ns::Rws) == 0);
  REQUIRE(sub->register_obj("file", L4::Ipc::make_cap_rw(ds.get()), Ns::Rw) == 0);
  REQUIRE(find(top.get(), "dir/file", found) == 0);
  CHECK_EQ(found->size(), 3 * L4_PAGESIZE);

  // The name keeps the object alive after the client's own capabilities are gone.
  found.drop();
  ds.drop();
  ram_left();
  REQUIRE(find(top.get(), "dir/file", found) == 0);
  CHECK_EQ(found->size(), 3 * L4_PAGESIZE);

  // Deleted on purpose it is gone, and the entry with it.
  Slot<L4Re::Dataspace> victim;
  REQUIRE(mem()->alloc(L4_PAGESIZE, victim.get()) == 0);
  REQUIRE(top->register_obj("victim", L4::Ipc::make_cap_rw(victim.get()), Ns::Rw) == 0);
  victim.destroy();
  CHECK_EQ(find(top.get(), "victim", found), -L4_ENOENT);
}

CASE("l4re-protocols.md 1.4", "objects tell what they are")
{
  auto const meta = [](l4_cap_idx_t cap) { return L4::Cap<L4::Meta>(cap); };
  char name[64];
  l4_mword_t proto = 0;
  auto text = L4::Ipc::String<char>(sizeof(name), name);
  REQUIRE(meta(directory("rom").cap())->interface(0, &proto, text) >= 0);
  CHECK_EQ(proto, L4RE_PROTO_NAMESPACE);
  CHECK(strcmp(name, "N4L4Re9NamespaceE") == 0);
  CHECK_EQ(meta(mem().cap())->supports(L4_PROTO_FACTORY), 1);
  CHECK_EQ(meta(mem().cap())->supports(L4RE_PROTO_DATASPACE), 0);
  CHECK_LE(meta(directory("rom").cap())->interface(77, &proto, text), -1);
  CHECK_EQ(meta(L4Re::Env::env()->get_cap<void>("sigma0").cap())->supports(L4_PROTO_SIGMA0), 1);
}

} // namespace
