// SPDX-License-Identifier: MIT
#include "simulation.h"

#include <sanitizer/asan_interface.h>
#include <sys/mman.h>

#include <cstring>
#include <random>

#include "kernel_options.h"
#include "kip.h"
#include "print.h"

namespace {

std::string output;

} // namespace

void boot::put_char(char c)
{
  output += c;
}

void boot::stop()
{
  throw Stopped(take_output());
}

std::string take_output()
{
  std::string taken;
  taken.swap(output);
  return taken;
}

Ram::Ram(size_t size) : _size(size)
{
  void *place = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (place == MAP_FAILED) throw std::bad_alloc();
  _base = static_cast<uint8_t *>(place);
}

Ram::~Ram()
{
  show_all();
  munmap(_base, _size);
}

std::vector<uint8_t> Ram::bytes(boot::Range range)
{
  return {at(range.start), at(range.end)};
}

void Ram::put(boot::Addr address, std::vector<uint8_t> const &bytes)
{
  show({address, address + bytes.size()});
  if (!bytes.empty()) std::memcpy(at(address), bytes.data(), bytes.size());
}

void Ram::hide_all()
{
  ASAN_POISON_MEMORY_REGION(_base, _size);
}

void Ram::show(boot::Range range)
{
  ASAN_UNPOISON_MEMORY_REGION(at(range.start), range.size());
}

std::vector<uint8_t> random_bytes(unsigned seed, size_t size)
{
  std::mt19937 random(seed);
  std::vector<uint8_t> bytes(size);
  for (uint8_t &byte : bytes)
    byte = static_cast<uint8_t>(random());
  return bytes;
}

Elf_file::Elf_file(boot::Addr entry, std::vector<Segment> parts) : segments(std::move(parts))
{
  std::memcpy(header.ident, "\177ELF\2\1\1", 7);
  header.type = 2;
  header.machine = 62;
  header.version = 1;
  header.entry = entry;
  header.program_headers = sizeof(header);
  header.header_size = sizeof(header);
  header.program_header_size = sizeof(boot::Program_header);
  header.program_header_count = static_cast<uint16_t>(segments.size());
}

std::vector<uint8_t> Elf_file::bytes() const
{
  std::vector<uint8_t> file(sizeof(header) + segments.size() * sizeof(boot::Program_header));
  std::memcpy(file.data(), &header, sizeof(header));
  for (size_t i = 0; i < segments.size(); ++i) {
    Segment const &s = segments[i];
    boot::Program_header entry{};
    entry.type = static_cast<boot::Segment_type>(s.type);
    entry.flags = s.flags;
    entry.offset = file.size();
    entry.virtual_address = entry.physical_address = s.address;
    entry.file_size = s.data.size();
    entry.memory_size = s.memory_size ? s.memory_size : s.data.size();
    std::memcpy(&file[sizeof(header) + i * sizeof(entry)], &entry, sizeof(entry));
    file.insert(file.end(), s.data.begin(), s.data.end());
  }
  return file;
}

std::vector<uint8_t> Elf_file::contents(size_t segment) const
{
  std::vector<uint8_t> bytes = segments[segment].data;
  if (segments[segment].memory_size > bytes.size()) bytes.resize(segments[segment].memory_size);
  return bytes;
}

Elf_file small_program(boot::Addr address, size_t code, size_t data, size_t bss)
{
  boot::Addr data_address = boot::round_up(address + code, boot::Page_size);
  return {address + 8,
          {{address, random_bytes(1, code), 0, boot::Readable | boot::Executable},
           {data_address, random_bytes(2, data), data + bss, boot::Readable | boot::Writable}}};
}

Elf_file fake_kernel(uint32_t options_version)
{
  std::vector<uint8_t> kip(boot::Page_size), options(boot::Kernel_options::size(options_version));
  boot::Kip page{};
  page.magic = boot::Kip::Magic;
  page.version = boot::Kip::Version | 3 << 16;
  page.version_strings = 0x49;
  page.mem_descs = 0x90;
  page.mem_descs_num = 64;
  std::memcpy(kip.data(), &page, sizeof(page));
  std::strcpy(reinterpret_cast<char *>(&kip[0x490]), "test kernel");
  std::memcpy(options.data(), &boot::Kernel_options::Magic, 4);
  std::memcpy(&options[4], &options_version, 4);

  std::vector<uint8_t> data = kip;
  data.insert(data.end(), options.begin(), options.end());
  return {0x400000,
          {{0x400000, random_bytes(3, 0x1000), 0, 5},
           {0x401000, data, 0x20000, 6},
           {0x401000, {}, boot::Page_size, 6, 0x10},
           {0x402000, {}, options.size(), 6, 0x11}}};
}
