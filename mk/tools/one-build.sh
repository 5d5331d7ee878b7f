#!/bin/sh
# SPDX-License-Identifier: MIT
#
# one-build.sh BUILD PID: waits until no other make builds in the directory BUILD, then notes in
# BUILD/.make that process PID does. A make that this one was started by does not count.

build=$1 me=$2 file=$1/.make told=

parent() { sed -n 's/^PPid:[[:space:]]*//p' "/proc/$1/status" 2>/dev/null; }
# A process number is used again some day, but not with the same start time. (One that has ended and
# was not waited for yet, Z, is gone.)
identity() { sed -n 's/.*) \([^Z].*\)/\1/p' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

is_ancestor() {
  p=$me
  while [ "${p:-0}" -gt 1 ]; do
    [ "$p" = "$1" ] && return 0
    p=$(parent "$p")
  done
  return 1
}

while ! (set -C; echo "$me $(identity "$me")" >"$file") 2>/dev/null; do
  [ -w "$build" ] || exit 0
  holder= since=
  read -r holder since <"$file" 2>/dev/null
  if [ -z "$since" ] || [ "$(identity "$holder")" != "$since" ]; then
    rm -f "$file"
  elif is_ancestor "$holder"; then
    exit 0
  else
    [ -n "$told" ] || echo "  WAIT    another make (process $holder) is building in $build;" \
      "O=folder builds elsewhere" >&2
    told=y
    sleep 0.2
  fi
done
