// SPDX-License-Identifier: MIT
// QEMU TCG plugin: the longest stretch of kernel instructions with interrupts off.
//
// A stretch begins when a CPU enters the kernel (system call, trap, interrupt) or executes CLI, and ends when it
// executes STI or the first user instruction. The kernel runs with interrupts on only between `sti` and `cli`,
// in a straight line: whatever else is executed there is an interrupt handler, with interrupts off again. Each
// iteration of a repeated string instruction counts. Nothing counts before a CPU has left the kernel for the
// first time: start-up is no transaction.
//
// Arguments: out=FILE; rewritten whenever a longer stretch is found:
//   `longest N START END`, then a line `pc ADDRESS COUNT` for each address executed in it
#include "../plugin/qemu_plugin.h"

#include <cstdio>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace {

enum class Kind : std::uint8_t { User, Other, Sti, Cli, Return };

struct Insn {
  std::uint64_t vaddr, next;
  Kind kind;
};

struct Cpu {
  bool started = false;    ///< has left the kernel once
  bool interrupts = true;  ///< on: in user mode, or between sti and cli
  std::uint64_t expected = 0; ///< kernel with interrupts on: the address that comes next
  std::vector<std::uint64_t> stretch;
};

struct State {
  std::mutex lock;
  std::string out;
  std::deque<Insn> insns; ///< a deque: callbacks keep pointers to its elements
  Cpu cpus[64];
  std::size_t longest = 0;
};

State *state; // lives until the process ends: CPUs may still run when exit handlers do

void write(std::vector<std::uint64_t> const &stretch)
{
  std::FILE *f = std::fopen(state->out.c_str(), "w");
  if (!f) return;
  std::map<std::uint64_t, unsigned> profile;
  for (std::uint64_t pc : stretch)
    ++profile[pc];
  std::fprintf(f, "longest %zu %lx %lx\n", stretch.size(), stretch.front(), stretch.back());
  for (auto const &[pc, count] : profile)
    std::fprintf(f, "pc %lx %u\n", pc, count);
  std::fclose(f);
}

void end_stretch(Cpu &cpu)
{
  if (cpu.stretch.size() > state->longest) {
    std::lock_guard guard(state->lock);
    if (cpu.stretch.size() > state->longest) {
      state->longest = cpu.stretch.size();
      write(cpu.stretch);
    }
  }
  cpu.stretch.clear();
}

void on_execute(unsigned vcpu, void *userdata)
{
  Insn const &insn = *static_cast<Insn const *>(userdata);
  Cpu &cpu = state->cpus[vcpu % 64];
  if (insn.kind == Kind::User) {
    end_stretch(cpu);
    cpu.interrupts = true;
    cpu.expected = 0;
    return;
  }
  if (!cpu.started) {
    cpu.started = insn.kind == Kind::Return;
    return;
  }
  // straight on with interrupts enabled, or back there from a handler
  if (cpu.interrupts && insn.vaddr == cpu.expected) {
    cpu.expected = insn.next;
    if (insn.kind == Kind::Cli) cpu.interrupts = false;
    return;
  }
  cpu.stretch.push_back(insn.vaddr);
  if (insn.kind == Kind::Sti) {
    end_stretch(cpu);
    cpu.interrupts = true;
    cpu.expected = insn.next;
  } else if (insn.kind == Kind::Return && cpu.expected) {
    end_stretch(cpu); // of a handler that interrupted the kernel
    cpu.interrupts = true;
  } else if (insn.kind == Kind::Cli) {
    cpu.interrupts = false;
  }
}

Kind classify(std::uint64_t vaddr, std::uint8_t const *bytes, std::size_t size)
{
  if (!(vaddr >> 63)) return Kind::User;
  if (size == 1 && bytes[0] == 0xfb) return Kind::Sti;
  if (size == 1 && bytes[0] == 0xfa) return Kind::Cli;
  bool iretq = size == 2 && bytes[0] == 0x48 && bytes[1] == 0xcf;
  bool sysretq = size == 3 && bytes[0] == 0x48 && bytes[1] == 0x0f && bytes[2] == 0x07;
  return iretq || sysretq ? Kind::Return : Kind::Other;
}

void on_translate(qemu_plugin_id_t, qemu_plugin_tb *tb)
{
  std::lock_guard guard(state->lock);
  for (std::size_t i = 0; i < qemu_plugin_tb_n_insns(tb); ++i) {
    qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
    std::uint64_t const vaddr = qemu_plugin_insn_vaddr(insn);
    std::size_t const size = qemu_plugin_insn_size(insn);
    auto const *bytes = static_cast<std::uint8_t const *>(qemu_plugin_insn_data(insn));
    Kind const kind = classify(vaddr, bytes, size);
    if (kind == Kind::User && i) return; // a block of user code ends a stretch once
    state->insns.push_back({vaddr, vaddr + size, kind});
    qemu_plugin_register_vcpu_insn_exec_cb(insn, on_execute, QEMU_PLUGIN_CB_NO_REGS, &state->insns.back());
  }
}

} // namespace

extern "C" {

[[gnu::visibility("default")]] int qemu_plugin_version = 1;

[[gnu::visibility("default")]] int qemu_plugin_install(qemu_plugin_id_t id, qemu_info_t const *, int argc, char **argv)
{
  state = new State;
  for (int i = 0; i < argc; ++i)
    if (!std::strncmp(argv[i], "out=", 4)) state->out = argv[i] + 4;
  if (state->out.empty()) {
    std::fprintf(stderr, "irq_window plugin: option out=FILE is missing\n");
    return -1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
  return 0;
}

} // extern "C"
