#include "dialect/scanner.h"

#include <doctest/doctest.h>

#include "dialect/to_request.h"
#include "dialect/translate.h"

namespace pentad::dialect {

namespace {

std::vector<std::string> first_words(const char* script, Dialect dialect) {
  Scan found = scan(script, dialect);
  return found.directives.empty() ? std::vector<std::string>{} : found.directives[0].words;
}

Translation of(const std::string& script, Dialect dialect, std::vector<std::string> options = {}) {
  Source source;
  source.script = script;
  source.options = std::move(options);
  return translate(source, dialect);
}

}  // namespace

TEST_CASE("tabs separate words, an indented line is no directive") {
  using Words = std::vector<std::string>;
  CHECK(first_words("#!/bin/sh\n#SBATCH\t-n 4\t-c2\n", Dialect::slurm) == Words{"-n", "4", "-c2"});
  CHECK(first_words("#!/bin/sh\n #SBATCH -n 4\n", Dialect::slurm).empty());
  CHECK(first_words("#!/bin/sh\n#SBATCH-n 4\n", Dialect::slurm) == Words{"-n", "4"});
  CHECK_FALSE(of("#!/bin/sh\n#SBATCHX -n 4\n", Dialect::slurm).is_accepted());
  CHECK(first_words("#PBSX -n 4\n", Dialect::pbspro).empty());
  CHECK(first_words("#$-N x", Dialect::sge) == Words{"-N", "x"});
}

TEST_CASE("where directives end") {
  const char* script = "#!/bin/sh\necho\n#SBATCH -n 4\n#PBS -N a\n#BSUB -n 4\n#$ -N b\n";
  CHECK(scan(script, Dialect::slurm).directives.empty());
  CHECK(scan(script, Dialect::pbspro).directives.empty());
  CHECK(scan(script, Dialect::lsf).directives.size() == 1);
  CHECK(scan(script, Dialect::sge).directives.size() == 1);
}

TEST_CASE("DOS line ends: Slurm refuses, the others read on") {
  CHECK_FALSE(of("#!/bin/sh\r\n#SBATCH -n 4\r\n", Dialect::slurm).is_accepted());
  Translation pbs = of("#!/bin/sh\r\n#PBS -N wing\r\n", Dialect::pbspro);
  CHECK(pbs.is_accepted());
  CHECK(*pbs.job.name == "wing");
  CHECK(pbs.records[0].effect == Effect::approximated);
}

TEST_CASE("binary files and scripts without end are refused") {
  CHECK_FALSE(of(std::string("#!/bin/sh\0x", 11), Dialect::pbspro).is_accepted());
  CHECK_FALSE(of("#!/bin/sh\n" + std::string(kMaxScriptBytes, 'x'), Dialect::sge).is_accepted());
  CHECK_FALSE(of("", Dialect::lsf).is_accepted());
}

TEST_CASE("what is wrong with a file is said with what to do") {
  auto reason = [](const std::string& script, Dialect dialect) {
    Translation t = of(script, dialect);
    CHECK_FALSE(t.is_accepted());
    return t.records.empty() ? "" : t.records[0].reason;
  };
  CHECK(reason(std::string("#!/bin/sh\n\0x", 12), Dialect::lsf).starts_with("line 2 holds a zero"));
  CHECK(reason(std::string("\xff\xfe#\0!\0", 6), Dialect::pbspro).starts_with("this is UTF-16"));
  CHECK(reason("\xef\xbb\xbf#!/bin/sh\n", Dialect::slurm).starts_with("a byte order mark"));
  CHECK(reason(std::string(100 << 20, 'x'), Dialect::sge) ==
        "a script has at most 4194304 bytes: this is more");
  CHECK(reason("#!/bin/sh\n#SBATCH \u2013-time=5\n", Dialect::slurm) ==
        "its dash is a typographic one: type a plain -");
  CHECK(reason("#!/bin/sh\n#SBATCH --time\n", Dialect::slurm) ==
        "it needs a value: m, h:m:s, d-h:m:s");
  Translation both = of("#!/bin/sh\n#SBATCH --mem=4G\n#SBATCH --mem-per-cpu=1G\n", Dialect::slurm);
  CHECK(both.records[1].effect == Effect::refused);
  CHECK(both.records[1].origin.line == 3);
}

TEST_CASE("command line beats environment beats script") {
  Source source;
  source.script = "#!/bin/sh\n#SBATCH -t 1 -A script -p script\n";
  source.environment = {{"SBATCH_TIMELIMIT", "2"}, {"SBATCH_ACCOUNT", "environment"}};
  source.options = {"--time=3"};
  Translation t = translate(source, Dialect::slurm);
  CHECK(t.job.walltime->duration_s == 180);
  CHECK(t.job.walltime.origin.kind == OriginKind::command_line);
  CHECK(*t.job.account == "environment");
  CHECK(t.job.account.origin.kind == OriginKind::environment);
  CHECK((*t.job.queues)[0] == "script");
  CHECK(t.job.queues.origin.line == 2);
  CHECK(t.is_accepted());
}

TEST_CASE("a brace in a path stays a brace") {
  for (const char* path : {"/a{b", "/a{job}", "/{", "/{{x"}) {
    std::string script = std::string("#!/bin/sh\n#SBATCH -o '") + path + "' -D '" + path + "'\n";
    Submitter submitter;
    Request request = to_request(of(script, Dialect::slurm), script, submitter);
    CHECK(request.payload.workdir == path);
    CHECK(request.payload.stdout_path == path);
  }
}

TEST_CASE("qsub belongs to PBS or to Grid Engine") {
  CHECK(detect("sbatch", {}, "#PBS -N x\n").dialect == Dialect::slurm);
  CHECK(detect("qsub", {}, "#PBS -l nodes=1:ppn=2\n").dialect == Dialect::torque);
  CHECK(detect("qsub", {}, "#PBS -l select=1\n").dialect == Dialect::pbspro);
  CHECK(detect("qsub", {}, "#$ -cwd\n").dialect == Dialect::sge);
  CHECK(detect("qsub", {"-cwd"}, "").dialect == Dialect::sge);
  CHECK(detect("qsub", {"-j", "oe"}, "").dialect == Dialect::pbspro);
  CHECK(detect("qsub", {}, "#PBS -N x\n", Dialect::sge).dialect == Dialect::sge);
  CHECK_FALSE(detect("", {}, "echo\n").dialect);
}

}  // namespace pentad::dialect
