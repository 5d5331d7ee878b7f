// SPDX-License-Identifier: MIT
// <fstream> and <filesystem> on the virtual file system.
#include "check.h"

#include <l4/l4re_vfs/backend>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace fs = std::filesystem;

namespace {

/// A directory of its own for each case, removed with all that is in it.
class Directory {
public:
  explicit Directory(fs::path path) : _path(std::move(path)) { fs::create_directories(_path); }
  ~Directory() { fs::remove_all(_path); }
  fs::path operator/(char const *name) const { return _path / name; }
  fs::path const &path() const { return _path; }

private:
  fs::path _path;
};

void write(fs::path const &path, std::string const &text)
{
  std::ofstream(path) << text;
}

std::string read(fs::path const &path)
{
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

CASE("fstream: formatted text there and back")
{
  Directory const d("/tmp/fstream");
  {
    std::ofstream out(d / "numbers");
    for (int i = 0; i < 1000; ++i)
      out << i << ' ' << i / 4.0 << '\n';
    CHECK(out.good());
  }
  std::ifstream in(d / "numbers");
  int n, count = 0;
  double x;
  while (in >> n >> x) {
    CHECK(x == n / 4.0);
    ++count;
  }
  CHECK(count == 1000 && in.eof());
}

CASE("fstream: seeking, appending, binary, failing")
{
  Directory const d("/tmp/fstream");
  std::fstream f(d / "f", std::ios::in | std::ios::out | std::ios::trunc | std::ios::binary);
  f << "0123456789";
  f.seekp(4);
  f << "xy";
  f.seekg(2);
  std::string text(5, ' ');
  f.read(text.data(), 5);
  CHECK(text == "23xy6");
  CHECK(f.tellg() == std::streampos(7));
  f.close();
  std::ofstream(d / "f", std::ios::app) << "end";
  CHECK(read(d / "f") == "0123xy6789end");
  std::ifstream missing(d / "missing");
  CHECK(!missing);
  missing.exceptions(std::ios::goodbit);
  CHECK(!std::ofstream("/rom/not/here"));
}

CASE("filesystem: status, sizes, times, errors with codes")
{
  Directory const d("/tmp/fs");
  write(d / "f", "12345");
  CHECK(fs::exists(d / "f") && fs::is_regular_file(d / "f") && fs::is_directory(d.path()));
  CHECK(fs::file_size(d / "f") == 5);
  CHECK(fs::is_character_file("/dev/null"));
  fs::resize_file(d / "f", 2);
  CHECK(fs::file_size(d / "f") == 2);
  std::error_code error;
  CHECK(fs::file_size(d / "missing", error) == static_cast<std::uintmax_t>(-1));
  CHECK(error == std::errc::no_such_file_or_directory);
  bool caught = false;
  try {
    fs::rename(d / "missing", d / "x");
  } catch (fs::filesystem_error const &e) {
    caught = e.code() == std::errc::no_such_file_or_directory && e.path1() == d / "missing";
  }
  CHECK(caught);
  auto const time = fs::file_time_type::clock::now();
  fs::last_write_time(d / "f", time);
  auto const difference = fs::last_write_time(d / "f") - time;
  CHECK(difference < std::chrono::seconds(1) && difference > -std::chrono::seconds(1));
}

CASE("filesystem: directories, listed flat and recursively")
{
  Directory const d("/tmp/tree");
  CHECK(fs::create_directories(d / "a/b/c"));
  CHECK(!fs::create_directory(d / "a"));
  write(d / "a/1", "");
  write(d / "a/b/2", "");
  write(d / "a/b/c/3", "");
  std::vector<std::string> names;
  for (auto const &e : fs::recursive_directory_iterator(d.path()))
    names.push_back(e.path().lexically_relative(d.path()).string());
  std::sort(names.begin(), names.end());
  CHECK((names == std::vector<std::string>{"a", "a/1", "a/b", "a/b/2", "a/b/c", "a/b/c/3"}));
  auto const entries = std::distance(fs::directory_iterator(d / "a"), fs::directory_iterator());
  CHECK(entries == 2);
  CHECK(fs::remove_all(d / "a") == 6);
  CHECK(fs::is_empty(d.path()));
}

CASE("filesystem: copy, rename, equivalent, remove")
{
  Directory const d("/tmp/copy");
  write(d / "one", "content");
  CHECK(fs::copy_file(d / "one", d / "two"));
  CHECK(read(d / "two") == "content");
  std::error_code error;
  CHECK(!fs::copy_file(d / "one", d / "two", error) && error == std::errc::file_exists);
  CHECK(fs::copy_file(d / "one", d / "two", fs::copy_options::overwrite_existing));
  fs::create_hard_link(d / "one", d / "same");
  CHECK(fs::equivalent(d / "one", d / "same") && !fs::equivalent(d / "one", d / "two"));
  CHECK(fs::hard_link_count(d / "one") == 2);
  fs::create_directory(d / "sub");
  fs::copy(d.path(), "/tmp/copy2", fs::copy_options::recursive);
  CHECK(read("/tmp/copy2/two") == "content" && fs::is_directory("/tmp/copy2/sub"));
  fs::remove_all("/tmp/copy2");
  fs::rename(d / "two", d / "three");
  CHECK(!fs::exists(d / "two") && fs::remove(d / "three") && !fs::remove(d / "three"));
}

CASE("filesystem: current path, canonical, temporary directory, space, permissions")
{
  Directory const d("/tmp/cwd");
  fs::path const before = fs::current_path();
  fs::current_path(d.path());
  CHECK(fs::current_path() == "/tmp/cwd");
  write("file", "x");
  CHECK(fs::canonical("./../cwd/file") == "/tmp/cwd/file");
  CHECK(fs::weakly_canonical("/tmp/cwd/none/../file") == "/tmp/cwd/file");
  CHECK(fs::absolute("file") == "/tmp/cwd/file");
  fs::permissions("file", fs::perms::owner_read);
  CHECK((fs::status("file").permissions() & fs::perms::all) == fs::perms::owner_read);
  fs::current_path(before);
  CHECK(fs::temp_directory_path() == "/tmp");
  fs::space_info const space = fs::space("/tmp");
  CHECK(space.available <= space.free && space.free <= space.capacity);
}

CASE("filesystem: boot modules are files")
{
  CHECK(fs::exists("/rom/test_libstdcxx"));
  CHECK(read("/rom/test_libstdcxx").substr(1, 3) == "ELF");
  bool found = false;
  for (auto const &e : fs::directory_iterator("/rom"))
    found |= e.path().filename() == "test_libstdcxx" && e.is_regular_file();
  CHECK(found);
}

/// The library with the base classes is compiled for programs with RTTI and without.
class Own_file final : public L4Re::Vfs::Be_file {};

CASE("file system: files of one's own, told apart by dynamic_cast")
{
  Own_file own;
  L4Re::Vfs::File *const file = &own;
  CHECK(dynamic_cast<L4Re::Vfs::Be_file *>(file) == &own);
  CHECK(dynamic_cast<Own_file *>(file) == &own);
  CHECK(!dynamic_cast<L4Re::Vfs::Be_file_pos *>(file));
}

} // namespace
