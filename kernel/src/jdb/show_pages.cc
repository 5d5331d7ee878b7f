// SPDX-License-Identifier: MIT
#include "jdb/user_memory.h"

#include "boot/root_tasks.h"
#include "diag/print.h"
#include "jdb/commands.h"
#include "jdb/console.h"
#include "jdb/inspect.h"
#include "jdb/machine.h"
#include "jdb/names.h"
#include "jdb/object_registry.h"

namespace jdb {
namespace {

using Page = Inspect::Page;

Page page_of(Task &task, Word address)
{
  return address <= User_max ? Inspect::page_at(task.mem(), address)
                             : Page{false, Page_entry(0), Page_size, nullptr};
}

/// Physical address behind a user address.
Word frame_of(Page const &page, Word address)
{
  return (page.entry.frame().value() & ~(page.span - 1)) | (address & (page.span - 1));
}

void print_rights(Page_entry entry)
{
  u8 rights = entry.rights();
  kprintf("%c%c%c", rights & Fpage::R ? 'r' : '-', rights & Fpage::W ? 'w' : '-',
          rights & Fpage::X ? 'x' : '-');
  if (entry.pinned()) kprintf(" kernel-user");
  if (entry.value() & Page_entry::Cache_mask) kprintf(" uncached");
}

/// Neighbouring pages with the same rights and consecutive frames are one line.
struct Region {
  Word start, end, frame;
  Page_entry entry;

  bool extends(Word address, Word its_frame, Page_entry its) const
  {
    constexpr Word Looks = Page_entry::Access_mask | Page_entry::Frame_mask | Page_entry::Large;
    return address == end && its_frame == frame + (end - start) &&
           ((its.value() ^ entry.value()) & ~Looks) == 0;
  }
  bool show() const
  {
    kprintf("%12lx - %12lx  -> %10lx  ", start, end - 1, frame);
    print_rights(entry);
    return Console::end_line();
  }
};

void show_all(Task &task)
{
  Region region{0, 0, 0, Page_entry(0)};
  for (Word address = 0; address <= User_max;) {
    Page page = page_of(task, address);
    Word next = (address | (page.span - 1)) + 1;
    if (page.present) {
      Word frame = frame_of(page, address);
      if (region.end && region.extends(address, frame, page.entry)) {
        region.end = next;
      } else {
        if (region.end && !region.show()) return;
        region = {address, next, frame, page.entry};
      }
    }
    address = next;
  }
  if (region.end) (void)region.show();
}

bool show_node(Node const &node, char const *relation)
{
  kprintf("  %s depth %u: ", relation, node.depth);
  print_object(Object_registry::owner_of(node.space));
  kprintf(" at %lx (%lu KiB)", node.address(), node.bytes() >> 10);
  return Console::end_line();
}

/// What was derived from a node of this depth: the run of deeper nodes from `first` on. Lists end
/// at a node that is less deep.
bool show_derived(Node const *first, u32 depth)
{
  unsigned left = 200;
  for (Node const *n = first; n && n->depth > depth; n = Inspect::node(n->next)) {
    if (!left--) {
      kprintf("  and more\n");
      return true;
    }
    if (!show_node(*n, "to  ")) return false;
  }
  return true;
}

/// Where the page came from, and to whom it went. A tree is a list in depth-first order; small
/// pages made from a large one have lists of their own.
void show_tree(Node const &node, Word address)
{
  unsigned left = 200;
  for (Node const *n = Inspect::node(node.parent); n && left--; n = Inspect::node(n->parent))
    if (!show_node(*n, "from")) return;
  if (!show_node(node, "here") || !show_derived(Inspect::node(node.next), node.depth)) return;
  (void)show_derived(Inspect::first_piece(node, address >> Page_shift & 511), node.depth);
}

void show_page(Task &task, Word address)
{
  Page page = page_of(task, address);
  if (!page.present) return kprintf("nothing is mapped at %lx\n", address);
  kprintf("%lx -> frame %lx, ", address, frame_of(page, address));
  print_rights(page.entry);
  kprintf(", %s%s\n", page.entry.value() & Page_entry::Accessed ? "accessed" : "not accessed",
          page.entry.value() & Page_entry::Dirty ? ", written" : "");
  if (page.node) show_tree(*page.node, address);
}

Task *task_named(char const *name)
{
  auto *task = static_cast<Task const *>(find_object(name, Kobject::Type::Task));
  return const_cast<Task *>(task); // look-ups of a space are not const
}

} // namespace

int read_user(Task &task, Word address)
{
  Page page = page_of(task, address);
  return page.present ? machine::read_physical(frame_of(page, address)) : -1;
}

bool read_user_word(Task &task, Word address, Word &value)
{
  value = 0;
  for (unsigned i = 0; i < sizeof(Word); ++i) {
    int byte = read_user(task, address + i);
    if (byte < 0) return false;
    value |= Word(byte) << 8 * i;
  }
  return true;
}

bool is_executable(Task &task, Word address)
{
  Page page = page_of(task, address);
  return page.present && (page.entry.rights() & Fpage::X);
}

void show_pages(Words const &words)
{
  Task *task = task_named(words[1]);
  Word address;
  if (!task) return;
  if (!*words[2]) return show_all(*task);
  if (!parse_number(words[2], address)) return kprintf("'%s' is no address\n", words[2]);
  show_page(*task, address);
}

/// sigma0 has mapped every page that anybody has, one to one.
void show_frame(Words const &words)
{
  Word address;
  if (!parse_number(words[1], address)) return kprintf("'%s' is no address\n", words[1]);
  Task *sigma0 = const_cast<Task *>(Root_tasks::sigma0());
  if (sigma0) show_page(*sigma0, address);
}

namespace {

/// What `dump` reads.
struct Source {
  enum class Kind : u8 { Kernel, Physical, User } kind;
  Task *task;
  int read(Word address) const
  {
    switch (kind) {
    case Kind::Physical:
      return machine::read_physical(address);
    case Kind::User:
      return read_user(*task, address);
    default:
      return machine::read_kernel(address);
    }
  }
};

bool dump_line(Source const &source, Word address, unsigned bytes)
{
  int byte[16];
  kprintf("%16lx ", address);
  for (unsigned i = 0; i < bytes; ++i) {
    byte[i] = source.read(address + i);
    byte[i] < 0 ? kprintf(" ??") : kprintf(" %02x", unsigned(byte[i]));
  }
  for (unsigned i = bytes; i < 16; ++i)
    kprintf("   ");
  kprintf("  ");
  for (unsigned i = 0; i < bytes; ++i)
    kprintf("%c", byte[i] >= ' ' && byte[i] < 0x7f ? byte[i] : '.');
  return Console::end_line();
}

} // namespace

void dump(Words const &words)
{
  Word address, bytes = 64;
  if (!parse_number(words[1], address)) return kprintf("'%s' is no address\n", words[1]);
  if (*words[2] && !parse_number(words[2], bytes)) return kprintf("'%s' is no number\n", words[2]);
  Source source{Source::Kind::Kernel, nullptr};
  if (*words[3]) {
    bool physical = words[3][0] == 'p' && words[3][1] == 'h';
    source.kind = physical ? Source::Kind::Physical : Source::Kind::User;
    if (!physical && !(source.task = task_named(words[3]))) return;
  }
  for (Word done = 0; done < bytes; done += 16)
    if (!dump_line(source, address + done, bytes - done < 16 ? unsigned(bytes - done) : 16)) return;
}

} // namespace jdb
