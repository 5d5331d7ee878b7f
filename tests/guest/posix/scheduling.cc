// SPDX-License-Identifier: MIT
// CPUs, priorities and names of threads; what does not enter the kernel.
#include "c11.h"
#include "posix.h"

#include <pthread-l4.h>
#include <l4/re/env>
#include <semaphore.h>
#include <unistd.h>

namespace {

CASE("c-api-l4re.md 6", "pthread_setaffinity_np: CPUs of the scheduler, EINVAL for others")
{
  cpu_set_t offered, one;
  CHECK_EQ(pthread_getaffinity_np(pthread_self(), sizeof(offered), &offered), 0);
  CHECK_EQ(CPU_COUNT(&offered), sysconf(_SC_NPROCESSORS_ONLN));
  for (unsigned cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    int const e = pthread_setaffinity_np(pthread_self(), sizeof(one), &one);
    CHECK_EQ(e, CPU_ISSET(cpu, &offered) ? 0 : EINVAL);
    if (e) continue;
    cpu_set_t now;
    CHECK_EQ(pthread_getaffinity_np(pthread_self(), sizeof(now), &now), 0);
    CHECK(CPU_EQUAL(&now, &one));
  }
  CHECK_EQ(pthread_setaffinity_np(pthread_self(), sizeof(offered), &offered), 0);
}

void *count_time(void *)
{
  l4_uint64_t const end = now_us() + 5000;
  while (now_us() < end) {}
  timespec own;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &own);
  return reinterpret_cast<void *>(static_cast<l4_addr_t>(own.tv_nsec / 1000));
}

CASE("POSIX pthread_getcpuclockid", "CPU time of threads and of the process")
{
  timespec before, after;
  CHECK_EQ(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before), 0);
  l4_addr_t const own = reinterpret_cast<l4_addr_t>(join(start(count_time)));
  CHECK(own > 1000);
  CHECK_EQ(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after), 0);
  long const spent = (after.tv_sec - before.tv_sec) * 1000000 +
                     (after.tv_nsec - before.tv_nsec) / 1000;
  CHECK(spent >= static_cast<long>(own));
  clockid_t clock;
  CHECK_EQ(pthread_getcpuclockid(pthread_self(), &clock), 0);
  CHECK_EQ(clock_gettime(clock, &after), 0);
}

CASE("c-api-l4re.md 6", "pthread_l4_cap, names, attributes of a running thread")
{
  CHECK_EQ(pthread_l4_cap(pthread_self()), L4Re::Env::env()->main_thread().cap());
  CHECK_EQ(pthread_setname_np(pthread_self(), "main"), 0);
  char name[16];
  CHECK_EQ(pthread_getname_np(pthread_self(), name, sizeof(name)), 0);
  CHECK(!strcmp(name, "main"));
  CHECK_EQ(pthread_setname_np(pthread_self(), "a name that is too long"), ERANGE);
  pthread_t const t = start([](void *) -> void * {
    pthread_attr_t attr;
    void *stack = nullptr;
    size_t size = 0;
    pthread_getattr_np(pthread_self(), &attr);
    pthread_attr_getstack(&attr, &stack, &size);
    char *const here = static_cast<char *>(__builtin_frame_address(0));
    bool const inside = here > stack && here < static_cast<char *>(stack) + size;
    return reinterpret_cast<void *>(l4_addr_t{inside});
  });
  CHECK(join(t));
  CHECK_EQ(pthread_tryjoin_np(pthread_self(), nullptr), EBUSY);
}

CASE("issue 4", "uncontended operations do not enter the kernel")
{
  // A system call overwrites the registers rcx and r11, so the thread's error word does for IPC: put
  // a mark into the message registers, which every call of the library's would destroy or save.
  pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutexattr_t attr;
  pthread_mutexattr_init(&attr);
  pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
  pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
  pthread_mutex_t owned;
  pthread_mutex_init(&owned, &attr);
  sem_t s;
  sem_init(&s, 0, 1);
  pthread_mutex_lock(&owned);
  pthread_mutex_unlock(&owned);
  constexpr l4_umword_t Mark = 0x6d61726b;
  l4_utcb_mr()->mr[0] = Mark;
  l4_utcb_tcr()->error = Mark;
  for (int i = 0; i < 1000; ++i) {
    pthread_mutex_lock(&m);
    pthread_mutex_unlock(&m);
    pthread_mutex_lock(&owned);
    pthread_mutex_unlock(&owned);
    sem_wait(&s);
    sem_post(&s);
  }
  CHECK_EQ(l4_utcb_mr()->mr[0], Mark);
  CHECK_EQ(l4_utcb_tcr()->error, Mark);
}

CASE("POSIX sched_getparam, sched_setscheduler", "a process means its calling thread")
{
  sched_param param;
  CHECK_EQ(sched_getparam(0, &param), 0);
  int const priority = param.sched_priority, policy = sched_getscheduler(getpid());
  CHECK_EQ(sched_setscheduler(0, SCHED_RR, &param), policy);
  CHECK_EQ(sched_getscheduler(0), SCHED_RR);
  CHECK_EQ(sched_setscheduler(0, policy, &param), SCHED_RR);
  CHECK_GE(sched_get_priority_max(SCHED_FIFO), priority);
  CHECK_FAILS(sched_getparam(77, &param), ESRCH);
  CHECK_FAILS(sched_setscheduler(0, 99, &param), EINVAL);
  timespec turn;
  CHECK(sched_rr_get_interval(0, &turn) == 0 && turn.tv_nsec > 0);
  cpu_set_t cpus;
  CHECK(sched_getaffinity(0, sizeof(cpus), &cpus) == 0 && CPU_COUNT(&cpus) > 0);
  CHECK_EQ(sched_setaffinity(0, sizeof(cpus), &cpus), 0);
}

CASE("C11 threads.h", "threads, mutexes, conditions, storage, once")
{
  CHECK_EQ(c11_threads(), 0);
  CHECK_EQ(c11_times(), 0);
}

CASE("C11 stdatomic.h", "objects of any size, flags")
{
  CHECK_EQ(c11_atomics(), 0);
}

} // namespace
