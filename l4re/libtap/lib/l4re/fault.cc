// SPDX-License-Identifier: MIT
#include <l4/libtap/fault.h>

#include <l4/re/env>
#include <l4/re/rm>
#include <l4/sys/thread.h>

namespace Tap {

namespace {

// Page-fault and exception messages (abi/ipc.md sections 8 and 9).
enum : l4_umword_t { Fault_present = 1, Fault_write = 2, Fault_execute = 4, Fault_bits = 7 };
enum : unsigned { Mr_trap = 16, Mr_ip = 18 };

using F = L4Re::Rm::F;

/// The region map has something at the address that allows the access.
bool is_backed(l4_addr_t address, bool write, bool execute)
{
  unsigned long size = 1;
  L4Re::Rm::Offset offset;
  L4Re::Rm::Flags flags;
  L4::Cap<L4Re::Dataspace> memory;
  auto const rm = L4::cap_cast<L4Re::Rm>(L4::Cap<void>(env.pager));
  if (rm->find(&address, &size, &offset, &flags, &memory) < 0) return false;
  if (flags & F::In_area) return false;
  F::Region_flags const wanted = write ? F::W : execute ? F::X : F::R;
  return (flags & wanted) && !(flags & F::Reserved);
}

/// Have the page mapped by using it on this thread, whose pager is the region map. All threads of
/// the task see it then. A write that changes nothing asks for a writable page.
void touch(l4_addr_t address, bool write)
{
  auto *const byte = reinterpret_cast<char *>(address);
  if (write)
    __atomic_fetch_or(byte, 0, __ATOMIC_RELAXED);
  else
    __atomic_load_n(byte, __ATOMIC_RELAXED);
}

/// Decode a page-fault message. `None` if the page was made present and the code can go on.
Fault page_fault(l4_umword_t reason, l4_umword_t ip)
{
  bool const write = reason & Fault_write, execute = reason & Fault_execute;
  l4_addr_t const address = reason & ~Fault_bits;
  // A fault on a page that is present for reading may be one that is still to become writable.
  if (is_backed(address, write, execute)) {
    touch(address, write);
    return {};
  }
  return {write ? Fault::Write : execute ? Fault::Execute : Fault::Read, address, ip, 14};
}

/// Answer the worker's messages until it ends or faults for good.
Fault watch(Worker &worker)
{
  l4_umword_t const patience = pair(0, half(10000));
  constexpr unsigned Rounds = 100;
  for (unsigned quiet = 0; quiet < Rounds;) {
    Result const message = wait(patience);
    if (worker.done()) return {};
    if (message.failed()) {
      ++quiet;
      continue;
    }
    if (message.label() == L4_PROTO_EXCEPTION)
      return {Fault::Exception, 0, mr(Mr_ip), unsigned(mr(Mr_trap))};
    Fault const fault = page_fault(mr(0), mr(1));
    if (fault.kind != Fault::None) return fault;
    reply(0, {});
  }
  return {Fault::Hang, 0, 0, 0};
}

} // namespace

Fault run_to_fault(Worker::Body body, void *data)
{
  Worker worker(body, data, Prio_high);
  l4_umword_t const flags = L4_THREAD_CONTROL_SET_PAGER | L4_THREAD_CONTROL_SET_EXC_HANDLER;
  Result const r = call(worker.cap(), L4_PROTO_THREAD, {flags, env.thread, env.thread, 0, 0, 0});
  CHECK_LABEL(r, 0);
  worker.start();
  return watch(worker);
}

} // namespace Tap
