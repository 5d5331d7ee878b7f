// SPDX-License-Identifier: MIT
#include "boot_fs.h"
#include "boot_name.h"
#include "debug.h"
#include "memory.h"

#include <l4/sigma0/sigma0.h>
#include <l4/sys/err.h>
#include <l4/sys/kip.h>

#include <stdio.h>
#include <string.h>

namespace Moe {

namespace {

constexpr l4_size_t Max_name = 128;
constexpr char Dirinfo[] = ".dirinfo";

bool is_file(l4util_l4mod_mod const &m)
{
  return (m.flags & L4util_l4mod_mod_flag_mask) == L4util_l4mod_mod_flag_unspec;
}

char const *text(l4_uint64_t address)
{
  return reinterpret_cast<char const *>(address);
}

} // namespace

/// Collects words into lines of the log that fit a terminal.
class Line_printer {
public:
  ~Line_printer() { flush(); }

  void add(char const *directory, char const *name, l4_size_t length, l4_size_t size)
  {
    if (_used > Break) flush();
    l4_size_t const kib = (size + 1023) >> 10;
    int const n = snprintf(_text + _used, sizeof(_text) - _used, "%s%s/%.*s %zu KiB",
                           _used ? ", " : "", directory, static_cast<int>(length), name, kib);
    _used += static_cast<unsigned>(n);
    if (_used >= sizeof(_text)) _used = sizeof(_text) - 1;
  }

private:
  static constexpr unsigned Break = 76;

  void flush()
  {
    if (_used) debug(Dbg_info, "%s", _text);
    _used = 0;
  }

  unsigned _used = 0;
  char _text[Break + Max_name + 40];
};

l4util_l4mod_info const *Boot_fs::info()
{
  return reinterpret_cast<l4util_l4mod_info const *>(l4_kip()->user_ptr);
}

char const *Boot_fs::command_line()
{
  l4util_l4mod_info const *const i = info();
  if (!i) return nullptr;
  auto const modules = reinterpret_cast<l4util_l4mod_mod const *>(i->mods_addr);
  for (unsigned n = 0; n < i->mods_count; ++n)
    if ((modules[n].flags & L4util_l4mod_mod_flag_mask) == L4util_l4mod_mod_flag_roottask &&
        modules[n].cmdline)
      return text(modules[n].cmdline);
  return i->cmdline ? text(i->cmdline) : nullptr;
}

/// Ask sigma0 for the memory of the modules: faults on it are not answered (boot.md section 4).
void Boot_fs::map_modules()
{
  auto const modules = reinterpret_cast<l4util_l4mod_mod const *>(info()->mods_addr);
  l4_addr_t start = 0, end = 0;
  for (unsigned n = 0; n <= info()->mods_count; ++n) {
    bool const last = n == info()->mods_count;
    if (!last && (!is_file(modules[n]) || modules[n].mod_end <= modules[n].mod_start)) continue;
    l4_addr_t const from = last ? 0 : l4_trunc_page(modules[n].mod_start);
    if (!last && end && from >= start && from <= end) {
      l4_addr_t const to = l4_round_page(modules[n].mod_end);
      end = to > end ? to : end;
      continue;
    }
    if (end) {
      int const err = l4sigma0_map_mem(L4_BASE_PAGER_CAP, start, start, end - start);
      if (err < 0)
        debug(Dbg_warn, "boot modules at 0x%lx-0x%lx: %s", start, end - 1,
              l4sigma0_map_errstr(err));
    }
    start = from;
    end = last ? 0 : l4_round_page(modules[n].mod_end);
  }
}

void Boot_fs::add_file(l4util_l4mod_mod const &module, Line_printer &line)
{
  char name[Max_name];
  Boot_name const n = parse_boot_name(module.cmdline ? text(module.cmdline) : "", name, Max_name);
  if (!n.length) {
    debug(Dbg_warn, "boot module at 0x%llx has no name, ignored",
          static_cast<unsigned long long>(module.mod_start));
    return;
  }
  l4_size_t const size = module.mod_end - module.mod_start;
  auto backing = Ref<Backing>::adopt(
      make<Static_backing>(root_account, module.mod_start, size,
                           static_cast<unsigned char>(n.writable ? L4_FPAGE_RWX : L4_FPAGE_RX),
                           n.writable ? Static_backing::Writable : Static_backing::Permanent));
  Ref<Object> file;
  if (backing) file = Ref<Object>::adopt(make<Dataspace>(root_account, std::move(backing)));
  Name_space *const directory = n.writable ? _rwfs : _rom;
  long const err = file ? directory->add_static(name, n.length, file,
                                                n.writable ? L4_CAP_FPAGE_RW : L4_CAP_FPAGE_RO)
                        : -L4_ENOMEM;
  if (err == -L4_EEXIST)
    debug(Dbg_warn, "two boot modules are called '%.*s', the second one is ignored",
          static_cast<int>(n.length), name);
  else if (err < 0)
    panic("no memory for the list of boot modules: give the machine more memory (QEMU: -m)");
  else
    line.add(n.writable ? "rwfs" : "rom", name, n.length, size);
}

void Boot_fs::add_dirinfo(Name_space *directory)
{
  l4_size_t size = 0;
  directory->for_each_static(
      [&](char const *name, l4_size_t length) { size += dirinfo_line(nullptr, name, length); });

  l4_size_t const bytes = l4_round_page(size ? size : 1);
  auto const buffer = reinterpret_cast<char *>(ram.alloc_range(bytes, L4_PAGESHIFT));
  if (!buffer)
    panic("no memory for the list of boot modules: give the machine more memory (QEMU: -m)");
  char *p = buffer;
  directory->for_each_static(
      [&](char const *name, l4_size_t length) { p += dirinfo_line(p, name, length); });
  memset(p, 0, bytes - size);

  auto backing = Ref<Backing>::adopt(
      make<Static_backing>(root_account, reinterpret_cast<l4_addr_t>(buffer), size,
                           static_cast<unsigned char>(L4_FPAGE_RO), Static_backing::Permanent));
  auto file = Ref<Object>::adopt(make<Dataspace>(root_account, std::move(backing)));
  directory->add_static(Dirinfo, sizeof(Dirinfo) - 1, std::move(file), L4_CAP_FPAGE_RO);
}

void Boot_fs::init()
{
  _rom = make<Name_space>(root_account);
  _rwfs = make<Name_space>(root_account);
  if (l4util_l4mod_info const *const i = info()) {
    map_modules();
    auto const modules = reinterpret_cast<l4util_l4mod_mod const *>(i->mods_addr);
    Line_printer line;
    for (unsigned n = 0; n < i->mods_count; ++n)
      if (is_file(modules[n])) add_file(modules[n], line);
  }
  add_dirinfo(_rom);
  add_dirinfo(_rwfs);
}

Dataspace *Boot_fs::find(char const *path) const
{
  Name_space const *directory = nullptr;
  if (strncmp(path, "rom/", 4) == 0)
    directory = _rom;
  else if (strncmp(path, "rwfs/", 5) == 0)
    directory = _rwfs;
  if (!directory) return nullptr;
  char const *const name = strchr(path, '/') + 1;
  Object *const object = directory->find_static(name, strlen(name));
  return object ? object->dataspace() : nullptr;
}

} // namespace Moe
