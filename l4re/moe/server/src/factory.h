// SPDX-License-Identifier: MIT
#pragma once

#include "object.h"

#include <l4/re/debug>
#include <l4/re/mem_alloc>
#include <l4/sys/cxx/ipc_epiface>
#include <l4/sys/cxx/ipc_varg>

namespace Moe {

/// Interfaces of a user factory; none of its own.
struct User_factory
    : L4::Kobject_2t<User_factory, L4Re::Mem_alloc, L4Re::Debug_obj, L4::PROTO_EMPTY> {};

/**
 * Factory for everything that moe offers, with a limit on the memory it may spend
 * (l4re-protocols.md section 5, moe-ned-sigma0.md section 2.5).
 *
 * All objects made with it go when it goes.
 */
class Factory final : public L4::Epiface_t0<Factory, User_factory, Object> {
public:
  /// \param memory  what may be spent; the factory owns the caller's reference
  /// \param root    the factory that also makes scheduler proxies
  Factory(Account *memory, bool root) : _memory(memory), _root(root)
  {
    if (!root) memory->set_owner(this);
  }

  void revoke() override;

  long op_create(L4::Factory::Rights rights, L4::Ipc::Cap<void> &object, l4_mword_t type,
                 L4::Ipc::Varg_list_ref args);
  long op_info(L4Re::Mem_alloc::Rights, L4Re::Mem_alloc::Stats &stats);
  long op_debug(L4Re::Debug_obj::Rights, unsigned long function);

private:
  ~Factory() override;
  void drop_objects();

  long create_dataspace(L4::Ipc::Varg_list_ref &args, Object **object);
  long create_log(L4::Ipc::Varg_list_ref &args, Object **object);
  long create_scheduler(L4::Ipc::Varg_list_ref &args, Object **object);
  long create_factory(L4::Ipc::Varg_list_ref &args, Object **object);

  Account *_memory;
  bool _root;
};

/**
 * Tell the user which quota ran out since the last call, if any. Makes system calls: the caller
 * saves the message registers.
 */
void report_refusal(Account *account);

} // namespace Moe
