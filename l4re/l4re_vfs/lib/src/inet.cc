// SPDX-License-Identifier: MIT
/*
 * Internet addresses as text.
 */
#include <arpa/inet.h>

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

namespace {

constexpr unsigned Groups = 8; ///< of an IPv6 address

bool parse_v4(char const *text, unsigned char *out)
{
  for (int i = 0; i < 4; ++i) {
    unsigned value = 0, digits = 0;
    while (isdigit(static_cast<unsigned char>(*text)) && digits < 3) {
      value = value * 10 + static_cast<unsigned>(*text++ - '0');
      ++digits;
    }
    if (!digits || value > 255) return false;
    out[i] = static_cast<unsigned char>(value);
    if (*text++ != (i < 3 ? '.' : '\0')) return false;
  }
  return true;
}

/// One group of hexadecimal digits. \return behind it; null: none there
char const *parse_group(char const *text, unsigned *value)
{
  char *end;
  if (!isxdigit(static_cast<unsigned char>(*text))) return nullptr;
  *value = static_cast<unsigned>(strtoul(text, &end, 16));
  return end - text <= 4 ? end : nullptr;
}

bool parse_v6(char const *text, unsigned char *out)
{
  unsigned groups[Groups] = {}, count = 0;
  unsigned gap = Groups + 1; // where "::" stands
  if (text[0] == ':' && text[1] != ':') return false;
  while (*text && count < Groups) {
    if (text[0] == ':' && text[1] == ':') {
      if (gap <= Groups) return false;
      gap = count;
      text += 2;
      continue;
    }
    if (*text == ':') ++text;
    unsigned char v4[4];
    if (count <= Groups - 2 && parse_v4(text, v4)) {
      groups[count++] = static_cast<unsigned>(v4[0] << 8 | v4[1]);
      groups[count++] = static_cast<unsigned>(v4[2] << 8 | v4[3]);
      text = "";
      break;
    }
    text = parse_group(text, &groups[count++]);
    if (!text || (*text && *text != ':') || (*text == ':' && !text[1])) return false;
  }
  bool const has_gap = gap <= Groups;
  if (*text || (has_gap ? count == Groups : count < Groups)) return false;
  for (unsigned i = 0, g = 0; i < Groups; ++i) {
    bool const skipped = has_gap && i >= gap && i < gap + (Groups - count);
    unsigned const value = skipped ? 0 : groups[g++];
    out[2 * i] = static_cast<unsigned char>(value >> 8);
    out[2 * i + 1] = static_cast<unsigned char>(value);
  }
  return true;
}

/// The longest run of two or more zero groups is written as "::".
void format_v6(unsigned char const *in, char *text)
{
  unsigned groups[Groups], start = Groups, length = 1;
  for (unsigned i = 0; i < Groups; ++i)
    groups[i] = static_cast<unsigned>(in[2 * i] << 8 | in[2 * i + 1]);
  for (unsigned i = 0; i < Groups; ++i) {
    unsigned n = 0;
    while (i + n < Groups && !groups[i + n])
      ++n;
    if (n <= length) continue;
    start = i;
    length = n;
  }
  char *p = text;
  for (unsigned i = 0; i < Groups;) {
    if (i == start) {
      p += sprintf(p, "::");
      i += length;
      continue;
    }
    bool const first = i == 0 || i == start + length;
    p += sprintf(p, first ? "%x" : ":%x", groups[i++]);
  }
}

} // namespace

extern "C" {

in6_addr const in6addr_any = IN6ADDR_ANY_INIT, in6addr_loopback = IN6ADDR_LOOPBACK_INIT;


int inet_pton(int family, char const *text, void *address)
{
  auto const out = static_cast<unsigned char *>(address);
  if (family == AF_INET) return parse_v4(text, out);
  if (family == AF_INET6) return parse_v6(text, out);
  errno = EAFNOSUPPORT;
  return -1;
}

char const *inet_ntop(int family, void const *address, char *text, socklen_t size)
{
  auto const in = static_cast<unsigned char const *>(address);
  char buffer[INET6_ADDRSTRLEN];
  if (family == AF_INET)
    sprintf(buffer, "%u.%u.%u.%u", in[0], in[1], in[2], in[3]);
  else if (family == AF_INET6)
    format_v6(in, buffer);
  else {
    errno = EAFNOSUPPORT;
    return nullptr;
  }
  if (strlen(buffer) < size) return strcpy(text, buffer);
  errno = ENOSPC;
  return nullptr;
}

int inet_aton(char const *text, in_addr *address)
{
  return inet_pton(AF_INET, text, address) == 1;
}

in_addr_t inet_addr(char const *text)
{
  in_addr address;
  return inet_aton(text, &address) ? address.s_addr : INADDR_NONE;
}

char *inet_ntoa(in_addr address)
{
  static char text[INET_ADDRSTRLEN];
  inet_ntop(AF_INET, &address, text, sizeof(text));
  return text;
}

} // extern "C"
