// SPDX-License-Identifier: MIT
// The part of QEMU's TCG plugin interface, version 1, that we use. Debian ships the emulator
// without its header; these declarations are our own, from the interface's documentation.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {

using qemu_plugin_id_t = std::uint64_t;
using qemu_plugin_meminfo_t = std::uint32_t;

struct qemu_plugin_tb;
struct qemu_plugin_insn;

/// What the emulator tells at the start.
struct qemu_info_t {
  char const *target_name;
  struct {
    int min, cur;
  } version;
  bool system_emulation;
  struct {
    int smp_vcpus, max_vcpus;
  } system;
};

enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
enum qemu_plugin_mem_rw { QEMU_PLUGIN_MEM_R = 1, QEMU_PLUGIN_MEM_W, QEMU_PLUGIN_MEM_RW };

using qemu_plugin_udata_cb_t = void (*)(qemu_plugin_id_t id, void *userdata);
using qemu_plugin_vcpu_tb_trans_cb_t = void (*)(qemu_plugin_id_t id, qemu_plugin_tb *tb);
using qemu_plugin_vcpu_udata_cb_t = void (*)(unsigned vcpu, void *userdata);
using qemu_plugin_vcpu_mem_cb_t = void (*)(unsigned vcpu, qemu_plugin_meminfo_t info,
                                           std::uint64_t vaddr, void *userdata);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, qemu_plugin_vcpu_tb_trans_cb_t cb);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, qemu_plugin_udata_cb_t cb, void *userdata);
void qemu_plugin_register_vcpu_insn_exec_cb(qemu_plugin_insn *insn, qemu_plugin_vcpu_udata_cb_t cb,
                                            qemu_plugin_cb_flags flags, void *userdata);
void qemu_plugin_register_vcpu_mem_cb(qemu_plugin_insn *insn, qemu_plugin_vcpu_mem_cb_t cb,
                                      qemu_plugin_cb_flags flags, qemu_plugin_mem_rw rw,
                                      void *userdata);

std::size_t qemu_plugin_tb_n_insns(qemu_plugin_tb const *tb);
qemu_plugin_insn *qemu_plugin_tb_get_insn(qemu_plugin_tb const *tb, std::size_t index);
void const *qemu_plugin_insn_data(qemu_plugin_insn const *insn);
std::size_t qemu_plugin_insn_size(qemu_plugin_insn const *insn);
std::uint64_t qemu_plugin_insn_vaddr(qemu_plugin_insn const *insn);
/// Size of the access as a power of two.
unsigned qemu_plugin_mem_size_shift(qemu_plugin_meminfo_t info);
bool qemu_plugin_mem_is_store(qemu_plugin_meminfo_t info);

} // extern "C"
