// SPDX-License-Identifier: MIT
/*
 * From the entry of a program with shared libraries to the program's own entry
 * (process-environment.md sections 4, 5 and 10).
 */
#include "process.h"
#include "debug.h"
#include "lock.h"
#include "memory.h"
#include "objects.h"
#include "relocate.h"
#include "symbols.h"
#include "tls.h"

#include <l4/ldso/hooks.h>
#include <libc/include/tls.h>
#include <l4/re/env>
#include <l4/re/parent>
#include <l4/sys/kip.h>
#include <l4/sys/segment.h>

#include <stdio.h>
#include <string.h>

extern "C" {

/// In entry.S.
[[gnu::used]] l4_addr_t ldso_start(l4_umword_t *stack, l4_addr_t base, Ldso::Dyn const *dynamic);
extern Ldr::Elf64_header const __ehdr_start __attribute__((visibility("hidden")));

[[noreturn]] void _exit(int status)
{
  L4Re::Env::env()->parent()->signal(0, static_cast<unsigned long>(status));
  for (;;)
    l4_ipc_sleep(L4_IPC_NEVER);
}

} // extern "C"

namespace Ldso {

void (*Lock_guard::take)();
void (*Lock_guard::give)();
Object *last_initialised;
bool environment_bind_now;

namespace {

/// Status of a process whose libraries could not be loaded or linked.
constexpr int Link_failed = 127;
constexpr char Own_name[] = "libld-l4.so";

enum Aux_id : l4_umword_t {
  Aux_end = 0,
  Aux_phdr = 3,
  Aux_phnum = 5,
  Aux_entry = 9,
  Aux_l4re_env = 0xf1,
  Aux_kip = 0xf2,
};

struct Start {
  int argc = 0;
  char **argv = nullptr, **envp = nullptr;
  Ldr::Elf64_phdr const *phdrs = nullptr;
  unsigned phdr_count = 0;
  l4_addr_t entry = 0;
} program;

void read_stack(l4_umword_t *stack)
{
  program.argc = static_cast<int>(*stack);
  program.argv = reinterpret_cast<char **>(stack + 1);
  program.envp = program.argv + program.argc + 1;
  char **p = program.envp;
  while (*p)
    ++p;
  for (auto a = reinterpret_cast<l4_umword_t const *>(p + 1); a[0] != Aux_end; a += 2)
    switch (a[0]) {
    case Aux_phdr: program.phdrs = reinterpret_cast<Ldr::Elf64_phdr const *>(a[1]); break;
    case Aux_phnum: program.phdr_count = static_cast<unsigned>(a[1]); break;
    case Aux_entry: program.entry = a[1]; break;
    case Aux_l4re_env: l4re_global_env = reinterpret_cast<l4re_env_t *>(a[1]); break;
    case Aux_kip: l4_global_kip = reinterpret_cast<l4_kernel_info_t const *>(a[1]); break;
    default: break;
    }
}

void read_environment()
{
  constexpr char Path[] = "LD_LIBRARY_PATH=", Now[] = "LD_BIND_NOW=";
  for (char **e = program.envp; *e; ++e) {
    if (!strncmp(*e, Path, sizeof(Path) - 1)) environment_path = *e + sizeof(Path) - 1;
    if (!strncmp(*e, Now, sizeof(Now) - 1)) environment_bind_now = (*e)[sizeof(Now) - 1];
  }
}

/// Distance between the addresses of the program in its file and in memory.
l4_addr_t program_offset()
{
  for (auto ph = program.phdrs; ph != program.phdrs + program.phdr_count; ++ph)
    if (ph->type == Ldr::Pt_phdr) return reinterpret_cast<l4_addr_t>(program.phdrs) - ph->vaddr;
  return 0;
}

Object *create(char const *path, l4_addr_t offset, Ldr::Elf64_phdr const *phdrs, unsigned count)
{
  Object *const o = Object::create(path, offset, phdrs, count);
  if (!o) {
    set_error("no memory for the dynamic linker");
    give_up();
  }
  if (char const *defect = o->defect()) {
    set_error("%s cannot be used: %s", path, defect);
    give_up();
  }
  o->may_go = false;
  add_object(o);
  return o;
}

void make_first_block()
{
  constexpr l4_size_t Alignment = 64;
  void *const memory = allocate(libc_tls_size() + Alignment);
  if (!memory) {
    set_error("no memory for the thread-local variables of the first thread");
    give_up();
  }
  auto const start = l4_round_size(reinterpret_cast<l4_addr_t>(memory), 6);
  l4_addr_t const base = libc_tls_init(reinterpret_cast<void *>(start));
  fiasco_amd64_set_fs(l4re_global_env->main_thread, base, l4_utcb());
}

/// Constructors of libraries below libc use the environment, before libc reads the stack.
void set_pointer(char const *name, void const *value)
{
  if (Definition const d = find_symbol(Symbol_name(name), *all_objects))
    *reinterpret_cast<void const **>(d.address()) = value;
}

/// Load, link and initialise all libraries of the program.
void link_program(l4_addr_t own_base)
{
  Object *const main = create(program.argc ? program.argv[0] : "", program_offset(), program.phdrs,
                              program.phdr_count);
  auto const own_phdrs =
      reinterpret_cast<Ldr::Elf64_phdr const *>(own_base + __ehdr_start.phoff);
  Object *const self = create(Own_name, own_base, own_phdrs, __ehdr_start.phnum);
  self->is_initialised = true;
  debug_begin(*main);

  if (!load_needed(all_objects)) give_up();
  for (Object *o = all_objects; o; o = o->next) {
    o->is_global = true;
    o->may_go = false;
    if (!add_tls(*o, true)) give_up();
  }
  if (!relocate_all(all_objects, environment_bind_now)) give_up();
  make_first_block();
  set_pointer("l4re_global_env", l4re_global_env);
  set_pointer("l4_global_kip", l4_global_kip);
  // The program's own constructors are run by its start code.
  main->is_initialised = true;
  for (Object *o : main->needed)
    initialise(*o);
}

} // namespace

void give_up()
{
  char const *const text = take_error();
  printf("ldso: cannot run '%s': %s\n", program.argc ? program.argv[0] : "", text ? text : "");
  _exit(Link_failed);
}

bool relocate_all(Object *first, bool now)
{
  Object *done = nullptr;
  while (done != first) {
    Object *o = first;
    while (o->next != done)
      o = o->next;
    // The dynamic linker relocated itself.
    if (o->offset != reinterpret_cast<l4_addr_t>(&__ehdr_start) && !relocate(*o, now)) return false;
    done = o;
  }
  return true;
}

void initialise(Object &object)
{
  if (object.is_initialised) return;
  object.is_initialised = true;
  for (Object *o : object.needed)
    initialise(*o);
  if (object.init) object.init(program.argc, program.argv, program.envp);
  for (Init_function *f : object.init_functions)
    f(program.argc, program.argv, program.envp);
  object.initialised_before = last_initialised;
  last_initialised = &object;
}

void finalise(Object &object)
{
  for (l4_size_t n = object.fini_functions.count; n;)
    object.fini_functions.first[--n]();
  if (object.fini) object.fini();
}

} // namespace Ldso

l4_addr_t ldso_start(l4_umword_t *stack, l4_addr_t base, Ldso::Dyn const *dynamic)
{
  using namespace Ldso;
  // Until this loop is done nothing may be used whose address is in a table.
  constexpr l4_int64_t Relocations = 7, Relocations_size = 8;
  Table<Rela const> relocations;
  for (; dynamic->tag; ++dynamic) {
    if (dynamic->tag == Relocations)
      relocations.first = reinterpret_cast<Rela const *>(base + dynamic->value);
    if (dynamic->tag == Relocations_size) relocations.count = dynamic->value / sizeof(Rela);
  }
  for (Rela const &r : relocations)
    *reinterpret_cast<l4_umword_t *>(base + r.offset) = base + static_cast<l4_umword_t>(r.addend);

  read_stack(stack);
  read_environment();
  init_slots();
  link_program(base);
  return program.entry;
}

void ldso_set_lock(void (*take)(), void (*give)())
{
  Ldso::Lock_guard::take = take;
  Ldso::Lock_guard::give = give;
}

void ldso_run_destructors()
{
  while (Ldso::Object *const o = Ldso::last_initialised) {
    Ldso::last_initialised = o->initialised_before;
    Ldso::finalise(*o);
  }
}
