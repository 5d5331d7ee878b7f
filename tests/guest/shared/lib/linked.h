// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

/// What the library saw happen, in order.
std::vector<std::string> &events();

/// Thrown across the border of the library.
struct Refused {
  int code;
};
[[noreturn]] void refuse(int code);

/// Defined in the library, and in the program, which comes first.
int overridden();
int ask_overridden();

/// A variable that the program copies (it is not position independent) and both see.
extern int shared_counter;
int library_counter();

/// A function whose address must be the same everywhere.
void marker();
using Function = void();
Function *library_marker();

/// Constants that the loader has to relocate.
char const *const *library_names();

extern thread_local int thread_value;
int &library_thread_value();
