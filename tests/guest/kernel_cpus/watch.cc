// SPDX-License-Identifier: MIT
// QEMU TCG plugin: interrupts of each CPU, by vector, between the markers of a window, and how
// often it went to sleep. An interrupt is seen when its entry stub is executed.
//
// Arguments: out=FILE, stubs=ADDRESS of the stub of vector 0, stub_bytes=DISTANCE. Results, written
// when QEMU ends: lines `window ID`, each followed by lines `vector CPU VECTOR COUNT` and `sleep
// CPU COUNT`.
#include "decode.h"
#include "qemu_plugin.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace bench;

/// By CPU and stub.
using Counts = std::map<std::pair<unsigned, unsigned>, unsigned long>;

struct Window {
  unsigned id;
  Counts counts;
  bool open = true;
};

/// An instruction that is watched.
struct Watched {
  Marker marker;
  unsigned stub; ///< or No_stub
};
constexpr unsigned No_stub = ~0u;

struct State {
  std::mutex lock;
  std::string out;
  std::uint64_t stubs = 0, stub_bytes = 0, count = 0;
  std::vector<Window> windows;
  std::deque<Watched> watched; ///< a deque: callbacks keep pointers to its elements
};

State *state; // lives until the process ends: CPUs may still run when exit handlers do

void mark(Marker marker)
{
  if (marker.kind != Marker::End) return state->windows.push_back({marker.id, {}, true});
  for (Window &window : state->windows)
    if (window.id == marker.id) window.open = false;
}

void on_execute(unsigned vcpu, void *userdata)
{
  Watched const &watched = *static_cast<Watched const *>(userdata);
  std::lock_guard guard(state->lock);
  if (watched.marker.kind != Marker::No) return mark(watched.marker);
  for (Window &window : state->windows)
    if (window.open) ++window.counts[{vcpu, watched.stub}];
}

/// The stub that begins here.
unsigned stub_at(std::uint64_t address)
{
  std::uint64_t const offset = address - state->stubs, index = offset / state->stub_bytes;
  return offset % state->stub_bytes || index >= state->count ? No_stub : unsigned(index);
}

void on_translate(qemu_plugin_id_t, qemu_plugin_tb *tb)
{
  std::lock_guard guard(state->lock);
  for (std::size_t i = 0; i < qemu_plugin_tb_n_insns(tb); ++i) {
    qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
    std::size_t const size = qemu_plugin_insn_size(insn);
    auto const *bytes = static_cast<std::uint8_t const *>(qemu_plugin_insn_data(insn));
    Watched const watched{decode(bytes, size).marker, stub_at(qemu_plugin_insn_vaddr(insn))};
    if (watched.marker.kind == Marker::No && watched.stub == No_stub) continue;
    state->watched.push_back(watched);
    qemu_plugin_register_vcpu_insn_exec_cb(insn, on_execute, QEMU_PLUGIN_CB_NO_REGS,
                                           &state->watched.back());
  }
}

void write_results(qemu_plugin_id_t, void *)
{
  std::lock_guard guard(state->lock);
  std::FILE *f = std::fopen(state->out.c_str(), "w");
  if (!f) {
    std::fprintf(stderr, "watch plugin: cannot write '%s'\n", state->out.c_str());
    return;
  }
  for (Window const &window : state->windows) {
    std::fprintf(f, "window %u\n", window.id);
    for (auto const &[key, count] : window.counts)
      std::fprintf(f, "interrupt %u %u %lu\n", key.first, key.second, count);
  }
  std::fclose(f);
}

bool take_option(char const *text)
{
  char const *value = std::strchr(text, '=');
  if (!value) return false;
  std::string const name(text, value++);
  if (name == "out")
    state->out = value;
  else if (name == "stubs")
    state->stubs = std::strtoull(value, nullptr, 16);
  else if (name == "stub_bytes")
    state->stub_bytes = std::strtoull(value, nullptr, 10);
  else if (name == "count")
    state->count = std::strtoull(value, nullptr, 10);
  else
    return false;
  return true;
}

} // namespace

extern "C" {

[[gnu::visibility("default")]] int qemu_plugin_version = 1;

[[gnu::visibility("default")]] int qemu_plugin_install(qemu_plugin_id_t id, qemu_info_t const *,
                                                       int argc, char **argv)
{
  state = new State;
  for (int i = 0; i < argc; ++i)
    if (!take_option(argv[i])) {
      std::fprintf(stderr, "watch plugin: unknown option '%s'\n", argv[i]);
      return -1;
    }
  if (state->out.empty() || !state->stubs || !state->stub_bytes) {
    std::fprintf(stderr, "watch plugin: options out, stubs, stub_bytes and count are needed\n");
    return -1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
  qemu_plugin_register_atexit_cb(id, write_results, nullptr);
  return 0;
}

} // extern "C"
