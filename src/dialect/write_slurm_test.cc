#include "dialect/write_slurm.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <rapidcheck.h>

#include "dialect/describe.h"

namespace pentad::dialect {

namespace {

Translation of(const std::string& lines) {
  Source source;
  std::string script = "#!/bin/sh\n" + lines;
  source.script = script;
  source.script_name = "job.sh";
  return translate(source, Dialect::slurm);
}

std::string values(const Translation& t) {
  std::string out;
  for (const ShownValue& v : shown_values(t.job)) out += v.field + '=' + v.value + '\n';
  return out;
}

std::string any_line() {
  int64_t n = *rc::gen::inRange<int64_t>(1, 100'000);
  std::string unit = *rc::gen::element<std::string>("", "K", "m", "G", "GB");
  std::string word = *rc::gen::element<std::string>("wing", "two words", "a#b", "x,y", "it's");
  return *rc::gen::element<std::string>(
      fmt::format("--time={}", n), fmt::format("-t {}:{}:{}", n % 99, n % 60, n % 59),
      fmt::format("-N {}-{}", n, n + 3), fmt::format("-n{}", n), fmt::format("-c {}", n),
      fmt::format("--mem={}{}", n, unit), fmt::format("--gres=gpu:h100:{}", n % 9 + 1),
      fmt::format("--gpus-per-task={}", n % 9 + 1), fmt::format("-J \"{}\"", word),
      fmt::format("--comment \"{}\"", word), fmt::format("--array={}-{}:3%{}", n, n + 30, n % 7),
      fmt::format("--signal=B:USR2@{}", n % 60000), fmt::format("--nice={}", n),
      std::string("--exclusive"), std::string("--requeue -H"), std::string("-C 'a&b' -p q,r"),
      std::string("--mail-type=ALL --mail-user=a@example.org"), std::string("--open-mode=append"),
      std::string("-w n[1-3,5],m --exclude=n9"), std::string("-B 2:16:1 --contiguous"),
      std::string("hetjob"));
}

}  // namespace

TEST_CASE("a job written as #SBATCH lines reads back with every value") {
  CHECK(rc::check("parse, write, parse", [] {
    std::string lines;
    int count = *rc::gen::inRange(1, 12);
    for (int i = 0; i < count; ++i) lines += "#SBATCH " + any_line() + '\n';
    Translation first = of(lines);
    RC_ASSERT(first.is_accepted());
    std::string written = write_slurm(first.job);
    RC_LOG() << lines << written;
    Translation second = of(written);
    RC_ASSERT(second.is_accepted());
    RC_ASSERT(values(second) == values(first));
  }));
}

}  // namespace pentad::dialect
