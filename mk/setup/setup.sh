#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Looks for the tools of the named sets and installs what is missing, if this user may.
# Usage: setup.sh SET...
# SETUP=no: never install, only say what is missing. TOOLS_TABLE=file: another table (for tests).
#
# Plain sh without any tool beyond a minimal Debian system: it is what runs first.
set -u

list=${TOOLS_TABLE:-${0%/*}/tools}
missing_tools=
missing_packages=

has() {
  case $1 in
    */*) test -e "$1" ;;
    *\|*) has "${1%%|*}" || has "${1#*|}" ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
  esac
}

while read -r set tool package rest; do
  case " $* " in *" $set "*) ;; *) continue ;; esac
  has "$tool" && continue
  missing_tools="$missing_tools $tool"
  case " $missing_packages " in
    *" $package "*) ;;
    *) missing_packages="$missing_packages $package" ;;
  esac
done <"$list"

test -z "$missing_tools" && exit 0

say() { printf '%s\n' "$*" >&2; }

if ! command -v apt-get >/dev/null 2>&1; then
  say "*** Missing tools:$missing_tools"
  say "    This system has no apt-get; install them with its own package manager."
  say "    (In Debian they are in the packages$missing_packages.)"
  exit 1
fi

if test "${SETUP:-}" = no; then
  rights=none
elif test "$(id -u)" = 0; then
  rights=
elif sudo -n true 2>/dev/null; then
  rights="sudo -n"
else
  rights=none
fi

if test "$rights" = none; then
  say "*** Missing tools:$missing_tools"
  say "    Install them with this line, then run make again:"
  say ""
  say "    sudo apt-get install --no-install-recommends$missing_packages"
  say ""
  exit 1
fi

say "  SETUP   installing$missing_packages"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
  $rights env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    $missing_packages >"$log" 2>&1 </dev/null
}

# Package lists may be absent or old: fetch them when the first attempt fails.
if ! install; then
  say "  SETUP   updating the package lists"
  $rights apt-get update -qq >"$log" 2>&1 </dev/null
  if ! install; then
    tail -n 12 "$log" >&2
    say "*** apt-get could not install:$missing_packages"
    say "    Correct what it says above, or install them in another way, and run make again."
    exit 1
  fi
fi
exit 0
