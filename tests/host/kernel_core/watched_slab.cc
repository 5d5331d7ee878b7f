// SPDX-License-Identifier: MIT
// Makes AddressSanitizer see the death of kernel objects: the linker puts this in front of
// Slab::free() (--wrap). What is freed stays untouchable for a while before it is reused.
#include "watched_slab.h"
#include "refused_memory.h"

#include "mem/slab.h"

#include <deque>
#include <sanitizer/asan_interface.h>

namespace {

struct Freed {
  Slab *slab;
  void *object;
};
std::deque<Freed> quarantine;

/// Who pays for objects between their end and that of their memory.
struct Quarantined : Quota {
  Quarantined() : Quota(Unlimited) {}
  void keep(Word bytes) { (void)charge(bytes); } // there is no limit
} quarantined;
constexpr std::size_t Quarantine_objects = 500;

} // namespace

extern "C" {

void __real__ZN4Slab4freeEPvR5Quota(Slab *slab, void *object, Quota *quota);

void __wrap__ZN4Slab4freeEPvR5Quota(Slab *slab, void *object, Quota *quota)
{
  object_freed();
  ASAN_POISON_MEMORY_REGION(object, slab->object_size());
  quarantine.push_back({slab, object});
  quarantined.keep(slab->object_size());
  quota->refund(slab->object_size());
  if (quarantine.size() > Quarantine_objects) release_oldest_freed();
}
}

bool release_oldest_freed()
{
  if (quarantine.empty()) return false;
  Freed oldest = quarantine.front();
  quarantine.pop_front();
  ASAN_UNPOISON_MEMORY_REGION(oldest.object, oldest.slab->object_size());
  __real__ZN4Slab4freeEPvR5Quota(oldest.slab, oldest.object, &quarantined);
  return true;
}
