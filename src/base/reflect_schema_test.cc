#include "base/reflect_schema.h"

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>

#include "base/reflect.h"
#include "base/units.h"

namespace pentad {
namespace {

enum class Fruit { apple, pear };
BOOST_DESCRIBE_ENUM(Fruit, apple, pear)

struct Node {
  std::string name;
  int32_t count = 1;
  std::optional<Bytes> memory;
  std::optional<Fruit> fruit;
  std::vector<Node> children;
};
BOOST_DESCRIBE_STRUCT(Node, (), (name, count, memory, fruit, children))
constexpr auto field_notes(const Node*) {
  return std::array{note("").doc("A node of a tree"),
                    note("name").doc("Its \"name\"").required().single_line().length(1, 9),
                    note("count").range(1, 8), note("memory").doc("Bytes").at_least(0),
                    note("children").length(0, 3)};
}

struct Start {
  static constexpr std::string_view type_name = "start";
  Node node;
};
BOOST_DESCRIBE_STRUCT(Start, (), (node))
struct Stop {
  static constexpr std::string_view type_name = "stop";
};
BOOST_DESCRIBE_STRUCT(Stop, (), ())

struct Mixed {
  static constexpr std::string_view schema_name = "Other";
  std::variant<Start, Stop> what;
  std::map<std::string, double> parts;
  uint32_t number = 3;
  JsonText any;
};
BOOST_DESCRIBE_STRUCT(Mixed, (), (what, parts, number, any))

}  // namespace

TEST_CASE("a described struct becomes a definition that says what reading enforces") {
  SchemaSet set;
  CHECK(set.schema<std::vector<Node>>() ==
        R"({"type":"array","items":{"$ref":"#/components/schemas/Node"}})");
  REQUIRE(set.definitions().size() == 1);
  CHECK(set.definitions().at("Node") ==
        R"({"type":"object","properties":{)"
        R"("name":{"type":"string","minLength":1,"maxLength":9,)"
        R"("pattern":"^[^\\u0000-\\u001f\\u007f]*$","description":"Its \"name\""},)"
        R"("count":{"type":"integer","format":"int32","minimum":1,"maximum":8,"default":1},)"
        R"("memory":{"anyOf":[{"type":"integer","format":"int64","minimum":0},{"type":"null"}],)"
        R"("description":"Bytes"},)"
        R"("fruit":{"anyOf":[{"type":"string","enum":["apple","pear"]},{"type":"null"}]},)"
        R"("children":{"type":"array","items":{"$ref":"#/components/schemas/Node"},"maxItems":3}},)"
        R"("required":["name"],"additionalProperties":false,"description":"A node of a tree"})");
}

TEST_CASE("variants, maps, names of their own") {
  SchemaSet set("#/$defs/");
  CHECK(set.schema<Mixed>() == R"({"$ref":"#/$defs/Other"})");
  CHECK(set.definitions().size() == 2);
  CHECK(set.definitions().at("Other") ==
        R"({"type":"object","properties":{"what":{"oneOf":[{"type":"object","properties":{)"
        R"("type":{"type":"string","const":"start"},"node":{"$ref":"#/$defs/Node"}},)"
        R"("required":["type"],"additionalProperties":false},{"type":"object","properties":{)"
        R"("type":{"type":"string","const":"stop"}},"required":["type"],)"
        R"("additionalProperties":false}]},"parts":{"type":"object","additionalProperties":)"
        R"({"type":"number"}},"number":{"type":"integer","format":"int64","minimum":0,)"
        R"("maximum":4294967295,"default":3},"any":{}},"additionalProperties":false})");
}

TEST_CASE("every schema is JSON") {
  SchemaSet set;
  set.schema<Mixed>();
  for (const auto& [name, text] : set.definitions()) {
    boost::system::error_code ec;
    boost::json::parse(text, ec);
    CHECK_MESSAGE(!ec, name);
  }
}

}  // namespace pentad
