// SPDX-License-Identifier: MIT
// Numbers of the windows that watch.py judges.
#pragma once

enum Window : unsigned {
  All_idle = 1,        ///< every CPU sleeps for a second
  One_loops = 2,       ///< the only thread of CPU 1 loops for 100 ms, the others sleep
  Two_share = 3,       ///< two threads share CPU 1 for 100 ms
  Delete_idle = 4,     ///< objects are deleted while the other CPUs sleep
  Delete_busy = 5,     ///< the same while threads loop on all of them
  Unmap_unused = 6,    ///< pages are unmapped that only this CPU used
  Unmap_used = 7,      ///< pages are unmapped that CPU 1 used too
  Unmap_untouched = 8, ///< pages that nobody accessed, in a task of CPU 1
  Remote_calls = 9,    ///< calls of a server on CPU 1
};
