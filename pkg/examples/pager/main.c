/* SPDX-License-Identifier: MIT */
/*
 * A pager. When a thread touches an address without a page, the kernel asks its pager by a message;
 * the answer carries the page. Here a window of 16 pages shows one and the same page of memory,
 * which the pager fills anew for each fault and takes away again.
 */
#include <l4/re/c/rm.h>
#include <l4/re/c/util/cap_alloc.h>
#include <l4/re/env.h>
#include <l4/sys/err.h>
#include <l4/sys/factory.h>
#include <l4/sys/ipc.h>
#include <l4/sys/task.h>
#include <l4/util/thread.h>

#include <stdio.h>
#include <string.h>

enum { Window_pages = 16 };

static char stack[4096] __attribute__((aligned(16)));
static char page[L4_PAGESIZE] __attribute__((aligned(4096)));
static l4_addr_t window;
static l4_umword_t volatile sum, done;

/* Reads one word of each page of the window. */
L4UTIL_THREAD_STATIC_FUNC(reader)
{
  for (unsigned i = 0; i < Window_pages; ++i)
    sum += *(l4_umword_t volatile *)(window + i * L4_PAGESIZE);
  done = 1;
  for (;;)
    l4_ipc_sleep(L4_IPC_NEVER);
}

/* Answer a fault at `address`. */
static l4_msgtag_t resolve(l4_addr_t address)
{
  if (address - window >= Window_pages * L4_PAGESIZE) {
    /* Our own code and data. The reader lives in our task: what we can see, it can see. */
    (void)*(char volatile *)address;
    return l4_msgtag(0, 0, 0, 0);
  }
  unsigned const number = (unsigned)((address - window) / L4_PAGESIZE);
  if (number)
    l4_task_unmap(L4_BASE_TASK_CAP,
                  l4_fpage(window + (number - 1) * L4_PAGESIZE, L4_PAGESHIFT, L4_FPAGE_RWX),
                  L4_FP_ALL_SPACES);
  memset(page, 0, sizeof(page));
  *(l4_umword_t *)page = number * number;
  printf("page %u of the window is needed\n", number);

  /* One item: where in the faulting thread's address space, and what of ours. */
  l4_utcb_mr()->mr[0] = l4_map_control(l4_trunc_page(address), L4_FPAGE_CACHEABLE, L4_MAP_ITEM_MAP);
  l4_utcb_mr()->mr[1] = l4_fpage((l4_addr_t)page, L4_PAGESHIFT, L4_FPAGE_RO).raw;
  return l4_msgtag(0, 0, 1, 0);
}

int main(void)
{
  l4_cap_idx_t const thread = l4re_util_cap_alloc(), gate = l4re_util_cap_alloc();
  l4re_env_t const *const env = l4re_env();

  /* Addresses that nobody else uses. */
  long error = l4re_rm_reserve_area(&window, Window_pages * L4_PAGESIZE,
                                    L4RE_RM_F_RESERVED | L4RE_RM_F_SEARCH_ADDR, L4_PAGESHIFT);
  if (error >= 0) error = l4_error(l4_factory_create_gate(env->factory, gate, env->main_thread, 0));
  if (error >= 0)
    error = l4util_create_thread(thread, (l4_utcb_t *)env->first_free_utcb, env->factory,
                                 (l4_umword_t)reader, (l4_umword_t)(stack + sizeof(stack)), gate,
                                 L4_BASE_TASK_CAP, env->scheduler, l4_sched_param(10, 0));
  if (error < 0) {
    printf("the reader cannot be started: %s\n", l4sys_errtostr(error));
    return 1;
  }

  l4_umword_t label;
  l4_msgtag_t tag = l4_ipc_wait(l4_utcb(), &label, L4_IPC_NEVER);
  while (!l4_msgtag_has_error(tag)) {
    if (!l4_msgtag_is_page_fault(tag)) {
      printf("the reader raised exception %lu\n", l4_utcb_exc()->trapno);
      return 1;
    }
    tag = resolve(l4_utcb_mr()->mr[0] & ~7UL); /* the low bits tell the kind of access */
    /* The reader faults again soon, or it is done. */
    tag = l4_ipc_reply_and_wait(l4_utcb(), tag, &label,
                                l4_timeout(L4_IPC_TIMEOUT_0, l4_timeout_from_us(50000)));
  }
  printf("sum of the squares below 16: %lu\n", sum);
  return done ? 0 : 1;
}
