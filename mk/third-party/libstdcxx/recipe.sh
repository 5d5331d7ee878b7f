# SPDX-License-Identifier: MIT
# libstdc++ with exceptions, iostreams and POSIX threads, on newlib.
# Leaves include/ (C++ headers) and lib/{libstdc++,libsupc++}.a.
#
# lock: gcc-%GCC_MAJOR%-source
# needs: newlib
# tree: l4re/libc/c

major=$($CC -dumpversion | cut -d. -f1)
top=$(cd "$RECIPE/../../.." && pwd)

step "unpacking"
eval "source=\$SOURCE_gcc_${major}_source"
unpack_deb "$source" deb
# Of a whole compiler only what its C++ library is made of.
mkdir gcc
tar -xf deb/usr/src/gcc-"$major"/gcc-"$major".*.tar.xz -C gcc --strip-components=1 --wildcards \
  --exclude='*/testsuite/*' --exclude='*/doc/*' \
  'gcc-*/libstdc++-v3' 'gcc-*/libgcc' 'gcc-*/libiberty/cp-demangle.*' 'gcc-*/libbacktrace' \
  'gcc-*/include' 'gcc-*/config' 'gcc-*/config.*' 'gcc-*/config-ml.in' 'gcc-*/install-sh' \
  'gcc-*/ltmain.sh' 'gcc-*/missing' 'gcc-*/mkinstalldirs' 'gcc-*/move-if-change' \
  'gcc-*/gcc/BASE-VER' 'gcc-*/gcc/DATESTAMP' 'gcc-*/gcc/DEV-PHASE'
rm -rf deb
# configure wants makefiles of these folders, which are not built.
for folder in testsuite doc; do
  mkdir -p "gcc/libstdc++-v3/$folder"
  echo 'all install:' >"gcc/libstdc++-v3/$folder/Makefile.in"
done
mkdir -p gcc/libstdc++-v3/doc/xsl
: >gcc/libstdc++-v3/doc/xsl/customization.xsl.in
apply_patches gcc
cp "$RECIPE/os_defines.h" gcc/libstdc++-v3/config/os/newlib/os_defines.h

step "configuring"
mkdir -p libgcc build
cp gcc/libgcc/gthr-posix.h libgcc/gthr-default.h
cd build

# The host's compilers, told to forget that they were made for Linux; C++ headers come from the
# library itself, before those of C. Position independent, for libstdc++.so.
target="-nostdinc
  -U__linux__ -U__linux -Ulinux -U__gnu_linux__ -U__unix__ -U__unix -Uunix
  -fPIC -fno-semantic-interposition -ftls-model=initial-exec
  -fno-stack-protector -U_FORTIFY_SOURCE -fcf-protection=none -D_GNU_SOURCE=1"
system="-isystem $top/l4re/libc/c -isystem $RESULT_newlib/include
  -isystem $($CC -print-file-name=include)"
flags="-O2 -g0 -ffunction-sections -fdata-sections -ffile-prefix-map=$WORK=.
  -ffile-prefix-map=$top=. -ffile-prefix-map=$RESULT_newlib=newlib"
# libstdc++'s makefiles put their own include folders on each command line; with -idirafter the
# C headers come after them, which #include_next of <cstdlib> and others relies on.
system=$(echo "$system" | sed 's/-isystem/-idirafter/g')

export ac_cv_func_fcntl=yes ac_cv_func_getexecname=no glibcxx_cv_sys_filetype=elf64
../gcc/libstdc++-v3/configure --build=x86_64-linux-gnu --host=x86_64-elf --target=x86_64-elf \
  --with-cross-host=x86_64-linux-gnu --with-newlib --prefix="$WORK/install" \
  --with-gxx-include-dir="$WORK/install/include" \
  --disable-multilib --disable-nls --disable-shared --disable-libstdcxx-pch \
  --disable-libstdcxx-backtrace --enable-libstdcxx-dual-abi --with-default-libstdcxx-abi=new \
  --enable-libstdcxx-threads --enable-libstdcxx-filesystem-ts=no \
  --enable-cxx-flags="-g0 -ffunction-sections -fdata-sections" \
  CC="$(echo $CC $target $system)" CXX="$(echo $CXX $target -nostdinc++ $system)" \
  CPP="$(echo $CC $target $system -E)" CXXCPP="$(echo $CXX $target -nostdinc++ $system -E)" \
  CFLAGS="$(echo $flags)" CXXFLAGS="$(echo $flags)" \
  AS=as AR=ar LD=ld RANLIB=ranlib NM=nm OBJDUMP=objdump STRIP=strip MAKEINFO=:

# What a configure for another system cannot find out by running programs. A mathematical function
# that is not named here is replaced by one of less precision.
for name in _GLIBCXX_USE_CLOCK_MONOTONIC _GLIBCXX_USE_CLOCK_REALTIME _GLIBCXX_USE_NANOSLEEP \
  _GLIBCXX_USE_SCHED_YIELD _GLIBCXX_USE_REALPATH HAVE_TLS HAVE_ALIGNED_ALLOC \
  HAVE_POSIX_MEMALIGN HAVE_USELOCALE _GLIBCXX_USE_C99 _GLIBCXX98_USE_C99_STDIO \
  _GLIBCXX11_USE_C99_STDIO HAVE_STRTOLD HAVE_QUICK_EXIT HAVE_AT_QUICK_EXIT HAVE_TIMESPEC_GET \
  HAVE_UCHAR_H _GLIBCXX_USE_C11_UCHAR_CXX11 HAVE_SINCOS HAVE_SINCOSF HAVE_HYPOTF HAVE_HYPOTL \
  HAVE_ACOSL HAVE_ASINL HAVE_ATANL HAVE_ATAN2L HAVE_CEILL HAVE_COSL HAVE_COSHL HAVE_EXPL \
  HAVE_FABSL HAVE_FLOORL HAVE_FMODL HAVE_FREXPL HAVE_LDEXPL HAVE_LOGL HAVE_LOG10L HAVE_MODF \
  HAVE_MODFF HAVE_MODFL HAVE_POWL HAVE_SINL HAVE_SINHL HAVE_SQRTL HAVE_TANL HAVE_TANHL; do
  sed -i "s,^/\* #undef $name \*/,#define $name 1," config.h
  grep -q "define $name 1" config.h || echo "#define $name 1" >>config.h
done

step "compiling (about a minute)"
make
make install
cp -r "$WORK/install/include" "$OUT/include"
mkdir "$OUT/lib"
cp src/.libs/libstdc++.a libsupc++/.libs/libsupc++.a "$OUT/lib/"
