#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Writes the facts that the build needs about the compiler, as makefile variables.
# Usage: CC=gcc CXX=g++ probe-compiler.sh OUTPUT
set -u

out=$1
fail() { echo "$*" >&2; exit 1; }

command -v ${CC%% *} >/dev/null 2>&1 ||
  fail "The C compiler '$CC' was not found. Install it (Debian: apt-get install gcc) or say CC=..."
command -v ${CXX%% *} >/dev/null 2>&1 ||
  fail "The C++ compiler '$CXX' was not found. Install it (Debian: apt-get install g++) or say CXX=..."

version=$($CC -dumpfullversion)
major=${version%%.*}
machine=$($CC -dumpmachine)
case $machine in
  x86_64-*) ;;
  *) fail "The compiler '$CC' makes code for $machine; this tree needs one for x86_64. Say CC=... CXX=..." ;;
esac
[ "$major" -ge 12 ] ||
  fail "The compiler '$CC' is version $version; C++20 as used here needs at least version 12."

# Folders of the host's libstdc++: those C++ include folders which the C compiler does not have.
cxx_dirs=$($CXX -x c++ -E -v /dev/null 2>&1 | sed -n 's,^ \(/.*/c++/.*\),\1,p' | grep -v /backward)

mkdir -p "$(dirname "$out")"
{
  echo "# written by mk/tools/probe-compiler.sh"
  echo "GCC_VERSION := $version"
  echo "GCC_MAJOR := $major"
  echo "GCC_INCDIR := $($CC -print-file-name=include)"
  echo "LIBGCC := $($CC -print-libgcc-file-name)"
  echo "LIBGCC_EH := $($CC -print-file-name=libgcc_eh.a)"
  echo "HOST_CXX_INCDIRS :=" $cxx_dirs
  echo "CCACHE_PATH := $(command -v ccache)"
} >"$out.tmp" && mv "$out.tmp" "$out"
