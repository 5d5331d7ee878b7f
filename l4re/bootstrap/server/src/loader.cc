// SPDX-License-Identifier: MIT
// Moving and loading. What is refused, and why, is in loader_checks.cc.
#include "loader.h"
#include "module_info.h"
#include "rsdp.h"

namespace boot {
namespace {

constexpr const char *Role_names[] = {"kernel", "sigma0", "root task"};

/// Memory of the BIOS and a place for application processors to start: no module goes there.
constexpr Range Low_memory{0, Mib};

Range bounds(Span<Range const> ranges)
{
  Range all = ranges[0];
  for (Range range : ranges) {
    if (range.start < all.start) all.start = range.start;
    if (range.end > all.end) all.end = range.end;
  }
  return all;
}

} // namespace

Loader::Loader(Memory memory, Boot_info const &info, Options const &options, Range own_image)
    : _memory(memory), _info(info), _options(options), _own_image(own_image),
      _map({info.memory.begin(), info.memory.size()}), _ram(_map.usable_ram()),
      _modules(checked_modules()), _images{image(Kernel), image(Sigma0), image(Root_task)},
      _kernel(memory, _images[Kernel])
{
  check_base_images();
  choose_rsdp();
  choose_places(options.modaddr);
  collect_mem_descs();
}

Elf_image Loader::image(Role role) const
{
  return {_memory, _modules[role], role, Role_names[role]};
}

void Loader::log_places() const
{
  log("Furore bootstrap, ", _info.protocol, ", RAM ", Size{_map.ram().bytes()}, " up to ",
      Hex{_map.ram().upper_bound()});
  for (unsigned i = 0; i < Base_modules; ++i)
    log("  ", bounds(_images[i].targets()), "  ", Role_names[i], " '", _images[i].name(), "'",
        i == Kernel ? " " : "", i == Kernel ? _kernel.version : Text());
  size_t files = _modules.count - Base_modules;
  if (files > 0) log("  ", _module_area, "  ", files, " modules");
}

void Loader::choose_rsdp()
{
  Addr found = find_rsdp(_memory);
  bool same = found && __builtin_memcmp(_memory.at(found), _info.rsdp, _info.rsdp_size) == 0;
  // Under UEFI what looks like a root pointer in the BIOS area need not be the right one.
  if (same)
    _rsdp = range_at(found, rsdp_size(_memory, found));
  else if (_info.rsdp_size != 0)
    _rsdp_copy = {0, Page_size};
}

void Loader::choose_places(Addr modaddr)
{
  Range_set free = _ram;
  free.remove(_own_image.pages());
  free.remove(Low_memory);
  for (Elf_image const &image : _images)
    for (Range target : image.targets())
      free.remove(target.pages());

  place_modules(free, modaddr);
  _info_block = allocate(free, Module_info(_info).size(), modaddr, "the module list");
  if (!_rsdp_copy.empty()) {
    _rsdp_copy = allocate(free, Page_size, modaddr, "the ACPI root pointer");
    _rsdp = range_at(_rsdp_copy.start, _info.rsdp_size);
  }
}

void Loader::place_modules(Range_set &free, Addr modaddr)
{
  uint64_t size = 0;
  for (size_t i = 0; i < _modules.count; ++i) {
    _places[i] = _modules[i].data;
    if (i >= Base_modules) size += round_up(_places[i].size(), Page_size);
  }
  if (size == 0) return;

  if (modules_may_stay(free, modaddr)) {
    _module_area = Range{_places[Base_modules].start, _places[_modules.count - 1].end}.pages();
    free.remove(_module_area);
    return;
  }
  _module_area = allocate(free, size, modaddr, "the modules");
  Addr next = _module_area.start;
  for (size_t i = Base_modules; i < _modules.count; ++i) {
    _places[i] = range_at(next, _places[i].size());
    next = _places[i].pages().end;
  }
}

bool Loader::modules_may_stay(Range_set const &free, Addr modaddr) const
{
  Range all = _places[Base_modules].pages();
  if (_places[Base_modules].start < modaddr) return false;
  for (size_t i = Base_modules; i < _modules.count; ++i) {
    if (_places[i].start % Page_size != 0) return false;
    if (i > Base_modules && _places[i].start != all.end) return false;
    all.end = _places[i].pages().end;
  }
  return free.contains(all);
}

Range Loader::allocate(Range_set &free, uint64_t size, Addr modaddr, const char *what)
{
  Range found;
  size = round_up(size, Page_size);
  if (!free.find(size, Page_size, {modaddr, Reach}, found)) {
    begin_failure();
    print("too little RAM: ", what, " (", Size{size}, ") found no place at or above modaddr ",
          Hex{modaddr}, "; RAM ends at ", Hex{_ram.upper_bound()});
    end_failure("give the machine ", round_up(modaddr + size + 2 * Mib, 2 * Mib) / Mib,
                " MiB or more (QEMU: -m) or choose a lower modaddr (-modaddr=ADDR)");
  }
  free.remove(found);
  return found;
}

Addr Loader::load()
{
  move_everything();
  Module_info(_info).store(_memory, _info_block.start, {_places, _modules.count});
  if (!_rsdp_copy.empty()) _memory.copy_in(_rsdp_copy.start, _info.rsdp, _info.rsdp_size);
  fill_kip();

  Kernel_options kernel_options(_memory, _kernel.options, _kernel.options_version);
  kernel_options.set_words(_modules[Kernel].command_line);
  kernel_options.set_uart(_options.uart);
  return _images[Kernel].entry();
}

void Loader::move_everything()
{
  size_t const count = _modules.count;
  for (size_t i = 0; i < count; ++i) {
    if (i < Base_modules)
      _items[i] = {_images[i].source(), _images[i].targets(), false};
    else
      _items[i] = {_modules[i].data, {&_places[i], 1}, true};
  }

  Move_plan plan({_items, count});
  for (;;) {
    auto step = plan.next();
    if (step.action == Move_plan::Action::Finished) break;
    if (step.action == Move_plan::Action::Execute)
      execute(step.item);
    else
      park(plan, step.item);
  }

  // Programs see modules as whole pages. Only now is nothing of value behind their ends.
  for (size_t i = Base_modules; i < count; ++i)
    if (!_places[i].empty()) _memory.clear({_places[i].end, _places[i].pages().end});
}

void Loader::execute(size_t item)
{
  Range source = _items[item].source;
  if (item < Base_modules) {
    _images[item].load(_memory, source.start);
    return;
  }
  Range place = _places[item];
  _memory.copy(place.start, source.start, place.size());
}

void Loader::park(Move_plan &plan, size_t item)
{
  Range_set free = _ram;
  free.remove(_own_image);
  free.remove(Low_memory);
  free.remove(_module_area);
  for (Elf_image const &image : _images)
    for (Range target : image.targets())
      free.remove(target);
  for (size_t i = 0; i < _modules.count; ++i)
    if (!_items[i].done) free.remove(_items[i].source);

  Range source = _items[item].source;
  Range place;
  if (!free.find(source.size(), Page_size, {0, Reach}, place))
    panic("give the machine more memory (QEMU: -m)", "too little RAM: no free ",
          Size{source.size()}, " to rearrange the modules, RAM ends at ", Hex{_ram.upper_bound()});
  _memory.copy(place.start, source.start, source.size());
  plan.parked(item, place.start);
}

void Loader::collect_mem_descs()
{
  for (Range range : _map.ram())
    _mem_descs.add_ram(range);
  for (Range target : _images[Kernel].targets())
    _mem_descs.add(target.pages(), Mem_type::Reserved, 0);
  for (Range target : _images[Sigma0].targets())
    _mem_descs.add(target.pages(), Mem_type::Dedicated, 0);
  for (Program_header const &segment : _images[Root_task].segments())
    _mem_descs.add(segment.target().pages(), Mem_type::Bootloader, segment.flags & 7);
  _mem_descs.add(_module_area, Mem_type::Bootloader, Sub_type_module);
  _mem_descs.add(_info_block, Mem_type::Bootloader, Sub_type_info_block);
  // The info descriptor below only names the pointer; this keeps its page from being given away.
  _mem_descs.add(_rsdp_copy, Mem_type::Bootloader, Sub_type_info_block);
  for (Firmware_range const &entry : _map.firmware()) {
    uint32_t reserved = static_cast<uint32_t>(Firmware_type::Reserved);
    uint32_t type = entry.type <= 0xf && entry.type != 0 ? entry.type : reserved;
    _mem_descs.add(entry.range, Mem_type::Arch, static_cast<uint8_t>(type));
  }
  _mem_descs.add(_rsdp, Mem_type::Info, Sub_type_rsdp);

  if (unsigned left_out = _mem_descs.fit(_kernel.mem_descs_num))
    warn(uint64_t{left_out}, " small or reserved memory ranges were left out: the kernel has only ",
         uint64_t{_kernel.mem_descs_num}, " memory descriptors");
}

void Loader::fill_kip()
{
  auto kip = _memory.read<Kip>(_kernel.kip);
  kip.sigma0_ip = _images[Sigma0].entry();
  kip.root_ip = _images[Root_task].entry();
  kip.user_ptr = _info_block.start;
  kip.acpi_rsdp_addr = _rsdp.start;
  __builtin_memset(kip.platform_name, 0, sizeof(kip.platform_name));
  __builtin_memcpy(kip.platform_name, "pc", 2);
  _memory.write(_kernel.kip, kip);
  _mem_descs.store(_memory, _kernel.mem_descs, _kernel.mem_descs_num);
}

} // namespace boot
