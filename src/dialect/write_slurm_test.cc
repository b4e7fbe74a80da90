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
      fmt::format("-o out/%x.%{}j-%a.txt -e e%%{{job}}%z", n % 9), fmt::format("-D /data/{}", n),
      fmt::format("--export=ALL,A={},B='x,y'", n), std::string("--export=NONE"),
      std::string("--export=HOME,B=1"), std::string("-L lic:2,other --wckey=w -q low -A acc"),
      fmt::format("--gres=gpu:a100:{},nvme:2,fpga:x:1", n % 4 + 1), std::string("--gres=tape:1"),
      fmt::format("-d afterok:{}:7,after:8+5,singleton", n),
      std::string("-d afterany:1?aftercorr:2"),
      std::string("--kill-on-invalid-dep=yes -d afternotok:9"), fmt::format("--begin=now+{}", n),
      std::string("--begin=2031-02-03T04:05:06 --deadline=2031-02-04"),
      std::string("--begin=16:00 --deadline=12/24"), std::string("--spread-job -m cyclic"),
      std::string("--use-min-nodes --tmp=3G --cpus-per-gpu=4"), std::string("-i in.%a -M c1"),
      std::string("--mail-type=NONE"), std::string("--priority=7 --wait --parsable -Q"),
      std::string("--time-min=5 --reservation=r --ntasks-per-node=2 --mincpus=3"),
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
