// SPDX-License-Identifier: MIT
/**
 * The mangled name of a class, at compile time and without run-time type information.
 *
 * Clients identify interfaces by this name through the Meta protocol (`N4L4Re9NamespaceE`), so it
 * must be what typeid(T).name() would say. Only classes in namespaces and classes are covered,
 * which is what interfaces are; a class template is a compile-time error.
 */
#pragma once

namespace L4::Typeid::Detail {

/** A string with room for N characters. */
template <unsigned N> struct Name_buffer {
  char text[N] = {};
};

/** How the compiler spells T, found in the name of this very function. */
template <typename T> constexpr char const *spelled_function() noexcept
{
  return __PRETTY_FUNCTION__;
}

/** Part of a spelled name: [begin, end). */
struct Span {
  char const *begin;
  char const *end;
};

constexpr Span find_type(char const *s)
{
  char const *begin = s;
  for (; *begin; ++begin)
    if (begin[0] == 'T' && begin[1] == ' ' && begin[2] == '=' && begin[3] == ' ') break;
  begin += 4;
  char const *end = begin;
  while (*end && *end != ']' && *end != ';')
    ++end;
  return {begin, end};
}

/** A component that names the anonymous namespace, as spelled by GCC or clang. */
constexpr bool is_anonymous(char const *component)
{
  return *component == '{' || *component == '(';
}

/** Writes the mangled name to `out` (if given) and returns its length. */
constexpr unsigned mangle(Span type, char *out)
{
  unsigned length = 0;
  auto put = [&](char c) {
    if (out) out[length] = c;
    ++length;
  };

  unsigned components = 1;
  for (char const *p = type.begin; p != type.end; ++p)
    if (*p == ':') components += p[1] == ':';

  if (components > 1) put('N');
  for (char const *p = type.begin; p < type.end;) {
    char const *q = p;
    while (q != type.end && *q != ':')
      ++q;
    if (is_anonymous(p)) {
      for (char const *c = "12_GLOBAL__N_1"; *c; ++c)
        put(*c);
      p = q + 2;
      continue;
    }
    unsigned n = static_cast<unsigned>(q - p);
    for (unsigned div = n >= 100 ? 100 : n >= 10 ? 10 : 1; div; div /= 10)
      put(static_cast<char>('0' + n / div % 10));
    for (; p != q; ++p)
      put(*p);
    p += 2;
  }
  if (components > 1) put('E');
  return length;
}

constexpr bool is_plain(Span type)
{
  for (char const *p = type.begin; p != type.end; ++p)
    if (*p == '<') return false;
  return type.begin != type.end;
}

template <typename T> struct Type_name {
  static constexpr Span spelled = find_type(spelled_function<T>());
  static_assert(is_plain(spelled), "an interface must be a named class and no template");
  static constexpr auto make()
  {
    Name_buffer<mangle(spelled, nullptr) + 1> name;
    mangle(spelled, name.text);
    return name;
  }
  static constexpr auto name = make();
};

/** Mangled name of T. */
template <typename T> constexpr char const *type_name() noexcept
{
  return Type_name<T>::name.text;
}

} // namespace L4::Typeid::Detail
