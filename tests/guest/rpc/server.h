// SPDX-License-Identifier: MIT
#pragma once

#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>
#include <l4/re/util/object_registry>

/**
 * A server thread, for the time of a case. Its objects are made and registered by the case, while
 * the server does not run yet or waits.
 */
template <typename HOOKS = L4Re::Util::Br_manager_hooks> class Server_thread {
public:
  typedef L4Re::Util::Registry_server<HOOKS> Server;

  L4Re::Util::Object_registry *registry() { return _server.registry(); }
  Server &loop() { return _server; }
  void start() { _worker.start(); }

private:
  // The server ends first: its thread is blocked then, and nobody sends to it any more.
  Tap::Worker _worker{[](Tap::Worker &me) { me.data<Server>().loop(); }, &_server};
  Server _server{L4::Cap<L4::Thread>(_worker.cap()), L4::Cap<L4::Factory>(Tap::factory())};
};
