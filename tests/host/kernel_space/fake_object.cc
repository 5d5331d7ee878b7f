// SPDX-License-Identifier: MIT
#include "fake_object.h"

void Kobject::die()
{
  __atomic_store_n(&_type, u8(Type::Dead), __ATOMIC_RELEASE);
}
