// SPDX-License-Identifier: MIT
#pragma once

#include <l4/sys/types.h>

#include <vector>

/// Flexpages that were withdrawn from clients since the vector was cleared last.
extern std::vector<l4_fpage_t> withdrawn;
