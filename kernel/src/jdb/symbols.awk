# SPDX-License-Identifier: MIT
# From the output of `nm -nC` to the table that jdb/symbols.h reads: address and name of each function. Arguments
# and anonymous namespaces are left out of the names.

BEGIN { print "  .section .rodata, \"a\"\n  .balign 8\n  .globl kernel_symbols, kernel_symbols_end\nkernel_symbols:" }
$2 ~ /^[tTwW]$/ && $1 ~ /^ffffffff/ {
  name = $0
  sub(/^[0-9a-f]+ . /, "", name)
  gsub(/\(anonymous namespace\)::/, "", name)
  gsub(/"/, "", name)
  sub(/\(.*/, "", name)
  print "  .quad 0x" $1 ", " ++count "f"
  names[count] = name
}
END {
  print "kernel_symbols_end:"
  for (i = 1; i <= count; ++i) print i ": .asciz \"" substr(names[i], 1, 80) "\""
}
