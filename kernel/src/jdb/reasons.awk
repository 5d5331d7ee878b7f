# SPDX-License-Identifier: MIT
# Why the kernel refuses: reads its sources and prints, for each place that decides an error, the condition
# under which it does, as rows of the table in jdb/reasons.h. The condition is the explanation, so
# it cannot become out of date; a comment at the end of the line replaces it.

function words(text)
{
  gsub(/[ \t]+/, " ", text)
  sub(/^ /, "", text)
  sub(/ $/, "", text)
  if (text ~ /^!\(call\.rights & Cap_slot::[A-Z]\)$/)
    return "the capability lacks the right " substr(text, length(text) - 1, 1)
  if (text ~ /^!\(item\.rights\(\) & Cap_slot::[A-Z]\)$/)
    return "the capability in the message lacks the right " substr(text, length(text) - 1, 1)
  if (text ~ /^(call\.tag\.)?words(\(\))? < [0-9]+$/)
    return "the message has fewer than " substr(text, index(text, "<") + 2) " words"
  if (text == "!call.tag.words()") return "the message has no words"
  if (text ~ /^call\.tag\.label\(\) != Proto::/)
    return "the label is not that of the protocol " substr(text, index(text, "::") + 2)
  return "since " text
}

# The condition of the statement that decides the error; it may stand on several lines.
function condition(statement,   start, depth, i, c)
{
  if (match(statement, /return [^;]*\?/)) {
    if (statement ~ /\?[^:]*Errno::.*: *Errno::/) return words(substr(statement, RSTART + 7))
    statement = substr(statement, RSTART + 7, RLENGTH - 8)
    sub(/ *$/, "", statement)
    return words("!(" statement ")")
  }
  if (match(statement, /default: *return/)) return "there is no such operation"
  start = 0
  while (match(statement, /if \(/)) { # the innermost one
    statement = substr(statement, RSTART + RLENGTH)
    start = 1
  }
  if (!start) return ""
  depth = 1
  for (i = 1; i <= length(statement); ++i) {
    c = substr(statement, i, 1)
    if (c == "(") ++depth
    if (c == ")" && --depth == 0) break
  }
  return words(substr(statement, 1, i - 1))
}

BEGIN {
  print "// Made by jdb/reasons.awk."
  print "#include \"jdb/reasons.h\""
  print "Reason const Reasons[] = {"
}
FNR == 1 { statement = ""; name = FILENAME; sub(/^.*\/src\//, "", name) }
{
  line = $0
  comment = ""
  if (match(line, /\/\/.*/)) {
    comment = substr(line, RSTART + 2)
    line = substr(line, 1, RSTART - 1)
    sub(/^ */, "", comment)
  }
  statement = statement " " line
  if (line ~ /(Errno|Ipc_error)::[A-Z]/ && line !~ /[!=]= *(Errno|Ipc_error)::/) {
    reason = comment != "" ? comment : condition(statement)
    gsub(/\\/, "\\\\", reason)
    gsub(/"/, "\\\"", reason)
    if (reason != "") printf "  {\"%s\", %d, \"%s\"},\n", name, FNR, reason
  }
  # a brace alone leaves the condition in front of it in force
  if (line ~ /[;}][ \t]*$/) statement = ""
}
END {
  print "};"
  print "unsigned const Reason_count = sizeof Reasons / sizeof Reasons[0];"
}
