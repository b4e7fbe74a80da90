#include "dialect/site_file.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "dialect/to_request.h"

namespace pentad::dialect {

namespace {

std::string example() {
  std::ifstream in(PENTAD_SOURCE_DIR "/docs/site.example.toml");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string complaint(std::string_view text) {
  Result<SiteProfile> site = parse_site(text);
  return site ? "" : site.error().message;
}

SiteProfile site_of(std::string_view text) {
  Result<SiteProfile> site = parse_site(text);
  if (!site) FAIL(site.error().message);
  return *site;
}

struct Both {
  Translation translation;
  Request request;
};

Both of(const std::string& script, Dialect dialect, const SiteProfile& site) {
  Source source;
  source.script = script;
  source.script_name = "job.sh";
  Submitter submitter;
  submitter.directory = submitter.home = "/data";
  Both both{translate(source, dialect, site), {}};
  both.request = to_request(both.translation, script, submitter, site);
  return both;
}

const Record& last(const Both& both) { return both.translation.records.back(); }

}  // namespace

TEST_CASE("the example of the documentation is read, every key of it") {
  SiteProfile site = site_of(example());
  CHECK(site.default_dialect == Dialect::slurm);
  CHECK(site.default_queue == "normal");
  CHECK(site.default_umask == 027);
  CHECK(site.job_id_suffix == ".pbs1");
  CHECK(site.mail_domain == "example.org");
  CHECK_FALSE(site.mpi_launcher.empty());
  CHECK(site.unmapped_queue == UnmappedQueue::any);
  CHECK(site.queues["normal"].pool == "default");
  CHECK(site.queues["gpu"].qos == "high");
  CHECK(site.queues["short"].limit == seconds(1800));
  CHECK(site.queues["short"].max_limit == seconds(3600));
  CHECK(site.sge_pe_kinds["mpi-16"] == "16");
  CHECK(site.sge_pe_kinds["smp"] == "node");
  CHECK(site.resources.find("bigmem")->second.name == "mem1tb");
  CHECK(site.resources.find("rmem")->second.meaning == ResourceMeaning::memory);
  CHECK(site.lsf_memory_unit_bytes == 1 << 20);
  CHECK(site.lsf_limit_unit_bytes == 1 << 10);
  CHECK(site.sge_shell_start_mode == ShellStartMode::unix_behavior);
  CHECK(site.sge_shell == "/bin/bash");
  CHECK(*site.policy(Dialect::slurm, "--nodefile") == OptionPolicy::warn);
  CHECK(*site.policy(Dialect::sge, "-l arch") == OptionPolicy::ignore);
  CHECK(site.policy(Dialect::lsf, "-l arch") == nullptr);
}

TEST_CASE("what a site file gets wrong is said with its line") {
  CHECK(complaint("") == "");
  CHECK(complaint("x = 1") == "line 1: `x` is unknown");
  CHECK(complaint("\ndefault_dialect = 'nqs'") ==
        "line 2: `default_dialect` is none of slurm, pbspro, torque, lsf, sge");
  CHECK(complaint("default_umask = '888'").starts_with("line 1: `default_umask` is no mask"));
  CHECK(complaint("default_umask = '7777'").starts_with("line 1:"));
  CHECK(complaint("[queues]\na = 1") == "line 2: `queues.a` must be a pool's name or a table");
  CHECK(complaint("[queues]\na = {pol = 'x'}") == "line 2: `queues.a.pol` is unknown");
  CHECK(complaint("[queues]\na = {limit_s = 0}").starts_with("line 2: `queues.a.limit_s` is 0"));
  CHECK(complaint("[parallel_environments]\nsmp = 0").starts_with("line 2:"));
  CHECK(complaint("[resources]\nrmem = 'memmory'").starts_with("line 2: `resources.rmem` is none"));
  CHECK(complaint("[resources]\nrmem = {name = 'x'}").find("`resources.rmem.as` is missing") == 8);
  CHECK(complaint("[lsf]\nlimit_unit = 'XB'").starts_with("line 2: `lsf.limit_unit` is none of"));
  CHECK(complaint("[sge]\nshell = 'sh'").starts_with("line 2: `sge.shell` must be"));
  CHECK(complaint("[policy.slurm]\n'--swiches' = 'warn'") ==
        "line 2: `policy.slurm.--swiches` is no option of slurm");
  CHECK(complaint("[policy.slrum]\n'-N' = 'warn'").starts_with("line 1: `policy.slrum`"));
  CHECK(complaint("[policy.slurm]\n'-N' = 'drop'").starts_with("line 2:"));
  CHECK(complaint("a = [").starts_with("line 1: "));
}

TEST_CASE("queues go where the map says") {
  SiteProfile site = site_of(R"(
    [queues]
    gpu = { pool = "accelerated", qos = "high" }
    short = { limit_s = 60, max_limit_s = 3600 }
    old = "cpu")");
  const char* script = "#!/bin/sh\n#SBATCH -p gpu,old\n";
  Both both = of(script, Dialect::slurm, site);
  CHECK(both.request.job.resources.pools == std::vector<std::string>{"accelerated", "cpu"});
  CHECK(both.request.job.qos == "high");
  CHECK(both.request.is_accepted());

  both = of("#!/bin/sh\n#SBATCH -p short\n", Dialect::slurm, site);
  CHECK(both.request.job.resources.pools.empty());
  CHECK(both.request.job.limit == seconds(60));
  both = of("#!/bin/sh\n#SBATCH -p short -t 2:00:00\n", Dialect::slurm, site);
  CHECK_FALSE(both.request.is_accepted());

  // Not in the map: the pool of that name, any, or none.
  const char* other = "#!/bin/sh\n#PBS -q workq\n";
  CHECK(of(other, Dialect::pbspro, site).request.job.resources.pools[0] == "workq");
  site.unmapped_queue = UnmappedQueue::any;
  both = of(other, Dialect::pbspro, site);
  CHECK(both.request.job.resources.pools.empty());
  CHECK(both.request.deviations[0].effect == Effect::approximated);
  site.unmapped_queue = UnmappedQueue::refuse;
  CHECK_FALSE(of(other, Dialect::pbspro, site).request.is_accepted());
}

TEST_CASE("defaults of the site have their origin and give way to everything") {
  SiteProfile site = site_of("default_queue = 'q'\ndefault_umask = '007'\nmail_domain = 'a.org'");
  Both both = of("#!/bin/sh\n#BSUB -u mei\n", Dialect::lsf, site);
  CHECK(to_text(both.translation.job.queues.origin) == "site default");
  CHECK((*both.translation.job.queues)[0] == "q");
  CHECK(both.request.payload.umask == 7);
  CHECK((*both.translation.job.mail_users)[0] == "mei@a.org");
  both = of("#!/bin/sh\n#PBS -q b\n#PBS -W umask=022\n", Dialect::pbspro, site);
  CHECK((*both.translation.job.queues)[0] == "b");
  CHECK(both.request.payload.umask == 022);
}

TEST_CASE("resources of the original's site") {
  SiteProfile site = site_of(R"(
    [resources]
    rmem = "memory"
    nv = "gpus"
    matlab = "licence"
    rl9 = "feature"
    os = "feature"
    big = { as = "feature", name = "mem1tb" }
    fs = "ignore"
    bad = "refuse")");
  Both both = of("#!/bin/sh\n#$ -l rmem=4G,nv=2,matlab=1,rl9=true,os=rocky,big\n#$ -l fs=home\n",
                 Dialect::sge, site);
  const Component& part = both.translation.job.components[0];
  CHECK(part.memory->bytes.value == int64_t{4} << 30);
  CHECK(part.memory->scope == Scope::slot);
  CHECK(part.gpus->at(0).count == 2);
  CHECK(both.request.job.resources.licences == std::vector<LicenceRequest>{{"matlab", 1}});
  CHECK(both.request.job.resources.features == std::vector<std::string>{"rl9", "rocky", "mem1tb"});
  CHECK(last(both).effect == Effect::ignored);
  CHECK_FALSE(of("#!/bin/sh\n#$ -l bad=1\n", Dialect::sge, site).translation.is_accepted());
  CHECK_FALSE(of("#!/bin/sh\n#$ -l nv=x\n", Dialect::sge, site).translation.is_accepted());

  both = of("#!/bin/sh\n#PBS -l select=2:ncpus=4:nv=1:os=rocky\n", Dialect::pbspro, site);
  CHECK(both.request.job.resources.devices.count == 1);
  CHECK(both.request.job.resources.features[0] == "rocky");
  both = of("#!/bin/sh\n#BSUB -R 'rusage[nv=2,rmem=5GB]'\n", Dialect::lsf, site);
  CHECK(both.request.job.resources.memory.value == int64_t{5} << 30);
  both = of("#!/bin/sh\n#SBATCH --gres=nv:3\n", Dialect::slurm, site);
  CHECK(both.request.job.resources.devices.count == 3);
}

TEST_CASE("the shell of Grid Engine's queues") {
  const char* script = "#!/usr/bin/python3\nprint(1)\n";
  SiteProfile site;
  CHECK(last(of(script, Dialect::sge, site)).effect == Effect::approximated);
  site = site_of("[sge]\nshell_start_mode = 'unix_behavior'");
  CHECK(of(script, Dialect::sge, site).translation.records.empty());
  site = site_of("[sge]\nshell_start_mode = 'posix_compliant'\nshell = '/bin/ksh'");
  Both both = of(script, Dialect::sge, site);
  CHECK(*both.translation.job.shell == Texts{"/bin/ksh"});
  CHECK(both.request.payload.launch->shell == Texts{"/bin/ksh"});
}

TEST_CASE("policies of single options") {
  SiteProfile site = site_of(R"(
    [policy.slurm]
    "--switches" = "ignore"
    "-F" = "warn"
    "--comment" = "refuse"
    [policy.pbspro]
    "-l software" = "refuse"
    "-p" = "ignore")");
  Both both = of("#!/bin/sh\n#SBATCH --switches=1\n", Dialect::slurm, site);
  CHECK(last(both).quiet);
  both = of("#!/bin/sh\n#SBATCH --nodefile=x\n", Dialect::slurm, site);
  CHECK(both.translation.is_accepted());
  CHECK(last(both).effect == Effect::ignored);
  CHECK_FALSE(last(both).quiet);
  CHECK_FALSE(
      of("#!/bin/sh\n#SBATCH --comment=x\n", Dialect::slurm, site).translation.is_accepted());
  CHECK_FALSE(
      of("#!/bin/sh\n#PBS -l software=x\n", Dialect::pbspro, site).translation.is_accepted());
  both = of("#!/bin/sh\n#PBS -p -5\n", Dialect::pbspro, site);
  CHECK_FALSE(both.translation.job.priority);
  CHECK(last(both).effect == Effect::ignored);
}

}  // namespace pentad::dialect
