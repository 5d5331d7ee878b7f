// SPDX-License-Identifier: MIT
#include <l4/libloader/elf>
#include <l4/sys/err.h>

namespace Ldr {

namespace {

constexpr unsigned Class_64 = 2, Little_endian = 1, Current_version = 1;
constexpr unsigned Type_exec = 2, Type_dyn = 3, Machine_x86_64 = 62;
/// First address above user space (KIP memory descriptor "conventional, virtual").
constexpr l4_uint64_t User_end = 1UL << 47;
/// The words of an element before its payload: type and length.
constexpr l4_size_t Element_head = 16;

constexpr Status bad(char const *what)
{
  return {-L4_EINVAL, what};
}

constexpr l4_addr_t trunc(l4_addr_t a)
{
  return a & ~(Elf_image::Page_size - 1);
}
constexpr l4_addr_t round(l4_addr_t a)
{
  return trunc(a + Elf_image::Page_size - 1);
}

} // namespace

Status Elf_image::parse(void const *file, l4_size_t size)
{
  *this = Elf_image();
  _file = static_cast<char const *>(file);
  _size = size;

  if (Status s = check_header(); !s.ok()) return s;
  _relocatable = header().type == Type_dyn;

  for (unsigned i = 0; i < phdr_num(); ++i) {
    Status s;
    switch (phdr(i).type) {
    case Pt_load:
      s = check_segment(phdr(i));
      break;
    case Pt_interp:
      s = check_interpreter(phdr(i));
      break;
    case Pt_l4_aux:
      s = check_elements(phdr(i));
      break;
    case Pt_phdr:
      _phdrs = phdr(i).vaddr;
      break;
    default:
      break;
    }
    if (!s.ok()) return s;
  }

  if (!_has_segment) return bad("the file has no segment to load");
  return check_entry();
}

Status Elf_image::check_header() const
{
  if (_size < sizeof(Elf64_header)) return bad("the file is too short for an ELF header");

  Elf64_header const &h = header();
  if (h.ident[0] != 0x7f || h.ident[1] != 'E' || h.ident[2] != 'L' || h.ident[3] != 'F')
    return bad("not an ELF file (wrong magic number)");
  if (h.ident[4] != Class_64) return bad("not a 64-bit ELF file");
  if (h.ident[5] != Little_endian || h.ident[6] != Current_version)
    return bad("ELF file of unknown byte order or version");
  if (h.machine != Machine_x86_64) return bad("ELF file for another processor (expected x86-64)");
  if (h.type != Type_exec && h.type != Type_dyn)
    return bad("not a program (an object file or a core dump)");
  if (h.phentsize != sizeof(Elf64_phdr) || h.phnum == 0)
    return bad("program headers of unknown size, or none at all");
  if (h.phoff % alignof(Elf64_phdr) || h.phoff > _size ||
      (_size - h.phoff) / sizeof(Elf64_phdr) < h.phnum)
    return bad("program headers reach behind the end of the file (truncated?)");
  return {};
}

bool Elf_image::in_file(Elf64_phdr const &ph) const
{
  return ph.offset <= _size && ph.filesz <= _size - ph.offset;
}

Status Elf_image::check_segment(Elf64_phdr const &ph)
{
  if (!in_file(ph)) return bad("a segment reaches behind the end of the file (truncated?)");
  if (ph.memsz < ph.filesz) return bad("a segment is smaller in memory than in the file");
  if (ph.memsz > User_end || ph.paddr > User_end - ph.memsz)
    return bad("a segment lies outside of user space");
  if (ph.align & (ph.align - 1) || ph.align > User_end)
    return bad("the alignment of a segment is no power of two");
  if ((ph.offset ^ ph.paddr) & (Page_size - 1))
    return bad("file offset and address of a segment disagree modulo the page size");
  if (ph.memsz == 0) return {};

  l4_addr_t const first = trunc(ph.paddr), end = round(ph.paddr + ph.memsz);
  if (!_has_segment)
    _start = first;
  else if (first < _end)
    return bad("segments overlap, share a page, or are not sorted by address");
  _end = end;
  _has_segment = true;

  for (; (1UL << _align) < ph.align; ++_align) {
  }
  return {};
}

Status Elf_image::check_interpreter(Elf64_phdr const &ph)
{
  if (!in_file(ph) || ph.filesz < 2 || _file[ph.offset + ph.filesz - 1] != '\0')
    return bad("the interpreter name is malformed");
  _interpreter = _file + ph.offset;
  return {};
}

Status Elf_image::check_elements(Elf64_phdr const &ph)
{
  if (!in_file(ph) || ph.offset % alignof(l4_uint64_t))
    return bad("the L4Re elements lie outside of the file");
  if (_elements) return bad("more than one segment with L4Re elements");
  _elements = _file + ph.offset;
  _elements_size = ph.filesz;

  l4_size_t seen = 0;
  for (char const *p = next_element(nullptr); p; p = next_element(p)) {
    l4_uint64_t const length = word(p, 1);
    l4_uint64_t const words = word(p, 0) == Elem_reserved ? 4 : 3;
    if (length < words * sizeof(l4_uint64_t)) return bad("an L4Re element is too short");
    switch (word(p, 0)) {
    case Elem_reserved:
      if (word(p, 2) > word(p, 3) || word(p, 3) >= User_end)
        return bad("a reserved address range is malformed");
      break;
    case Elem_stack_size:
      _requests.stack_size = word(p, 2);
      break;
    case Elem_stack_addr:
      _requests.stack_addr = word(p, 2);
      break;
    case Elem_kip_addr:
      _requests.kip_addr = word(p, 2);
      break;
    case Elem_ex_regs_flags:
      if (word(p, 2) != 0)
        return bad("the program asks for ex_regs flags, which this machine does not have");
      break;
    default:
      break;
    }
    seen = static_cast<l4_size_t>(p - _elements) + length;
  }
  for (; seen < _elements_size; ++seen)
    if (_elements[seen] != '\0') return bad("the list of L4Re elements is malformed");
  return {};
}

Status Elf_image::check_entry() const
{
  if (is_library()) return {};
  for (unsigned i = 0; i < phdr_num(); ++i) {
    Elf64_phdr const &ph = phdr(i);
    if (ph.type == Pt_load && (ph.flags & Pf_x) && entry() >= ph.paddr &&
        entry() - ph.paddr < ph.memsz)
      return {};
  }
  return bad("the entry point lies outside of the executable segments");
}

char const *Elf_image::next_element(char const *current) const
{
  if (!_elements) return nullptr;
  l4_size_t pos = current ? static_cast<l4_size_t>(current - _elements) + word(current, 1) : 0;
  // The linker may pad between elements; type 0 does not exist.
  while (_elements_size - pos >= Element_head && word(_elements + pos, 0) == 0)
    pos += sizeof(l4_uint64_t);
  if (_elements_size - pos < Element_head) return nullptr;
  l4_uint64_t const length = word(_elements + pos, 1);
  if (length < Element_head || length % sizeof(l4_uint64_t) || length > _elements_size - pos)
    return nullptr;
  return _elements + pos;
}

} // namespace Ldr
