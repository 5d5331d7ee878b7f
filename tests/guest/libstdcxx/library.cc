// SPDX-License-Identifier: MIT
#include "check.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <deque>
#include <filesystem>
#include <iomanip>
#include <list>
#include <map>
#include <numeric>
#include <optional>
#include <random>
#include <regex>
#include <set>
#include <sstream>
#include <string_view>
#include <unordered_map>
#include <variant>

namespace {

CASE("vector: at() throws, growth keeps the content")
{
  std::vector<std::string> v;
  for (int i = 0; i < 1000; ++i)
    v.push_back("number " + std::to_string(i));
  CHECK(v[999] == "number 999");
  bool caught = false;
  try {
    (void)v.at(1000);
  } catch (std::out_of_range const &) {
    caught = true;
  }
  CHECK(caught);
}

CASE("map, set, unordered_map, deque, list")
{
  std::map<std::string, int> m{{"b", 2}, {"a", 1}};
  CHECK(m.begin()->first == "a");
  std::unordered_map<int, int> u;
  for (int i = 0; i < 500; ++i)
    u[i] = i * i;
  CHECK(u.at(22) == 484);
  std::deque<int> d{2, 3};
  d.push_front(1);
  std::list<int> l(d.rbegin(), d.rend());
  l.sort();
  CHECK(std::equal(d.begin(), d.end(), l.begin()));
  CHECK((std::set<int>{3, 1, 3}.size() == 2));
}

CASE("algorithms")
{
  std::vector<int> v(100);
  std::iota(v.begin(), v.end(), 0);
  std::reverse(v.begin(), v.end());
  std::sort(v.begin(), v.end());
  CHECK(std::binary_search(v.begin(), v.end(), 57));
  CHECK(std::accumulate(v.begin(), v.end(), 0) == 4950);
}

CASE("string streams and manipulators")
{
  std::ostringstream out;
  out << std::hex << std::setw(6) << std::setfill('0') << 0xbeef << ' ' << std::fixed
      << std::setprecision(2) << 3.14159;
  CHECK(out.str() == "00beef 3.14");
  std::istringstream in("17 2.5 word");
  int i;
  double d;
  std::string w;
  in >> i >> d >> w;
  CHECK(i == 17 && d == 2.5 && w == "word");
}

CASE("function, bind, optional, variant")
{
  int const base = 10;
  std::function<int(int)> f = [base](int x) { return base + x; };
  CHECK(f(5) == 15);
  bool caught = false;
  try {
    std::function<void()>()();
  } catch (std::bad_function_call const &) {
    caught = true;
  }
  CHECK(caught);
  std::variant<int, std::string> v = "text";
  CHECK(std::get<std::string>(v) == "text" && !std::optional<int>());
}

CASE("regex")
{
  std::smatch m;
  std::string const line = "hello: 42 items";
  CHECK(std::regex_search(line, m, std::regex("([a-z]+): ([0-9]+)")));
  CHECK(m[1] == "hello" && m[2] == "42");
}

CASE("random: mt19937 gives its standard sequence")
{
  std::mt19937 g;
  g.discard(9999);
  CHECK(g() == 4123659995U);
}

CASE("charconv")
{
  char text[32];
  auto const r = std::to_chars(text, text + sizeof(text), 0.1);
  CHECK(std::string_view(text, static_cast<size_t>(r.ptr - text)) == "0.1");
  int value = 0;
  std::string_view const s = "-123x";
  CHECK(*std::from_chars(s.begin(), s.end(), value).ptr == 'x' && value == -123);
}

CASE("filesystem::path")
{
  std::filesystem::path const p = "/rom/dir/../file.tar.gz";
  CHECK(p.extension() == ".gz" && p.stem() == "file.tar");
  CHECK(p.lexically_normal() == "/rom/file.tar.gz");
}

CASE("chrono: clocks go forward")
{
  auto const a = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() == a) {}
  CHECK(std::chrono::steady_clock::now() > a);
}

} // namespace
