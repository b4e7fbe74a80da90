#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <bit>
#include <boost/json/parse.hpp>
#include <cmath>
#include <limits>

#include "base/json_text.h"
#include "base/reflect.h"
#include "base/units.h"

namespace pentad {
namespace {

enum class Kind { one, two };
BOOST_DESCRIBE_ENUM(Kind, one, two)

struct Leaf {
  static constexpr std::string_view type_name = "leaf";
  std::string text;
  std::optional<uint64_t> number;
  bool operator==(const Leaf&) const = default;
};
BOOST_DESCRIBE_STRUCT(Leaf, (), (text, number))

struct Branch {
  static constexpr std::string_view type_name = "branch";
  std::vector<Leaf> leaves;
  std::map<std::string, int32_t> counts;
  bool operator==(const Branch&) const = default;
};
BOOST_DESCRIBE_STRUCT(Branch, (), (leaves, counts))

struct Root {
  int64_t exact = 5;
  double real = 1;
  Time at;
  Kind kind = Kind::two;
  std::vector<std::variant<Leaf, Branch>> parts;
  bool operator==(const Root&) const = default;
};
BOOST_DESCRIBE_STRUCT(Root, (), (exact, real, at, kind, parts))

// Text of code points from every length of UTF-8, some of them in need of an escape.
rc::Gen<std::string> any_text() {
  auto code =
      rc::gen::map(rc::gen::pair(rc::gen::inRange<int>(0, 6), rc::gen::arbitrary<uint16_t>()),
                   [](std::pair<int, uint16_t> p) -> uint32_t {
                     auto [how, n] = p;
                     if (how < 2) return 0x20 + n % 0x5F;
                     if (how == 2) return 1 + n % 0x1F;
                     if (how == 3) return 0x80 + n % 0x780;
                     if (how == 4) return n < 0x800 || (n >= 0xD800 && n < 0xE000) ? '"' : n;
                     return 0x10000 + n;
                   });
  return rc::gen::map(rc::gen::container<std::vector<uint32_t>>(code), [](const auto& codes) {
    std::string text;
    for (uint32_t c : codes) append_utf8(text, c);
    return text;
  });
}

rc::Gen<double> any_double() {
  return rc::gen::map(rc::gen::arbitrary<uint64_t>(), [](uint64_t bits) {
    double value = std::bit_cast<double>(bits);
    return std::isfinite(value) ? value : 0.1;
  });
}

rc::Gen<Leaf> any_leaf() {
  return rc::gen::build<Leaf>(
      rc::gen::set(&Leaf::text, any_text()),
      rc::gen::set(&Leaf::number,
                   rc::gen::map(rc::gen::arbitrary<std::pair<bool, uint64_t>>(), [](auto p) {
                     return p.first ? std::optional(p.second) : std::nullopt;
                   })));
}

rc::Gen<Branch> any_branch() {
  return rc::gen::build<Branch>(
      rc::gen::set(&Branch::leaves, rc::gen::container<std::vector<Leaf>>(any_leaf())),
      rc::gen::set(&Branch::counts, rc::gen::container<std::map<std::string, int32_t>>(
                                        any_text(), rc::gen::arbitrary<int32_t>())));
}

rc::Gen<Root> any_root() {
  using Part = std::variant<Leaf, Branch>;
  auto part =
      rc::gen::oneOf(rc::gen::map(any_leaf(), [](Leaf l) { return Part(std::move(l)); }),
                     rc::gen::map(any_branch(), [](Branch b) { return Part(std::move(b)); }));
  return rc::gen::build<Root>(
      rc::gen::set(&Root::exact), rc::gen::set(&Root::real, any_double()),
      rc::gen::set(&Root::at,
                   rc::gen::map(rc::gen::arbitrary<int64_t>(), [](int64_t n) { return Time{n}; })),
      rc::gen::set(&Root::kind, rc::gen::element(Kind::one, Kind::two)),
      rc::gen::set(&Root::parts, rc::gen::container<std::vector<Part>>(part)));
}

}  // namespace

TEST_CASE("any value written in either mode reads back the same, strictly and leniently") {
  CHECK(rc::check([] {
    const Root root = *any_root();
    for (auto write : {WriteMode::full, WriteMode::compact}) {
      std::string text = to_json(root, write);
      for (auto read : {ReadMode::strict, ReadMode::lenient}) {
        auto back = from_json<Root>(text, read);
        RC_ASSERT(back.has_value());
        RC_ASSERT(*back == root);
        RC_ASSERT(to_json(*back, write) == text);
      }
      boost::system::error_code ec;
      boost::json::parse(text, ec);
      RC_ASSERT(!ec);
    }
  }));
}

TEST_CASE("text cut short anywhere is refused, never half read") {
  CHECK(rc::check([] {
    const std::string text = to_json(*any_root());
    size_t cut = *rc::gen::inRange<size_t>(0, text.size());
    RC_ASSERT(!from_json<Root>(std::string_view(text).substr(0, cut)).has_value());
  }));
}

TEST_CASE("any bytes written as text come out as valid UTF-8") {
  CHECK(rc::check([](const std::string& bytes) {
    std::string json = to_json(bytes);
    RC_ASSERT(is_utf8(json));
    auto back = from_json<std::string>(json, ReadMode::lenient);
    RC_ASSERT(back.has_value());
    if (is_utf8(bytes)) RC_ASSERT(*back == bytes);
  }));
}

}  // namespace pentad
