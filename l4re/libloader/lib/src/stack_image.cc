// SPDX-License-Identifier: MIT
#include <l4/libloader/stack_image>
#include <l4/sys/consts.h>

namespace Ldr {

namespace {
constexpr l4_size_t Word = sizeof(l4_umword_t), Stack_align = 16;
}

char *Stack_image::reserve(l4_size_t bytes)
{
  if (_overflow || static_cast<l4_size_t>(_pos - _base) < bytes) {
    _overflow = true;
    return nullptr;
  }
  return _pos -= bytes;
}

void Stack_image::align(l4_size_t alignment)
{
  reserve(target(_pos) & (alignment - 1));
}

l4_addr_t Stack_image::push_strings(Packed_strings const &strings)
{
  char *p = reserve(strings.bytes);
  if (!p || strings.bytes == 0) return 0;
  __builtin_memcpy(p, strings.data, strings.bytes);
  return target(p);
}

l4_addr_t Stack_image::push_string(char const *s, l4_size_t length)
{
  char *p = reserve(length + 1);
  if (!p) return 0;
  __builtin_memcpy(p, s, length);
  p[length] = '\0';
  return target(p);
}

void Stack_image::l4re_aux(l4re_aux_t const &aux)
{
  align(Stack_align);
  if (char *p = reserve(sizeof(aux))) {
    __builtin_memcpy(p, &aux, sizeof(aux));
    _aux = target(p);
  }
}

void Stack_image::begin_caps()
{
  align(Word);
  l4re_env_cap_entry_t end = {};
  end.cap = L4_INVALID_CAP;
  end.flags = ~0UL;
  if (char *p = reserve(sizeof(end))) {
    __builtin_memcpy(p, &end, sizeof(end));
    _caps = target(p);
  }
}

bool Stack_image::add_cap(char const *name, l4_size_t length, l4_cap_idx_t cap)
{
  l4re_env_cap_entry_t entry = {};
  if (length == 0 || length > sizeof(entry.name)) return false;
  entry.cap = cap;
  entry.flags = 0;
  __builtin_memcpy(entry.name, name, length);
  if (char *p = reserve(sizeof(entry))) {
    __builtin_memcpy(p, &entry, sizeof(entry));
    _caps = target(p);
  }
  return true;
}

void Stack_image::env(l4re_env_t const &env)
{
  if (char *p = reserve(sizeof(env))) {
    l4re_env_t copy = env;
    if (_caps) copy.caps = reinterpret_cast<l4re_env_cap_entry_t *>(_caps);
    __builtin_memcpy(p, &copy, sizeof(copy));
    _env = target(p);
  }
}

void Stack_image::push_word(l4_umword_t value)
{
  if (char *p = reserve(Word)) __builtin_memcpy(p, &value, Word);
}

void Stack_image::push_aux(Aux_id id, l4_umword_t value)
{
  push_word(value);
  push_word(id);
}

void Stack_image::push_aux_vector(Program_aux const &prog)
{
  push_aux(At_null, 0);
  push_aux(At_l4_env, _env);
  push_aux(At_l4_kip, prog.kip);
  push_aux(At_l4_aux, _aux);
  push_aux(At_pagesz, L4_PAGESIZE);
  push_aux(At_uid, 0);
  push_aux(At_euid, 0);
  push_aux(At_gid, 0);
  push_aux(At_egid, 0);
  if (prog.phdrs) {
    push_aux(At_phdr, prog.phdrs);
    push_aux(At_phnum, prog.phdr_num);
    push_aux(At_phent, prog.phdr_size);
  }
  if (prog.interpreted) {
    push_aux(At_base, prog.interp_base);
    push_aux(At_entry, prog.entry);
  }
}

void Stack_image::push_pointers(Packed_strings const &strings, l4_addr_t first)
{
  char *p = reserve(strings.count * Word);
  if (!p) return;
  char const *s = strings.data;
  for (unsigned i = 0; i < strings.count; ++i, p += Word) {
    l4_addr_t const address = first + static_cast<l4_addr_t>(s - strings.data);
    __builtin_memcpy(p, &address, Word);
    s += __builtin_strlen(s) + 1;
  }
}

void Stack_image::push_pointers(String_pointers const &strings)
{
  char *p = reserve(strings.count * Word);
  if (p && strings.count) __builtin_memcpy(p, strings.data, strings.count * Word);
}

void Stack_image::align_for(unsigned pointers)
{
  // The aux vector is a multiple of 16; below it lie the pointers, two zero words and argc.
  align(Stack_align);
  if ((pointers + 3) % 2) push_word(0);
}

void Stack_image::finish(Program_aux const &prog, Packed_strings const &args, l4_addr_t args_addr,
                         Packed_strings const &envs, l4_addr_t envs_addr)
{
  align_for(args.count + envs.count);
  push_aux_vector(prog);
  push_word(0);
  push_pointers(envs, envs_addr);
  push_word(0);
  push_pointers(args, args_addr);
  push_word(args.count);
}

void Stack_image::finish(Program_aux const &prog, String_pointers const &args,
                         String_pointers const &envs)
{
  align_for(args.count + envs.count);
  push_aux_vector(prog);
  push_word(0);
  push_pointers(envs);
  push_word(0);
  push_pointers(args);
  push_word(args.count);
}

} // namespace Ldr
