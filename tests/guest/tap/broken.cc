// SPDX-License-Identifier: MIT
// Cases that must fail, each in its own way: proof that libtap notices (test.toml names the
// report).
#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/task.h>

using namespace Tap;

CASE("self 1", "passes")
{
  CHECK(true);
}

CASE("self 2", "wrong value")
{
  CHECK_EQ(40 + 2, 43);
  CHECK(true);
}

CASE("self 3", "no check at all")
{
}

CASE("self 4", "an answer with an IPC error is never taken for a label")
{
  Slot empty;
  CHECK_LABEL(call(empty, 0, {}), 0);
}

CASE("self 5", "a worker that hangs")
{
  Worker worker([](Worker &) { receive(Self, Never); });
  worker.start();
  REQUIRE(worker.finished(3000));
  CHECK(false); // not reached
}

CASE("self 6", "skipped")
{
  SKIP("nothing to see");
}

CASE("self 7", "leaks an object and a capability")
{
  static l4_umword_t next = 1400;
  CHECK_LABEL(create(next++ << L4_CAP_SHIFT, L4_PROTO_SEMAPHORE), 0);
}

CASE("self 8", "differs when it is repeated")
{
  static bool again;
  CHECK(!again);
  again = true;
}
