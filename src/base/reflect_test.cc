#include "base/reflect.h"

#include <doctest/doctest.h>

#include <deque>
#include <set>

#include "base/ids.h"
#include "base/units.h"

namespace pentad {
namespace {

enum class Colour { red, dark_blue, default_ };
BOOST_DESCRIBE_ENUM(Colour, red, dark_blue, default_)

struct Inner {
  int64_t cores = 1;
  std::optional<Bytes> memory;
  bool operator==(const Inner&) const = default;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (cores, memory))
constexpr auto field_notes(const Inner*) {
  return std::array{note("cores").doc("Cores on each node").range(1, 4096)};
}

struct Submit {
  static constexpr std::string_view type_name = "submit";
  std::string name;
  bool operator==(const Submit&) const = default;
};
BOOST_DESCRIBE_STRUCT(Submit, (), (name))

struct Cancel {
  static constexpr std::string_view type_name = "cancel";
  JobId job;
  std::vector<uint32_t> parts;
  bool operator==(const Cancel&) const = default;
};
BOOST_DESCRIBE_STRUCT(Cancel, (), (job, parts))

struct Version {
  static constexpr std::string_view text_form = "a version like 1.2";
  static std::optional<Version> from_text(std::string_view text) {
    if (text.size() != 3 || text[1] != '.') return std::nullopt;
    return Version{text[0] - '0', text[2] - '0'};
  }
  std::string to_text() const { return std::to_string(major) + "." + std::to_string(minor); }
  int major = 0;
  int minor = 0;
  bool operator==(const Version&) const = default;
};

struct Everything {
  bool flag = true;
  int32_t small = -1;
  uint32_t usmall = 0;
  int64_t big = 0;
  uint64_t ubig = 0;
  double ratio = 0.5;
  std::string name = "none";
  Colour colour = Colour::red;
  Inner inner;
  std::optional<std::string> note;
  std::vector<Inner> list;
  std::deque<std::string> names;
  std::set<int64_t> indices;
  std::array<int32_t, 3> triple{};
  std::map<std::string, int64_t> counts;
  std::map<JobId, Inner> by_job;
  std::map<Colour, double> by_colour;
  std::variant<Submit, Cancel> action;
  Time at;
  Version version;
  JsonText extra;
  std::vector<bool> bits;
  int32_t class_ = 0;
  bool operator==(const Everything&) const = default;
};
BOOST_DESCRIBE_STRUCT(Everything, (),
                      (flag, small, usmall, big, ubig, ratio, name, colour, inner, note, list,
                       names, indices, triple, counts, by_job, by_colour, action, at, version,
                       extra, bits, class_))

struct Person {
  std::string name;
  std::vector<std::string> tags;
};
BOOST_DESCRIBE_STRUCT(Person, (), (name, tags))
constexpr auto field_notes(const Person*) {
  return std::array{note("name").doc("Name shown in lists").required().single_line().length(1, 5),
                    note("tags").length(0, 2)};
}

Everything sample() {
  Everything e;
  e.flag = false;
  e.small = INT32_MIN;
  e.usmall = UINT32_MAX;
  e.big = INT64_MIN;
  e.ubig = UINT64_MAX;
  e.ratio = 0.1;
  e.name = "q\"\\\n\x01 \xE4\xBD\xA0";
  e.colour = Colour::dark_blue;
  e.inner = {7, Bytes{1}};
  e.note = "";
  e.list = {{2, {}}, {}};
  e.names = {"a", ""};
  e.indices = {3, 1};
  e.triple = {1, 2, 3};
  e.counts = {{"a/b", 1}, {"", 2}};
  e.by_job = {{JobId{9}, {5, {}}}};
  e.by_colour = {{Colour::default_, 2.0}};
  e.action = Cancel{JobId{12}, {1, 2}};
  e.at = Time{1234567890123};
  e.version = {3, 4};
  e.extra.text = R"({"x":[1,null]})";
  e.bits = {true, false};
  e.class_ = 3;
  return e;
}

// Path and message of the refusal of `text`.
template <class T>
std::string refusal(std::string_view text, ReadMode mode = ReadMode::strict) {
  auto result = from_json<T>(text, mode);
  return result ? "accepted" : result.error().path + ": " + result.error().message;
}

}  // namespace

TEST_CASE("full writing shows every field, in order, integers exact") {
  CHECK(to_json(sample()) ==
        R"({"flag":false,"small":-2147483648,"usmall":4294967295,"big":-9223372036854775808,)"
        R"("ubig":18446744073709551615,"ratio":0.1,"name":"q\"\\\n\u0001 )"
        "\xE4\xBD\xA0"
        R"(","colour":"dark_blue","inner":{"cores":7,"memory":1},"note":"","list":[{"cores":2,)"
        R"("memory":null},{"cores":1,"memory":null}],"names":["a",""],"indices":[1,3],)"
        R"("triple":[1,2,3],"counts":{"":2,"a/b":1},"by_job":{"9":{"cores":5,"memory":null}},)"
        R"("by_colour":{"default":2},"action":{"type":"cancel","job":12,"parts":[1,2]},)"
        R"("at":1234567890123,"version":"3.4","extra":{"x":[1,null]},"bits":[true,false],)"
        R"("class":3})");
}

TEST_CASE("compact writing leaves out what equals the default") {
  CHECK(to_json(Everything{}, WriteMode::compact) == "{}");
  Everything e;
  e.inner.memory = Bytes{5};
  e.list.resize(2);
  e.action = Cancel{};
  CHECK(to_json(e, WriteMode::compact) ==
        R"({"inner":{"memory":5},"list":[{},{}],"action":{"type":"cancel"}})");
  CHECK(to_json(Person{}, WriteMode::compact) == R"({"name":""})");
}

TEST_CASE("what is written reads back the same, in both modes") {
  for (auto mode : {WriteMode::full, WriteMode::compact}) {
    for (const auto& e : {sample(), Everything{}}) {
      auto strict = from_json<Everything>(to_json(e, mode));
      REQUIRE_MESSAGE(strict, strict.error().path, " ", strict.error().message);
      CHECK(*strict == e);
      CHECK(from_json<Everything>(to_json(e, mode), ReadMode::lenient) == e);
    }
  }
}

TEST_CASE("missing fields keep their defaults, order does not matter") {
  auto e = from_json<Everything>(R"( { "small" : 3 , "flag" : false } )");
  REQUIRE(e);
  CHECK(e->small == 3);
  CHECK_FALSE(e->flag);
  CHECK(e->name == "none");
}

TEST_CASE("the tag of a variant may stand anywhere") {
  auto e = from_json<Everything>(R"({"action":{"parts":[4],"job":1,"type":"cancel"}})");
  REQUIRE(e);
  CHECK(std::get<Cancel>(e->action) == Cancel{JobId{1}, {4}});
}

TEST_CASE("refusals name the field and say what is expected") {
  struct Row {
    std::string_view input;
    std::string_view expected;
  };
  for (const Row& row : {
           Row{R"({"inner":{"cores":"4"}})", "/inner/cores: expected an integer, found a string"},
           {R"({"list":[{},{"cores":0}]})", "/list/1/cores: expected a number from 1 to 4096"},
           {R"({"small":2147483648})", "/small: expected a number from -2147483648 to 2147483647"},
           {R"({"ubig":-1})", "/ubig: expected a number from 0 to 18446744073709551615"},
           {R"({"big":1.0})",
            "/big: expected an integer, found a number with a fraction or exponent"},
           {R"({"flag":1})", "/flag: expected true or false, found a number"},
           {R"({"flag":null})", "/flag: expected true or false, found null"},
           {R"({"colour":"dark_blu"})",
            "/colour: expected one of red, dark_blue, default, found \"dark_blu\"; did you mean "
            "dark_blue?"},
           {R"({"inner":{"corse":1}})",
            "/inner/corse: unknown field \"corse\"; did you mean cores? (known are cores, memory)"},
           {R"({"flag":true,"flag":true})", "/flag: field \"flag\" stands here twice"},
           {R"({"counts":{"a/b":1,"a/b":1}})", "/counts/a~1b: field \"a/b\" stands here twice"},
           {R"({"action":{}})", "/action/type: is required: expected one of submit, cancel"},
           {R"({"action":{"type":"cancle"}})",
            "/action/type: expected one of submit, cancel, found \"cancle\"; did you mean cancel?"},
           {R"({"action":{"type":"submit","type":"submit"}})",
            "/action/type: field \"type\" stands here twice"},
           {R"({"action":[]})", "/action: expected an object with a field `type`, found an array"},
           {R"({"triple":[1,2]})", "/triple: expected exactly 3 items"},
           {R"({"triple":[1,2,3,4]})", "/triple: expected exactly 3 items"},
           {R"({"indices":[1,1]})", "/indices/1: expected each item once"},
           {R"({"by_job":{"x":{}}})", "/by_job/x: expected a key that is an integer"},
           {R"({"version":"12"})", "/version: expected a version like 1.2"},
           {R"({"name":"a\u0000"})", "/name: expected text without NUL characters (\\u0000)"},
           {"{\"name\":\"\xFF\"}",
            "/name: not valid JSON: expected valid UTF-8 at line 1, column 10"},
           {"{\n\"small\": 1,\n \"big\": x}",
            "/big: not valid JSON: expected an integer at line 3, column 9"},
           {R"({"small":1)",
            ": not valid JSON: expected ',' or '}' at line 1, column 11, where the text ends"},
           {R"({"small":1,})",
            ": not valid JSON: expected a field name in quotes at line 1, "
            "column 12"},
           {"{} {}",
            ": not valid JSON: expected nothing after the end of the JSON value at line "
            "1, column 4"},
           {"[]", ": expected an object, found an array"},
       }) {
    CAPTURE(row.input);
    CHECK(refusal<Everything>(row.input) == row.expected);
  }
}

TEST_CASE("notes are enforced on input from outside only") {
  CHECK(refusal<Person>("{}") == "/name: is required: Name shown in lists");
  CHECK(refusal<Person>(R"({"name":""})") == "/name: expected 1 to 5 characters, found 0");
  CHECK(refusal<Person>("{\"name\":\"\xE4\xBD\xA0\xE4\xBD\xA0\"}") == "accepted");
  CHECK(refusal<Person>(R"({"name":"sixsix"})") == "/name: expected 1 to 5 characters, found 6");
  CHECK(refusal<Person>(R"({"name":"a\n"})") ==
        "/name: expected one line of text without control characters");
  CHECK(refusal<Person>(R"({"name":"a","tags":["","",""]})") == "/tags: expected at most 2 items");
  CHECK(refusal<Person>(R"({"tags":["","",""]})", ReadMode::lenient) == "accepted");
}

TEST_CASE("lenient reading skips the unknown and takes null as missing, but no wrong type") {
  auto e = from_json<Everything>(R"({"later":{"a":[1,{"b":"c"}]},"small":null,"big":2})",
                                 ReadMode::lenient);
  REQUIRE(e);
  CHECK(e->small == -1);
  CHECK(e->big == 2);
  CHECK(refusal<Everything>(R"({"big":"2"})", ReadMode::lenient) ==
        "/big: expected an integer, found a string");
  CHECK(refusal<Everything>(R"({"later":tru})", ReadMode::lenient) ==
        "/later: not valid JSON: expected true at line 1, column 10");
}

TEST_CASE("errors quote only a little of the input") {
  std::string text = "{\"colour\":\"" + std::string(100'000, 'x') + "\"}";
  CHECK(refusal<Everything>(text).size() < 300);
  text = "{\"" + std::string(100'000, 'x') + "\":1}";
  CHECK(refusal<Everything>(text).size() < 600);
}

TEST_CASE("nesting is limited") {
  std::string deep(100'000, '[');
  CHECK(refusal<JsonText>(deep) == ": expected fewer levels of nesting");
  CHECK(refusal<JsonText>(std::string(64, '[') + std::string(64, ']')) == "accepted");
  CHECK(refusal<JsonText>(std::string(65, '[') + std::string(65, ']')) ==
        ": expected fewer levels of nesting");
}

TEST_CASE("enum names") {
  CHECK(enum_name(Colour::default_) == "default");
  CHECK(enum_from_name<Colour>("dark_blue") == Colour::dark_blue);
  CHECK_FALSE(enum_from_name<Colour>("default_"));
}

}  // namespace pentad
