// SPDX-License-Identifier: MIT
// Ends with a status that moe reports.
int main(void)
{
  return 7;
}
