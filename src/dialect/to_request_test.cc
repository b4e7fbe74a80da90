#include "dialect/to_request.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace pentad::dialect {

namespace {

Submitter submitter() {
  Submitter s;
  s.now = Time{1'795'344'000'000};
  s.user = "mei";
  s.home = "/home/mei";
  s.directory = "/data/run";
  return s;
}

Request of(const std::string& lines, Dialect dialect, const Submitter& by = submitter()) {
  std::string script = "#!/bin/sh\n" + lines + '\n';
  Source source;
  source.script = script;
  source.script_name = "job.sh";
  Translation t = translate(source, dialect);
  for (const Record& r : t.records) CAPTURE(r.reason);
  CHECK(t.is_accepted());
  return to_request(t, script, by);
}

std::string reason(const Request& request, std::string_view field) {
  auto at = std::ranges::find(request.deviations, field, &Record::text);
  return at == request.deviations.end() ? "" : at->reason;
}

}  // namespace

TEST_CASE("dependencies are by number") {
  Request one = of("#PBS -W depend=afterok:12.server:13[4].server", Dialect::pbspro);
  REQUIRE(one.job.dependency);
  CHECK(one.job.dependency->of[0].job == JobId{12});
  CHECK_FALSE(one.job.dependency->of[0].element);
  CHECK(one.job.dependency->of[1].element == 4);
  CHECK_FALSE(of("#$ -hold_jid prep", Dialect::sge).is_accepted());  // nobody has looked it up
}

TEST_CASE("a directory instead of an output file") {
  Submitter by = submitter();
  by.directories = {"logs", "/log"};
  CHECK(of("#$ -o logs\n#$ -e /log\n#$ -cwd", Dialect::sge, by).payload.stdout_path ==
        "logs/%x.o%j");
  CHECK(of("#$ -e /log\n#$ -t 1-3", Dialect::sge, by).payload.stderr_path == "/log/%x.e%j.%a");
  CHECK(of("#PBS -o logs", Dialect::pbspro, by).payload.stdout_path == "/data/run/logs/%j.OU");
  CHECK(of("#PBS -e logs\n#PBS -t 1-2", Dialect::torque, by).payload.stderr_path ==
        "/data/run/logs/%x.e%j-%a");
}

TEST_CASE("a working directory is a path, not a pattern") {
  CHECK(of("#SBATCH -D /a/100%j", Dialect::slurm).payload.workdir == "/a/100%j");
  CHECK(of("#SBATCH -D sub", Dialect::slurm).payload.workdir == "/data/run/sub");
  CHECK(of("#PBS -l ncpus=1", Dialect::pbspro).payload.workdir == "/home/mei");
  CHECK(of("#PBS -W sandbox=PRIVATE", Dialect::pbspro).payload.workdir.empty());
}

TEST_CASE("what the core cannot hold is said") {
  CHECK(reason(of("#$ -notify", Dialect::sge), "notify").starts_with("USR2"));
  CHECK(of("#$ -notify", Dialect::sge).job.warning->signal == 12);
  CHECK(reason(of("#SBATCH --spread-job", Dialect::slurm), "layout") ==
        "the number of nodes decides");
  CHECK(reason(of("#SBATCH --cpus-per-gpu=2", Dialect::slurm), "cpus_per_gpu") ==
        "it asks for no GPU");
  CHECK(reason(of("#SBATCH --cpus-per-gpu=2 -c 4 -G 1", Dialect::slurm), "cpus_per_gpu") ==
        "the cores of tasks are given");
  CHECK(of("#SBATCH --cpus-per-gpu=2 --gres=gpu:3", Dialect::slurm).job.resources.cores == 6);
  Request late = of("#SBATCH --begin=now+2hours --deadline=now+1hour", Dialect::slurm);
  CHECK(reason(late, "deadline") == "it is before the begin");
}

TEST_CASE("parts of a job: alike they are one, else what differs is named") {
  Request alike = of("#PBS -l select=1:ncpus=4:mem=2gb+3:ncpus=4:mem=2gb", Dialect::pbspro);
  CHECK(alike.job.resources.nodes == 4);
  CHECK(alike.is_accepted());
  Request other = of("#SBATCH -c 4\n#SBATCH hetjob\n#SBATCH -c 2 --gres=gpu:1", Dialect::slurm);
  CHECK_FALSE(other.is_accepted());
  CHECK(
      reason(other, "components").starts_with("parts 1 and 2 differ in cores (4, 2), GPUs (0, 1)"));
  // What only the second part loses is said as well.
  Request tmp = of("#SBATCH -c 4\n#SBATCH hetjob\n#SBATCH -c 4 --tmp=1G", Dialect::slurm);
  CHECK(tmp.job.resources.nodes == 2);
  CHECK(reason(tmp, "local_disk") == "left to the centre");
}

TEST_CASE("a login shell stays one") {
  Request request = of("#BSUB -L /bin/zsh", Dialect::lsf);
  CHECK(request.payload.launch->shell == Texts{"/bin/zsh"});
  CHECK(request.payload.launch->login_shell);
}

TEST_CASE("what the script may expect when it runs") {
  SiteProfile site;
  site.job_id_suffix = ".pbs1";
  Source source;
  source.script = "#!/bin/sh\n#$ -pe mpi-8 16\n";
  Translation t = translate(source, Dialect::sge, site);
  Request request = to_request(t, source.script, submitter(), site);
  CHECK(request.payload.launch->parallel_environment == "mpi-8");
  CHECK(request.payload.launch->server == "pbs1");
  CHECK(request.payload.launch->tasks == 16);
}

}  // namespace pentad::dialect
