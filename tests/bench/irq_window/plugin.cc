// SPDX-License-Identifier: MIT
// QEMU TCG plugin: the longest stretches of kernel instructions with interrupts off.
//
// A stretch begins when a CPU enters the kernel (system call, trap, interrupt) or executes CLI, and ends when it
// executes STI or the first user instruction. The kernel runs with interrupts on only between `sti` and `cli`,
// in a straight line: whatever else is executed there is an interrupt handler, with interrupts off again. Each
// iteration of a repeated string instruction counts. Nothing counts before a CPU has left the kernel for the
// first time: start-up is no transaction.
//
// A round of a loop that waits for another CPU (it contains PAUSE) is no work of this CPU, and how many rounds
// there are depends on how the emulator's CPUs are scheduled: they are counted by themselves.
//
// Arguments: out=FILE; rewritten whenever a longer stretch is found. For each instruction that was the most
// frequent one of some long stretch, the longest of these:
//   `stretch N START ROUNDS`, then a line `pc ADDRESS COUNT` for each address executed in it
#include "../plugin/qemu_plugin.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace {

enum class Kind : std::uint8_t { User, Other, Sti, Cli, Return, Pause };

constexpr std::size_t Worth_telling = 1000;

struct Insn {
  std::uint64_t vaddr, next;
  Kind kind;
};

struct Cpu {
  bool started = false;    ///< has left the kernel once
  bool interrupts = true;  ///< on: in user mode, or between sti and cli
  std::uint64_t expected = 0; ///< kernel with interrupts on: the address that comes next
  std::vector<std::uint64_t> stretch;
  std::size_t last_pause = 0; ///< index behind the last PAUSE in it; 0: none
  std::size_t rounds = 0;     ///< of waiting, taken out of it
};

struct Stretch {
  std::size_t length, rounds;
  std::uint64_t start;
  std::map<std::uint64_t, unsigned> profile;
};

struct State {
  std::mutex lock;
  std::string out;
  std::deque<Insn> insns; ///< a deque: callbacks keep pointers to its elements
  Cpu cpus[64];
  std::map<std::uint64_t, Stretch> longest; ///< by the most frequent instruction
};

State *state; // lives until the process ends: CPUs may still run when exit handlers do

void write()
{
  std::FILE *f = std::fopen(state->out.c_str(), "w");
  if (!f) return;
  for (auto const &[hottest, stretch] : state->longest) {
    std::fprintf(f, "stretch %zu %lx %zu\n", stretch.length, stretch.start, stretch.rounds);
    for (auto const &[pc, count] : stretch.profile)
      std::fprintf(f, "pc %lx %u\n", pc, count);
  }
  std::fclose(f);
}

void keep_if_longest(Cpu const &cpu)
{
  std::map<std::uint64_t, unsigned> profile;
  for (std::uint64_t pc : cpu.stretch)
    ++profile[pc];
  auto hottest = std::max_element(profile.begin(), profile.end(),
                                  [](auto const &a, auto const &b) { return a.second < b.second; });
  std::lock_guard guard(state->lock);
  Stretch &longest = state->longest[hottest->first];
  if (longest.length >= cpu.stretch.size()) return;
  longest = {cpu.stretch.size(), cpu.rounds, cpu.stretch.front(), std::move(profile)};
  write();
}

void end_stretch(Cpu &cpu)
{
  if (cpu.stretch.size() >= Worth_telling) keep_if_longest(cpu);
  cpu.stretch.clear();
  cpu.last_pause = cpu.rounds = 0;
}

/// Take the round of a waiting loop out that this PAUSE ends.
void end_round(Cpu &cpu, std::uint64_t pause)
{
  if (cpu.last_pause && cpu.stretch[cpu.last_pause - 1] == pause) {
    cpu.stretch.resize(cpu.last_pause);
    ++cpu.rounds;
  }
  if (cpu.stretch.empty() || cpu.stretch.back() != pause) cpu.stretch.push_back(pause);
  cpu.last_pause = cpu.stretch.size();
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
  if (insn.kind == Kind::Pause) return end_round(cpu, insn.vaddr);
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
  if (size == 2 && bytes[0] == 0xf3 && bytes[1] == 0x90) return Kind::Pause;
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
