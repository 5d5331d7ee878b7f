// SPDX-License-Identifier: MIT
#include "arch/arch.h"
#include "space/mem_space.h"

void Tlb_batch::add(Map_space const &space, Virt_addr page, unsigned count)
{
  _remote |= space.active_cpus() & ~(Word{1} << arch::cpu_id());
  _ports |= space.is_ports();
  if (space.is_ports()) return;
  if (arch::loaded_space() != &space)
    return arch::flush_space(static_cast<Mem_space const &>(space));
  _all |= count > Max_pages - _count;
  for (; count && !_all; --count, page = Virt_addr(page.value() + Page_size))
    _pages[_count++] = page;
}

void Tlb_batch::flush_local()
{
  if (_all)
    arch::flush_user_pages();
  else
    for (unsigned i = 0; i < _count; ++i)
      arch::flush_page(_pages[i]);
  if (_ports) arch::drop_io_ports();
  _count = 0;
  _all = _ports = false;
}
