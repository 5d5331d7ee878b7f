// SPDX-License-Identifier: MIT
#pragma once

/// Index of the first capability slot that the test programs may use.
constexpr unsigned long First_free = 0x100;
