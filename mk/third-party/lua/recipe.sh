# SPDX-License-Identifier: MIT
# The language Lua as a library, for newlib. Leaves include/ and lib/liblua.a.
#
# lock: lua5.4
# needs: newlib

step "compiling"
tar -xzf "$SOURCE_lua5_4"
cd lua-*/src

# The host's compiler, told to forget that it was made for Linux (see newlib/recipe.sh).
compiler="$CC -nostdinc -isystem $($CC -print-file-name=include)
  -isystem $RESULT_newlib/include
  -U__linux__ -U__linux -Ulinux -U__gnu_linux__ -U__unix__ -U__unix -Uunix
  -std=gnu99 -O2 -g0 -fno-pic -fno-stack-protector -U_FORTIFY_SOURCE -fcf-protection=none
  -ffunction-sections -fdata-sections -D_CLOCKS_PER_SEC_=1000000 -ffile-prefix-map=$WORK=."

for file in l*.c; do
  case $file in
    lua.c | luac.c) ;; # the stand-alone programs
    *) $compiler -c "$file" ;;
  esac
done

mkdir -p "$OUT/lib" "$OUT/include"
ar rcsD "$OUT/lib/liblua.a" *.o
cp lua.h luaconf.h lualib.h lauxlib.h lua.hpp "$OUT/include"
