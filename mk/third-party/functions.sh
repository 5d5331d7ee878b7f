# SPDX-License-Identifier: MIT
# What a recipe can use. A recipe runs in the empty folder $WORK and leaves its result in $OUT.
# $SOURCE_<name> is a fetched file of the lock (dashes as underscores), $RESULT_<name> the result
# of a part named in its "# needs:" line, $RECIPE the recipe's folder, $CC and $CXX the compilers.
set -eu

# step TEXT: one line of progress for the user (file descriptor 9; the rest goes to the log)
step() {
  printf '  %-7s %s: %s\n' THIRD "$NAME" "$*" >&9
  echo "=== $*"
}

# unpack_deb FILE DIR: the content of a Debian package
unpack_deb() {
  mkdir -p "$2"
  member=$(ar t "$1" | grep '^data\.tar')
  case $member in
    *.xz)  ar p "$1" "$member" | tar -xJf - -C "$2" ;;
    *.zst) ar p "$1" "$member" | zstd -dc | tar -xf - -C "$2" ;;
    *)     ar p "$1" "$member" | tar -xzf - -C "$2" ;;
  esac
}

# apply_patches DIR: all patches of the recipe's folder, in the order of their names
apply_patches() {
  for patch in "$RECIPE"/*.patch; do
    test -e "$patch" || continue
    echo "=== patch $(basename "$patch")"
    patch -d "$1" -p1 <"$patch"
  done
}
