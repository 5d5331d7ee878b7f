// SPDX-License-Identifier: MIT
#include "jdb/machine.h"

#include "arch/amd64/cpu.h"
#include "arch/amd64/cpu_tables.h"
#include "arch/amd64/paging.h"
#include "diag/print.h"
#include "platform/pc/machine.h"
#include "sched/cpu.h"

using namespace amd64;

extern "C" {
void debug_nmi();
int debug_read(void const *address);
void debug_run(void (*session)());
extern char const debug_read_at[], debug_read_failed[], debug_again[];
extern char const image_text[], image_rodata[];
}

namespace {

constexpr u32 Nobody = ~0u;
u32 owner = Nobody; ///< CPU that runs the debugger
bool stop_wanted;
Frame const *stopped[Cpu::Max_cpus];
unsigned restart_count;
/// The page of physical memory that is to be seen at `view` during this stay.
constexpr Word No_page = ~Word{0};
Word viewed_page;
char const *view;

Cpu_id this_cpu_id()
{
  return Cpu::self().id();
}

template <class F> void for_each_other(F &&f)
{
  for (Word cpus = Cpu::online() & ~(Word{1} << this_cpu_id()); cpus; cpus &= cpus - 1)
    f(Cpu_id(__builtin_ctzll(cpus)));
}

/// The CPU to whose tables and stacks the address belongs.
Cpu_id cpu_of_stack(void const *address)
{
  Word place = reinterpret_cast<Word>(address);
  Word cpus = Cpu::online();
  for (; cpus & (cpus - 1); cpus &= cpus - 1) {
    Word tables = reinterpret_cast<Word>(Cpu::of(Cpu_id(__builtin_ctzll(cpus))).tss_rsp0);
    if (place >= tables && place < tables + Arch_cpu::Bytes) break;
  }
  return Cpu_id(__builtin_ctzll(cpus));
}

Frame const *load_stopped(Cpu_id cpu)
{
  // acquire: the registers of the stopped CPU were stored before
  return __atomic_load_n(&stopped[cpu], __ATOMIC_ACQUIRE);
}

/// Wait until every other CPU is stopped, or runs again; in bounded time.
void wait_for_others(bool shall_be_stopped)
{
  Word end = arch::ticks() + clock_rates.tsc;
  for_each_other([&](Cpu_id cpu) {
    while (bool(load_stopped(cpu)) != shall_be_stopped && arch::ticks() < end)
      __builtin_ia32_pause();
  });
}

} // namespace

/// On this CPU's NMI stack, whatever it was doing. GS cannot be trusted: the stack tells who this
/// is.
extern "C" void debug_stopped(Frame const *frame)
{
  if (!__atomic_load_n(&stop_wanted, __ATOMIC_ACQUIRE)) return;
  Cpu_id cpu = cpu_of_stack(frame);
  __atomic_store_n(&stopped[cpu], frame, __ATOMIC_RELEASE);
  while (__atomic_load_n(&stop_wanted, __ATOMIC_ACQUIRE))
    __builtin_ia32_pause();
  __atomic_store_n(&stopped[cpu], nullptr, __ATOMIC_RELEASE);
}

namespace jdb {

void machine::init()
{
  set_nmi_handler(reinterpret_cast<char const *>(&debug_nmi));
}

bool machine::acquire()
{
  if (is_owner()) return false;
  for (u32 nobody = Nobody; !__atomic_compare_exchange_n(&owner, &nobody, this_cpu_id(), false,
                                                         __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
       nobody = Nobody)
    __builtin_ia32_pause();
  return true;
}

void machine::release()
{
  __atomic_store_n(&owner, Nobody, __ATOMIC_RELEASE);
}
bool machine::is_owner()
{
  return __atomic_load_n(&owner, __ATOMIC_RELAXED) == this_cpu_id();
}

void machine::stop_others()
{
  wait_for_others(false); // they may still be on their way out of the last stop
  __atomic_store_n(&stop_wanted, true, __ATOMIC_RELEASE);
  for_each_other([](Cpu_id cpu) { pc::Lapic::send(pc::machine.apic_id[cpu], pc::Lapic::Nmi); });
  wait_for_others(true);
}

void machine::resume_others()
{
  __atomic_store_n(&stop_wanted, false, __ATOMIC_RELEASE);
}
Frame const *machine::stopped_at(Cpu_id cpu)
{
  return load_stopped(cpu);
}
void machine::print_hardware_id(Cpu_id cpu)
{
  kprintf(pc::Lapic::is_x2apic() ? "x2APIC %u" : "APIC %u", pc::machine.apic_id[cpu]);
}

bool machine::has_pcid() { return features.pcid; }
char const *machine::timer_name() { return features.tsc_deadline ? "TSC deadline" : "APIC"; }

void machine::run(void (*session)())
{
  restart_count = 0;
  viewed_page = No_page;
  debug_run(session);
}

unsigned machine::restarts()
{
  return restart_count;
}

bool machine::resume_own_exception(Frame &frame)
{
  if (frame.rip == reinterpret_cast<Word>(debug_read_at)) {
    frame.rip = reinterpret_cast<Word>(debug_read_failed);
    return true;
  }
  if (Cpu::online() == 0 || !is_owner()) return false;
  ++restart_count;
  frame.rip = reinterpret_cast<Word>(debug_again);
  return true;
}

int machine::read_kernel(Word address)
{
  return debug_read(reinterpret_cast<void *>(address));
}

int machine::read_physical(Word address)
{
  constexpr Word Last = (Word{1} << 46) - 1;
  if (address > Last) return -1;
  Word page = trunc_to(address, Page_shift);
  if (page != viewed_page) {
    view = static_cast<char const *>(view_physical(Phys_addr(page)));
    viewed_page = page;
  }
  return debug_read(view + (address - page));
}

bool machine::is_kernel_text(Word address)
{
  return address >= reinterpret_cast<Word>(image_text) &&
         address < reinterpret_cast<Word>(image_rodata);
}

static Word read_word(Word address)
{
  Word value = 0;
  for (unsigned i = 0; i < sizeof(Word); ++i) {
    int byte = machine::read_kernel(address + i);
    if (byte < 0) return 0;
    value |= Word(byte) << 8 * i;
  }
  return value;
}

void machine::backtrace(Word frame_pointer, bool (*f)(Word return_address))
{
  constexpr unsigned Deepest = 32;
  for (unsigned n = 0; n < Deepest && frame_pointer % sizeof(Word) == 0; ++n) {
    Word return_address = read_word(frame_pointer + sizeof(Word));
    Word outer = read_word(frame_pointer);
    if (!is_kernel_text(return_address) || !f(return_address) || outer <= frame_pointer) return;
    frame_pointer = outer;
  }
}

Word machine::frame_pointer_of(Frame const &frame)
{
  return frame.rbp;
}

} // namespace jdb
