// SPDX-License-Identifier: MIT
#include "space/tlb_batch.h"

#include "arch/arch.h"
#include "space/io_space.h"
#include "space/mem_space.h"

namespace {
Word others(Word cpus)
{
  return cpus & ~(Word{1} << arch::cpu_id());
}
} // namespace

void Tlb_batch::add(Mem_space const &space, Virt_addr page, unsigned count)
{
  _remote |= others(space.active_cpus());
  if (arch::loaded_space() != &space) return arch::flush_space(space);
  if (count > Max_pages - _count) {
    _all = true;
    return;
  }
  for (; count; --count, page = Virt_addr(page.value() + Page_size))
    _pages[_count++] = page;
}

void Tlb_batch::add(Io_space const &space)
{
  _remote |= others(space.active_cpus());
  _ports = true;
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
