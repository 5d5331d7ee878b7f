// SPDX-License-Identifier: MIT
#pragma once

#include "boot_fs.h"

namespace Moe {

/// Start the first program (options.init) by means of rom/l4re; explains and stops on errors.
void start_init(Boot_fs const &files);

} // namespace Moe
