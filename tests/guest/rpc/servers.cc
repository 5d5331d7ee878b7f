// SPDX-License-Identifier: MIT
// What servers are made of: registry, interrupts, timeouts, answers that come later.
#include "server.h"

#include <l4/cxx/ipc_timeout_queue>
#include <l4/re/util/reply_cap_hooks>

namespace {

class Post : public L4::Kobject_t<Post, L4::Kobject, 0x78> {
public:
  L4_INLINE_RPC(long, wait, ());
  L4_INLINE_RPC(long, deliver, (int letter));
  typedef L4::Typeid::Rpcs<wait_t, deliver_t> Rpcs;
};

/// `wait` is answered when something was delivered.
struct Post_svr : L4::Epiface_t<Post_svr, Post> {
  L4::Reply_cap waiting;

  long op_wait(Post::Rights)
  {
    auto caller = server_iface()->take_reply_cap();
    if (!caller) return caller.error();
    waiting = static_cast<decltype(caller) &&>(caller).result();
    return -L4_ENOREPLY;
  }
  long op_deliver(Post::Rights, int letter)
  {
    if (!waiting) return -L4_ENOENT;
    waiting.reply(l4_msgtag(letter, 0, 0, 0));
    return 0;
  }
};

typedef L4Re::Util::Reply_cap_hooks<L4Re::Util::Br_manager_hooks> Late_hooks;

CASE("c-api-l4re.md 7.6", "a caller can be answered later")
{
  Post_svr svr;
  Server_thread<Late_hooks> server;
  auto post = L4::cap_cast<Post>(server.registry()->register_obj(&svr));
  REQUIRE(post.is_valid());
  server.start();
  CHECK_EQ(post->deliver(7), -L4_ENOENT);

  Tap::Worker client(
      [](Tap::Worker &me) { me.value[0] = l4_umword_t(me.data<L4::Cap<Post>>()->wait()); }, &post);
  client.start();
  CHECK(!client.done());
  CHECK_EQ(post->deliver(7), 0);
  CHECK(client.finished());
  CHECK_EQ(client.value[0], 7);
  server.registry()->unregister_obj(&svr);
}

CASE("c-api-l4re.md 7.6", "a dropped caller learns it")
{
  Post_svr svr;
  Server_thread<Late_hooks> server;
  auto post = L4::cap_cast<Post>(server.registry()->register_obj(&svr));
  REQUIRE(post.is_valid());
  server.start();
  Tap::Worker client(
      [](Tap::Worker &me) { me.value[0] = l4_umword_t(me.data<L4::Cap<Post>>()->wait()); }, &post);
  client.start();
  Tap::Worker other(
      [](Tap::Worker &me) { me.value[0] = l4_umword_t(me.data<L4::Cap<Post>>()->wait()); }, &post);
  other.start(); // takes the place of the first one
  CHECK(client.finished());
  CHECK_EQ(l4_mword_t(client.value[0]), -L4_EDROPREPLY);
  CHECK_EQ(post->deliver(1), 0);
  CHECK(other.finished());
  server.registry()->unregister_obj(&svr);
}

CASE("c-api-l4re.md 7.6", "an object that is gone cannot be called")
{
  Post_svr svr;
  Server_thread<> server;
  auto post = L4::cap_cast<Post>(server.registry()->register_obj(&svr));
  REQUIRE(post.is_valid());
  server.start();
  Tap::Slot copy;
  CHECK(L4::Cap<void>(copy).copy(L4::Cap<void>(post)));
  CHECK_EQ(L4::Cap<Post>(copy)->deliver(1), -L4_ENOENT);
  server.registry()->unregister_obj(&svr);
  CHECK_EQ(post->deliver(1), l4_ipc_to_errno(L4_IPC_ENOT_EXISTENT));
  CHECK(!svr.server_iface());
}

struct Handler : L4::Irqep_t<Handler> {
  l4_umword_t volatile count = 0;
  void handle_irq() { count = count + 1; }
};

CASE("c-api-l4re.md 7.6", "interrupts reach their handler")
{
  Handler handler;
  Server_thread<> server;
  L4::Cap<L4::Irq> irq = server.registry()->register_irq_obj(&handler);
  REQUIRE(irq.is_valid());
  server.start();
  for (unsigned i = 1; i <= 3; ++i) {
    irq->trigger();
    CHECK_EQ(handler.count, i);
  }
  server.registry()->unregister_obj(&handler);
}

struct Alarm : L4::Ipc_svr::Timeout {
  l4_uint64_t volatile at = 0;
  void expired() override { at = Tap::now(); }
};

CASE("c-api-l4re.md 7.6", "timeouts of the server run at their time, between messages")
{
  Post_svr svr;
  Alarm first, second, removed;
  Server_thread<L4Re::Util::Br_manager_timeout_hooks> server;
  auto post = L4::cap_cast<Post>(server.registry()->register_obj(&svr));
  REQUIRE(post.is_valid());
  l4_uint64_t const start = Tap::now();
  server.loop().add_timeout(&second, start + 6000);
  server.loop().add_timeout(&first, start + 3000);
  server.loop().add_timeout(&removed, start + 1000);
  server.loop().remove_timeout(&removed);
  server.start();
  for (unsigned i = 0; i < 20; ++i) {
    CHECK_EQ(post->deliver(1), -L4_ENOENT);
    l4_ipc_sleep_us(500);
  }
  CHECK_GE(first.at, start + 3000);
  CHECK_GE(second.at, start + 6000);
  CHECK_GE(second.at, first.at);
  CHECK_EQ(removed.at, 0);
  server.registry()->unregister_obj(&svr);
}

} // namespace
