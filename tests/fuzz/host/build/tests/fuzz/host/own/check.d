/tmp/wt/thr/tests/fuzz/host/build/tests/fuzz/host/own/check.o: \
  /tmp/wt/thr/tests/fuzz/host/check.cc \
  /tmp/wt/thr/tests/fuzz/host/check.h /tmp/wt/thr/kernel/src/mem/kmem.h \
  /tmp/wt/thr/kernel/src/arch/arch.h \
  /tmp/wt/thr/kernel/src/types/types.h \
  /tmp/wt/thr/kernel/src/arch/host/inline/arch_inline.h \
  /tmp/wt/thr/kernel/src/obj/factory.h \
  /tmp/wt/thr/kernel/src/ipc/invocation.h \
  /tmp/wt/thr/kernel/src/space/map_item.h \
  /tmp/wt/thr/kernel/src/space/page_entry.h \
  /tmp/wt/thr/kernel/src/types/fpage.h \
  /tmp/wt/thr/kernel/src/space/obj_space.h \
  /tmp/wt/thr/kernel/src/mem/quota.h \
  /tmp/wt/thr/kernel/src/obj/kobject.h \
  /tmp/wt/thr/kernel/src/jdb/hooks.h \
  /tmp/wt/thr/kernel/src/types/spin_lock.h \
  /tmp/wt/thr/kernel/src/types/msg_tag.h \
  /tmp/wt/thr/kernel/src/types/result.h \
  /tmp/wt/thr/kernel/src/jdb/site.h \
  /tmp/wt/thr/kernel/src/types/timeout.h \
  /tmp/wt/thr/kernel/src/types/utcb.h /tmp/wt/thr/kernel/src/obj/icu.h \
  /tmp/wt/thr/kernel/src/obj/irq.h \
  /tmp/wt/thr/kernel/src/ipc/sender_queue.h \
  /tmp/wt/thr/kernel/src/types/list.h /tmp/wt/thr/kernel/src/mem/slab.h \
  /tmp/wt/thr/kernel/src/obj/endpoint.h \
  /tmp/wt/thr/kernel/src/obj/thread.h \
  /tmp/wt/thr/kernel/src/ipc/item_transfer.h \
  /tmp/wt/thr/kernel/src/obj/thread_layout.h \
  /tmp/wt/thr/kernel/src/ipc/reply_slot.h \
  /tmp/wt/thr/kernel/src/sched/timeout_queue.h \
  /tmp/wt/thr/kernel/src/obj/ipc_gate.h \
  /tmp/wt/thr/kernel/src/obj/semaphore.h \
  /tmp/wt/thr/kernel/src/obj/task.h \
  /tmp/wt/thr/kernel/src/space/io_space.h \
  /tmp/wt/thr/kernel/src/space/map_space.h \
  /tmp/wt/thr/kernel/src/space/mem_space.h \
  /tmp/wt/thr/kernel/src/sched/cpu.h /tmp/wt/thr/kernel/src/jdb/trace.h \
  /tmp/wt/thr/kernel/src/obj/reclaimer.h \
  /tmp/wt/thr/kernel/src/sched/hold.h \
  /tmp/wt/thr/kernel/src/sched/ready_queue.h \
  /tmp/wt/thr/kernel/src/space/mapping_tree.h

/tmp/wt/thr/tests/fuzz/host/check.h:

/tmp/wt/thr/kernel/src/mem/kmem.h:

/tmp/wt/thr/kernel/src/arch/arch.h:

/tmp/wt/thr/kernel/src/types/types.h:

/tmp/wt/thr/kernel/src/arch/host/inline/arch_inline.h:

/tmp/wt/thr/kernel/src/obj/factory.h:

/tmp/wt/thr/kernel/src/ipc/invocation.h:

/tmp/wt/thr/kernel/src/space/map_item.h:

/tmp/wt/thr/kernel/src/space/page_entry.h:

/tmp/wt/thr/kernel/src/types/fpage.h:

/tmp/wt/thr/kernel/src/space/obj_space.h:

/tmp/wt/thr/kernel/src/mem/quota.h:

/tmp/wt/thr/kernel/src/obj/kobject.h:

/tmp/wt/thr/kernel/src/jdb/hooks.h:

/tmp/wt/thr/kernel/src/types/spin_lock.h:

/tmp/wt/thr/kernel/src/types/msg_tag.h:

/tmp/wt/thr/kernel/src/types/result.h:

/tmp/wt/thr/kernel/src/jdb/site.h:

/tmp/wt/thr/kernel/src/types/timeout.h:

/tmp/wt/thr/kernel/src/types/utcb.h:

/tmp/wt/thr/kernel/src/obj/icu.h:

/tmp/wt/thr/kernel/src/obj/irq.h:

/tmp/wt/thr/kernel/src/ipc/sender_queue.h:

/tmp/wt/thr/kernel/src/types/list.h:

/tmp/wt/thr/kernel/src/mem/slab.h:

/tmp/wt/thr/kernel/src/obj/endpoint.h:

/tmp/wt/thr/kernel/src/obj/thread.h:

/tmp/wt/thr/kernel/src/ipc/item_transfer.h:

/tmp/wt/thr/kernel/src/obj/thread_layout.h:

/tmp/wt/thr/kernel/src/ipc/reply_slot.h:

/tmp/wt/thr/kernel/src/sched/timeout_queue.h:

/tmp/wt/thr/kernel/src/obj/ipc_gate.h:

/tmp/wt/thr/kernel/src/obj/semaphore.h:

/tmp/wt/thr/kernel/src/obj/task.h:

/tmp/wt/thr/kernel/src/space/io_space.h:

/tmp/wt/thr/kernel/src/space/map_space.h:

/tmp/wt/thr/kernel/src/space/mem_space.h:

/tmp/wt/thr/kernel/src/sched/cpu.h:

/tmp/wt/thr/kernel/src/jdb/trace.h:

/tmp/wt/thr/kernel/src/obj/reclaimer.h:

/tmp/wt/thr/kernel/src/sched/hold.h:

/tmp/wt/thr/kernel/src/sched/ready_queue.h:

/tmp/wt/thr/kernel/src/space/mapping_tree.h:
