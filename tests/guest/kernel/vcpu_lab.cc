// SPDX-License-Identifier: MIT
#include "vcpu_lab.h"

// The entry point: every register is noted before anything is changed, then the handler runs on the
// stack that the kernel chose.
extern "C" {
extern char tap_vcpu_entry[];
[[gnu::used]] l4_umword_t tap_vcpu_regs[8];
[[gnu::used]] void tap_vcpu_entered();
}
__asm__(".text\n"
        ".globl tap_vcpu_entry\n"
        "tap_vcpu_entry:\n"
        "  mov %rsp, tap_vcpu_regs(%rip)\n"
        "  mov %rdi, tap_vcpu_regs+8(%rip)\n"
        "  pushfq\n"
        "  popq tap_vcpu_regs+24(%rip)\n"
        "  .irp register, rbx, rcx, rdx, rsi, rbp, r8, r9, r10, r11, r12, r13, r14, r15\n"
        "  or %\\register, %rax\n"
        "  .endr\n"
        "  mov %rax, tap_vcpu_regs+16(%rip)\n"
        "  mov %cs, %eax\n"
        "  mov %rax, tap_vcpu_regs+32(%rip)\n"
        "  mov %ss, %eax\n"
        "  mov %rax, tap_vcpu_regs+40(%rip)\n"
        "  rdfsbase %rax\n"
        "  mov %rax, tap_vcpu_regs+48(%rip)\n"
        "  rdgsbase %rax\n"
        "  mov %rax, tap_vcpu_regs+56(%rip)\n"
        "  sub $128, %rsp\n"
        "  and $-16, %rsp\n"
        "  call tap_vcpu_entered\n"
        "  ud2\n");

void tap_vcpu_entered()
{
  l4_umword_t const *r = tap_vcpu_regs;
  Tap::Lab *lab = Tap::Lab::current;
  Tap::Entry entry{r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], lab->area(), {}};
  for (unsigned i = 0; i < 4; ++i)
    entry.mr[i] = Tap::mr(i);
  lab->enter(entry);
}

namespace Tap {

namespace {
alignas(16) l4_umword_t host_stack[512], guest_stack[512];
}

Lab *Lab::current;

l4_umword_t Lab::host_stack_top() const
{
  return l4_umword_t(&host_stack[512]);
}
l4_umword_t Lab::guest_stack_top() const
{
  return l4_umword_t(&guest_stack[512]);
}

Lab::Lab(Guest guest, unsigned saved_state, l4_cap_idx_t user_task, unsigned prio)
    : _worker(body, this, prio), _area(reinterpret_cast<l4_vcpu_state_t *>(spare_utcb()))
{
  current = this;
  __builtin_memset(_area, 0, L4_VCPU_STATE_SIZE);
  CHECK_LABEL(vcpu_control(_worker.cap(), spare_utcb()), 0);
  _area->r.ip = l4_umword_t(guest);
  _area->r.sp = guest_stack_top() - 8;
  _area->r.flags = 0x202;
  _area->r.dummy1 = 0x2b;
  _area->r.ss = 0x23;
  _area->r.ds = _area->r.es = 0x23;
  _area->r.gs_base = _worker.utcb() + 0x1f8;
  _area->entry_ip = l4_umword_t(tap_vcpu_entry);
  _area->entry_sp = host_stack_top();
  _area->saved_state = l4_uint16_t(saved_state);
  _area->user_task = user_task;
}

Lab::~Lab()
{
  current = nullptr;
}

void Lab::run()
{
  _worker.start();
}

bool Lab::finished()
{
  for (unsigned n = 0; !_done && n < 1000; ++n)
    sleep_us(500);
  return _done;
}

void Lab::resume()
{
  Item const sent = item;
  item = {};
  l4_umword_t const tag = sent.control
                              ? compose(L4_PROTO_THREAD, {L4_THREAD_VCPU_RESUME_OP}, {sent})
                              : compose(L4_PROTO_THREAD, {L4_THREAD_VCPU_RESUME_OP});
  resumed = invoke(Self | L4_SYSF_CALL, tag, Patience);
  came_back = true;
}

void Lab::end()
{
  _done = true;
  for (;;)
    invoke(Self | L4_SYSF_RECV, 0, Never);
}

void Lab::body(Worker &me)
{
  Lab &lab = me.data<Lab>();
  lab.resume();
  lab.end();
}

void Lab::enter(Entry const &entry)
{
  unsigned const number = count;
  entries[number] = entry;
  count = number + 1;
  if (number + 1 < stop_at) {
    if (handle) handle(*this, entries[number]);
    resume();
  }
  end();
}

Result vcpu_control(l4_cap_idx_t thread, l4_umword_t area, l4_umword_t flags)
{
  return call(thread, L4_PROTO_THREAD, {L4_THREAD_VCPU_CONTROL_OP | flags, area});
}

l4_umword_t volatile spinning;

[[gnu::naked]] void undefined()
{
  __asm__("ud2");
}

[[gnu::naked]] void spin()
{
  __asm__("movq $1, %0\n 1: pause\n jmp 1b" : "=m"(spinning));
}

Guest_task::Guest_task()
{
  CHECK_LABEL(share_image(), 0);
}

bool start_spinning(Lab &lab)
{
  spinning = 0;
  lab.run();
  for (unsigned n = 0; !spinning && n < 200; ++n)
    sleep_us(200);
  return spinning;
}

} // namespace Tap
