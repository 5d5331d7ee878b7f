// SPDX-License-Identifier: MIT
/**
 * Kernel objects for tests, made with nothing but kernel interfaces, and given back by destructors.
 */
#pragma once

#include <l4/libtap/message.h>
#include <l4/sys/consts.h>

namespace Tap {

/// Capabilities and room that the program starts with; filled by the start-up code.
struct Environment {
  l4_cap_idx_t task, factory, thread, log, icu, scheduler, debugger;
  l4_cap_idx_t pager;         ///< pager for new threads of this task
  l4_umword_t first_slot;     ///< first capability index that tests may use
  l4_umword_t slots;          ///< how many
  l4_addr_t utcb_area;        ///< UTCBs for worker threads
  unsigned utcbs;             ///< how many there are; 0: the area is still to be made, 32 KiB
  l4_addr_t image, image_end; ///< the program: what a child task needs to run the same code
  l4_addr_t scratch;          ///< 256 KiB of RAM, aligned to their size, all pages present
};
extern Environment env;

/// Test objects are charged to this factory, so that the leak check can count bytes.
l4_cap_idx_t factory();

/// Priorities: the main thread; workers run before it (until they block) or behind it.
enum : unsigned { Prio_low = 50, Prio_main = 100, Prio_high = 150 };

/// A capability slot that is empty at first. The destructor deletes what it holds.
class Slot {
public:
  Slot();
  ~Slot();
  Slot(Slot const &) = delete;
  Slot &operator=(Slot const &) = delete;

  operator l4_cap_idx_t() const { return _cap; }
  /// Delete the object in the slot (needs D), or only empty the slot.
  void remove(bool destroy = true);
  /// What cap_info says.
  bool valid() const;

private:
  l4_cap_idx_t _cap;
};

/// Ask a factory for an object; arguments are (type word, value) pairs as the ABI wants them.
Result create(l4_cap_idx_t target, long protocol, std::initializer_list<l4_umword_t> args = {},
              std::initializer_list<Item> items = {}, l4_cap_idx_t from = factory());

/// A second capability of this task for the object behind `of`, with these rights and attributes.
struct Copy : Slot {
  explicit Copy(l4_cap_idx_t of, unsigned rights = L4_CAP_FPAGE_RWSD, l4_umword_t attributes = 0);
};

/// A thread that is neither bound nor started.
struct Raw_thread : Slot {
  Raw_thread();
};
struct Irq : Slot {
  Irq();
  Result bind(l4_cap_idx_t thread, l4_umword_t label);
  Result trigger();
};
struct Semaphore : Slot {
  Semaphore();
};
struct Gate : Slot {
  /// Bound to `thread` with `label`, or unbound without a thread.
  explicit Gate(l4_cap_idx_t thread = L4_INVALID_CAP, l4_umword_t label = 0);
  Result bind(l4_cap_idx_t thread, l4_umword_t label);
};
struct Factory : Slot {
  explicit Factory(l4_umword_t limit);
};

/// Task operations (abi/kernel-objects.md section 2).
Result task_map(l4_cap_idx_t target, l4_cap_idx_t source, Item item);
/// Map the object behind the capability `what` of this task to slot `to` of `target`.
Result map_object(l4_cap_idx_t target, l4_cap_idx_t to, l4_cap_idx_t what,
                  unsigned rights = L4_CAP_FPAGE_RWSD, l4_umword_t attributes = 0);
Result task_unmap(l4_cap_idx_t task, l4_umword_t fpage, l4_umword_t mask);
long cap_valid(l4_cap_idx_t task, l4_cap_idx_t cap);
long cap_equal(l4_cap_idx_t task, l4_cap_idx_t one, l4_cap_idx_t other);

/// Down and up of a semaphore (abi/kernel-objects.md section 6); only the receive half counts.
Result semaphore_down(l4_cap_idx_t semaphore, l4_umword_t timeouts = Zero);
Result semaphore_up(l4_cap_idx_t semaphore);

/// Ask the pager for 2^order I/O ports from `port` on, as an I/O page fault would: its answer, with
/// one item if it gives them.
Result get_ports(l4_umword_t port, unsigned order);

/// A task with room for eight UTCBs at Utcbs, charged to the factory it is made with.
class Child_task : public Slot {
public:
  static constexpr l4_addr_t Utcbs = 0x7ffd00000000;
  static constexpr unsigned Utcbs_order = L4_PAGESHIFT + 1;
  explicit Child_task(l4_cap_idx_t from = factory());
  /// Map this program's image, so that workers can run in the task with the same addresses.
  Result share_image();
  /// One after the other; the first comes again behind the last.
  l4_addr_t next_utcb()
  {
    return Utcbs + _used++ % ((1u << Utcbs_order) / L4_UTCB_OFFSET) * L4_UTCB_OFFSET;
  }

private:
  unsigned _used = 0;
};

/// Thread operations (abi/kernel-objects.md section 3).
Result thread_bind(l4_cap_idx_t thread, l4_cap_idx_t task, l4_addr_t utcb);
Result ex_regs(l4_cap_idx_t thread, l4_umword_t ip, l4_umword_t sp, l4_umword_t flags = 0);
Result run_thread(l4_cap_idx_t thread, unsigned prio, l4_umword_t quantum = 0);

/// A second thread of this program, in this task or in a child task that shares the image. It
/// runs `body`, then sleeps for ever. With Prio_high it runs from start() until it blocks.
class Worker {
public:
  using Body = void (*)(Worker &me);

  explicit Worker(Body body, void *data = nullptr, unsigned prio = Prio_high,
                  Child_task *task = nullptr);
  ~Worker();
  Worker(Worker const &) = delete;
  Worker &operator=(Worker const &) = delete;

  void start();
  /// Wait until body returned. False: it still runs or is blocked.
  bool finished(l4_umword_t us = 100000);
  bool done() const { return __atomic_load_n(&_done, __ATOMIC_ACQUIRE); }

  l4_cap_idx_t cap() const { return _thread; }
  l4_addr_t utcb() const { return _utcb; }
  l4_umword_t stack_top() const;
  template <typename T> T &data() { return *static_cast<T *>(_data); }

  Result result{};                    ///< free for the body to leave its result
  l4_umword_t volatile value[8] = {}; ///< free for body and case

private:
  static void entry(Worker *me);

  Slot _thread;
  Body _body;
  void *_data;
  unsigned _stack;
  l4_addr_t _utcb;
  bool _started = false;
  bool _done = false;
};

/// UTCBs for workers; done once, before kernel memory is measured.
void prepare_workers();

/// A UTCB of this task that no worker ever gets.
l4_addr_t spare_utcb();

/// Microseconds since boot.
l4_uint64_t now();

/// An address range of this task where nothing is mapped, aligned to 2^30.
constexpr l4_addr_t Free_range = 0x100000000000;

} // namespace Tap
