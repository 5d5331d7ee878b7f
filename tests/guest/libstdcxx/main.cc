// SPDX-License-Identifier: MIT
#include "check.h"

#include <iostream>

std::vector<Case> &cases()
{
  static std::vector<Case> all;
  return all;
}

int main()
{
  std::cout << "TAP TEST START\n1.." << cases().size() << std::endl;
  int number = 0;
  for (Case const &c : cases()) {
    std::string outcome = "ok ";
    try {
      c.run();
    } catch (std::exception const &e) {
      std::cout << "# " << e.what() << std::endl;
      outcome = "not ok ";
    }
    std::cout << outcome << ++number << " - " << c.name << std::endl;
  }
  std::cout << "TAP TEST FINISHED" << std::endl;
}
