// SPDX-License-Identifier: MIT
// QEMU TCG plugin: counts guest instructions between markers and at chosen addresses.
//
// Arguments (plugin options NAME=VALUE):
//   out=FILE          results, written when QEMU ends (see write_results)
//   at=NAME:ADDRESS   note the instruction count when ADDRESS is executed first; several of these
//   are
//                     passed in that order, later ones count only after the earlier ones
//   characters=on     note the instruction count at each byte that is written to a port
//
// A window holds what all CPUs executed, or if it began with Begin_own only its own CPU: then each CPU has a
// window of this number, and the results are those of all.
#include "qemu_plugin.h"
#include "window.h"

#include <cstdio>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

using namespace bench;

namespace {

struct Point {
  std::string name;
  std::uint64_t address;
  std::uint64_t count = 0; ///< instructions executed before it; 0: not reached
};

struct Character {
  std::uint64_t site, count;
};

constexpr unsigned All_cpus = ~0u;

/// A window and whose instructions it counts.
struct Open_window {
  Window *window;
  Writers *writers;
  unsigned cpu;
  bool counts(unsigned vcpu) const { return cpu == All_cpus || cpu == vcpu; }
};

struct State {
  std::mutex lock; ///< several CPUs run at the same time, the results are common
  std::string out;
  bool characters = false;
  std::uint64_t executed = 0;
  std::map<std::pair<std::uint16_t, unsigned>, Window> windows; ///< number and CPU
  std::map<std::uint16_t, Writers> writers; ///< of all windows of a number
  std::vector<Open_window> open;
  std::vector<Point> points;
  std::size_t next_point = 0;
  std::vector<Character> written;
  std::deque<Insn> insns; ///< a deque: callbacks keep pointers to its elements
};

State *state; // lives until the process ends: CPUs may still run when exit handlers do

void mark(Marker marker, unsigned vcpu)
{
  bool own = marker.kind == Marker::Begin_own || state->windows.contains({marker.id, vcpu});
  Window &window = state->windows[{marker.id, own ? vcpu : All_cpus}];
  std::erase_if(state->open, [&](Open_window const &open) { return open.window == &window; });
  if (marker.kind == Marker::End) return window.end();
  window.begin();
  state->open.push_back({&window, &state->writers[marker.id], own ? vcpu : All_cpus});
}

void on_execute(unsigned vcpu, void *userdata)
{
  Insn const &insn = *static_cast<Insn const *>(userdata);
  std::lock_guard guard(state->lock);
  if (insn.what.marker.kind != Marker::No) {
    ++state->executed;
    mark(insn.what.marker, vcpu);
    return; // the markers themselves are in no window
  }
  if (state->next_point < state->points.size() &&
      state->points[state->next_point].address == insn.vaddr)
    state->points[state->next_point++].count = state->executed;
  ++state->executed;
  for (Open_window const &open : state->open)
    if (open.counts(vcpu)) open.window->execute(insn);
  if (state->characters && insn.what.writes_port)
    state->written.push_back({insn.vaddr, state->executed});
}

void on_access(unsigned vcpu, qemu_plugin_meminfo_t info, std::uint64_t vaddr, void *)
{
  std::lock_guard guard(state->lock);
  if (state->open.empty()) return;
  unsigned const bytes = 1u << qemu_plugin_mem_size_shift(info);
  bool const store = qemu_plugin_mem_is_store(info);
  for (Open_window const &open : state->open) {
    if (!open.counts(vcpu)) continue;
    open.window->access(vaddr, bytes);
    if (store) open.writers->note(vaddr >> Line_shift, vcpu);
  }
}

void on_translate(qemu_plugin_id_t, qemu_plugin_tb *tb)
{
  std::lock_guard guard(state->lock);
  for (std::size_t i = 0; i < qemu_plugin_tb_n_insns(tb); ++i) {
    qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
    std::uint64_t const vaddr = qemu_plugin_insn_vaddr(insn);
    std::size_t const size = qemu_plugin_insn_size(insn);
    auto const *bytes = static_cast<std::uint8_t const *>(qemu_plugin_insn_data(insn));
    state->insns.push_back({vaddr, std::uint8_t(size), bool(vaddr >> 63), decode(bytes, size)});
    qemu_plugin_register_vcpu_insn_exec_cb(insn, on_execute, QEMU_PLUGIN_CB_NO_REGS,
                                           &state->insns.back());
    qemu_plugin_register_vcpu_mem_cb(insn, on_access, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW,
                                     nullptr);
  }
}

void write_window(std::FILE *f, std::uint16_t id, Window const &window)
{
  std::fprintf(f, "window %u %zu %zu\n", id, window.samples().size(),
               state->writers[id].shared_lines());
  for (Sample const &s : window.samples()) {
    std::fprintf(f, "sample %lu %lu %u %u %u %u", s.user, s.kernel, s.code_lines,
                 s.kernel_code_lines, s.data_lines, s.kernel_data_lines);
    for (std::uint32_t count : s.events)
      std::fprintf(f, " %u", count);
    std::fprintf(f, "\n");
  }
  for (auto const &[vaddr, count] : window.profile())
    std::fprintf(f, "pc %lx %lu\n", vaddr, count);
}

/// Lines of words: `executed N`, `point NAME N`, `char SITE N`, `window ID SAMPLES SHARED` followed
/// by its `sample` and `pc` lines. harness.py reads them.
void write_results(qemu_plugin_id_t, void *)
{
  std::lock_guard guard(state->lock);
  std::FILE *f = std::fopen(state->out.c_str(), "w");
  if (!f) {
    std::fprintf(stderr, "count plugin: cannot write '%s'\n", state->out.c_str());
    return;
  }
  std::fprintf(f, "events");
  for (char const *name : Event_names)
    std::fprintf(f, " %s", name);
  std::fprintf(f, "\nexecuted %lu\n", state->executed);
  for (Point const &p : state->points)
    std::fprintf(f, "point %s %lu\n", p.name.c_str(), p.count);
  for (Character const &c : state->written)
    std::fprintf(f, "char %lx %lu\n", c.site, c.count);
  std::map<std::uint16_t, Window> merged;
  for (auto const &[key, window] : state->windows)
    merged[key.first].add(window);
  for (auto const &[id, window] : merged)
    write_window(f, id, window);
  std::fclose(f);
}

bool take_option(char const *text)
{
  char const *value = std::strchr(text, '=');
  if (!value) return false;
  std::string const name(text, value++);
  if (name == "out") {
    state->out = value;
  } else if (name == "characters") {
    state->characters = std::strcmp(value, "on") == 0;
  } else if (name == "at") {
    char const *colon = std::strchr(value, ':');
    if (!colon) return false;
    state->points.push_back({std::string(value, colon), std::strtoull(colon + 1, nullptr, 16)});
  } else {
    return false;
  }
  return true;
}

} // namespace

extern "C" {

[[gnu::visibility("default")]] int qemu_plugin_version = 1;

[[gnu::visibility("default")]] int qemu_plugin_install(qemu_plugin_id_t id, qemu_info_t const *info,
                                                       int argc, char **argv)
{
  if (!info->system_emulation || std::strcmp(info->target_name, "x86_64") != 0) {
    std::fprintf(stderr, "count plugin: only for qemu-system-x86_64\n");
    return -1;
  }
  state = new State;
  for (int i = 0; i < argc; ++i)
    if (!take_option(argv[i])) {
      std::fprintf(stderr, "count plugin: unknown option '%s'\n", argv[i]);
      return -1;
    }
  if (state->out.empty()) {
    std::fprintf(stderr, "count plugin: option out=FILE is missing\n");
    return -1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
  qemu_plugin_register_atexit_cb(id, write_results, nullptr);
  return 0;
}

} // extern "C"
