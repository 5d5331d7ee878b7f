// SPDX-License-Identifier: MIT
// A processor with PCID, as far as paging.cc uses it, and a space, as far as paging.cc knows it.
#pragma once

#include "types/types.h"

#include <map>
#include <set>

constexpr Word KERNEL_OFFSET = 0xffffffff80000000;

class Mem_space {
public:
  explicit Mem_space(Word root_word) : _root_word(root_word) {}
  Word root_word() const { return _root_word; }
  Word active_cpus() const { return _active; }
  void activate_on(Cpu_id cpu) { _active |= Word{1} << cpu; }

private:
  Word _root_word, _active = 0;
};

class Cpu {
public:
  Mem_space *loaded_space = nullptr;
};

namespace amd64 {

struct Features {
  bool pcid = true;
};
inline Features features;

/// Intel SDM vol. 3, 4.10.4.1: what each instruction drops, and nothing more.
struct Processor {
  Cpu state;
  Word cr3 = 0;
  std::map<Word, std::set<Word>> tlb; ///< by identifier: the root tables whose translations it holds

  Word identifier() const { return features.pcid ? cr3 & 0xfff : 0; }
  Word root() const { return cr3 & ~Word{0xfff}; }
  /// User mode uses the loaded space.
  void touch() { tlb[identifier()].insert(root()); }
};
inline Processor processor;

inline void write_cr3(Word value)
{
  constexpr Word Keep = Word{1} << 63;
  processor.cr3 = value & ~Keep;
  if (!(value & Keep)) processor.tlb[processor.identifier()].clear();
}
inline Word read_cr3() { return processor.cr3; }
inline void invlpg(void const *) {}
enum Invpcid : Word { Invpcid_one = 1, Invpcid_all = 3 };
inline void invpcid(Invpcid what, Word pcid)
{
  what == Invpcid_all ? processor.tlb.clear() : processor.tlb[pcid].clear();
}

} // namespace amd64

namespace arch {
inline Cpu &this_cpu() { return amd64::processor.state; }
} // namespace arch
