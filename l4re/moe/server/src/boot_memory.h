// SPDX-License-Identifier: MIT
#pragma once

namespace Moe {

/// Get the KIP from sigma0; `l4_kip()` works afterwards.
void map_kip();

/// Take all free RAM from sigma0 and give it to `ram`.
void collect_memory();

} // namespace Moe
