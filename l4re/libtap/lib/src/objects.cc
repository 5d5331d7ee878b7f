// SPDX-License-Identifier: MIT
#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/rcv_endpoint.h>
#include <l4/sys/semaphore.h>
#include <l4/sys/task.h>
#include <l4/sys/thread.h>

namespace Tap {

Environment env;

namespace {

constexpr l4_umword_t Test_quota = 4 << 20; ///< bytes for all objects of the cases
constexpr unsigned Max_slots = 2048;

bool slot_used[Max_slots];
l4_cap_idx_t test_factory = L4_INVALID_CAP;

l4_umword_t take_slot()
{
  for (l4_umword_t i = 0; i < env.slots && i < Max_slots; ++i)
    if (!slot_used[i]) {
      slot_used[i] = true;
      return env.first_slot + i;
    }
  CHECK(!"a free capability slot exists");
  return 0;
}

/// The object that a helper needs could not be made: the case fails here, not later.
void must(Result const &result, char const *what)
{
  if (!check(result.ok(), __FILE__, __LINE__, what))
    note("result", l4_uint64_t(result.checked_label()));
}

} // namespace

l4_cap_idx_t factory()
{
  if (test_factory == L4_INVALID_CAP) {
    l4_cap_idx_t slot = take_slot() << L4_CAP_SHIFT;
    must(create(slot, L4_PROTO_FACTORY, {L4_VARG_TYPE_UMWORD | 8 << 16, Test_quota}, {},
                env.factory),
         "create the factory for tests");
    test_factory = slot;
  }
  return test_factory;
}

Slot::Slot() : _cap(take_slot() << L4_CAP_SHIFT)
{
}

Slot::~Slot()
{
  remove();
  slot_used[(_cap >> L4_CAP_SHIFT) - env.first_slot] = false;
}

void Slot::remove(bool destroy)
{
  task_unmap(env.task, object_page(_cap), destroy ? L4_FP_DELETE_OBJ : L4_FP_ALL_SPACES);
}

bool Slot::valid() const
{
  return cap_valid(env.task, _cap) == 1;
}

Result create(l4_cap_idx_t target, long protocol, std::initializer_list<l4_umword_t> args,
              std::initializer_list<Item> items, l4_cap_idx_t from)
{
  unsigned index = 0;
  mr(index++) = l4_umword_t(protocol);
  for (l4_umword_t word : args)
    mr(index++) = word;
  unsigned const words = index;
  for (Item const &item : items) {
    mr(index++) = item.control;
    mr(index++) = item.fpage;
  }
  buffer_for(target);
  Result const result =
      invoke(from | L4_SYSF_CALL, raw_tag(L4_PROTO_FACTORY, words, unsigned(items.size())));
  no_buffers();
  return result;
}

Copy::Copy(l4_cap_idx_t of, unsigned rights, l4_umword_t attributes)
{
  must(map_object(env.task, *this, of, rights, attributes), "copy a capability");
}
Raw_thread::Raw_thread()
{
  must(create(*this, L4_PROTO_THREAD), "create a thread");
}
Irq::Irq()
{
  must(create(*this, L4_PROTO_IRQ_SENDER), "create an IRQ object");
}
Semaphore::Semaphore()
{
  must(create(*this, L4_PROTO_SEMAPHORE), "create a semaphore");
}

Factory::Factory(l4_umword_t limit)
{
  must(create(*this, L4_PROTO_FACTORY, {L4_VARG_TYPE_UMWORD | 8 << 16, limit}), "create a factory");
}

Gate::Gate(l4_cap_idx_t thread, l4_umword_t label)
{
  bool const bound = l4_is_valid_cap(thread);
  l4_umword_t const type = L4_VARG_TYPE_UMWORD | 8 << 16;
  must(bound ? create(*this, 0, {type, label}, {object(thread)}) : create(*this, 0),
       "create a gate");
}

Result Gate::bind(l4_cap_idx_t thread, l4_umword_t label)
{
  return call(*this, L4_PROTO_KOBJECT, {L4_RCV_EP_BIND_OP, label}, {object(thread)});
}

Result Irq::bind(l4_cap_idx_t thread, l4_umword_t label)
{
  return call(*this, L4_PROTO_KOBJECT, {L4_RCV_EP_BIND_OP, label}, {object(thread)});
}

Result Irq::trigger()
{
  return invoke(*this | L4_SYSF_SEND, raw_tag(L4_PROTO_IRQ, 0), Zero);
}

Result task_map(l4_cap_idx_t target, l4_cap_idx_t source, Item item)
{
  return call(target, L4_PROTO_TASK, {L4_TASK_MAP_OP, item.control, item.fpage}, {object(source)});
}

Result map_object(l4_cap_idx_t target, l4_cap_idx_t to, l4_cap_idx_t what, unsigned rights,
                  l4_umword_t attributes)
{
  return task_map(target, env.task, Item{to | L4_ITEM_MAP | attributes, object_page(what, rights)});
}

Result task_unmap(l4_cap_idx_t task, l4_umword_t fpage, l4_umword_t mask)
{
  return call(task, L4_PROTO_TASK, {L4_TASK_UNMAP_OP, mask, fpage});
}

long cap_valid(l4_cap_idx_t task, l4_cap_idx_t cap)
{
  return call(task, L4_PROTO_TASK, {L4_TASK_CAP_INFO_OP, cap}).checked_label();
}

long cap_equal(l4_cap_idx_t task, l4_cap_idx_t one, l4_cap_idx_t other)
{
  return call(task, L4_PROTO_TASK, {L4_TASK_CAP_INFO_OP, one, other}).checked_label();
}

Result semaphore_down(l4_cap_idx_t semaphore, l4_umword_t timeouts)
{
  return call(semaphore, L4_PROTO_SEMAPHORE, {L4_SEMAPHORE_OP_DOWN}, {}, timeouts);
}

Result semaphore_up(l4_cap_idx_t semaphore)
{
  return invoke(semaphore | L4_SYSF_SEND, raw_tag(L4_PROTO_IRQ, 0), Zero);
}

Result get_ports(l4_umword_t port, unsigned order)
{
  set_buffers({L4_ITEM_MAP, l4_fpage_all().raw});
  Result const result = call(env.pager, L4_PROTO_IO_PAGE_FAULT, {l4_iofpage(port, order).raw, 0});
  no_buffers();
  return result;
}

Child_task::Child_task(l4_cap_idx_t from)
{
  l4_umword_t const type = L4_VARG_TYPE_FPAGE | 8 << 16;
  must(create(*this, L4_PROTO_TASK, {type, memory_page(Utcbs, Utcbs_order, L4_FPAGE_RW)}, {}, from),
       "create a task");
}

Result Child_task::share_image()
{
  // The image is linked to a block whose size is a power of two; holes in it are skipped.
  unsigned order = L4_PAGESHIFT;
  while ((l4_addr_t(1) << order) < env.image_end - env.image)
    ++order;
  return task_map(*this, env.task, memory(env.image, order, L4_FPAGE_RWX, env.image));
}

Result thread_bind(l4_cap_idx_t thread, l4_cap_idx_t task, l4_addr_t utcb)
{
  l4_umword_t const flags =
      L4_THREAD_CONTROL_BIND_TASK | L4_THREAD_CONTROL_SET_PAGER | L4_THREAD_CONTROL_SET_EXC_HANDLER;
  return call(thread, L4_PROTO_THREAD,
              {L4_THREAD_CONTROL_OP | flags, env.pager, L4_INVALID_CAP, 0, 0, utcb},
              {object(task)});
}

Result ex_regs(l4_cap_idx_t thread, l4_umword_t ip, l4_umword_t sp, l4_umword_t flags)
{
  return call(thread, L4_PROTO_THREAD, {L4_THREAD_EX_REGS_OP | flags, ip, sp});
}

} // namespace Tap
