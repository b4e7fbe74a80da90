// Any bytes: the strict reader must agree with Boost.JSON on what is JSON, and what it accepts must
// survive being written and read again.
#include <boost/json/parse.hpp>
#include <cstdlib>

#include "base/ids.h"
#include "base/json_text.h"
#include "base/reflect.h"

namespace pentad {
namespace {

enum class Kind { one, two };
BOOST_DESCRIBE_ENUM(Kind, one, two)

struct Leaf {
  static constexpr std::string_view type_name = "leaf";
  std::string a;
  std::optional<uint64_t> b;
};
BOOST_DESCRIBE_STRUCT(Leaf, (), (a, b))

struct Tree {
  int64_t a = 0;
  double b = 0;
  bool c = false;
  Kind d = Kind::one;
  std::vector<Tree> e;
  std::map<JobId, Leaf> f;
  std::optional<JsonText> g;
  std::vector<std::variant<Leaf>> h;
};
BOOST_DESCRIBE_STRUCT(Tree, (), (a, b, c, d, e, f, g, h))
constexpr auto field_notes(const Tree*) {
  return std::array{note("a").range(-5, 1'000'000'000'000), note("e").length(0, 4)};
}

void require(bool condition) {
  if (!condition) std::abort();
}

void compare_with_boost(std::string_view text) {
  JsonReader in(text, ReadMode::lenient);
  bool ours = in.skip_value() && in.finish();
  boost::system::error_code ec;
  boost::json::parse_options options;
  options.max_depth = JsonReader::default_depth;
  boost::json::parse({text.data(), text.size()}, ec, {}, options);
  // Its own depth counts differently at the limit, and it refuses exponents it cannot hold.
  if (ec == boost::json::error::too_deep || ec == boost::json::error::exponent_overflow) return;
  require(ours == !ec);
}

}  // namespace
}  // namespace pentad

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pentad;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  compare_with_boost(text);
  for (auto mode : {ReadMode::strict, ReadMode::lenient}) {
    auto tree = from_json<Tree>(text, mode);
    if (!tree) {
      require(!tree.error().message.empty());
      require(is_utf8(to_json(tree.error().message)));
      continue;
    }
    std::string once = to_json(*tree, WriteMode::compact);
    auto again = from_json<Tree>(once, mode);
    require(again.has_value());
    require(to_json(*again, WriteMode::compact) == once);
  }
  return 0;
}
