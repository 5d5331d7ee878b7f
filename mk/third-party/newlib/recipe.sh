# SPDX-License-Identifier: MIT
# The C library newlib, without a system layer: package l4re/libc supplies that.
# Leaves include/ and lib/{libc,libm,libg}.a.
#
# lock: newlib-source

step "unpacking"
unpack_deb "$SOURCE_newlib_source" deb
tar -xf deb/usr/src/newlib/newlib-*.tar.xz
mv newlib-* newlib
rm -rf deb
apply_patches newlib

step "configuring"
mkdir build
cd build

# The host's compiler, told to forget that it was made for Linux. Position independent, for libc.so;
# the linker turns that into direct accesses in static programs.
compiler="$CC -ffreestanding -nostdinc -isystem $($CC -print-file-name=include)
  -U__linux__ -U__linux -Ulinux -U__gnu_linux__ -U__unix__ -U__unix -Uunix
  -fPIC -fno-semantic-interposition -ftls-model=initial-exec
  -fno-stack-protector -U_FORTIFY_SOURCE -fcf-protection=none"
# The types of read() and write() and the unit of clock() as POSIX has them; programs see the same
# definitions through l4re/libc/c/sys/config.h.
flags="-O2 -g0 -ffunction-sections -fdata-sections
  -D_READ_WRITE_RETURN_TYPE=_ssize_t -D_READ_WRITE_BUFSIZE_TYPE=__SIZE_TYPE__
  -D_CLOCKS_PER_SEC_=1000000
  -ffile-prefix-map=$WORK=."

../newlib/configure --target=x86_64-elf --prefix="$WORK/install" \
  --disable-multilib --disable-libgloss --disable-newlib-supplied-syscalls --disable-nls \
  --enable-newlib-multithread --enable-newlib-retargetable-locking \
  --enable-newlib-reent-thread-local --enable-newlib-reent-check-verify \
  --enable-newlib-io-long-long --enable-newlib-io-c99-formats --enable-newlib-io-long-double \
  --enable-newlib-io-pos-args --enable-newlib-long-time_t --enable-newlib-mb \
  CC_FOR_TARGET="$(echo $compiler)" CFLAGS_FOR_TARGET="$(echo $flags)" \
  AS_FOR_TARGET=as AR_FOR_TARGET=ar LD_FOR_TARGET=ld RANLIB_FOR_TARGET=ranlib \
  NM_FOR_TARGET=nm OBJDUMP_FOR_TARGET=objdump STRIP_FOR_TARGET=strip READELF_FOR_TARGET=readelf \
  MAKEINFO=:

step "compiling (about half a minute)"
make all-target-newlib
make install-target-newlib

mv "$WORK/install/x86_64-elf/include" "$OUT/include"
mv "$WORK/install/x86_64-elf/lib" "$OUT/lib"
# What the port does better (l4re/libc, l4re/l4re_vfs): whichever archive the linker looks into
# first, there must be one definition only.
ar d "$OUT/lib/libc.a" libc_a-remove.o libc_a-rename.o libc_a-signal.o libc_a-abort.o libc_a-lock.o
