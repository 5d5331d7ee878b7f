# SPDX-License-Identifier: MIT
# What newlib has for systems with files: patterns, regular expressions, walks through directories.
# A part of its own because it needs this system's headers, and newlib must not.
# Leaves lib/libposix.a; the headers are newlib's.
#
# lock: newlib-source
# needs: newlib
# tree: l4re/libc/c

top=$(cd "$RECIPE/../../.." && pwd)

step "unpacking"
unpack_deb "$SOURCE_newlib_source" deb
tar -xf deb/usr/src/newlib/newlib-*.tar.xz
mv newlib-* newlib
rm -rf deb

step "compiling"
# As newlib itself is compiled: for another system than this one, position independent.
compiler="$CC -ffreestanding -nostdinc -isystem $top/l4re/libc/c -isystem $RESULT_newlib/include
  -isystem $($CC -print-file-name=include)
  -U__linux__ -U__linux -Ulinux -U__gnu_linux__ -U__unix__ -U__unix -Uunix
  -fPIC -fno-semantic-interposition -ftls-model=initial-exec
  -fno-stack-protector -U_FORTIFY_SOURCE -fcf-protection=none
  -O2 -g0 -ffunction-sections -fdata-sections -D_GNU_SOURCE -fno-builtin
  -ffile-prefix-map=$WORK=. -ffile-prefix-map=$top=. -ffile-prefix-map=$RESULT_newlib=newlib"
mkdir "$OUT/lib"
for file in posix/collate posix/collcmp posix/fnmatch posix/ftw posix/glob posix/nftw \
  posix/regcomp posix/regerror posix/regexec posix/regfree unix/basename unix/dirname; do
  (cd newlib/newlib/libc/${file%/*} && $compiler -c ${file#*/}.c -o "$WORK/${file#*/}.o")
done
ar rcs "$OUT/lib/libposix.a" "$WORK"/*.o
