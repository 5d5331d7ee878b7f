# SPDX-License-Identifier: MIT
# The language Lua for this machine, to check boot scripts before they are booted. Leaves bin/lua.
#
# lock: lua5.4

step "compiling"
tar -xzf "$SOURCE_lua5_4"
cd lua-*/src

mkdir -p "$OUT/bin"
rm luac.c
$CC -std=gnu99 -O2 -g0 -DLUA_USE_POSIX ./*.c -lm -o "$OUT/bin/lua"
