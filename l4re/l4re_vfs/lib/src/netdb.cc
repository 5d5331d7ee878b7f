// SPDX-License-Identifier: MIT
/*
 * Names of hosts, services and network interfaces, as far as they are written in numbers. A network
 * library has functions of these names that ask somebody; it is linked in front of this one.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <initializer_list>

namespace {

constexpr char Local_name[] = "localhost";

/// An entry of the list and its address, in one piece of memory.
struct Entry {
  addrinfo info;
  union {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
  } address;
};

/// A host as an address of one family, in the order of bytes on the wire.
struct Host {
  int family;
  unsigned char bytes[16];
};

/// The host itself, or every address of it.
Host own_host(int family, bool any)
{
  Host host{family, {}};
  if (any) return host;
  if (family == AF_INET) host.bytes[0] = 127;
  host.bytes[family == AF_INET ? 3 : 15] = 1;
  return host;
}

/// \return 0 or an EAI_ number
int parse_host(char const *node, addrinfo const &hints, Host *host)
{
  int const wanted = hints.ai_family;
  if (wanted != AF_UNSPEC && wanted != AF_INET && wanted != AF_INET6) return EAI_FAMILY;
  if (!node || strcmp(node, Local_name) == 0) {
    *host =
        own_host(wanted == AF_UNSPEC ? AF_INET : wanted, !node && (hints.ai_flags & AI_PASSIVE));
    return 0;
  }
  for (int family : {AF_INET, AF_INET6}) {
    host->family = family;
    if ((wanted == AF_UNSPEC || wanted == family) && inet_pton(family, node, host->bytes) == 1)
      return 0;
  }
  return EAI_NONAME;
}

bool parse_port(char const *service, in_port_t *port)
{
  constexpr unsigned long Max_port = 0xffff;
  char *end = nullptr;
  unsigned long const number = service ? strtoul(service, &end, 10) : 0;
  if (service && (!*service || *end || number > Max_port)) return false;
  *port = htons(static_cast<in_port_t>(number));
  return true;
}

addrinfo *new_entry(Host const &host, in_port_t port, int type, int protocol)
{
  auto *const e = static_cast<Entry *>(calloc(1, sizeof(Entry)));
  if (!e) return nullptr;
  e->info.ai_family = host.family;
  e->info.ai_socktype = type;
  e->info.ai_protocol = protocol;
  e->info.ai_addr = &e->address.any;
  e->address.any.sa_family = static_cast<sa_family_t>(host.family);
  if (host.family == AF_INET) {
    e->info.ai_addrlen = sizeof(e->address.v4);
    e->address.v4.sin_port = port;
    memcpy(&e->address.v4.sin_addr, host.bytes, sizeof(e->address.v4.sin_addr));
  } else {
    e->info.ai_addrlen = sizeof(e->address.v6);
    e->address.v6.sin6_port = port;
    memcpy(&e->address.v6.sin6_addr, host.bytes, sizeof(e->address.v6.sin6_addr));
  }
  return &e->info;
}

struct Kind {
  int type, protocol;
};

constexpr Kind kinds[] = {{SOCK_STREAM, IPPROTO_TCP}, {SOCK_DGRAM, IPPROTO_UDP}};

/// snprintf() without a result that is cut.
bool print(char *out, socklen_t size, char const *text)
{
  return !out || !size || snprintf(out, size, "%s", text) < static_cast<int>(size);
}

} // namespace

extern "C" {

int getaddrinfo(char const *node, char const *service, addrinfo const *given, addrinfo **list)
{
  addrinfo const hints = given ? *given : addrinfo{};
  Host host;
  in_port_t port;
  if (!node && !service) return EAI_NONAME;
  if (int const error = parse_host(node, hints, &host)) return error;
  if (!parse_port(service, &port)) return EAI_SERVICE;
  addrinfo *first = nullptr, **end = &first;
  for (Kind const &k : kinds) {
    if (hints.ai_socktype && hints.ai_socktype != k.type) continue;
    if (hints.ai_protocol && hints.ai_protocol != k.protocol) continue;
    if (!(*end = new_entry(host, port, k.type, k.protocol))) {
      freeaddrinfo(first);
      return EAI_MEMORY;
    }
    end = &(*end)->ai_next;
  }
  if (!first) return EAI_SOCKTYPE;
  if ((hints.ai_flags & AI_CANONNAME) && node) first->ai_canonname = strdup(node);
  *list = first;
  return 0;
}

void freeaddrinfo(addrinfo *list)
{
  while (addrinfo *const entry = list) {
    list = entry->ai_next;
    free(entry->ai_canonname);
    free(entry);
  }
}

int getnameinfo(sockaddr const *address, socklen_t length, char *node, socklen_t node_size,
                char *service, socklen_t service_size, int flags)
{
  bool const is_v4 = address->sa_family == AF_INET;
  if (!is_v4 && address->sa_family != AF_INET6) return EAI_FAMILY;
  if (length < (is_v4 ? sizeof(sockaddr_in) : sizeof(sockaddr_in6))) return EAI_FAMILY;
  if (flags & NI_NAMEREQD) return EAI_NONAME;
  auto const *const v4 = reinterpret_cast<sockaddr_in const *>(address);
  auto const *const v6 = reinterpret_cast<sockaddr_in6 const *>(address);
  void const *const bytes = is_v4 ? static_cast<void const *>(&v4->sin_addr) : &v6->sin6_addr;
  char text[INET6_ADDRSTRLEN], port[sizeof("65535")];
  inet_ntop(address->sa_family, bytes, text, sizeof(text));
  snprintf(port, sizeof(port), "%u", ntohs(is_v4 ? v4->sin_port : v6->sin6_port));
  return print(node, node_size, text) && print(service, service_size, port) ? 0 : EAI_OVERFLOW;
}

char const *gai_strerror(int error)
{
  switch (error) {
  case 0: return "no error";
  case EAI_BADFLAGS: return "unknown flags";
  case EAI_NONAME: return "name not known (only numbers are without a network library)";
  case EAI_AGAIN: return "name cannot be resolved at this time";
  case EAI_FAIL: return "name cannot be resolved";
  case EAI_FAMILY: return "address family not supported";
  case EAI_SOCKTYPE: return "socket type not supported";
  case EAI_SERVICE: return "service not known (only numbers are without a network library)";
  case EAI_MEMORY: return "no memory";
  case EAI_SYSTEM: return "system error";
  case EAI_OVERFLOW: return "text does not fit";
  default: return "unknown error";
  }
}

unsigned if_nametoindex(char const *)
{
  errno = ENXIO;
  return 0;
}

char *if_indextoname(unsigned, char *)
{
  errno = ENXIO;
  return nullptr;
}

} // extern "C"
