// SPDX-License-Identifier: MIT
/**
 * Checks of numbers and layouts while compiling: a line that does not hold stops the build and
 * names the constant.
 */
#pragma once

#define CHECK(name, value)                                                                         \
  static_assert((unsigned long)(name) == (unsigned long)(value), #name " must be " #value)
#define CHECK_OFFSET(type, field, value)                                                           \
  static_assert(__builtin_offsetof(type, field) == (value), #type "::" #field " must be "          \
                                                                  "at " #value)
#define CHECK_SIZE(type, value)                                                                    \
  static_assert(sizeof(type) == (value), #type " must have " #value " bytes")
