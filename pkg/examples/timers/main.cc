// SPDX-License-Identifier: MIT
// Timers and interrupts in one server loop: a clock that ticks, an alarm, and an interrupt object
// that another thread triggers in place of a device.
#include <l4/re/env>
#include <l4/re/util/br_manager>
#include <l4/re/util/object_registry>
#include <l4/sys/irq>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

// Br_manager_timeout_hooks: the loop looks at its timeouts whenever nothing else is to be done.
static L4Re::Util::Registry_server<L4Re::Util::Br_manager_timeout_hooks> server;

static l4_kernel_clock_t now()
{
  return l4_kip_clock(l4re_kip()); // microseconds since the system was started
}

class Ticker : public L4::Ipc_svr::Timeout {
public:
  void start() { server.add_timeout(this, _next = now() + Period); }
  void expired() override
  {
    printf("tick %u\n", ++_ticks);
    // From the time it was due, not from now: so it does not drift.
    if (_ticks < 4) server.add_timeout(this, _next += Period);
  }

private:
  static constexpr l4_kernel_clock_t Period = 20'000;
  l4_kernel_clock_t _next = 0;
  unsigned _ticks = 0;
};

class Alarm : public L4::Ipc_svr::Timeout {
public:
  void expired() override
  {
    printf("the alarm: that is all\n");
    exit(0);
  }
};

// Anything that triggers an L4::Irq arrives here: devices through an ICU, other programs, threads.
class Bell : public L4::Irqep_t<Bell> {
public:
  void handle_irq()
  {
    printf("interrupt\n");
    obj_cap_irq()->unmask(); // level-triggered sources stay masked until this
  }
  L4::Cap<L4::Irq> obj_cap_irq() const { return L4::cap_cast<L4::Irq>(obj_cap()); }
};

static void *device(void *irq)
{
  L4::Cap<L4::Irq> const bell(reinterpret_cast<l4_cap_idx_t>(irq));
  for (unsigned i = 0; i < 3; ++i) {
    l4_ipc_sleep_ms(25);
    bell->trigger(); // does not wait for anybody
  }
  return nullptr;
}

int main()
{
  static Ticker ticker;
  static Alarm alarm;
  static Bell bell;

  ticker.start();
  server.add_timeout(&alarm, now() + 120'000);
  L4::Cap<L4::Irq> const irq = server.registry()->register_irq_obj(&bell);
  pthread_t thread;
  if (!irq.is_valid() ||
      pthread_create(&thread, nullptr, device, reinterpret_cast<void *>(irq.cap())) != 0) {
    printf("no interrupt object or thread could be made\n");
    return 1;
  }
  server.loop();
}
