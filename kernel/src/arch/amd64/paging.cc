// SPDX-License-Identifier: MIT
#include "arch/amd64/paging.h"

#include "arch/amd64/cpu.h"
#include "arch/amd64/cpu_tables.h"
#include "arch/arch.h"
#include "diag/print.h"
#include "space/mem_space.h"

extern "C" char const image_text[], image_rodata[], image_data[], image_end[];

constexpr Word Heap_base = 0xffff900000000000;
constinit Word const arch::Kmem_base = Heap_base;

namespace amd64 {
namespace {

struct alignas(Page_size) Table {
  Word entry[512];
};

/// Lower tables of the kernel's half. All are in place before the first task is made, so that a
/// root table copies the two entries of kernel_root once and never has to be updated.
Table top_directory, image_directory, image_table, device_table;
Table heap_directory_pointers, heap_directory[4];

/// The root table without a user half; trampoline.S loads it too.
extern "C" Table kernel_root;
Table kernel_root;

constexpr unsigned root_index(Word address) { return address >> 39 & 511; }
/// The last 2 MiB of the image's gigabyte: device registers from below, the window at its end.
constexpr Word Device_base = KERNEL_OFFSET + 0x3fe00000;
constexpr unsigned Window_pages = Window_bytes / Page_size;
constexpr unsigned Window_first = 512 - Window_pages;
unsigned devices_used;

/// In CR3: the process context identifier, which tags translations, and to keep those it has (Intel SDM
/// vol. 3, 4.10.1). Each space has its own; when there are none left, 0, which keeps nothing.
constexpr Word Pcid_mask = 0xfff, Cr3_keep = Word{1} << 63;
u64 used_pcids[(Pcid_mask + 1) / 64] = {1};

Word take_pcid()
{
  for (u64 &word : used_pcids)
    for (u64 used = __atomic_load_n(&word, __ATOMIC_RELAXED); ~used;) {
      unsigned bit = unsigned(__builtin_ctzl(~used));
      if (__atomic_compare_exchange_n(&word, &used, used | u64{1} << bit, false, __ATOMIC_RELAXED,
                                      __ATOMIC_RELAXED))
        return Word(&word - used_pcids) * 64 + bit;
    }
  return 0;
}

Word table_entry(Table const &table)
{
  return image_phys(&table).value() | Pte_present | Pte_write;
}

void map_image(char const *start, char const *end, Word bits)
{
  for (; start < end; start += Page_size) {
    Word phys = image_phys(start).value();
    image_table.entry[phys >> Page_shift & 511] = phys | bits | Pte_present | Pte_global;
  }
}

} // namespace

Phys_addr image_phys(void const *object)
{
  return Phys_addr(reinterpret_cast<Word>(object) - KERNEL_OFFSET);
}

void init_paging()
{
  map_image(image_text, image_rodata, 0);
  map_image(image_rodata, image_data, Pte_no_execute);
  map_image(image_data, image_end, Pte_write | Pte_no_execute);
  Word image = image_phys(image_text).value();
  image_directory.entry[image >> Superpage_shift] = table_entry(image_table);
  image_directory.entry[511] = table_entry(device_table);
  top_directory.entry[510] = table_entry(image_directory);
  kernel_root.entry[511] = table_entry(top_directory);
  for (unsigned i = 0; i < 4; ++i)
    heap_directory_pointers.entry[i] = table_entry(heap_directory[i]);
  kernel_root.entry[root_index(Heap_base)] = table_entry(heap_directory_pointers);
  load_kernel_tables();
}

void load_kernel_tables() { write_cr3(image_phys(&kernel_root).value()); }

void map_heap(Phys_addr start, Word bytes)
{
  for (Word phys = start.value(); phys < start.value() + bytes; phys += Superpage_size)
    heap_directory[phys >> 30].entry[phys >> Superpage_shift & 511]
      = phys | Pte_present | Pte_write | Pte_large | Pte_global | Pte_no_execute;
}

void volatile *map_device(Phys_addr start, Word bytes)
{
  Word first = trunc_to(start.value(), Page_shift);
  unsigned pages = (round_to(start.value() + bytes, Page_shift) - first) >> Page_shift;
  if (devices_used + pages > Window_first)
    panic("no room to map %lu bytes of device registers at %lx", bytes, start.value());
  Word virt = Device_base + devices_used * Page_size;
  for (unsigned i = 0; i < pages; ++i)
    device_table.entry[devices_used++] = (first + i * Page_size) | Pte_present | Pte_write
                                         | Pte_global | Pte_uncacheable | Pte_no_execute;
  return reinterpret_cast<void volatile *>(virt + (start.value() - first));
}

void const *view_physical(Phys_addr start)
{
  Word first = trunc_to(start.value(), Page_shift);
  Word virt = Device_base + Window_first * Page_size;
  for (unsigned i = 0; i < Window_pages; ++i) {
    device_table.entry[Window_first + i] =
      (first + i * Page_size) | Pte_present | Pte_global | Pte_no_execute;
    invlpg(reinterpret_cast<void *>(virt + i * Page_size));
  }
  return reinterpret_cast<void *>(virt + (start.value() - first));
}

} // namespace amd64

Word arch::init_root_table(void *root_table)
{
  using namespace amd64;
  Word *entry = static_cast<Word *>(root_table);
  entry[root_index(Heap_base)] = kernel_root.entry[root_index(Heap_base)];
  entry[511] = kernel_root.entry[511];
  Word pcid = features.pcid ? take_pcid() : 0;
  return (reinterpret_cast<Word>(root_table) - Heap_base) | pcid | (pcid ? Cr3_keep : 0);
}

void arch::strip_root_table(void *root_table, Word root_word)
{
  using namespace amd64;
  Word *entry = static_cast<Word *>(root_table), pcid = root_word & Pcid_mask;
  entry[root_index(Heap_base)] = 0;
  entry[511] = 0;
  if (pcid) __atomic_fetch_and(&used_pcids[pcid / 64], ~(u64{1} << pcid % 64), __ATOMIC_RELAXED);
}

void arch::load_space(Mem_space *space)
{
  Cpu &cpu = this_cpu();
  if (cpu.loaded_space == space)
    return;
  cpu.loaded_space = space;
  drop_io_ports();
  if (!space)
    return amd64::load_kernel_tables();
  // The mark stays when another space is loaded: setting it takes a locked instruction. It has to
  // be there before the first translation can be made. With it this CPU is told of each translation
  // that is removed, loaded or not, so it may keep them; without it, what it has under the identifier
  // is of an earlier space.
  Word root = space->root_word();
  if (!(space->active_cpus() >> cpu_id() & 1)) [[unlikely]] {
    space->activate_on(cpu_id());
    root &= ~amd64::Cr3_keep;
  }
  amd64::write_cr3(root);
}

Mem_space *arch::loaded_space() { return this_cpu().loaded_space; }

void arch::flush_page(Virt_addr page) { amd64::invlpg(reinterpret_cast<void *>(page.value())); }

// Kernel pages are global and stay.
void arch::flush_user_pages()
{
  using namespace amd64;
  features.pcid ? invpcid(Invpcid_all, 0) : write_cr3(read_cr3());
}

void arch::flush_space(Mem_space const &space)
{
  if (Word pcid = space.root_word() & amd64::Pcid_mask) amd64::invpcid(amd64::Invpcid_one, pcid);
}
