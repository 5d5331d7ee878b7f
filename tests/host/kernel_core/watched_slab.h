// SPDX-License-Identifier: MIT
#pragma once

/// Really free one object that the kernel has freed; false if there is none. Leak checks call it
/// until then.
bool release_oldest_freed();
