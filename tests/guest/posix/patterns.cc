// SPDX-License-Identifier: MIT
// Patterns, regular expressions and walks through directories.
#include "posix.h"

#include <fnmatch.h>
#include <ftw.h>
#include <glob.h>
#include <libgen.h>
#include <regex.h>
#include <stdlib.h>

namespace {

CASE("POSIX fnmatch", "stars, sets, leading periods, slashes")
{
  CHECK_EQ(fnmatch("*.c", "main.c", 0), 0);
  CHECK_EQ(fnmatch("[a-c]?[!x]", "bzy", 0), 0);
  CHECK_EQ(fnmatch("*.c", "main.h", 0), FNM_NOMATCH);
  CHECK_EQ(fnmatch("*", "a/b", FNM_PATHNAME), FNM_NOMATCH);
  CHECK_EQ(fnmatch("*", ".hidden", FNM_PERIOD), FNM_NOMATCH);
  CHECK_EQ(fnmatch("\\*", "*", 0), 0);
}

CASE("POSIX regcomp, regexec", "extended expressions, groups, case, errors with their text")
{
  regex_t expression;
  regmatch_t match[3];
  char const text[] = "on 2026-11-21 it was";
  CHECK_EQ(regcomp(&expression, "([0-9]{4})-([0-9]+)", REG_EXTENDED), 0);
  CHECK_EQ(expression.re_nsub, 2);
  CHECK_EQ(regexec(&expression, text, 3, match, 0), 0);
  CHECK(match[0].rm_so == 3 && match[0].rm_eo == 10 && match[2].rm_so == 8 && match[2].rm_eo == 10);
  CHECK_EQ(regexec(&expression, "no date", 0, nullptr, 0), REG_NOMATCH);
  regfree(&expression);

  CHECK_EQ(regcomp(&expression, "^HELLO\\(x*\\)$", REG_ICASE | REG_NOSUB), 0);
  CHECK_EQ(regexec(&expression, "hello", 0, nullptr, 0), 0);
  regfree(&expression);

  int const error = regcomp(&expression, "a[", 0);
  char what[64];
  CHECK_EQ(error, REG_EBRACK);
  CHECK(regerror(error, &expression, what, sizeof(what)) > 5 && strchr(what, '['));
}

CASE("POSIX glob", "names that fit, sorted; nothing fits; marks for directories")
{
  Temporary const b("/tmp/glob_b.txt"), a("/tmp/glob_a.txt"), c("/tmp/glob_c.bin");
  glob_t found = {};
  CHECK_EQ(glob("/tmp/glob_*.txt", 0, nullptr, &found), 0);
  CHECK_EQ(found.gl_pathc, 2);
  CHECK(!strcmp(found.gl_pathv[0], "/tmp/glob_a.txt") &&
        !strcmp(found.gl_pathv[1], "/tmp/glob_b.txt"));
  globfree(&found);
  CHECK_EQ(glob("/tmp/none*", 0, nullptr, &found), GLOB_NOMATCH);
  CHECK_EQ(glob("/t?p", GLOB_MARK, nullptr, &found), 0);
  CHECK(found.gl_pathc == 1 && !strcmp(found.gl_pathv[0], "/tmp/"));
  globfree(&found);
}

int files, directories, deepest;

int count(char const *, struct stat const *status, int kind, FTW *place)
{
  files += kind == FTW_F && S_ISREG(status->st_mode);
  directories += kind == FTW_DP;
  if (place->level > deepest) deepest = place->level;
  return 0;
}

int stop(char const *path, struct stat const *, int, FTW *)
{
  return strstr(path, "inner") ? 77 : 0;
}

CASE("POSIX nftw", "each file once, directories after what they hold, an answer ends it")
{
  CHECK(mkdir("/tmp/walk", 0755) == 0 && mkdir("/tmp/walk/inner", 0755) == 0);
  {
    Temporary const a("/tmp/walk/a"), b("/tmp/walk/inner/b");
    files = directories = deepest = 0;
    CHECK_EQ(nftw("/tmp/walk", count, 8, FTW_DEPTH | FTW_PHYS), 0);
    CHECK(files == 2 && directories == 2 && deepest == 2);
    CHECK_EQ(nftw("/tmp/walk", stop, 8, 0), 77);
    CHECK_FAILS(nftw("/tmp/none", count, 8, 0), ENOENT);
  }
  CHECK(rmdir("/tmp/walk/inner") == 0 && rmdir("/tmp/walk") == 0);
}

CASE("POSIX basename, dirname", "the last part of a path, and what is before it")
{
  struct {
    char const *path, *base, *dir;
  } const rows[] = {{"/a/b", "b", "/a"}, {"/a/b/", "b", "/a"}, {"b", "b", "."},
                    {"/", "/", "/"},     {"", ".", "."},       {"a/b", "b", "a"}};
  for (auto const &row : rows) {
    char one[16], two[16];
    strcpy(one, row.path);
    strcpy(two, row.path);
    CHECK(!strcmp(basename(one), row.base));
    CHECK(!strcmp(dirname(two), row.dir));
  }
}

} // namespace
