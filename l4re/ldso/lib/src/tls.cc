// SPDX-License-Identifier: MIT
#include "tls.h"
#include "lock.h"
#include "memory.h"
#include "objects.h"
#include "process.h"

#include <l4/ldso/hooks.h>
#include <l4/sys/utcb.h>
#include <libc/include/tls.h>

#include <string.h>

#include <new>

namespace Ldso {

namespace {

struct Module {
  Object const *object = nullptr;
  l4_size_t distance = 0;  ///< see tls_distance()
  unsigned generation = 0; ///< counts the objects that had this number
};

/// A block of a thread for a module that came after the start.
struct Block {
  char *variables = nullptr;
  void *memory = nullptr; ///< what is to be released
  unsigned generation = 0;
};

struct Later_blocks {
  Block of[Max_tls_modules];
};

/// What the FS base points to; the same as in a static program (l4re/libc/lib/src/tls.cc).
struct Thread_control {
  Thread_control *self;
  Later_blocks *later; ///< null until needed
  void *reserved[6];
};
static_assert(sizeof(Thread_control) == 64);

Module modules[Max_tls_modules]; ///< number 0 is not used
l4_size_t first_block_size;      ///< without the thread control block

Thread_control *own_control()
{
  Thread_control *control;
  asm("mov %%fs:0, %0" : "=r"(control));
  return control;
}

/// A library may be entered for the first time between the filling of a message and the call that
/// sends it.
class Keep_message {
public:
  Keep_message() { memcpy(_saved, l4_utcb_mr()->mr, sizeof(_saved)); }
  Keep_message(Keep_message const &) = delete;
  Keep_message &operator=(Keep_message const &) = delete;
  ~Keep_message() { memcpy(l4_utcb_mr()->mr, _saved, sizeof(_saved)); }

private:
  l4_umword_t _saved[L4_UTCB_GENERIC_DATA_SIZE];
};

void fill(char *variables, Tls_segment const &tls)
{
  memcpy(variables, tls.image, tls.file_size);
  memset(variables + tls.file_size, 0, tls.size - tls.file_size);
}

[[noreturn]] void no_memory(Module const &module)
{
  set_error("%s: no memory for its thread-local variables", module.object->path);
  give_up();
}

char *make_block(Block &block, Module const &module)
{
  Tls_segment const &tls = module.object->tls;
  release(block.memory);
  block.memory = allocate(tls.size + tls.align);
  if (!block.memory) no_memory(module);
  auto const start = reinterpret_cast<l4_addr_t>(block.memory);
  block.variables = reinterpret_cast<char *>((start + tls.align - 1) & ~(tls.align - 1));
  block.generation = module.generation;
  fill(block.variables, tls);
  return block.variables;
}

[[gnu::noinline]] char *later_block(Thread_control *control, unsigned number)
{
  Keep_message const keep;
  Lock_guard const guard;
  Module const &module = modules[number];
  if (!control->later) {
    void *const memory = allocate(sizeof(Later_blocks));
    if (!memory) no_memory(module);
    control->later = new (memory) Later_blocks;
  }
  Block &block = control->later->of[number];
  return block.generation == module.generation ? block.variables : make_block(block, module);
}

} // namespace

bool add_tls(Object &object, bool in_first_block)
{
  if (!object.tls.size) return true;
  unsigned number = 1;
  while (number < Max_tls_modules && modules[number].object)
    ++number;
  if (number == Max_tls_modules) {
    set_error("%s: more than %u libraries have thread-local variables", object.path,
              Max_tls_modules - 1);
    return false;
  }
  Module &module = modules[number];
  module.object = &object;
  ++module.generation;
  module.distance = 0;
  object.tls_module = number;
  if (!in_first_block) return true;
  Tls_segment const &tls = object.tls;
  // The address of the variables and that in the file agree modulo the alignment.
  l4_size_t const rest = -tls.link_address & (tls.align - 1);
  l4_size_t const wanted = first_block_size + tls.size - rest;
  module.distance = ((wanted + tls.align - 1) & ~(tls.align - 1)) + rest;
  first_block_size = module.distance;
  return true;
}

void remove_tls(Object &object)
{
  if (object.tls_module) modules[object.tls_module].object = nullptr;
}

l4_size_t tls_distance(unsigned module)
{
  return modules[module].distance;
}

void *tls_address(unsigned module, l4_addr_t offset)
{
  Thread_control *const control = own_control();
  if (l4_size_t const distance = modules[module].distance)
    return reinterpret_cast<char *>(control) - distance + offset;
  if (control->later) {
    Block const &block = control->later->of[module];
    if (block.generation == modules[module].generation) return block.variables + offset;
  }
  return later_block(control, module) + offset;
}

} // namespace Ldso

extern "C" {

l4_size_t libc_tls_size()
{
  return l4_round_size(Ldso::first_block_size, 6) + sizeof(Ldso::Thread_control);
}

l4_addr_t libc_tls_init(void *block)
{
  using namespace Ldso;
  auto const control = reinterpret_cast<Thread_control *>(static_cast<char *>(block) +
                                                          libc_tls_size() - sizeof(Thread_control));
  for (Module const &module : modules)
    if (module.distance) fill(reinterpret_cast<char *>(control) - module.distance, module.object->tls);
  *control = {control, nullptr, {}};
  return reinterpret_cast<l4_addr_t>(control);
}

void ldso_thread_done()
{
  using namespace Ldso;
  Thread_control *const control = own_control();
  if (!control->later) return;
  Lock_guard const guard;
  for (Block const &block : control->later->of)
    release(block.memory);
  release(control->later);
  control->later = nullptr;
}

/// Called by compiled code for a variable that may be in a library loaded later.
struct Tls_index {
  l4_umword_t module, offset;
};
void *__tls_get_addr(Tls_index const *index);

void *__tls_get_addr(Tls_index const *index)
{
  return Ldso::tls_address(static_cast<unsigned>(index->module), index->offset);
}

} // extern "C"
