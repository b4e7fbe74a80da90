#include "model/application.h"

#include <doctest/doctest.h>

#include <functional>

#include "base/reflect.h"
#include "model/application_test_data.h"

namespace pentad {
namespace {

using test::sample_application;

// The path that check_application complains about after one change; "" if it does not.
std::string complaint(const std::function<void(Application&)>& change) {
  Application app = sample_application();
  change(app);
  auto status = check_application(app);
  if (status) return "";
  CHECK_FALSE(status.error().message.empty());
  CHECK(status.error().code == ErrorCode::invalid);
  return status.error().path;
}

TEST_CASE("a sound application passes") {
  auto status = check_application(sample_application());
  INFO((status ? "" : status.error().path + ": " + status.error().message));
  CHECK(status);
}

TEST_CASE("names of applications") {
  for (auto good : {"a", "lammps-melt", "x2", "a-1-b"}) CHECK(is_application_name(good));
  for (auto wrong : {"", "-a", "a-", "a--b", "A", "1a", "a_b", "a/b", "..", "a b", "a\n", "é"}) {
    CAPTURE(wrong);
    CHECK_FALSE(is_application_name(wrong));
  }
  CHECK(is_application_name(std::string(63, 'a')));
  CHECK_FALSE(is_application_name(std::string(64, 'a')));
}

TEST_CASE("each wrong key is named") {
  using App = Application;
  struct Row {
    std::function<void(App&)> change;
    std::string path;
  };
  const Row rows[] = {
      {[](App& a) { a.name = "../x"; }, "/name"},
      {[](App& a) { a.title.en = "a\x1b[2J"; }, "/title/en"},
      {[](App& a) { a.title.zh = "a\nb"; }, "/title/zh"},
      {[](App& a) { a.description.zh = "a\rb"; }, "/description/zh"},
      {[](App& a) { a.packages[1] = "lammps; true"; }, "/packages/1"},
      {[](App& a) { a.packages[0] = "-y"; }, "/packages/0"},
      {[](App& a) { a.parameters[0].name = "Atoms"; }, "/parameters/0/name"},
      {[](App& a) { a.parameters[0].name = "a=b"; }, "/parameters/0/name"},
      {[](App& a) { a.parameters[2].name = "atoms"; }, "/parameters/2/name"},
      {[](App& a) { a.parameters[0].title.en = "\t"; }, "/parameters/0/title/en"},
      {[](App& a) { a.parameters[0].min = 1.5; }, "/parameters/0/min"},
      {[](App& a) { a.parameters[0].max = 1e17; }, "/parameters/0/max"},
      {[](App& a) { a.parameters[0].max = 99; }, "/parameters/0/max"},
      {[](App& a) { a.parameters[2].min = 0; }, "/parameters/2/min"},
      {[](App& a) { a.parameters[0].max_length = 5; }, "/parameters/0/max_length"},
      {[](App& a) { a.parameters[0].default_ = JsonText{"99"}; }, "/parameters/0/default"},
      {[](App& a) { a.parameters[0].default_ = JsonText{"1.5"}; }, "/parameters/0/default"},
      {[](App& a) { a.parameters[0].default_ = JsonText{"[]"}; }, "/parameters/0/default"},
      {[](App& a) { a.parameters[2].choices = {"x"}; }, "/parameters/2/choices"},
      {[](App& a) { a.parameters[2].type = ParameterType::choice; }, "/parameters/2/choices"},
      {[](App& a) { a.resources.cores_from = "label"; }, "/resources/cores_from"},
      {[](App& a) { a.resources.cores_from = "nobody"; }, "/resources/cores_from"},
      {[](App& a) { a.parameters[1].min = 0; }, "/resources/cores_from"},
      {[](App& a) { a.resources.memory_growth->parameter = "label"; },
       "/resources/memory_growth/parameter"},
      {[](App& a) {
         a.resources.memory_growth = MemoryGrowth{"atoms", 1, 1 << 20};
       },
       "/resources/memory_growth"},
      {[](App& a) { a.resources.warn_s = 600; }, "/resources/warn_s"},
      {[](App& a) { a.success.result = "../result.json"; }, "/success/result"},
      {[](App& a) { a.success.result = ".hidden"; }, "/success/result"},
      {[](App& a) { a.run.script = "echo"; }, "/run/script"},
  };
  for (const Row& row : rows) CHECK(complaint(row.change) == row.path);
}

TEST_CASE("choices") {
  auto with = [](std::vector<std::string> choices, std::string value) {
    return complaint([&](Application& a) {
      a.parameters[2].type = ParameterType::choice;
      a.parameters[2].choices = std::move(choices);
      a.parameters[2].default_ = JsonText{std::move(value)};
    });
  };
  CHECK(with({"fast", "exact"}, "\"fast\"") == "");
  CHECK(with({"fast", "fast"}, "\"fast\"") == "/parameters/2/choices/1");
  CHECK(with({"fast", "a b"}, "\"fast\"") == "/parameters/2/choices/1");
  CHECK(with({"fast", "exact"}, "\"slow\"") == "/parameters/2/default");
}

TEST_CASE("an application survives being written and read") {
  Application app = sample_application();
  auto again = from_json<Application>(to_json(app, WriteMode::compact));
  REQUIRE(again);
  CHECK(*again == app);
}

}  // namespace
}  // namespace pentad
