-- SPDX-License-Identifier: MIT
-- The module "L4" of boot scripts (docs/ned.md): numbers by name, and facts about the system. The
-- other Lua files of this folder add their parts to it, in the order of the list in main.cc;
-- members that begin with "__" are for this folder only. `core` are the functions of cap.cc,
-- objects.cc and process_lua.cc.
local core, L4 = ...
local strict = L4.__message.strict

L4.Proto = strict("Proto", {
  Ipc_gate = 0, Sigma0 = -6, Log = -13, Scheduler = -14, Factory = -15, Vm = -16, Dma_space = -17,
  Irq_sender = -18, Semaphore = -20, Iommu = -22, Dataspace = 0x4000, Namespace = 0x4001,
  Goos = 0x4003, Mem_alloc = 0x4004, Rm = 0x4005, Event = 0x4006, Inhibitor = 0x4007,
})
L4.Rights = strict("Rights", {
  w = 1, s = 2, r = 4, d = 8, n = 16, c = 32, ro = 4, rw = 5, rws = 7,
})
L4.Ldr_flags = strict("Ldr_flags", { eager_map = 1, all_segs_cow = 2, pinned_segs = 4 })
L4.Mem_alloc_flags = strict("Mem_alloc_flags", { Continuous = 1, Pinned = 2, Super_pages = 4 })
L4.Dbg = strict("Dbg", {
  Info = 1, Warn = 2, Boot = 4, Server = 0x10, Exceptions = 0x20, Cmd_line = 0x40, Loader = 0x80,
  Name_space = 0x400, All = 0xffffffff,
})

local watch_misses = L4.__message.watch_misses
L4.Info = watch_misses("L4.Info", {
  Kip = watch_misses("L4.Info.Kip", { str = core.kip_text }),
  arch = function() return "amd64" end,
  platform = function()
    local name = core.platform()
    return name ~= "" and name or "pc"
  end,
  mword_bits = function() return 64 end,
})
