// SPDX-License-Identifier: MIT
#pragma once

#include <l4/sys/l4int.h>

/**
 * \file
 * What an exception means, in words and as a POSIX signal. Pure: facts in, text out.
 */
namespace Itas {

/// Facts about an exception (kernel-entry.md section 6).
struct Exception_facts {
  l4_umword_t trapno = 0;
  l4_umword_t err = 0;
  l4_addr_t ip = 0;
  l4_addr_t address = 0; ///< of a page fault

  /// What the address space says about a page fault.
  enum class Place {
    Unmapped,
    Null,
    Stack_guard,
    Reserved,
    Not_readable,
    Not_writable,
    Not_executable,
    Not_backed,
    Fine, ///< the access would work now
  } place = Place::Fine;
  char const *region = "";  ///< name of the region at the address, if there is one
  char const *backing = ""; ///< with Not_backed: the error in words

  unsigned char code[2] = {}; ///< first bytes of the instruction; zero if not readable
  bool have_code = false;
};

/// A verdict: signal number, its POSIX name, and the sentence for the user.
struct Diagnosis {
  int signal = 0;
  char const *signal_name = "";
  char text[200] = {};
};

/// Find out what an exception means.
Diagnosis diagnose(Exception_facts const &facts);

} // namespace Itas
