// SPDX-License-Identifier: MIT
// Lets the kernel's allocators fail on demand. The linker puts it in front of Kmem and Slab
// (--wrap).
#pragma once

/// Which requests for kernel memory are refused.
enum class Refuse { One, All_from_there };

/// From now on, request number `nth` (from 1; 0: none) finds no memory; with All_from_there all
/// behind it too. An object of a chain counts as one request.
void refuse_memory(unsigned nth, Refuse how = Refuse::One);
/// Requests since then.
unsigned memory_requests();
/// Objects of all slabs that were handed out and not yet freed.
long live_objects();
/// One of them was freed (told by watched_slab.cc).
void object_freed();
