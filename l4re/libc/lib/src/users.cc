// SPDX-License-Identifier: MIT
/*
 * Users and groups: there is one of each, root, with number 0.
 */
#include "libc_priv.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

namespace {

char Name[] = "root", Home[] = "/", Nothing[] = "";
char *members[] = {Name, nullptr};

int become(unsigned id) { return id == 0 ? 0 : fail(EPERM); }

/// Real and effective numbers, of which -1 means "as it is".
int become_both(unsigned short real, unsigned short effective)
{
  constexpr unsigned short Stay = 0xffff;
  return (real == Stay || real == 0) && (effective == Stay || effective == 0) ? 0 : fail(EPERM);
}

passwd user{Name, Nothing, 0, 0, Nothing, Nothing, Home, Nothing};
group the_group{Name, Nothing, 0, members};
bool user_read, group_read;

/// The reentrant forms: strings that are constant need none of the caller's buffer.
template <typename T> int give(bool found, T const &entry, T *copy, T **result)
{
  *result = nullptr;
  if (!found) return 0;
  *copy = entry;
  *result = copy;
  return 0;
}

} // namespace

extern "C" {

passwd *getpwuid(uid_t id) { return id == 0 ? &user : nullptr; }

passwd *getpwnam(char const *name) { return strcmp(name, Name) == 0 ? &user : nullptr; }

int getpwuid_r(uid_t id, passwd *copy, char *, size_t, passwd **result)
{
  return give(id == 0, user, copy, result);
}

int getpwnam_r(char const *name, passwd *copy, char *, size_t, passwd **result)
{
  return give(strcmp(name, Name) == 0, user, copy, result);
}

void setpwent() { user_read = false; }

void endpwent() { user_read = false; }

passwd *getpwent()
{
  if (user_read) return nullptr;
  user_read = true;
  return &user;
}

group *getgrgid(gid_t id) { return id == 0 ? &the_group : nullptr; }

group *getgrnam(char const *name) { return strcmp(name, Name) == 0 ? &the_group : nullptr; }

int getgrgid_r(gid_t id, group *copy, char *, size_t, group **result)
{
  return give(id == 0, the_group, copy, result);
}

int getgrnam_r(char const *name, group *copy, char *, size_t, group **result)
{
  return give(strcmp(name, Name) == 0, the_group, copy, result);
}

void setgrent() { group_read = false; }

void endgrent() { group_read = false; }

group *getgrent()
{
  if (group_read) return nullptr;
  group_read = true;
  return &the_group;
}

int getgroups(int count, gid_t list[])
{
  if (count < 0) return fail(EINVAL);
  if (count > 0) list[0] = 0;
  return 1;
}

int initgroups(char const *, gid_t id) { return become(id); }

int setgroups(int count, gid_t const *list)
{
  return count == 0 || (count == 1 && list[0] == 0) ? 0 : fail(EPERM);
}

int setuid(uid_t id) { return become(id); }

int seteuid(uid_t id) { return become(id); }

int setgid(gid_t id) { return become(id); }

int setegid(gid_t id) { return become(id); }

int setreuid(uid_t real, uid_t effective) { return become_both(real, effective); }

int setregid(gid_t real, gid_t effective) { return become_both(real, effective); }

char *secure_getenv(char const *name) { return getenv(name); }

/// Nobody runs with rights that are not their own.
int issetugid() { return 0; }

char *getlogin() { return Name; }

int getlogin_r(char *name, size_t size)
{
  if (size < sizeof(Name)) return ERANGE;
  strcpy(name, Name);
  return 0;
}

} // extern "C"
