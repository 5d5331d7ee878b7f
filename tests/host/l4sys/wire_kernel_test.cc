// SPDX-License-Identifier: MIT
/** Messages of the C wrappers to kernel objects (kernel-objects.md). */
#include "fake_kernel.h"

#include <cstring>
#include <gtest/gtest.h>
#define L4API_l4f
#include <l4/sys/debugger.h>
#include <l4/sys/factory.h>
#include <l4/sys/icu.h>
#include <l4/sys/ipc_gate.h>
#include <l4/sys/kdebug.h>
#include <l4/sys/memdesc.h>
#include <l4/sys/platform_control.h>
#include <l4/sys/scheduler.h>
#include <l4/sys/segment.h>
#include <l4/sys/semaphore.h>
#include <l4/sys/task.h>
#include <l4/sys/thread.h>
#include <l4/sys/vcon.h>
#include <string>

namespace {

typedef std::vector<l4_umword_t> Words;

constexpr l4_cap_idx_t Object = 0x42000, Other = 0x43000, Slot = 0x44000;
/** A capability argument: control word and flexpage. */
constexpr l4_umword_t Map = L4_ITEM_MAP;
constexpr l4_umword_t other_item = Other | 0x30 | L4_CAP_FPAGE_RWS;

class Kernel_wire : public testing::Test {
protected:
  Fake_kernel kernel;

  void expect(long label, Words words, unsigned items = 0, unsigned flags = L4_SYSF_CALL)
  {
    auto const &call = kernel.last();
    EXPECT_EQ(call.cap(), Object);
    EXPECT_EQ(call.flags(), flags);
    EXPECT_EQ(call.tag.label(), label);
    EXPECT_EQ(call.tag.items(), items);
    EXPECT_EQ(call.words, words);
  }
};

TEST_F(Kernel_wire, thread_control)
{
  l4_thread_control_start();
  l4_thread_control_pager(0x5000);
  l4_thread_control_exc_handler(0x6000);
  l4_thread_control_alien(1);
  l4_thread_control_bind(reinterpret_cast<l4_utcb_t *>(0xb3000400), Other);
  l4_thread_control_commit(Object);
  Words words = kernel.last().words;
  ASSERT_EQ(words.size(), 8U);
  EXPECT_EQ(words[0], 0x1000000U | 0x400000 | 0x200000 | 0x10000);
  EXPECT_EQ(words[1], 0x5000U);
  EXPECT_EQ(words[2], 0x6000U);
  EXPECT_EQ(words[4], 0x400000U);
  EXPECT_EQ(words[5], 0xb3000400U);
  EXPECT_EQ(words[6], Map);
  EXPECT_EQ(words[7], other_item);
  EXPECT_EQ(kernel.last().tag.label(), L4_PROTO_THREAD);
  EXPECT_EQ(kernel.last().tag.words(), 6U);
  EXPECT_EQ(kernel.last().tag.items(), 1U);

  l4_thread_control_start();
  l4_thread_control_alien(0);
  l4_thread_control_commit(Object);
  EXPECT_EQ(kernel.last().words[0], 0x400000U);
  EXPECT_EQ(kernel.last().words[4], 0U);
  EXPECT_EQ(kernel.last().tag.items(), 0U);
}

TEST_F(Kernel_wire, thread_operations)
{
  kernel.answer_words({0x202, 0x1234, 0x5678});
  l4_addr_t ip = ~0UL, sp = ~0UL;
  l4_umword_t flags = L4_THREAD_EX_REGS_CANCEL;
  l4_thread_ex_regs_ret(Object, &ip, &sp, &flags);
  expect(L4_PROTO_THREAD, {0x10001, ~0UL, ~0UL});
  EXPECT_EQ(ip, 0x1234U);
  EXPECT_EQ(sp, 0x5678U);
  EXPECT_EQ(flags, 0x202U);

  l4_kernel_clock_t us;
  l4_thread_stats_time(Object, &us);
  expect(L4_PROTO_THREAD, {3});
  EXPECT_EQ(us, 0x202U);
  l4_thread_switch(Object);
  expect(L4_PROTO_THREAD, {2});
  l4_thread_register_del_irq(Object, Other);
  expect(L4_PROTO_THREAD, {5, Map, other_item}, 1);
  l4_thread_vcpu_control_ext(Object, 0x9000);
  expect(L4_PROTO_THREAD, {0x10007, 0x9000});
  int enabled;
  l4_thread_pf_trampoline_disable(Object, &enabled);
  expect(L4_PROTO_THREAD, {0x30009});
  EXPECT_EQ(enabled, 1);
  fiasco_amd64_set_fs(Object, 0x7000, l4_utcb());
  expect(L4_PROTO_THREAD, {0x12, 0x7000});
  EXPECT_EQ(0, l4_msgtag_label(l4_thread_yield()));
  EXPECT_EQ(kernel.last().cap(), +L4_INVALID_CAP);
  EXPECT_EQ(kernel.last().flags(), +L4_SYSF_RECV);
  EXPECT_EQ(kernel.last().timeout, L4_IPC_BOTH_TIMEOUT_0.raw);
}

TEST_F(Kernel_wire, modify_senders)
{
  l4_msgtag_t tag = l4_thread_modify_sender_start();
  for (unsigned i = 0; i < 15; ++i)
    EXPECT_EQ(0, l4_thread_modify_sender_add(1, 2, 3, 4, &tag));
  EXPECT_EQ(-L4_ENOMEM, l4_thread_modify_sender_add(1, 2, 3, 4, &tag));
  l4_thread_modify_sender_commit(Object, tag);
  EXPECT_EQ(kernel.last().words.size(), 61U);
  EXPECT_EQ(kernel.last().words[4], 4U);
}

TEST_F(Kernel_wire, task)
{
  l4_task_map(Object, Other, l4_fpage(0x1000, 12, L4_FPAGE_RW), l4_map_control(0x8000, 0, 0));
  expect(L4_PROTO_TASK, {0, 0x8008, l4_fpage(0x1000, 12, 6).raw, Map, other_item}, 1);
  l4_task_delete_obj(Object, Other);
  expect(L4_PROTO_TASK, {1, 0xc0000000, Other | 0x3f});
  l4_task_release_cap(Object, Other);
  expect(L4_PROTO_TASK, {1, 0x80000000, Other | 0x3f});
  l4_task_cap_valid(Object, Other);
  expect(L4_PROTO_TASK, {2, Other});
  l4_task_cap_equal(Object, Other, Slot);
  expect(L4_PROTO_TASK, {2, Other, Slot});

  kernel.answer_words({0xb0000000 | (13 << 6) | 0x10});
  l4_fpage_t area = l4_fpage(0xb3000000, 13, L4_FPAGE_RW);
  l4_task_add_ku_mem(Object, &area);
  EXPECT_EQ(kernel.last().words[1], l4_fpage(0xb3000000, 13, L4_FPAGE_RW).raw);
  EXPECT_EQ(l4_fpage_memaddr(area), 0xb0000000U);

  std::vector<l4_fpage_t> many(62);
  kernel.log.clear();
  EXPECT_EQ(-L4_EINVAL, l4_error(l4_task_unmap_batch(Object, many.data(), 62, 0)));
  EXPECT_TRUE(kernel.log.empty());
}

TEST_F(Kernel_wire, factory)
{
  kernel.answer_words({0xb0000000 | (12 << 6)});
  l4_fpage_t area = l4_fpage(0xb3000000, 12, 0);
  l4_factory_create_task(Object, Slot, &area);
  expect(L4_PROTO_FACTORY,
         {static_cast<l4_umword_t>(L4_PROTO_TASK), 0x80003, l4_fpage(0xb3000000, 12, 0).raw});
  EXPECT_EQ(kernel.last().buffers, Words{Slot | 0xa});
  EXPECT_EQ(l4_fpage_memaddr(area), 0xb0000000U);

  kernel.answer(l4_msgtag(0, 0, 1, 0));
  l4_factory_create_thread(Object, Slot);
  expect(L4_PROTO_FACTORY, {static_cast<l4_umword_t>(L4_PROTO_THREAD)});
  l4_factory_create_factory(Object, Slot, 0x10000);
  expect(L4_PROTO_FACTORY, {static_cast<l4_umword_t>(L4_PROTO_FACTORY), 0x80001, 0x10000});
  l4_factory_create_gate(Object, Slot, Other, 0x40);
  expect(L4_PROTO_FACTORY, {0, 0x80001, 0x40, Map | L4_ITEM_CONT, other_item}, 1);
  l4_factory_create_gate(Object, Slot, L4_INVALID_CAP, 0x40);
  EXPECT_EQ(kernel.last().tag.items(), 0U);

  l4_msgtag_t tag = l4_factory_create_start_u(1, Slot, l4_utcb());
  EXPECT_EQ(1, l4_factory_create_add_str_u("abc", &tag, l4_utcb()));
  EXPECT_EQ(1, l4_factory_create_add_nil_u(&tag, l4_utcb()));
  EXPECT_EQ(1, l4_factory_create_add_int_u(-1, &tag, l4_utcb()));
  l4_factory_create_commit_u(Object, tag, l4_utcb());
  expect(L4_PROTO_FACTORY, {1, 0x40002, 0x00636261, 0, 0x80081, ~0UL});
  std::string text(490, 'x');
  EXPECT_EQ(0, l4_factory_create_add_str_u(text.c_str(), &tag, l4_utcb()));
}

TEST_F(Kernel_wire, gates_and_interrupts)
{
  kernel.answer_words({0x40});
  l4_umword_t label;
  l4_ipc_gate_get_infos(Object, &label);
  expect(L4_PROTO_KOBJECT, {0x11});
  EXPECT_EQ(label, 0x40U);
  l4_rcv_ep_bind_thread(Object, Other, 0x80);
  expect(L4_PROTO_KOBJECT, {0x10, 0x80, Map, other_item}, 1);

  l4_irq_trigger(Object);
  expect(L4_PROTO_IRQ, {}, 0, L4_SYSF_SEND);
  EXPECT_EQ(kernel.last().timeout, L4_IPC_BOTH_TIMEOUT_0.raw);
  l4_irq_receive(Object, L4_IPC_NEVER);
  expect(L4_PROTO_IRQ, {4});
  l4_irq_wait(Object, &label, L4_IPC_NEVER);
  expect(L4_PROTO_IRQ, {4}, 0, L4_SYSF_SEND_AND_WAIT);
  l4_irq_unmask(Object);
  expect(L4_PROTO_IRQ, {4}, 0, L4_SYSF_SEND);
  l4_irq_detach(Object);
  expect(L4_PROTO_IRQ_SENDER, {1});

  l4_icu_bind(Object, 7, Other);
  expect(L4_PROTO_IRQ, {0, 7, Map, other_item}, 1);
  l4_icu_set_mode(Object, 7, L4_IRQ_F_LEVEL_LOW);
  expect(L4_PROTO_IRQ, {6, 7, 7});
  l4_icu_unmask(Object, 7, nullptr, L4_IPC_NEVER);
  expect(L4_PROTO_IRQ, {4, 7}, 0, L4_SYSF_SEND);
  l4_icu_mask(Object, 7, &label, L4_IPC_NEVER);
  expect(L4_PROTO_IRQ, {5, 7}, 0, L4_SYSF_SEND_AND_WAIT);

  l4_semaphore_down(Object, L4_IPC_NEVER);
  expect(L4_PROTO_SEMAPHORE, {0});
}

TEST_F(Kernel_wire, scheduler)
{
  kernel.answer_words({5, 64, 2});
  l4_umword_t max, classes;
  l4_sched_cpu_set_t set = l4_sched_cpu_set(3, 1);
  l4_scheduler_info_with_classes(Object, &max, &set, &classes);
  expect(L4_PROTO_SCHEDULER, {0, (1 << 24) | 3});
  EXPECT_EQ(set.map, 5U);
  EXPECT_EQ(max, 64U);
  EXPECT_EQ(classes, 2U);
  EXPECT_TRUE(l4_scheduler_is_online(Object, 4));
  kernel.answer(l4_msgtag(-L4_ERANGE, 0, 0, 0));
  EXPECT_FALSE(l4_scheduler_is_online(Object, 4));

  l4_sched_param_t param = l4_sched_param(20, 5);
  l4_scheduler_run_thread(Object, Other, &param);
  expect(L4_PROTO_SCHEDULER, {1, 0xff000000, 1, 20, 5, Map, other_item}, 1);
}

TEST_F(Kernel_wire, vcon_read_is_never_longer_than_the_buffer)
{
  char text[9] = "........";
  for (l4_umword_t status : {0x80000000UL | 100, 0x80000000UL | 0x3fffffff}) {
    kernel.answer_words({status});
    EXPECT_EQ(4, l4_vcon_read(Object, text, 4));
    EXPECT_EQ(text[4], '.');
  }
  kernel.answer_words({0xc0000000UL | 2});
  EXPECT_EQ(2 | L4_VCON_READ_STAT_BREAK, l4_vcon_read_with_flags(Object, text, 4));
  EXPECT_EQ(2, l4_vcon_read(Object, text, 4));
  expect(L4_PROTO_LOG, {(4 << 16) | 1});
  kernel.answer_words({4});
  EXPECT_EQ(5, l4_vcon_read(Object, text, 4));
  kernel.answer(l4_msgtag(-L4_EPERM, 0, 0, 0));
  EXPECT_EQ(-L4_EPERM, l4_vcon_read(Object, text, 4));
  EXPECT_EQ(-L4_EMSGTOOLONG, l4_error(l4_vcon_send(Object, text, 489)));
}

TEST_F(Kernel_wire, debugger)
{
  std::string name(600, 'n');
  l4_debugger_set_object_name(Object, name.c_str());
  EXPECT_EQ(kernel.last().cap(), +L4_BASE_DEBUGGER_CAP);
  EXPECT_EQ(kernel.last().words[0], 0x100U);
  EXPECT_EQ(kernel.last().tag.words() + 2 * kernel.last().tag.items(), 63U);
  EXPECT_EQ(kernel.last().words.back(), Object | 0x30 | L4_CAP_FPAGE_RWS);

  kernel.handler = [](Fake_kernel::Invocation const &, l4_umword_t *) {
    std::memset(l4_utcb_mr(), 'x', sizeof(l4_msg_regs_t)); // a name without an end
    return l4_msgtag(0, 0, 0, 0);
  };
  char text[8];
  EXPECT_EQ(0, l4_debugger_get_object_name(Object, text, sizeof(text)));
  EXPECT_STREQ(text, "xxxxxxx");
  char short_text[8];
  EXPECT_EQ(0, l4_debugger_query_log_name(Object, 1, text, 8, short_text, 8));
  EXPECT_STREQ(short_text, "");

  kernel.answer(l4_msgtag(0, 0, 0, 0));
  kernel.log.clear();
  l4_utcb_mr()->mr[0] = 77;
  l4_kd_outstring(name.c_str());
  EXPECT_EQ(kernel.log.size(), 2U);
  EXPECT_EQ(kernel.log[1].words[1], 600U - 488);
  EXPECT_EQ(l4_utcb_mr()->mr[0], 77U);
  kernel.fail(L4_IPC_ENOT_EXISTENT);
  EXPECT_EQ(l4_debugger_global_id(Object), ~0UL);
}

TEST_F(Kernel_wire, platform_control)
{
  l4_platform_ctl_system_shutdown(Object, 1);
  expect(0, {1, 1});
  l4_platform_ctl_cpu_allow_shutdown(Object, 2, 1);
  expect(0, {2, 2, 1});
}

TEST(Ipc, items_and_errors)
{
  Fake_kernel kernel;
  l4_msgtag_t tag = l4_msgtag(5, 60, 0, 0);
  EXPECT_EQ(0, l4_sndfpage_add(l4_fpage_all(), 0, &tag));
  EXPECT_EQ(-L4_ENOMEM, l4_sndfpage_add(l4_fpage_all(), 0, &tag));
  EXPECT_EQ(l4_msgtag_items(tag), 1U);
  EXPECT_EQ(l4_msgtag_label(tag), 5);

  kernel.fail(L4_IPC_RETIMEOUT | 0x100);
  tag = l4_ipc_call(Object, l4_utcb(), l4_msgtag(0, 0, 0, 0), L4_IPC_NEVER);
  EXPECT_EQ(l4_ipc_error(tag, l4_utcb()), +L4_IPC_RETIMEOUT);
  EXPECT_EQ(l4_error(tag), -2003);
  EXPECT_TRUE(l4_ipc_is_rcv_error(l4_utcb()));
  l4_ipc_sleep_ms(10);
  EXPECT_EQ(kernel.last().flags(), +L4_SYSF_RECV);
  EXPECT_EQ(kernel.last().cap(), +L4_INVALID_CAP);
}

TEST(Timeout, from_microseconds_is_rounded_up)
{
  EXPECT_EQ(l4_timeout_from_us(0).t, 0x400);
  EXPECT_EQ(l4_timeout_from_us(~0ULL).t, 0);
  EXPECT_EQ(l4_timeout_from_us(L4_TIMEOUT_US_MAX + 1).t, 0);
  EXPECT_EQ(l4_timeout_from_us(1).t, 1);
  EXPECT_EQ(l4_timeout_from_us(1023).t, 1023);
  EXPECT_EQ(l4_timeout_from_us(1024).t, (1 << 10) | 512);
  for (l4_uint64_t us = 1; us < L4_TIMEOUT_US_MAX / 4; us = us * 17 / 16 + 1) {
    l4_uint64_t got = l4_timeout_rel_get(l4_timeout_from_us(us));
    EXPECT_GE(got, us);
    EXPECT_LE(got, us + us / 256 + 1);
  }
  EXPECT_EQ(l4_timeout_rel_get(l4_timeout_from_us(L4_TIMEOUT_US_MAX)), 1023ULL << 31);
}

TEST(Fpage, orders_and_inclusion)
{
  EXPECT_EQ(l4_fpage_max_order(12, 0x5000, 0x4000, 0x8000), 14);
  EXPECT_EQ(l4_fpage_max_order(12, 0x5000, 0x5000, 0x8000), 12);
  EXPECT_EQ(l4_fpage_max_order(12, 0x5000, 0, 0x100000, 0x205000), 20);
  EXPECT_EQ(l4_fpage_max_order(12, 0x5000, 0, 0x100000, 0x7000), 13);
  EXPECT_TRUE(l4_fpage_contains(l4_fpage(0x4000, 14, 0), 0x5000, 12));
  EXPECT_FALSE(l4_fpage_contains(l4_fpage(0x4000, 14, 0), 0x8000, 12));
  EXPECT_FALSE(l4_fpage_contains(l4_fpage(0x4000, 14, 0), 0x4000, 15));
  EXPECT_EQ(l4_iofpage(0x60, 2).raw, (0x60UL << 12) | (2 << 6) | 0x26);
}

TEST(Kip, features_and_memory)
{
  alignas(16) char page[4096] = {};
  auto *kip = reinterpret_cast<l4_kernel_info_t *>(page);
  kip->offset_version_strings = 0x49;
  std::memcpy(page + 0x490, "Furore\0abiver:3\0jdb\0", 21);
  EXPECT_STREQ(l4_kip_version_string(kip), "Furore");
  EXPECT_TRUE(l4_kip_kernel_has_feature(kip, "jdb"));
  EXPECT_TRUE(l4_kip_kernel_has_feature(kip, "abiver:3"));
  EXPECT_FALSE(l4_kip_kernel_has_feature(kip, "jd"));
  EXPECT_FALSE(l4_kip_kernel_has_feature(kip, "jdbx"));

  l4_kernel_info_mem_desc_t md;
  l4_kernel_info_set_mem_desc(&md, 0x1000, 0x1fff, l4_mem_type_archspecific, 1, 3);
  EXPECT_EQ(l4_kernel_info_get_mem_desc_start(&md), 0x1000U);
  EXPECT_EQ(l4_kernel_info_get_mem_desc_end(&md), 0x1fffU);
  EXPECT_EQ(l4_kernel_info_get_mem_desc_type(&md), +l4_mem_type_archspecific);
  EXPECT_EQ(l4_kernel_info_get_mem_desc_subtype(&md), 3U);
  EXPECT_TRUE(l4_kernel_info_get_mem_desc_is_virtual(&md));
}

} // namespace
