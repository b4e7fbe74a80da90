#include "model/application_job.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <limits>

#include "base/json_text.h"
#include "base/reflect.h"
#include "model/application_test_data.h"
#include "model/application_value.h"

namespace pentad {
namespace {

using test::int_parameter;
using test::sample_application;
using test::text_parameter;
using Given = std::map<std::string, JsonText>;

const Given kLabel = {{"label", {"\"x\""}}};

// The value a parameter takes from `json`, or "refused".
std::string taken(const Parameter& p, std::string json) {
  auto value = parameter_value(p, JsonText{std::move(json)});
  if (value) return *value;
  CHECK(value.error().message.starts_with(p.name + ": "));
  return "refused";
}

TEST_CASE("integers") {
  Parameter p = int_parameter("atoms", -5, 1000, "1");
  CHECK(taken(p, "1000") == "1000");
  CHECK(taken(p, "-5") == "-5");
  CHECK(taken(p, "\"17\"") == "17");
  CHECK(taken(p, "-0") == "0");
  for (auto wrong : {"1001", "-6", "1.0", "1e2", "\"\"", "\" 1\"", "\"1 \"", "\"+1\"", "\"0x10\"",
                     "true", "null", "[]", "{}", "\"1;reboot\"", "99999999999999999999",
                     "\"9223372036854775808\"", ""}) {
    CAPTURE(wrong);
    CHECK(taken(p, wrong) == "refused");
  }
  p.min = p.max = std::nullopt;
  CHECK(taken(p, "9007199254740991") == "9007199254740991");
  CHECK(taken(p, "9007199254740992") == "refused");
  CHECK(taken(p, "-9223372036854775808") == "refused");
}

TEST_CASE("floats") {
  Parameter p = int_parameter("step", 0.0005, 0.02, "0.005");
  p.type = ParameterType::float_;
  CHECK(taken(p, "0.005") == "0.005");
  CHECK(taken(p, "5e-3") == "0.005");
  CHECK(taken(p, "\"0.01\"") == "0.01");
  for (auto wrong :
       {"0.03", "0", "\"nan\"", "\"inf\"", "\"-inf\"", "1e999", "\"0.01x\"", "false"}) {
    CAPTURE(wrong);
    CHECK(taken(p, wrong) == "refused");
  }
}

TEST_CASE("truth and choices") {
  Parameter p = text_parameter("resume");
  p.type = ParameterType::bool_;
  CHECK(taken(p, "true") == "true");
  CHECK(taken(p, "\"false\"") == "false");
  CHECK(taken(p, "1") == "refused");
  CHECK(taken(p, "\"yes\"") == "refused");
  p.type = ParameterType::choice;
  p.choices = {"fp32", "bf16"};
  CHECK(taken(p, "\"bf16\"") == "bf16");
  CHECK(taken(p, "\"BF16\"") == "refused");
  CHECK(taken(p, "\"\"") == "refused");
}

TEST_CASE("text stays what it is, hostile or not") {
  Parameter p = text_parameter("label");
  for (std::string text : {"", "plain", "$(reboot)", "`reboot`", "'; rm -rf /; '", "a\\b", "--flag",
                           "${IFS}", "熔化", "%s%n", "\"quoted\""}) {
    CAPTURE(text);
    CHECK(taken(p, to_json(text)) == text);
  }
  for (std::string text : {std::string("a\nb"), std::string("a\rb"), std::string("a\tb"),
                           std::string("\x1b[31m"), std::string("\x7f")}) {
    CHECK(taken(p, to_json(text)) == "refused");
  }
  CHECK(taken(p, "\"\\u0000\"") == "refused");
  CHECK(taken(p, "\"\xff\"") == "refused");
  CHECK(taken(p, "7") == "refused");
  CHECK(taken(p, to_json(std::string(4096, 'x'))) == std::string(4096, 'x'));
  CHECK(taken(p, to_json(std::string(4097, 'x'))) == "refused");
  p.max_length = 3;
  CHECK(taken(p, "\"abcd\"") == "refused");
}

TEST_CASE("the job of the defaults") {
  auto job = make_job(sample_application(), "/apps/lj-melt", kLabel);
  REQUIRE(job);
  CHECK(job->request.name == "lj-melt");
  CHECK(job->request.resources.cores == 2);
  CHECK(job->request.resources.memory == mebibytes(256 + 96));
  CHECK(job->request.limit == seconds(600));
  CHECK(job->request.warning == WarningRequest{10, seconds(30)});
  CHECK(job->request.precision == Precision::fp64);
  CHECK(job->payload.script == sample_application().run.script);
  CHECK(job->payload.application == "lj-melt");
  const std::map<std::string, std::string> environment = {{"PENTAD_APP", "lj-melt"},
                                                          {"PENTAD_APP_DIR", "/apps/lj-melt"},
                                                          {"PENTAD_PARAM_ATOMS", "32000"},
                                                          {"PENTAD_PARAM_LABEL", "x"},
                                                          {"PENTAD_PARAM_RANKS", "2"}};
  CHECK(job->payload.environment == environment);
}

TEST_CASE("parameters size cores and memory") {
  auto memory = [](std::string atoms) {
    Given given = kLabel;
    given["atoms"] = JsonText{std::move(atoms)};
    auto job = make_job(sample_application(), "/a", given);
    REQUIRE(job);
    return job->request.resources.memory;
  };
  CHECK(memory("100000") == mebibytes(256 + 96));
  CHECK(memory("100001") == mebibytes(256 + 2 * 96));
  CHECK(memory("1000000") == mebibytes(256 + 10 * 96));
  Given given = kLabel;
  given["ranks"] = JsonText{"64"};
  CHECK(make_job(sample_application(), "/a", given)->request.resources.cores == 64);
}

TEST_CASE("refusals name the parameter, in a fixed order") {
  auto refusal = [](Given given) {
    auto job = make_job(sample_application(), "/a", given);
    REQUIRE_FALSE(job);
    return job.error();
  };
  CHECK(refusal({{"atmos", {"1"}}}).path == "/atmos");
  CHECK(refusal({{"atmos", {"1"}}}).message ==
        "lj-melt has no such parameter; it has atoms, ranks, label");
  CHECK(refusal({{"atoms", {"1"}}}).path == "/label");
  CHECK(refusal({{"atoms", {"1"}}}).message == "label must be given: Text");
  CHECK(refusal({{"atoms", {"1"}}, {"label", {"\"\""}}}).path == "/atoms");
  CHECK(refusal({{"atoms", {"1"}}, {"label", {"\"\""}}}).message ==
        "atoms: expected a whole number from 100 to 1000000");
  CHECK(refusal({{"a/b~c", {"1"}}}).path == "/a~1b~0c");
}

TEST_CASE("no value ever reaches the script's text, and all of it reaches the variable") {
  CHECK(rc::check([](const std::string& text) {
    auto job = make_job(sample_application(), "/a", {{"label", {to_json(text)}}});
    if (!job) return;  // control characters, or too long
    RC_ASSERT(job->payload.script == sample_application().run.script);
    // Writing JSON mends what is not UTF-8.
    if (is_utf8(text)) RC_ASSERT(job->payload.environment.at("PENTAD_PARAM_LABEL") == text);
  }));
}

TEST_CASE("an accepted integer is within its bounds and comes out as it went in") {
  CHECK(rc::check([](int64_t value, int64_t a, int64_t b) {
    constexpr int64_t most = 1LL << 40;
    double low = static_cast<double>(std::min(a % most, b % most));
    double high = static_cast<double>(std::max(a % most, b % most));
    Parameter p = int_parameter("n", low, high, "0");
    auto taken = parameter_value(p, JsonText{to_json(value)});
    bool inside = static_cast<double>(value) >= low && static_cast<double>(value) <= high;
    RC_ASSERT(taken.has_value() == inside);
    if (taken) RC_ASSERT(*taken == std::to_string(value));
  }));
}

}  // namespace
}  // namespace pentad
