// SPDX-License-Identifier: MIT
#pragma once

#include "dataspace.h"
#include "name_space.h"

#include <l4/util/l4mod.h>

namespace Moe {

class Line_printer;

/**
 * The boot modules as files: directory `rom` (read-only) and `rwfs` (files with option `:rw`).
 * moe-ned-sigma0.md section 2.4.
 */
class Boot_fs {
public:
  /// Read the module list, which the KIP points to. Prints the files.
  void init();

  Name_space *rom() const { return _rom; }
  Name_space *rwfs() const { return _rwfs; }

  /// The file with the path `rom/NAME` or `rwfs/NAME`, or null.
  Dataspace *find(char const *path) const;
  /// Command line of moe, or null.
  static char const *command_line();

private:
  static l4util_l4mod_info const *info();
  static void map_modules();
  void add_file(l4util_l4mod_mod const &module, Line_printer &line);
  static void add_dirinfo(Name_space *directory);

  Name_space *_rom = nullptr, *_rwfs = nullptr;
};

} // namespace Moe
