// SPDX-License-Identifier: MIT
#include "obj/operation.h"

Outcome serve(Operation const *rows, unsigned count, Opcode opcode, Kobject &object,
              Invocation &call)
{
  unsigned words = call.tag.words();
  bool has_opcode = words || opcode.without_words == Opcode::Unchecked;
  if (!has_opcode && opcode.without_words < 0)
    return Errno(-opcode.without_words); // the message has no words
  Word wanted = has_opcode ? call.mr(0) & opcode.bits : Word(opcode.without_words);
  for (Operation const *row = rows; row != rows + count; ++row) {
    if (row->opcode != wanted) continue;
    if (row->right & ~call.rights)
      return Errno::Perm; // the capability lacks the right that the operation needs
    if (words < row->words.least || words > row->words.most)
      return Errno(row->words.error); // the operation takes another number of words
    return row->serve(object, call);
  }
  return Errno::No_sys; // there is no such operation
}
