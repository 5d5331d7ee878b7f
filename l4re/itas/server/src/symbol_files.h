// SPDX-License-Identifier: MIT
#pragma once

#include "address_space.h"
#include "symbols.h"

namespace Itas {

/**
 * Find a file by a path whose first component is a named capability, e.g. `rom/hello`; a path of
 * one component names a dataspace that the program was given directly.
 *
 * \param[out] ds  a slot of its own, also after errors of the server; the caller gives it back
 * \return 0; -L4_ENXIO: there is no such capability; -L4_ENOMEM: no slot; what the name space said
 */
long find_file(char const *path, L4::Cap<L4Re::Dataspace> *ds);

/**
 * Names of functions from the files of the program and its libraries.
 *
 * A region knows the name of its file and its place there. The program's own file is where it was
 * loaded from, libraries are looked for in `rom`. A file is attached when an address in it is asked
 * for first, and stays: who needs names is about to report something.
 */
class Symbol_files {
public:
  /**
   * \param path  of the program's file, null if it has none
   * \param name  of the program's regions
   */
  Symbol_files(Address_space *space, char const *path, char const *name)
      : _space(space), _path(path), _name(name)
  {
  }

  /// A place in the code.
  struct Place {
    char const *file = nullptr; ///< name of the region; null: there is no code
    l4_addr_t address = 0; ///< as tools know it that read the file; without the file as asked for
    Symbols::Function function; ///< `start` is where it lies in memory
  };
  Place find(l4_addr_t address);

  /// Bytes for describe().
  static constexpr unsigned Place_text = 64;
  /// "function+0x12", or "" if no file names a function there.
  void describe(l4_addr_t address, char (&text)[Place_text]);
  static void describe(Place const &place, char (&text)[Place_text]);

  /// True for the file of the program itself.
  [[nodiscard]] bool is_program(Place const &place) const;

private:
  struct File {
    char name[Region::Name_length] = {};
    Symbols symbols;
  };
  static constexpr unsigned Max_files = 16;

  Symbols const *symbols_of(char const *name);
  void open(File *file);

  Address_space *_space;
  char const *_path, *_name;
  File _files[Max_files];
  unsigned _count = 0;
};

} // namespace Itas
