#pragma once

#include <vector>

struct History
{
  void add(int value);
  std::vector<int> values;
};

unsigned long now();
