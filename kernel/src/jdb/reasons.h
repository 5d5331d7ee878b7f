// SPDX-License-Identifier: MIT
// The table that jdb/reasons.awk makes from the kernel's sources.
#pragma once

/// Why the line of the file decides for an error.
struct Reason {
  char const *file;
  int line;
  char const *text;
};
extern Reason const Reasons[];
extern unsigned const Reason_count;
