// SPDX-License-Identifier: MIT
//
// A guest that does what its command line says, for testing the test runner: a multiboot 1 image
// that needs no kernel. The text after the image's name is printed on the first serial line;
// `;` ends a line. `@` starts an action: @xN ends QEMU with isa-debug-exit code N (one digit), @h
// halts for ever, @r resets the machine by a triple fault, @i waits for a byte of input and prints
// it.

typedef unsigned char Byte;
typedef unsigned int Word;

enum { Com1 = 0x3f8, Line_status = Com1 + 5, Rx_ready = 1, Tx_empty = 0x20, Debug_exit = 0xf4 };

struct Multiboot_info {
  Word flags, mem_lower, mem_upper, boot_device;
  char const *cmdline;
};

// Magic, flags, checksum: the sum of the three words is zero.
__attribute__((section(".multiboot"), used)) static Word const header[3] = {0x1badb002, 0,
                                                                            -0x1badb002u};

static void out8(unsigned short port, Byte value)
{
  __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static Byte in8(unsigned short port)
{
  Byte value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

static void print(char c)
{
  while (!(in8(Line_status) & Tx_empty))
    ;
  out8(Com1, (Byte)c);
}

static void halt(void)
{
  for (;;)
    __asm__ volatile("cli; hlt");
}

static void reset(void)
{
  static struct __attribute__((packed)) {
    unsigned short limit;
    Word base;
  } const empty = {0, 0};
  __asm__ volatile("lidt %0; int3" : : "m"(empty));
}

static char const *act(char const *text)
{
  switch (*text) {
  case 'x':
    out8(Debug_exit, (Byte)(text[1] - '0'));
    return text + 2;
  case 'h':
    halt();
    break;
  case 'r':
    reset();
    break;
  case 'i':
    while (!(in8(Line_status) & Rx_ready))
      ;
    print((char)in8(Com1));
    break;
  }
  return text + 1;
}

__attribute__((used)) static void run(struct Multiboot_info const *info)
{
  char const *text = info->cmdline;
  while (*text && *text != ' ')
    ++text; // the image's own name
  if (*text) ++text;
  while (*text) {
    if (*text == '@') {
      text = act(text + 1);
    } else {
      print(*text == ';' ? '\n' : *text);
      ++text;
    }
  }
  halt();
}

__asm__(".globl _start\n"
        "_start:\n"
        "  mov $stack_end, %esp\n"
        "  push %ebx\n"
        "  call run\n"
        ".bss\n"
        ".balign 16\n"
        ".skip 4096\n"
        "stack_end:\n"
        ".text\n");
