// SPDX-License-Identifier: MIT
// Who is told about crashes (l4re-protocols.md section 15): looks at the program from outside, as a
// debugger would, and ends it.
#include <l4/re/dbg_events>
#include <l4/re/env>
#include <l4/re/util/br_manager>
#include <l4/re/util/cap_alloc>
#include <l4/re/util/object_registry>

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>

namespace {

L4Re::Util::Registry_server<L4Re::Util::Br_manager_hooks> server;

struct Crash {
  l4_exc_regs_t regs;
  L4::Cap<L4Re::Remote_access> memory;
  L4::Cap<L4Re::Rm> rm;
  sem_t here;
} crash;

class Events : public L4::Epiface_t<Events, L4Re::Dbg_events> {
public:
  /// The program answers nobody before this returns: what is to be done with it is another
  /// thread's.
  long op_request_backtrace(L4Re::Dbg_events::Rights, l4_exc_regs_t const &regs,
                            L4::Ipc::Snd_fpage const &memory, L4::Ipc::Snd_fpage const &rm)
  {
    if (!memory.cap_received() || !rm.cap_received()) return -L4_EINVAL;
    crash.regs = regs;
    crash.memory = server_iface()->rcv_cap<L4Re::Remote_access>(0);
    crash.rm = server_iface()->rcv_cap<L4Re::Rm>(1);
    if (server_iface()->realloc_rcv_cap(0) < 0 || server_iface()->realloc_rcv_cap(1) < 0)
      return -L4_ENOMEM;
    sem_post(&crash.here);
    return 0;
  }
};

void say(char const *what, bool good)
{
  printf("%s: %s\n", what, good ? "good" : "bad");
}

/// The word at an address, by a message and by mapping the page: both are the same.
void compare(l4_addr_t address)
{
  constexpr char Word = 3;
  l4_uint64_t by_message = 0;
  long const error = crash.memory->read_mem(address, Word, &by_message);
  char *page = nullptr;
  using F = L4Re::Rm::F;
  long const attached = L4Re::Env::env()->rm()->attach(
      &page, L4_PAGESIZE, F::Search_addr | F::R,
      L4::Ipc::make_cap(L4::Cap<L4Re::Dataspace>(crash.memory.cap()), L4_CAP_FPAGE_RO),
      l4_trunc_page(address));
  l4_uint64_t by_mapping = 1;
  if (attached >= 0) memcpy(&by_mapping, page + (address & (L4_PAGESIZE - 1)), sizeof(by_mapping));
  say("word by message and by mapping", error == 0 && attached == 0 && by_message == by_mapping);
  if (attached >= 0) L4Re::Env::env()->rm()->detach(page, nullptr);
}

void check_errors()
{
  l4_uint64_t value;
  say("nothing there", crash.memory->read_mem(0x123456789000, 0, &value) == -L4_EFAULT &&
                           crash.memory->read_mem(~0UL - 2, 3, &value) == -L4_EFAULT &&
                           crash.memory->read_mem(crash.regs.ip, 4, &value) == -L4_EINVAL);
  say("nothing is written", crash.memory->write_mem(crash.regs.sp, 0, 1) == -L4_ENOSYS &&
                                crash.memory->clear(crash.regs.sp, 1) == -L4_EACCESS);
}

void check_region()
{
  char text[40] = "";
  L4::Ipc::String<char> name(sizeof(text), text);
  L4Re::Rm::Offset offset;
  say("region of the instruction",
      crash.rm->get_info(crash.regs.ip, name, offset) == 0 && !strcmp(text, "crash"));
}

void *look(void *)
{
  sem_wait(&crash.here);
  printf("crash at %lx, address %lx\n", crash.regs.ip, crash.regs.pfa);
  compare(crash.regs.ip & ~7UL);
  check_errors();
  check_region();
  crash.memory->terminate(77);
  return nullptr;
}

} // namespace

int main()
{
  static Events events;
  sem_init(&crash.here, 0, 0);
  pthread_t thread;
  if (pthread_create(&thread, nullptr, look, nullptr)) return 1;
  if (!server.registry()->register_obj(&events, "events").is_valid()) return 1;
  puts("debugger is ready");
  server.loop();
}
