#include "engine/cpu_picker.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>

namespace pentad::engine {

TEST_CASE("CPU lists are written and read") {
  CHECK(format_cpu_list({8, 0, 2, 1, 3}) == "0-3,8");
  CHECK(format_cpu_list({}) == "");
  CHECK(parse_cpu_list("0-3,8") == std::vector<int32_t>{0, 1, 2, 3, 8});
  CHECK(parse_cpu_list("5") == std::vector<int32_t>{5});
  for (const char* odd : {"", "x", "-1", "3-", ",", "99999999999"}) {
    CHECK(parse_cpu_list(odd).size() <= 1);
  }
}

TEST_CASE("cores come in the tightest run that holds them, hyperthreads together") {
  CpuPicker picker({{0, 4}, {1, 5}, {2, 6}, {3, 7}});
  CHECK(picker.take(1).cpus == "0,4");
  const Binding one = picker.take(1);
  CHECK(one.cpus == "1,5");
  const Binding two = picker.take(2);
  CHECK(two.cpus == "2-3,6-7");
  // None left: all of them, shared.
  CHECK(picker.take(1).cpus == "0-7");
  CHECK(picker.take(1).cores.empty());
  picker.release(one);
  CHECK(picker.take(2).cores.empty());
  CHECK(picker.take(1).cpus == "1,5");
}

TEST_CASE("a single free core is used before a long run is broken up") {
  CpuPicker picker({{0}, {1}, {2}, {3}, {4}});
  const Binding a = picker.take(1);
  const Binding b = picker.take(1);
  picker.take(0);
  picker.release(a);
  CHECK(picker.take(1).cpus == "0");
  picker.release(b);
  CHECK(picker.take(4).cpus == "1-4");
}

TEST_CASE("bindings of an earlier daemon are taken again") {
  CpuPicker picker({{0, 4}, {1, 5}, {2, 6}, {3, 7}});
  const Binding again = picker.take_again("1-2,5-6");
  CHECK(again.cores == std::vector<int32_t>{1, 2});
  CHECK(picker.take(2).cpus == "0,3-4,7");
  CHECK(picker.take_again("0-7").cores.empty());
  CHECK(picker.take_again("nonsense").cores.empty());
}

TEST_CASE("no core is given twice and none is lost") {
  CHECK(rc::check([](const std::vector<uint8_t>& steps) {
    CpuPicker picker({{0}, {1}, {2}, {3}, {4}, {5}, {6}, {7}});
    std::vector<Binding> held;
    for (const uint8_t step : steps) {
      if (step % 3 == 0 && !held.empty()) {
        const size_t which = step % held.size();
        picker.release(held[which]);
        held.erase(held.begin() + static_cast<std::ptrdiff_t>(which));
        continue;
      }
      size_t in_use = 0;
      for (const Binding& binding : held) in_use += binding.cores.size();
      const size_t wanted = 1 + step % 5;
      Binding binding = picker.take(static_cast<int32_t>(wanted));
      RC_ASSERT(binding.cores.size() == (in_use + wanted <= 8 ? wanted : 0));
      if (!binding.cores.empty()) held.push_back(std::move(binding));
    }
    std::set<int32_t> distinct;
    size_t total = 0;
    for (const Binding& binding : held) {
      distinct.insert(binding.cores.begin(), binding.cores.end());
      total += binding.cores.size();
    }
    RC_ASSERT(distinct.size() == total);
  }));
}

TEST_CASE("without a known machine nothing is bound") {
  CpuPicker picker({});
  CHECK(picker.take(4).cpus.empty());
}

}  // namespace pentad::engine
