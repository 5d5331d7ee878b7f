// SPDX-License-Identifier: MIT
// The offsets that the entry code uses, compared with the classes.
#include "arch/amd64/cpu_tables.h"
#include "arch/amd64/offsets.h"
#include "ipc/system_call.h"
#include "obj/task.h"
#include "sched/cpu.h"
#include "space/mem_space.h"

struct Layout_check {
  using E = Execution_context;
  static constexpr Word Frame_offset = offsetof(E, _frame);
  static_assert((Frame_offset + sizeof(Frame)) % 16 == 0, "the CPU aligns the stack, then pushes");
  static_assert(alignof(E) % 16 == 0);
  static_assert(Frame_offset + offsetof(Frame, r15) == THREAD_R15);
  static_assert(Frame_offset + offsetof(Frame, r8) == THREAD_R8);
  static_assert(Frame_offset + offsetof(Frame, rbp) == THREAD_RBP);
  static_assert(Frame_offset + offsetof(Frame, rbx) == THREAD_RBX);
  static_assert(Frame_offset + offsetof(Frame, rax) == THREAD_RAX);
  static_assert(Frame_offset + offsetof(Frame, trapno) == THREAD_TRAPNO);
  static_assert(Frame_offset + offsetof(Frame, error) == THREAD_ERROR);
  static_assert(Frame_offset + offsetof(Frame, rip) == THREAD_RIP);
  static_assert(Frame_offset + offsetof(Frame, rflags) == THREAD_RFLAGS);
  static_assert(Frame_offset + offsetof(Frame, rsp) == THREAD_RSP);
  static_assert(offsetof(E, _segments) == Frame_offset + sizeof(Frame), "exception message");
  static_assert(Frame_offset + sizeof(Frame) == THREAD_FRAME_TOP);
  static_assert(offsetof(E, _segments) + offsetof(User_segments, fs_base) == THREAD_FS_BASE);
  static_assert(offsetof(E, _segments) + offsetof(User_segments, gs_base) == THREAD_GS_BASE);
  static_assert(offsetof(E, _space) == THREAD_SPACE);
  static_assert(offsetof(E, _exit_flags) == THREAD_EXIT_FLAGS);
  static_assert(offsetof(E, _utcb) == THREAD_UTCB && offsetof(E, _cpu) == THREAD_CPU &&
                offsetof(E, _task) == THREAD_TASK && offsetof(Thread, _pager) == THREAD_PAGER &&
                offsetof(Thread, _exc_handler) == THREAD_EXC_HANDLER && sizeof(Thread::_pager) == 2);
  static_assert(offsetof(Task, _obj) + offsetof(Obj_space, _pages) == TASK_SLOT_PAGES &&
                Obj_space::Slot_count == SLOT_COUNT && sizeof(Cap_slot) == 1 << SLOT_SHIFT &&
                Obj_space::Slots_per_page == 1 << SLOT_PAGE_SHIFT && offsetof(Cap_slot, _entry) == 0 &&
                Cap_slot::Flag_mask == SLOT_FLAGS && Cap_slot::S == SLOT_RIGHT_S);
  using K = Kobject;
  static_assert(u8(K::Type::Dead) == 0 && u8(K::Type::Thread) == 1 && u8(K::Type::Ipc_gate) == 2 &&
                u8(K::Type::Task) == 3 && u8(K::Type::Iommu) + 1 == OBJECT_TYPES &&
                offsetof(K, _type) == OBJECT_TYPE);
  static_assert(Word(Proto::Task) << 16 == Word(TAG_TASK_CAP_INFO & ~0xffff) &&
                Word(Proto::Thread) << 16 == Word(TAG_THREAD_CONTROL & ~0xffff) &&
                Proto::Kobject == PROTOCOL_KOBJECT && Proto::Thread == PROTOCOL_THREAD);
  static_assert(Msg_tag::Error == TAG_ERROR && u8(Ipc_error::Not_existent) == ERROR_NOT_EXISTENT &&
                Task::Op_cap_info == TASK_CAP_INFO && (Op::Send | Op::Receive) == OP_CALL &&
                (Selector::Invalid_bit | Op::Mask) == OP_ANSWER);
  static_assert(offsetof(Utcb, mr) == UTCB_MR0 && offsetof(Utcb, error) == UTCB_ERROR);
  static_assert(offsetof(Cpu_entry_state, current) == CPU_CURRENT);
  static_assert(offsetof(Cpu_entry_state, kernel_stack) == CPU_KERNEL_STACK);
  static_assert(offsetof(Cpu_entry_state, tss_rsp0) == CPU_TSS_RSP0);
  static_assert(offsetof(Cpu_entry_state, loaded_space) == CPU_LOADED_SPACE);
  static_assert(offsetof(Cpu_entry_state, user_rsp) == CPU_USER_RSP && CPU_USER_RSP == CPU_SELECTOR);
  using T = amd64::Tss;
  static_assert(offsetof(T, io_bitmap) - offsetof(T, rsp) == TSS_RSP0_TO_IO_BITMAP);
  static_assert(offsetof(Mem_space, _root_word) == SPACE_ROOT_WORD);
};
