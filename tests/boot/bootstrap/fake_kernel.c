// SPDX-License-Identifier: MIT
// Stands in for the kernel: prints everything that the loader handed over, one fact a line, and
// ends QEMU with exit status 33. check.py compares the facts with what was given to the loader.
//
// OPTIONS_VERSION is 5 or 6. Memory is summed up where the option -jdb_cmd=START+SIZE,... says.
#include <stddef.h>
#include <stdint.h>

typedef uint64_t u64;
typedef uint32_t u32;
typedef uint8_t u8;

static inline void out(uint16_t port, u8 value)
{
  __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline u8 in(uint16_t port)
{
  u8 value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

__attribute__((section(".kip"), used, aligned(0x1000))) static u8 kip[0x1000] = {
  [0x00] = 0x4c, 0x34, 0xe6, 0x4b, // magic
  [0x04] = 0x44, 0x44, 0x03, 0x87, // version with subversion 3
  [0x08] = 0x49,                   // version string at 0x490
  [0x54] = 0x90,                   // memory descriptors at 0x90
  [0x58] = 64,
  [0x490] = 'f', 'a', 'k', 'e', ' ', 'k', 'e', 'r', 'n', 'e', 'l', 0, 0,
};

enum { V6 = OPTIONS_VERSION == 6 ? 4 : 0 };

__attribute__((section(".options"), used, aligned(0x1000))) static u8 options[0xd8 + V6] = {
  0x43, 0x4b, 0x34, 0x4c, OPTIONS_VERSION,
};

static volatile u32 in_data = 0x600df00d;
static volatile u8 in_bss[300 * 1024];

static void put(char c)
{
  while (!(in(0x3fd) & 0x20))
    ;
  out(0x3f8, (u8)c);
}

static void text(const char *s)
{
  for (; *s; ++s) put(*s);
}

static void hex(u64 value)
{
  int shift = 60;
  while (shift > 0 && !(value >> shift & 15)) shift -= 4;
  for (; shift >= 0; shift -= 4) put("0123456789abcdef"[value >> shift & 15]);
}

static void fact(const char *name, u64 value)
{
  text(name);
  put(' ');
  hex(value);
  put('\n');
}

static u64 get(const u8 *base, size_t offset, size_t bytes)
{
  u64 value = 0;
  __builtin_memcpy(&value, base + offset, bytes);
  return value;
}

// zlib's Adler-32
static u32 sum(u64 start, u64 end)
{
  u32 a = 1, b = 0;
  for (const u8 *p = (const u8 *)start; p != (const u8 *)end;) {
    const u8 *stop = (u64)(end - (u64)p) > 5000 ? p + 5000 : (const u8 *)end;
    for (; p != stop; ++p) b += a += *p;
    a %= 65521;
    b %= 65521;
  }
  return b << 16 | a;
}

static void dump_machine(void)
{
  u64 cr0, cr4, flags, rsp;
  uint16_t cs;
  __asm__ volatile("mov %%cr0, %0; mov %%cr4, %1; pushf; pop %2; mov %%rsp, %3; mov %%cs, %4"
                   : "=r"(cr0), "=r"(cr4), "=r"(flags), "=r"(rsp), "=r"(cs));
  fact("cr0", cr0);
  fact("cr4", cr4);
  fact("rflags", flags);
  fact("rsp", rsp);
  fact("cpl", cs & 3);
  u64 dirty = in_data != 0x600df00d;
  for (size_t i = 0; i < sizeof(in_bss); ++i) dirty |= in_bss[i];
  fact("dirty", dirty);
}

static void dump_kip(void)
{
  fact("sigma0_ip", get(kip, 0x10, 8));
  fact("root_ip", get(kip, 0x18, 8));
  fact("rsdp", get(kip, 0x30, 8));
  fact("user_ptr", get(kip, 0x40, 8));
  text("platform ");
  text((const char *)kip + 0x70);
  put('\n');
  for (u32 i = 0; i < 64; ++i) {
    const u8 *descriptor = kip + 0x90 + 16 * i;
    if (get(descriptor, 0, 8) == 0) continue;
    text("descriptor ");
    hex(get(descriptor, 0, 8));
    fact("", get(descriptor, 8, 8));
  }
}

static void dump_options(void)
{
  fact("flags", get(options, 0x08, 4));
  fact("kmemsize", get(options, 0x0c, 4));
  if (V6) fact("perf_profile", get(options, 0x10, 4));
  fact("uart_base_baud", get(options, 0x10 + V6, 4));
  fact("uart_baud", get(options, 0x14 + V6, 4));
  fact("uart_irq", get(options, 0x18 + V6, 2));
  fact("uart_shift", get(options, 0x1a + V6, 1));
  fact("uart_access", get(options, 0x1b + V6, 1));
  fact("uart_base", get(options, 0x1c + V6, 8));
  fact("tbuf_entries", get(options, 0xcc + V6, 4));
  fact("out_buf", get(options, 0xd0 + V6, 4));
  text("jdb_cmd ");
  text((const char *)options + 0x4c + V6);
  put('\n');
}

static void dump_modules(void)
{
  const u8 *info = (const u8 *)get(kip, 0x40, 8);
  const u8 *entry = (const u8 *)get(info, 0x10, 8);
  text("command_line ");
  text((const char *)get(info, 0x08, 8));
  put('\n');
  for (u64 i = 0; i < get(info, 0x18, 4); ++i, entry += 0x20) {
    u64 flags = get(entry, 0, 8), start = get(entry, 8, 8), end = get(entry, 16, 8);
    text("module ");
    hex(flags);
    put(' ');
    hex(start);
    put(' ');
    hex(end);
    put(' ');
    hex(flags ? 0 : sum(start, end));
    put(' ');
    text((const char *)get(entry, 24, 8));
    put('\n');
  }
}

static u64 number(const char **position)
{
  u64 value = 0;
  for (;; ++*position) {
    char c = **position;
    if (c >= '0' && c <= '9') value = value * 16 + (u64)(c - '0');
    else if (c >= 'a' && c <= 'f') value = value * 16 + 10 + (u64)(c - 'a');
    else return value;
  }
}

static void dump_sums(void)
{
  const char *position = (const char *)options + 0x4c + V6;
  while (*position) {
    u64 start = number(&position);
    if (*position++ != '+') return;
    u64 size = number(&position);
    text("sum ");
    hex(start);
    fact("", sum(start, start + size));
    if (*position == ',') ++position;
  }
}

void _start(void);

__attribute__((section(".text.start"))) void _start(void)
{
#ifdef CRASH
  *(volatile char *)0xffff800000000000 = 1;
#endif
#ifdef RETURN
  return;
#endif
  dump_machine();
  dump_kip();
  dump_options();
  dump_modules();
  dump_sums();
  text("end\n");
  while (!(in(0x3fd) & 0x40))
    ;
  out(0xf4, 16);
  for (;;) __asm__ volatile("hlt");
}
