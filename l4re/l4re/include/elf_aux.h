// SPDX-License-Identifier: MIT
/**
 * What a binary asks of its loader: elements in the section .rol4re_elf_aux, found through the
 * program header of type 0x60000014 (process-environment.md section 6).
 */
#pragma once

#include <l4/sys/l4int.h>

enum {
  L4RE_ELF_AUX_T_NONE = 0,
  /** Keep an address range free. */
  L4RE_ELF_AUX_T_VMA = 1,
  L4RE_ELF_AUX_T_STACK_SIZE = 2,
  L4RE_ELF_AUX_T_STACK_ADDR = 3,
  L4RE_ELF_AUX_T_KIP_ADDR = 4,
  /** Flags for the ex_regs that starts the program. */
  L4RE_ELF_AUX_T_EX_REGS_FLAGS = 5,
};

/** Head of an element; `length` counts all of it, in bytes. */
typedef struct l4re_elf_aux_t {
  l4_umword_t type;
  l4_umword_t length;
} l4re_elf_aux_t;

typedef struct l4re_elf_aux_vma_t {
  l4_umword_t type;
  l4_umword_t length;
  l4_umword_t start;
  /** Last address. */
  l4_umword_t end;
} l4re_elf_aux_vma_t;

typedef struct l4re_elf_aux_mword_t {
  l4_umword_t type;
  l4_umword_t length;
  l4_umword_t value;
} l4re_elf_aux_mword_t;

/** Attributes of a variable that is an element. */
#define L4RE_ELF_AUX_ELEM const __attribute__((used, section(".rol4re_elf_aux")))

/** Define the element `id` of C type `type` with the tag and values given. */
#define L4RE_ELF_AUX_ELEM_T(type, id, tag, ...)                                                    \
  static L4RE_ELF_AUX_ELEM type id = {tag, sizeof(type), __VA_ARGS__}
