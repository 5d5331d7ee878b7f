// SPDX-License-Identifier: MIT
// Pipes, and waiting for several files.
#include "posix.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/select.h>

namespace {

int ends[2];

CASE("POSIX pipe", "order, end of file, FIONREAD, no seeking")
{
  REQUIRE(pipe(ends) == 0);
  CHECK_EQ(write(ends[1], "hello", 5), 5);
  int n = 0;
  CHECK_EQ(ioctl(ends[0], FIONREAD, &n), 0);
  CHECK_EQ(n, 5);
  char text[8] = {};
  CHECK_EQ(read(ends[0], text, 2), 2);
  CHECK_EQ(read(ends[0], text + 2, 6), 3);
  CHECK(!strcmp(text, "hello"));
  CHECK_FAILS(lseek(ends[0], 0, SEEK_SET), ESPIPE);
  CHECK_FAILS(write(ends[0], "x", 1), EBADF);
  CHECK_FAILS(read(ends[1], text, 1), EBADF);
  struct stat st;
  CHECK_EQ(fstat(ends[0], &st), 0);
  CHECK(S_ISFIFO(st.st_mode));
  close(ends[1]);
  CHECK_EQ(read(ends[0], text, 8), 0);
  close(ends[0]);
}

CASE("POSIX pipe2", "O_NONBLOCK: EAGAIN when empty and when full")
{
  REQUIRE(pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0);
  CHECK_EQ(fcntl(ends[0], F_GETFD), FD_CLOEXEC);
  char block[1024] = {};
  CHECK_FAILS(read(ends[0], block, 1), EAGAIN);
  size_t total = 0;
  ssize_t n;
  while ((n = write(ends[1], block, sizeof(block))) > 0)
    total += static_cast<size_t>(n);
  CHECK_EQ(errno, EAGAIN);
  CHECK(total >= 4096);
  CHECK_EQ(read(ends[0], block, PIPE_BUF), PIPE_BUF);
  CHECK_EQ(write(ends[1], block, PIPE_BUF), PIPE_BUF);
  close(ends[0]);
  close(ends[1]);
}

volatile sig_atomic_t broken;

CASE("POSIX write", "to a pipe without readers: SIGPIPE and EPIPE")
{
  broken = 0;
  auto const old = signal(SIGPIPE, [](int) { broken = broken + 1; });
  REQUIRE(pipe(ends) == 0);
  close(ends[0]);
  CHECK_FAILS(write(ends[1], "x", 1), EPIPE);
  CHECK_EQ(broken, 1);
  close(ends[1]);
  signal(SIGPIPE, old);
}

void *fill(void *)
{
  unsigned char block[777];
  for (unsigned i = 0, next = 0; i < 300; ++i) {
    for (unsigned char &b : block)
      b = static_cast<unsigned char>(next++ % 251);
    if (write(ends[1], block, sizeof(block)) != sizeof(block)) return ends;
  }
  close(ends[1]);
  return nullptr;
}

CASE("POSIX pipe", "233100 bytes between two threads arrive in order")
{
  REQUIRE(pipe(ends) == 0);
  pthread_t const writer = start(fill);
  unsigned char block[1000];
  unsigned next = 0, wrong = 0;
  ssize_t n;
  while ((n = read(ends[0], block, sizeof(block))) > 0)
    for (ssize_t i = 0; i < n; ++i)
      wrong += block[i] != next++ % 251;
  CHECK_EQ(next, 300 * 777);
  CHECK_EQ(wrong, 0);
  CHECK(!join(writer));
  close(ends[0]);
}

CASE("POSIX poll", "readiness of pipes, hang-up, bad descriptors, timeout")
{
  REQUIRE(pipe(ends) == 0);
  pollfd fds[3] = {{ends[0], POLLIN, 0}, {ends[1], POLLOUT, 0}, {-1, POLLIN, 0}};
  CHECK_EQ(poll(fds, 3, -1), 1);
  CHECK_EQ(fds[0].revents, 0);
  CHECK_EQ(fds[1].revents, POLLOUT);
  CHECK_EQ(fds[2].revents, 0);
  l4_uint64_t const begin = now_us();
  CHECK_EQ(poll(fds, 1, 30), 0);
  CHECK(now_us() - begin >= 30000);
  CHECK_EQ(write(ends[1], "x", 1), 1);
  CHECK_EQ(poll(fds, 1, 0), 1);
  CHECK_EQ(fds[0].revents, POLLIN);
  close(ends[1]);
  CHECK_EQ(poll(fds, 1, 0), 1);
  CHECK_EQ(fds[0].revents, POLLIN | POLLHUP);
  close(ends[0]);
  CHECK_EQ(poll(fds, 1, 0), 1);
  CHECK_EQ(fds[0].revents, POLLNVAL);
}

void *write_later(void *)
{
  sleep_ms(20);
  return reinterpret_cast<void *>(write(ends[1], "x", 1));
}

CASE("POSIX poll", "wakes when another thread writes, next to the terminal")
{
  REQUIRE(pipe(ends) == 0);
  pthread_t const writer = start(write_later);
  pollfd fds[2] = {{0, POLLIN, 0}, {ends[0], POLLIN, 0}};
  CHECK_EQ(poll(fds, 2, 5000), 1);
  CHECK_EQ(fds[1].revents, POLLIN);
  CHECK_EQ(reinterpret_cast<l4_addr_t>(join(writer)), 1);
  close(ends[0]);
  close(ends[1]);
}

CASE("POSIX select, pselect", "sets shrink to what is ready; timeout; EBADF")
{
  REQUIRE(pipe(ends) == 0);
  int const n = ends[1] + 1;
  fd_set in, out;
  FD_ZERO(&in);
  FD_ZERO(&out);
  FD_SET(ends[0], &in);
  FD_SET(ends[1], &out);
  CHECK_EQ(select(n, &in, &out, nullptr, nullptr), 1);
  CHECK(!FD_ISSET(ends[0], &in));
  CHECK(FD_ISSET(ends[1], &out));
  FD_SET(ends[0], &in);
  timeval t = {0, 20000};
  l4_uint64_t const begin = now_us();
  CHECK_EQ(select(n, &in, nullptr, nullptr, &t), 0);
  CHECK(now_us() - begin >= 20000);
  CHECK(!FD_ISSET(ends[0], &in));
  FD_SET(ends[0], &in);
  pthread_t const writer = start(write_later);
  timespec const five = ms(5000);
  CHECK_EQ(pselect(n, &in, nullptr, nullptr, &five, nullptr), 1);
  CHECK(FD_ISSET(ends[0], &in));
  join(writer);
  close(ends[0]);
  close(ends[1]);
  FD_SET(ends[0], &in);
  CHECK_FAILS(select(n, &in, nullptr, nullptr, &t), EBADF);
}

} // namespace
