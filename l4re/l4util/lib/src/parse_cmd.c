// SPDX-License-Identifier: MIT
#include <l4/util/kprintf.h>
#include <l4/util/parse_cmd.h>

/** An option as the caller describes it. */
struct option {
  char short_name;
  char const *long_name;
  char const *description;
  int type;
  int number;
  char const *text;
  void *value;
  parse_cmd_fn_t fn;
  parse_cmd_fn_arg_t fn_arg;
};

/** Result of reading the description of one option. */
enum { End = 0, Read = 1, Bad = -2 };

static int next_option(struct option *o, int short_name, va_list *list)
{
  if (!short_name) return End;
  o->short_name = (char)short_name;
  o->long_name = va_arg(*list, char const *);
  o->description = va_arg(*list, char const *);
  o->type = va_arg(*list, int);
  switch (o->type) {
  case PARSE_CMD_STRING:
    o->text = va_arg(*list, char const *);
    o->value = va_arg(*list, char const **);
    return Read;
  case PARSE_CMD_FN:
    o->number = va_arg(*list, int);
    o->fn = va_arg(*list, parse_cmd_fn_t);
    return Read;
  case PARSE_CMD_FN_ARG:
    o->number = va_arg(*list, int);
    o->fn_arg = va_arg(*list, parse_cmd_fn_arg_t);
    return Read;
  case PARSE_CMD_INT:
  case PARSE_CMD_SWITCH:
  case PARSE_CMD_INC:
  case PARSE_CMD_DEC:
    o->number = va_arg(*list, int);
    o->value = va_arg(*list, int *);
    return Read;
  default:
    return Bad;
  }
}

/** Number in any base that C knows, with a sign; stops at what is no digit. */
static int to_number(char const *text)
{
  unsigned const negative = *text == '-';
  unsigned base = 10, value = 0;
  text += negative;
  if (text[0] == '0' && (text[1] | 0x20) == 'x') {
    base = 16;
    text += 2;
  }
  for (;; ++text) {
    unsigned const digit = *text >= '0' && *text <= '9' ? (unsigned)(*text - '0')
                           : (*text | 0x20) >= 'a' && (*text | 0x20) <= 'f'
                               ? (unsigned)(*text | 0x20) - 'a' + 10
                               : 99;
    if (digit >= base) return (int)(negative ? 0 - value : value);
    value = value * base + digit;
  }
}

static int wants_value(struct option const *o)
{
  return o->type == PARSE_CMD_INT || o->type == PARSE_CMD_STRING || o->type == PARSE_CMD_FN_ARG;
}

static void apply(struct option const *o, char const *value)
{
  switch (o->type) {
  case PARSE_CMD_INT:
    *(int *)o->value = to_number(value);
    break;
  case PARSE_CMD_SWITCH:
    *(int *)o->value = o->number;
    break;
  case PARSE_CMD_STRING:
    *(char const **)o->value = value;
    break;
  case PARSE_CMD_FN:
    o->fn(o->number);
    break;
  case PARSE_CMD_FN_ARG:
    o->fn_arg(o->number, value, to_number(value));
    break;
  case PARSE_CMD_INC:
    *(int *)o->value += o->number;
    break;
  case PARSE_CMD_DEC:
    *(int *)o->value -= o->number;
    break;
  }
}

/** The length of `name` if `text` is it, alone or with `=value` behind; else 0. */
static unsigned matches(char const *text, char const *name)
{
  unsigned i = 0;
  for (; name[i]; ++i)
    if (text[i] != name[i]) return 0;
  return text[i] == 0 || text[i] == '=' ? i : 0;
}

static int is(char const *text, char const *name)
{
  unsigned const n = matches(text, name);
  return n && !text[n];
}

/** Set what has a default; the description is checked as a whole before. */
static int set_defaults(int short_name, va_list *list)
{
  struct option o;
  int r;
  while ((r = next_option(&o, short_name, list)) == Read) {
    if (o.type == PARSE_CMD_INT) *(int *)o.value = o.number;
    if (o.type == PARSE_CMD_STRING) *(char const **)o.value = o.text;
    short_name = va_arg(*list, int);
  }
  return r;
}

static void print_help(int short_name, va_list *list)
{
  struct option o;
  while (next_option(&o, short_name, list) == Read) {
    l4_kprintf("  %c%c %s%-16s %s\n", o.short_name == ' ' ? ' ' : '-', o.short_name,
               o.long_name ? "--" : "  ", o.long_name ? o.long_name : "", o.description);
    short_name = va_arg(*list, int);
  }
}

/** Read the option at argv[0]. \return arguments that it took, or -1 */
static int one_option(int argc, char const **argv, int short_name, va_list *list)
{
  char const *const text = argv[0];
  struct option o;
  while (next_option(&o, short_name, list) == Read) {
    unsigned const n = text[1] == '-' && o.long_name ? matches(text + 2, o.long_name) : 0;
    int const by_short = o.short_name != ' ' && text[1] == o.short_name;
    short_name = va_arg(*list, int);
    if (!n && !by_short) continue;
    char const *attached = n ? text + 2 + n + (text[2 + n] == '=') : text + 2;
    if (!*attached) attached = 0;
    if (!wants_value(&o)) {
      if (attached) return -1;
      apply(&o, 0);
      return 1;
    }
    if (!attached && argc < 2) return -1;
    apply(&o, attached ? attached : argv[1]);
    return attached ? 1 : 2;
  }
  return -1;
}

int parse_cmdlinev(int *argc, char const ***argv, int short_name, va_list list)
{
  va_list copy;
  va_copy(copy, list);
  int const checked = set_defaults(short_name, &copy);
  va_end(copy);
  if (checked < 0) return checked;

  for (--*argc, ++*argv; *argc > 0;) {
    char const *const text = **argv;
    if (text[0] != '-' || !text[1]) return 0;
    if (is(text, "--")) {
      --*argc;
      ++*argv;
      return 0;
    }
    va_copy(copy, list);
    if (is(text, "-h") || is(text, "--help")) {
      print_help(short_name, &copy);
      va_end(copy);
      return -3;
    }
    int const used = one_option(*argc, *argv, short_name, &copy);
    va_end(copy);
    if (used < 0) {
      l4_kprintf("option '%s' is not known, or its value is missing; -h lists the options\n", text);
      return -1;
    }
    *argc -= used;
    *argv += used;
  }
  return 0;
}

int parse_cmdline(int *argc, char const ***argv, int short_name, ...)
{
  va_list list;
  va_start(list, short_name);
  int const r = parse_cmdlinev(argc, argv, short_name, list);
  va_end(list);
  return r;
}
