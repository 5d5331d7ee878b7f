// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <l4/cxx/arith>
#include <l4/cxx/bitfield>
#include <l4/cxx/observer>
#include <l4/cxx/ref_ptr>
#include <l4/cxx/result>
#include <l4/cxx/static_container>
#include <l4/cxx/static_vector>
#include <l4/cxx/string>
#include <l4/cxx/unique_ptr>
#include <l4/cxx/utils>
#include <l4/cxx/weak_ref>
#include <string>

namespace {

TEST(String, searching_and_numbers)
{
  cxx::String s("one/two");
  EXPECT_EQ(s.find('/') - s.start(), 3);
  EXPECT_EQ(s.head(s.find("/")), cxx::String("one"));
  EXPECT_EQ(s.substr(s.find('/') + 1), cxx::String("two"));
  EXPECT_EQ(s.find('x'), s.end());
  EXPECT_TRUE(s.starts_with("one"));
  EXPECT_FALSE(s.starts_with("two"));
  EXPECT_EQ(s.rfind("o") - s.start(), 6);
  int dec;
  EXPECT_EQ(cxx::String("123x").from_dec(&dec), 3);
  EXPECT_EQ(dec, 123);
  unsigned hex;
  EXPECT_EQ(cxx::String("00dEaD g").from_hex(&hex), 6);
  EXPECT_EQ(hex, 0xdeadU);
  EXPECT_EQ(cxx::String("123456789").from_hex(&hex), -1);
  cxx::String cut("ab\0cd", 5UL);
  EXPECT_EQ(cut.find('c'), cut.end()); // searching stops at the zero
}

struct Counted : cxx::Ref_obj {
  explicit Counted(int *alive) : alive(alive) { ++*alive; }
  ~Counted() { --*alive; }
  int *alive;
};

TEST(Ref_ptr, last_reference_deletes)
{
  int alive = 0;
  {
    auto p = cxx::make_ref_obj<Counted>(&alive);
    cxx::Ref_ptr<Counted> q = p;
    p = nullptr;
    EXPECT_EQ(alive, 1);
    cxx::Ref_ptr<Counted> &same = q;
    q = same;
    EXPECT_EQ(alive, 1);
    cxx::Ref_ptr<Counted> r(std::move(q));
    EXPECT_FALSE(q);
    EXPECT_TRUE(r);
  }
  EXPECT_EQ(alive, 0);
}

TEST(Unique_ptr, ownership)
{
  int alive = 0;
  auto p = cxx::make_unique<Counted>(&alive);
  cxx::unique_ptr<Counted> q(std::move(p));
  EXPECT_FALSE(p);
  EXPECT_EQ(alive, 1);
  q = nullptr;
  EXPECT_EQ(alive, 0);
  cxx::unique_ptr<int[]> array(new int[3]{1, 2, 3});
  EXPECT_EQ(array[2], 3);
}

TEST(Result, value_or_error)
{
  auto f = [](bool ok) -> cxx::Result<std::string> {
    if (!ok) return cxx::Error(-5);
    return std::string("a value that needs memory of its own");
  };
  auto r = f(true);
  ASSERT_TRUE(r);
  EXPECT_EQ(r.result().size(), 36U);
  std::string moved = std::move(r).result();
  EXPECT_FALSE(f(false));
  EXPECT_EQ(f(false).error(), -5);
}

struct Reg {
  unsigned raw = 0xffff0000;
  CXX_BITFIELD_MEMBER(4, 7, field, raw);
  CXX_BITFIELD_MEMBER_UNSHIFTED(16, 19, high, raw);
};

TEST(Bitfield, members)
{
  Reg r;
  r.field() = 5;
  EXPECT_EQ(r.raw, 0xffff0050U);
  EXPECT_EQ(r.field(), 5U);
  r.field() = 0x35; // cut
  EXPECT_EQ(r.field(), 5U);
  r.high() = 0x20000;
  EXPECT_EQ(r.raw, 0xfff20050U);
  Reg const &c = r;
  EXPECT_EQ(c.high(), 0x20000U);
  EXPECT_EQ(+Reg::field_bfm_t::Mask, 0xf0U);
  EXPECT_EQ(Reg::field_bfm_t::val(3), 0x30U);
}

TEST(Weak_ref, is_null_after_the_object)
{
  struct Obj : cxx::Weak_ref_obj {
    int v = 1;
  };
  cxx::Weak_ref<Obj> ref;
  {
    Obj o;
    ref.reset(&o);
    cxx::Weak_ref<Obj> copy(ref);
    EXPECT_EQ(copy->v, 1);
  }
  EXPECT_FALSE(ref);
}

TEST(Observer, all_are_told)
{
  struct Told : cxx::Observer {
    int times = 0;
    void notify() override { ++times; }
  } a, b;
  cxx::Notifier n;
  n.add(&a);
  n.add(&b);
  n.notify();
  b.l_remove();
  n.notify();
  EXPECT_EQ(a.times, 2);
  EXPECT_EQ(b.times, 1);
}

TEST(Small_helpers, values)
{
  EXPECT_EQ(cxx::arith::div_ceil(10, 3), 4);
  EXPECT_EQ((+cxx::arith::Ld<4096>::value), 12UL);
  int array[] = {1, 2, 3};
  cxx::static_vector<int> v(array);
  EXPECT_EQ(v.size(), 3U);
  cxx::static_vector<int const> c(v);
  EXPECT_EQ(c[2], 3);
  int x = 1;
  cxx::write_now(&x, 2);
  EXPECT_EQ(cxx::access_once(&x), 2);
  cxx::Static_container<std::string> s;
  s.construct("text");
  EXPECT_EQ(s->size(), 4U);
  s->~basic_string();
}

} // namespace
