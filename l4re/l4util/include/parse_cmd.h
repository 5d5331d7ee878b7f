// SPDX-License-Identifier: MIT
/**
 * Command lines from a description, with the list of options printed for `-h`:
 *
 *   parse_cmdline(&argc, &argv,
 *                 'c', "count", "how often", PARSE_CMD_INT, 1, &count,
 *                 'q', "quiet", "print nothing", PARSE_CMD_SWITCH, 1, &quiet,
 *                 0);
 */
#pragma once

#include <l4/sys/compiler.h>

#include <stdarg.h>

/** What follows the description of an option. */
enum parse_cmd_type {
  /** int default, int *value: a number follows the option. */
  PARSE_CMD_INT,
  /** int on, int *value: `on` is stored if the option is there; else nothing is. */
  PARSE_CMD_SWITCH,
  /** char const *default, char const **value: a text follows the option. */
  PARSE_CMD_STRING,
  /** int arg, parse_cmd_fn_t fn: `fn(arg)` is called. */
  PARSE_CMD_FN,
  /** int arg, parse_cmd_fn_arg_t fn: `fn(arg, text, number)` is called with what follows. */
  PARSE_CMD_FN_ARG,
  /** int step, int *value: each time the option is there, `step` is added. */
  PARSE_CMD_INC,
  /** int step, int *value: subtracted. */
  PARSE_CMD_DEC,
};

typedef void (*parse_cmd_fn_t)(int arg);
typedef void (*parse_cmd_fn_arg_t)(int arg, char const *text, int number);

L4_BEGIN_DECLS

/**
 * Read the options at the beginning of a command line.
 * \param argc, argv  Moved behind the options that were read; argv[0] is not looked at. `--` ends
 *                    the options.
 * \param short_name  Character after `-`, or ' ' for none; then long name (null for none),
 *                    description, type and its values, for each option; 0 ends the list.
 * \return 0; -1 an option is not known or lacks its value; -2 the description makes no sense; -3
 *         `-h` or `--help`, of which the list was printed
 */
L4_CV int parse_cmdline(int *argc, char const ***argv, int short_name, ...);
L4_CV int parse_cmdlinev(int *argc, char const ***argv, int short_name, va_list list);

L4_END_DECLS
