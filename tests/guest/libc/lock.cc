// SPDX-License-Identifier: MIT
// Two threads in one C library: locks, thread-local storage, malloc.
#include <l4/libc/slots.h>
#include <l4/libc/tls.h>
#include <l4/libtap/tap.h>
#include <l4/re/env.h>
#include <l4/sys/factory.h>
#include <l4/sys/ipc.h>
#include <l4/sys/scheduler.h>
#include <l4/sys/segment.h>
#include <l4/sys/task.h>
#include <l4/sys/thread.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

namespace {

constexpr int Rounds = 2000;
alignas(64) char stack[64 << 10];
alignas(64) char tls_block[4096];
bool done;
bool ok;
thread_local int zero_of_thread[20];
thread_local int value_of_thread = 9;

/// Its variables have their initial values, whatever was in their memory before.
bool variables_are_fresh()
{
  bool fresh = value_of_thread == 9;
  for (int entry : zero_of_thread)
    fresh = fresh && entry == 0;
  return fresh;
}

/// Blocks of a thread of its own must never be handed out twice.
bool churn(unsigned char mark)
{
  bool good = true;
  for (int i = 0; i < Rounds; ++i) {
    size_t const size = 16 + static_cast<size_t>(i * mark) % 300;
    auto p = static_cast<unsigned char *>(malloc(size));
    if (!p) return false;
    for (size_t k = 0; k < size; ++k)
      p[k] = mark;
    if (i % 16 == 0)
      l4_ipc_sleep_us(1); // let the other one in, sometimes while it waits for the lock
    for (size_t k = 0; k < size; ++k)
      good = good && p[k] == mark;
    free(p);
  }
  return good;
}

extern "C" [[noreturn]] void second_thread()
{
  errno = 17;
  ok = variables_are_fresh() && churn(7) && errno == 17;
  printf("# second thread says hello through stdio\n");
  libc_thread_done();
  __atomic_store_n(&done, true, __ATOMIC_RELEASE);
  for (;;)
    l4_ipc_sleep(L4_IPC_NEVER);
}

CASE("libc", "two threads share malloc and stdio, each with its own errno")
{
  done = ok = false;
  l4re_env_t const *e = l4re_env();
  l4_cap_idx_t const thread = libc_slot_alloc();
  REQUIRE(l4_error(l4_factory_create_thread(e->factory, thread)) == 0);
  l4_thread_control_start();
  l4_thread_control_pager(e->rm);
  l4_thread_control_exc_handler(e->rm);
  l4_thread_control_bind(reinterpret_cast<l4_utcb_t *>(e->first_free_utcb), L4_BASE_TASK_CAP);
  REQUIRE(l4_error(l4_thread_control_commit(thread)) == 0);
  REQUIRE(libc_tls_size() <= sizeof(tls_block));
  memset(tls_block, 0xee, sizeof(tls_block));
  REQUIRE(fiasco_amd64_set_fs(thread, libc_tls_init(tls_block), l4_utcb()) >= 0);
  l4_sched_param_t param = l4_sched_param(2, 1000);
  REQUIRE(l4_error(l4_scheduler_run_thread(e->scheduler, thread, &param)) == 0);
  errno = 4;
  auto const sp = reinterpret_cast<l4_umword_t>(stack + sizeof(stack) - 8);
  REQUIRE(l4_error(
              l4_thread_ex_regs(thread, reinterpret_cast<l4_umword_t>(second_thread), sp, 0)) == 0);
  CHECK(churn(3));
  while (!__atomic_load_n(&done, __ATOMIC_ACQUIRE))
    l4_ipc_sleep_ms(1);
  CHECK(ok);
  CHECK_EQ(errno, 4);
  l4_task_release_cap(L4_BASE_TASK_CAP, thread);
  libc_slot_free(thread);
}

} // namespace
