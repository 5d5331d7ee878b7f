// SPDX-License-Identifier: MIT
// Descriptors: numbers, copies, control; what is no file.
#include "posix.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>

namespace {

CASE("POSIX dup, dup2, dup3", "the lowest number, a shared position, errors")
{
  Temporary const file("/tmp/file", "abcdef");
  int const fd = open("/tmp/file", O_RDONLY);
  int const copy = dup(fd);
  CHECK_EQ(copy, fd + 1);
  char c;
  CHECK_EQ(read(fd, &c, 1), 1);
  CHECK_EQ(read(copy, &c, 1), 1);
  CHECK_EQ(c, 'b');
  CHECK_EQ(dup2(fd, 20), 20);
  CHECK_EQ(lseek(20, 0, SEEK_CUR), 2);
  CHECK_EQ(dup2(fd, fd), fd);
  CHECK_EQ(dup3(fd, 21, O_CLOEXEC), 21);
  CHECK_EQ(fcntl(21, F_GETFD), FD_CLOEXEC);
  CHECK_FAILS(dup3(fd, fd, 0), EINVAL);
  CHECK_FAILS(dup(99), EBADF);
  CHECK_FAILS(dup2(fd, OPEN_MAX), EBADF);
  for (int n : {fd, copy, 20, 21})
    CHECK_EQ(close(n), 0);
}

CASE("POSIX fcntl", "duplicates, flags of descriptor and file, record locks")
{
  Temporary const file("/tmp/file", "x");
  int const fd = open("/tmp/file", O_RDWR | O_APPEND);
  CHECK_EQ(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
  CHECK(fcntl(fd, F_GETFL) & O_APPEND);
  CHECK_EQ(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
  CHECK_EQ(fcntl(fd, F_GETFL), O_RDWR | O_NONBLOCK);
  CHECK_EQ(fcntl(fd, F_DUPFD, 40), 40);
  CHECK_EQ(fcntl(fd, F_SETFD, FD_CLOEXEC), 0);
  CHECK_EQ(fcntl(40, F_GETFD), 0);
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  CHECK_EQ(fcntl(fd, F_SETLK, &lock), 0);
  CHECK_EQ(fcntl(fd, F_GETLK, &lock), 0);
  CHECK_EQ(lock.l_type, F_UNLCK);
  CHECK_FAILS(fcntl(fd, 999), EINVAL);
  CHECK_FAILS(fcntl(fd, F_DUPFD, OPEN_MAX), EINVAL);
  close(40);
  close(fd);
}

CASE("POSIX open", "EMFILE when all descriptors are taken, and again after close")
{
  int fds[OPEN_MAX], n = 0;
  while (n < OPEN_MAX && (fds[n] = open("/dev/null", O_RDONLY)) >= 0)
    ++n;
  CHECK_EQ(errno, EMFILE);
  CHECK_EQ(n, OPEN_MAX - 3);
  int pair[2];
  CHECK_FAILS(pipe(pair), EMFILE);
  close(fds[7]);
  CHECK_EQ(open("/dev/null", O_RDONLY), fds[7]);
  while (n)
    close(fds[--n]);
}

CASE("c-api-l4re.md 6", "socket() without a network library: EAFNOSUPPORT; files are no sockets")
{
  CHECK_FAILS(socket(AF_INET, SOCK_STREAM, 0), EAFNOSUPPORT);
  CHECK_FAILS(socket(AF_INET6, SOCK_DGRAM, 0), EAFNOSUPPORT);
  CHECK_FAILS(listen(0, 1), ENOTSOCK);
  CHECK_FAILS(send(1, "x", 1, 0), ENOTSOCK);
  CHECK_FAILS(connect(99, nullptr, 0), EBADF);
}

CASE("POSIX socketpair", "both directions, end of file")
{
  int fds[2];
  CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
  char text[8] = {};
  CHECK_EQ(send(fds[0], "ping", 4, 0), 4);
  CHECK_EQ(recv(fds[1], text, 8, 0), 4);
  CHECK_EQ(write(fds[1], "pong", 4), 4);
  CHECK_EQ(read(fds[0], text, 8), 4);
  CHECK(!memcmp(text, "pong", 4));
  close(fds[1]);
  CHECK_EQ(read(fds[0], text, 8), 0);
  close(fds[0]);
}

CASE("POSIX inet_pton, inet_ntop", "addresses from and to text")
{
  struct {
    char const *text, *canonical;
  } const good[] = {{"::", "::"},
                    {"::1", "::1"},
                    {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
                    {"fe80::1:2", "fe80::1:2"},
                    {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
                    {"::ffff:1.2.3.4", "::ffff:102:304"}};
  unsigned char address[16];
  char text[INET6_ADDRSTRLEN];
  for (auto const &g : good) {
    CHECK_EQ(inet_pton(AF_INET6, g.text, address), 1);
    CHECK(inet_ntop(AF_INET6, address, text, sizeof(text)));
    CHECK(!strcmp(text, g.canonical));
  }
  for (char const *bad : {":", "1:2", ":::", "1::2::3", "12345::", "1:2:3:4:5:6:7:8:9", "g::", "1:"})
    CHECK_EQ(inet_pton(AF_INET6, bad, address), 0);
  CHECK_EQ(inet_pton(AF_INET, "10.0.0.255", address), 1);
  CHECK_EQ(address[3], 255);
  for (char const *bad : {"1.2.3", "1.2.3.256", "1.2.3.4.5", "a.b.c.d", ""})
    CHECK_EQ(inet_pton(AF_INET, bad, address), 0);
}

CASE("POSIX getaddrinfo, getnameinfo", "what is written in numbers, and back; names are not known")
{
  addrinfo hints = {}, *list = nullptr;
  CHECK_EQ(getaddrinfo("10.1.2.3", "80", nullptr, &list), 0);
  CHECK(list && list->ai_next && !list->ai_next->ai_next); // a stream, and datagrams
  CHECK(list->ai_family == AF_INET && list->ai_socktype == SOCK_STREAM);
  char node[INET6_ADDRSTRLEN], service[8];
  CHECK_EQ(getnameinfo(list->ai_addr, list->ai_addrlen, node, sizeof(node), service, sizeof(service),
                       NI_NUMERICHOST), 0);
  CHECK(!strcmp(node, "10.1.2.3") && !strcmp(service, "80"));
  CHECK_EQ(getnameinfo(list->ai_addr, list->ai_addrlen, node, 4, nullptr, 0, 0), EAI_OVERFLOW);
  freeaddrinfo(list);
  hints.ai_family = AF_INET6;
  hints.ai_socktype = SOCK_DGRAM;
  CHECK_EQ(getaddrinfo("localhost", nullptr, &hints, &list), 0);
  CHECK(list && !list->ai_next && list->ai_addrlen == sizeof(sockaddr_in6));
  auto const *const v6 = reinterpret_cast<sockaddr_in6 const *>(list->ai_addr);
  CHECK(!memcmp(&v6->sin6_addr, &in6addr_loopback, sizeof(in6addr_loopback)));
  freeaddrinfo(list);
  CHECK_EQ(getaddrinfo("l4re.org", "80", nullptr, &list), EAI_NONAME);
  CHECK_EQ(getaddrinfo("::1", "http", nullptr, &list), EAI_SERVICE);
  hints.ai_family = AF_UNIX;
  CHECK_EQ(getaddrinfo("1.2.3.4", "1", &hints, &list), EAI_FAMILY);
  CHECK(strstr(gai_strerror(EAI_NONAME), "network library"));
  CHECK(!if_nametoindex("eth0") && errno == ENXIO);
}

CASE("POSIX sysconf, uname, getpid", "what a program can ask about the system")
{
  CHECK_EQ(sysconf(_SC_PAGESIZE), 4096);
  CHECK(sysconf(_SC_NPROCESSORS_ONLN) >= 1);
  CHECK_EQ(sysconf(_SC_OPEN_MAX), OPEN_MAX);
  CHECK_FAILS(sysconf(-5), EINVAL);
  utsname name;
  CHECK_EQ(uname(&name), 0);
  CHECK(!strcmp(name.sysname, "L4Re"));
  CHECK_EQ(getpid(), 2);
  CHECK_FAILS(fork(), ENOMEM);
  struct statvfs space;
  CHECK_EQ(statvfs("/tmp", &space), 0);
  CHECK_EQ(space.f_namemax, NAME_MAX);
  CHECK_EQ(pathconf("/tmp", _PC_PIPE_BUF), PIPE_BUF);
}

CASE("POSIX sysconf", "options that are there, that are not, and what is no option")
{
  CHECK_EQ(sysconf(_SC_PRIORITY_SCHEDULING), _POSIX_PRIORITY_SCHEDULING);
  CHECK_GE(sysconf(_SC_GETPW_R_SIZE_MAX), 1);
  errno = 0;
  CHECK(sysconf(_SC_THREAD_PROCESS_SHARED) == -1 && sysconf(_SC_ASYNCHRONOUS_IO) == -1);
  CHECK_EQ(errno, 0);
  CHECK_FAILS(sysconf(-5), EINVAL);
}

CASE("POSIX getenv, setenv", "the environment can be changed")
{
  CHECK_EQ(setenv("FURORE_TEST", "one", 1), 0);
  CHECK_EQ(setenv("FURORE_TEST", "two", 0), 0);
  CHECK(!strcmp(getenv("FURORE_TEST"), "one"));
  CHECK_EQ(unsetenv("FURORE_TEST"), 0);
  CHECK(!getenv("FURORE_TEST"));
}

} // namespace
