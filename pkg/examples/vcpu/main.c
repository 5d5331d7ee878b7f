/* SPDX-License-Identifier: MIT */
/*
 * A vCPU: a thread that is interrupted like a processor. The program in its user mode runs in a
 * task of its own, without any capability; each of its faults and system calls enters this program
 * at vcpu_entry. This is how another operating system is run on top of this one.
 */
#include <l4/re/c/util/cap_alloc.h>
#include <l4/re/c/util/kumem_alloc.h>
#include <l4/re/env.h>
#include <l4/sys/err.h>
#include <l4/sys/factory.h>
#include <l4/sys/task.h>
#include <l4/sys/thread.h>
#include <l4/sys/vcpu.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { Page_fault = 14, System_call = 253 };
enum { Guest_code = 0x100000, Guest_data = 0x200000 }; /* addresses in the guest's task */

extern char const guest_begin[], guest_end[];
void vcpu_entry(void);
void vcpu_handle(l4_vcpu_state_t *vcpu);

static l4_cap_idx_t guest_task;
static char data[L4_PAGESIZE] __attribute__((aligned(4096)));
static char stack[16384] __attribute__((aligned(16)));

/* Show our page at `from` to the guest at `to`. */
static void give_page(void const *from, l4_addr_t to, unsigned char rights)
{
  l4_task_map(guest_task, L4_BASE_TASK_CAP, l4_fpage((l4_addr_t)from, L4_PAGESHIFT, rights),
              l4_map_control(to, L4_FPAGE_CACHEABLE, L4_MAP_ITEM_MAP));
}

/* The kernel of our little system. Does not return: it resumes the guest, or ends. */
void vcpu_handle(l4_vcpu_state_t *vcpu)
{
  static unsigned calls;
  if (vcpu->r.trapno == Page_fault) {
    printf("page fault at %lx\n", vcpu->r.pfa);
    /* A page that we do not have ourselves cannot be given: touch it first. */
    if (l4_trunc_page(vcpu->r.pfa) == Guest_code) {
      (void)*(char const volatile *)guest_begin;
      give_page(guest_begin, Guest_code, L4_FPAGE_RX);
    } else {
      *(char volatile *)data = 0;
      give_page(data, Guest_data, L4_FPAGE_RW);
    }
  } else if (vcpu->r.trapno == System_call) {
    printf("system call %u, rax is %lu\n", ++calls, vcpu->r.rax);
    vcpu->r.rax += 1000; /* its result */
    vcpu->r.ip += 2;     /* behind the instruction */
  } else {
    printf("the guest ends; it wrote %lu\n", *(unsigned long *)data);
    exit(*(unsigned long *)data == 1050 ? 0 : 1);
  }
  vcpu->saved_state = L4_VCPU_F_USER_MODE | L4_VCPU_F_EXCEPTIONS | L4_VCPU_F_PAGE_FAULTS;
  long const error = l4_error(
      l4_thread_vcpu_resume_commit(l4re_env()->main_thread, l4_thread_vcpu_resume_start()));
  printf("cannot resume: %s\n", l4sys_errtostr(error));
  exit(1);
}

int main(void)
{
  l4re_env_t const *const env = l4re_env();
  guest_task = l4re_util_cap_alloc();
  l4_fpage_t no_utcbs = l4_fpage_invalid();
  l4_addr_t area = 0;

  /* The state area is shared with the kernel, like the UTCBs. */
  long error = l4_error(l4_factory_create_task(env->factory, guest_task, &no_utcbs));
  if (error >= 0) error = l4re_util_kumem_alloc(&area, 0, L4_BASE_TASK_CAP, env->rm);
  if (error >= 0) error = l4_error(l4_thread_vcpu_control(env->main_thread, area));
  if (error < 0) {
    printf("no vCPU: %s\n", l4sys_errtostr(error));
    return 1;
  }
  l4_vcpu_state_t *const vcpu = (l4_vcpu_state_t *)area;
  if (!l4_vcpu_check_version(vcpu)) return 1;

  __asm__("rdfsbase %0" : "=r"(vcpu->arch_state.host_fs_base)); /* printf needs its TLS */
  vcpu->user_task = guest_task;
  vcpu->entry_ip = (l4_umword_t)vcpu_entry;
  vcpu->entry_sp = (l4_umword_t)(stack + sizeof(stack));
  vcpu->r.ip = Guest_code;
  vcpu->r.flags = 0x202;
  vcpu->r.trapno = Page_fault;
  vcpu->r.pfa = Guest_code;
  vcpu_handle(vcpu); /* as if the guest had touched its first page */
}
