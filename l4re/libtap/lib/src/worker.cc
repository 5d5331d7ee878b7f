// SPDX-License-Identifier: MIT
#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/scheduler.h>
#include <l4/sys/task.h>

// First instructions of a worker: its Worker object lies on top of its stack.
extern "C" char tap_worker_start[];
__asm__(".text\n"
        ".globl tap_worker_start\n"
        "tap_worker_start:\n"
        "  pop %rdi\n"
        "  pop %rax\n"
        "  call *%rax\n"
        "  ud2\n");

namespace Tap {

namespace {

constexpr unsigned Stacks = 20; // a pair of threads on each of eight CPUs, and some
constexpr unsigned Stack_words = 1024;
constexpr unsigned Utcb_order = 15;

alignas(16) l4_umword_t stacks[Stacks][Stack_words];
bool stack_used[Stacks];
unsigned next_utcb;

unsigned take_stack()
{
  for (unsigned i = 0; i < Stacks; ++i)
    if (!stack_used[i]) {
      stack_used[i] = true;
      return i;
    }
  CHECK(!"a free stack exists");
  return 0;
}

/// Round robin: the kernel may still write to the UTCB of a thread that was just deleted.
l4_addr_t take_utcb()
{
  return env.utcb_area + next_utcb++ % (env.utcbs - 1) * L4_UTCB_OFFSET;
}

} // namespace

l4_addr_t spare_utcb()
{
  return env.utcb_area + (env.utcbs - 1) * L4_UTCB_OFFSET;
}

void prepare_workers()
{
  if (env.utcbs) return;
  env.utcbs = (1u << Utcb_order) / L4_UTCB_OFFSET;
  Result const r = call(env.task, L4_PROTO_TASK,
                        {L4_TASK_ADD_KU_MEM_OP,
                         memory_page(env.utcb_area, Utcb_order, L4_FPAGE_RW)});
  CHECK_LABEL(r, 0);
}

Result run_thread(l4_cap_idx_t thread, unsigned prio, l4_umword_t quantum)
{
  // Affinity: granularity 0, offset 0, map 1: the boot CPU, where the main thread runs.
  return call(env.scheduler, L4_PROTO_SCHEDULER, {L4_SCHEDULER_RUN_THREAD_OP, 0, 1, prio, quantum},
              {object(thread)});
}

Worker::Worker(Body body, void *data, unsigned prio, Child_task *task)
    : _body(body), _data(data), _stack(take_stack())
{
  _utcb = task ? task->next_utcb() : take_utcb();
  l4_cap_idx_t const space = task ? l4_cap_idx_t(*task) : env.task;
  CHECK_LABEL(create(_thread, L4_PROTO_THREAD), 0);
  CHECK_LABEL(thread_bind(_thread, space, _utcb), 0);
  CHECK_LABEL(run_thread(_thread, prio), 0);
}

Worker::~Worker()
{
  _thread.remove();
  stack_used[_stack] = false;
}

l4_umword_t Worker::stack_top() const
{
  return l4_umword_t(&stacks[_stack][Stack_words]);
}

void Worker::start()
{
  l4_umword_t *top = reinterpret_cast<l4_umword_t *>(stack_top());
  // Two words are popped before the call, so the stack is aligned as the C++ ABI wants it.
  top[-1] = l4_umword_t(&entry);
  top[-2] = l4_umword_t(this);
  _started = true;
  CHECK_LABEL(ex_regs(_thread, l4_umword_t(tap_worker_start), l4_umword_t(top - 2)), 0);
}

bool Worker::finished(l4_umword_t us)
{
  for (l4_umword_t waited = 0; !done() && waited < us; waited += 500)
    sleep_us(500);
  return done();
}

void Worker::entry(Worker *me)
{
  me->_body(*me);
  __atomic_store_n(&me->_done, true, __ATOMIC_RELEASE);
  for (;;)
    invoke(Self | L4_SYSF_RECV, 0, Never);
}

} // namespace Tap
