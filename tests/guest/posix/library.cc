// SPDX-License-Identifier: MIT
// The rest of the C library: lines, memory, jumps, users, limits, messages, other processes.
#include "posix.h"

#include <err.h>
#include <grp.h>
#include <pwd.h>
#include <search.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <syslog.h>
#include <uchar.h>

namespace {

CASE("POSIX getline, getdelim", "lines of any length, the last one without its end")
{
  Temporary const file("/tmp/lines", "short\n0123456789012345678901234567890123456789\nlast");
  FILE *const f = fopen("/tmp/lines", "r");
  char *line = nullptr;
  size_t size = 0;
  CHECK_EQ(getline(&line, &size, f), 6);
  CHECK(!strcmp(line, "short\n"));
  CHECK_EQ(getdelim(&line, &size, '\n', f), 41);
  CHECK_GE(size, 42);
  CHECK_EQ(getline(&line, &size, f), 4);
  CHECK_EQ(getline(&line, &size, f), -1);
  free(line);
  fclose(f);
}

CASE("POSIX flockfile", "keeps other threads out; ftrylockfile does not wait")
{
  CHECK_EQ(ftrylockfile(stdin), 0);
  flockfile(stdin); // the owner may again
  CHECK(join(start([](void *) -> void * { return ftrylockfile(stdin) ? stdin : nullptr; })) ==
        stdin);
  funlockfile(stdin);
  funlockfile(stdin);
  CHECK(!join(start([](void *) -> void * {
    if (ftrylockfile(stdin)) return stdin;
    funlockfile(stdin);
    return nullptr;
  })));
}

CASE("POSIX posix_memalign", "aligned, and its errors are answers")
{
  for (size_t alignment : {8UL, 64UL, 4096UL}) {
    void *p = nullptr;
    CHECK_EQ(posix_memalign(&p, alignment, 100), 0);
    CHECK_EQ(reinterpret_cast<uintptr_t>(p) % alignment, 0);
    free(p);
  }
  void *p = nullptr;
  CHECK_EQ(posix_memalign(&p, 24, 1), EINVAL);
  CHECK_EQ(posix_memalign(&p, 4, 1), EINVAL);
  CHECK_EQ(posix_memalign(&p, 64, ~0UL / 2), ENOMEM);
}

sigjmp_buf back;

CASE("POSIX siglongjmp", "brings the mask of signals back if it was kept")
{
  sigset_t usr1, now;
  sigemptyset(&usr1);
  sigaddset(&usr1, SIGUSR1);
  for (int save : {1, 0}) {
    volatile int jumps = 0;
    if (sigsetjmp(back, save) == 0) {
      CHECK_EQ(jumps, 0);
      pthread_sigmask(SIG_BLOCK, &usr1, nullptr);
      siglongjmp(back, 5);
    }
    pthread_sigmask(SIG_UNBLOCK, &usr1, &now);
    CHECK_EQ(sigismember(&now, SIGUSR1), !save);
  }
}

volatile int handled;

CASE("XSI sighold, sigrelse, sigset", "a signal is kept back until it is released")
{
  handled = 0;
  CHECK(sigset(SIGUSR2, [](int) { handled = handled + 1; }) == SIG_DFL);
  CHECK_EQ(sighold(SIGUSR2), 0);
  raise(SIGUSR2);
  CHECK_EQ(handled, 0);
  CHECK_EQ(sigrelse(SIGUSR2), 0);
  CHECK_EQ(handled, 1);
  CHECK_EQ(siginterrupt(SIGUSR2, 0), 0);
  struct sigaction action;
  sigaction(SIGUSR2, nullptr, &action);
  CHECK(action.sa_flags & SA_RESTART);
  CHECK(sigset(SIGUSR2, SIG_DFL) != SIG_ERR);
  CHECK_FAILS(sighold(99), EINVAL);
}

CASE("BSD timegm", "days of all centuries, also before 1970, and fields out of range")
{
  struct {
    tm t;
    time_t seconds;
  } const rows[] = {{{0, 0, 0, 1, 0, 70, 0, 0, 0}, 0},
                    {{59, 59, 23, 31, 11, 69, 0, 0, 0}, -1},
                    {{0, 0, 0, 29, 1, 100, 0, 0, 0}, 951782400},
                    {{0, 0, 0, 1, 14, 123, 0, 0, 0}, 1709251200},
                    {{0, 0, 0, 0, 0, -300, 0, 0, 0}, -11676182400}};
  for (auto const &row : rows) {
    tm t = row.t;
    CHECK_EQ(timegm(&t), row.seconds);
  }
  tm t = {0, 0, 0, 1, 14, 123, 0, 0, 0};
  timegm(&t);
  CHECK(t.tm_mon == 2 && t.tm_year == 124);
}

CASE("POSIX getpwuid, getgrnam", "there is one user, who stays it")
{
  passwd const *const user = getpwuid(getuid());
  CHECK(user && !strcmp(user->pw_name, "root") && !strcmp(user->pw_dir, "/"));
  CHECK(getpwnam("root") == user && !getpwnam("nobody") && !getpwuid(7));
  passwd copy, *result;
  char strings[64];
  CHECK(getpwnam_r("root", &copy, strings, sizeof(strings), &result) == 0 && result == &copy);
  CHECK(getpwuid_r(3, &copy, strings, sizeof(strings), &result) == 0 && !result);
  group const *const group = getgrgid(getgid());
  CHECK(group && group == getgrnam("root") && !strcmp(group->gr_mem[0], "root"));
  gid_t groups[2];
  CHECK(getgroups(0, groups) == 1 && getgroups(2, groups) == 1 && groups[0] == 0);
  CHECK_EQ(setuid(0), 0);
  CHECK_FAILS(setuid(7), EPERM);
  CHECK_FAILS(setegid(7), EPERM);
}

CASE("POSIX getrlimit, getrusage, getpriority", "fixed limits, times that pass")
{
  rlimit limit;
  CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur == 256);
  CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = 3;
  CHECK_FAILS(setrlimit(RLIMIT_NOFILE, &limit), EPERM);
  CHECK_FAILS(getrlimit(99, &limit), EINVAL);
  rusage before, after;
  CHECK_EQ(getrusage(RUSAGE_SELF, &before), 0);
  l4_uint64_t const begin = now_us();
  while (now_us() - begin < 3000)
    ;
  CHECK_EQ(getrusage(RUSAGE_SELF, &after), 0);
  auto us = [](timeval const &t) { return t.tv_sec * 1000000L + t.tv_usec; };
  CHECK_GE(us(after.ru_utime) - us(before.ru_utime), 1000);
  CHECK_EQ(getpriority(PRIO_PROCESS, 0), 0);
  CHECK_FAILS(nice(-5), EPERM);
}

/// What is written to stderr meanwhile.
template <typename F> void capture(char *text, size_t size, F &&f)
{
  int ends[2];
  CHECK_EQ(pipe(ends), 0);
  fflush(stderr);
  int const kept = dup(2);
  dup2(ends[1], 2);
  f();
  fflush(stderr);
  dup2(kept, 2);
  close(kept);
  close(ends[1]);
  ssize_t const n = read(ends[0], text, size - 1);
  text[n > 0 ? n : 0] = 0;
  close(ends[0]);
}

CASE("BSD warn, POSIX syslog", "messages have the program's name, and the error's text")
{
  char text[256];
  capture(text, sizeof(text), [] {
    errno = ENOENT;
    warn("file %d", 7);
  });
  CHECK(strstr(text, ": file 7: No such file or directory\n"));
  capture(text, sizeof(text), [] { warnx("just %s", "so"); });
  CHECK(strstr(text, ": just so\n"));
  openlog("daemon", LOG_PID, LOG_USER);
  int const old = setlogmask(LOG_UPTO(LOG_WARNING));
  capture(text, sizeof(text), [] {
    syslog(LOG_DEBUG, "not seen");
    errno = EBUSY;
    syslog(LOG_ERR, "100%% %s: %m", "full");
  });
  CHECK(!strcmp(text, "daemon[2]: 100% full: Device or resource busy\n"));
  setlogmask(old);
  closelog();
}

CASE("process-environment.md 13", "there is one process: errors, and what it is told of itself")
{
  char program[] = "rom/x";
  char *const argv[] = {program, nullptr};
  CHECK_FAILS(vfork(), ENOMEM);
  CHECK_FAILS(execv(program, argv), EINVAL);
  CHECK_FAILS(execvp(program, argv), EINVAL);
  CHECK_FAILS(execl(program, program, nullptr), EINVAL);
  CHECK_FAILS(waitpid(-1, nullptr, WNOHANG), ECHILD);
  CHECK(!popen("ls", "r") && errno == ENOMEM);
  pid_t pid;
  CHECK_EQ(posix_spawn(&pid, program, nullptr, nullptr, argv, environ), ENOTSUP);
  CHECK(getpgid(0) == getpid() && getsid(getpid()) == getpid());
  CHECK_FAILS(setsid(), EPERM);
  CHECK_FAILS(getpgid(77), ESRCH);
}

struct Item {
  Item *next, *previous;
  int number;
};

CASE("POSIX insque, lfind, lsearch", "lists and arrays")
{
  Item a{}, b{}, c{};
  insque(&a, nullptr);
  insque(&c, &a);
  insque(&b, &a);
  CHECK(a.next == &b && b.next == &c && c.previous == &b && b.previous == &a);
  remque(&b);
  CHECK(a.next == &c && c.previous == &a);

  int numbers[4] = {5, 3}, key = 3, other = 9;
  size_t count = 2;
  auto compare = [](void const *x, void const *y) {
    return *static_cast<int const *>(x) - *static_cast<int const *>(y);
  };
  CHECK(lfind(&key, numbers, &count, sizeof(int), compare) == &numbers[1]);
  CHECK(!lfind(&other, numbers, &count, sizeof(int), compare));
  CHECK(lsearch(&other, numbers, &count, sizeof(int), compare) == &numbers[2]);
  CHECK(count == 3 && numbers[2] == 9);
}

CASE("C11 mbrtoc16, c16rtomb", "two halves of a character, each by a call; half of one is an error")
{
  mbstate_t state = {};
  char16_t wide = 0;
  char text[8];
  CHECK(mbrtoc16(&wide, "z", 1, &state) == 1 && wide == u'z');
  CHECK(c16rtomb(text, u'z', &state) == 1 && text[0] == 'z');
  CHECK_EQ(c16rtomb(text, 0xd83d, &state), 0);
  CHECK_FAILS(static_cast<long>(c16rtomb(text, u'z', &state)), EILSEQ);
  CHECK_FAILS(static_cast<long>(c32rtomb(text, 0x110000, &state)), EILSEQ);
}

CASE("POSIX shm_open", "memory with a name, seen through two mappings")
{
  int const fd = shm_open("/numbers", O_RDWR | O_CREAT | O_EXCL, 0600);
  CHECK(fd >= 0);
  CHECK_FAILS(shm_open("/numbers", O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
  CHECK_EQ(ftruncate(fd, 8192), 0);
  auto const map = [&] {
    return static_cast<int *>(mmap(nullptr, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
  };
  int *const one = map(), *const two = map();
  CHECK(one != MAP_FAILED && two != MAP_FAILED && one != two);
  one[1500] = 4711;
  CHECK_EQ(two[1500], 4711);
  munmap(one, 8192);
  munmap(two, 8192);
  close(fd);
  CHECK_EQ(shm_unlink("/numbers"), 0);
  CHECK_FAILS(shm_unlink("/numbers"), ENOENT);
  CHECK_FAILS(shm_open("a/b", O_RDWR | O_CREAT, 0600), EINVAL);
}

CASE("POSIX posix_fallocate", "the file has the size, what it held stays")
{
  Temporary const file("/tmp/allocate", "text");
  int const fd = open("/tmp/allocate", O_RDWR);
  CHECK_EQ(posix_fallocate(fd, 0, 10000), 0);
  struct stat status;
  fstat(fd, &status);
  CHECK_EQ(status.st_size, 10000);
  char text[4];
  CHECK(pread(fd, text, 4, 0) == 4 && !memcmp(text, "text", 4));
  CHECK_EQ(posix_fallocate(fd, 0, 0), EINVAL);
  CHECK_EQ(posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL), 0);
  close(fd);
  CHECK_EQ(posix_fallocate(fd, 0, 1), EBADF);
}

CASE("POSIX ttyname, fpathconf", "what is known of an open file")
{
  CHECK(ttyname(1) && !strcmp(ttyname(1), "/dev/tty"));
  Temporary const file("/tmp/plain");
  int const fd = open("/tmp/plain", O_RDONLY);
  char name[4];
  CHECK_EQ(ttyname_r(fd, name, sizeof(name)), ENOTTY);
  CHECK_EQ(ttyname_r(1, name, sizeof(name)), ERANGE);
  CHECK_EQ(fpathconf(fd, _PC_NAME_MAX), pathconf("/", _PC_NAME_MAX));
  close(fd);
  CHECK_FAILS(fpathconf(fd, _PC_NAME_MAX), EBADF);
}

} // namespace
