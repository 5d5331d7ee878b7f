// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

struct Case {
  std::string name;
  std::function<void()> run;
};

/// All cases, in the order of their registration.
std::vector<Case> &cases();

struct Register {
  Register(char const *name, void (*run)()) { cases().push_back({name, run}); }
};

#define CHECK(x)                                                                                   \
  do                                                                                               \
    if (!(x)) throw std::logic_error(std::string(__FILE__ ":") + std::to_string(__LINE__) + " " #x); \
  while (false)
#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)
#define CASE(name)                                                                                 \
  static void JOIN(run_, __LINE__)();                                                              \
  static Register JOIN(case_, __LINE__)(name, JOIN(run_, __LINE__));                               \
  static void JOIN(run_, __LINE__)()
