// How many scripts a second are scanned and translated on one core, and turned into requests.
//
//   dialect_rate [SECONDS]     for each dialect, a script of twenty lines
#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <string>
#include <string_view>

#include "dialect/to_request.h"

namespace {

using namespace pentad::dialect;  // NOLINT
using Clock = std::chrono::steady_clock;

constexpr std::string_view kCommands =
    "\nmodule purge\nmodule load gcc/12.2 openmpi/4.1\nexport OMP_NUM_THREADS=4\ncd /scratch/wing\n"
    "echo start $(date)\nmpirun ./solver -i wing.in -o wing.out\nstatus=$?\n"
    "tar czf result.tgz wing.out\necho end $(date)\nexit $status\n";

struct Sample {
  Dialect dialect;
  std::string_view directives;
};

constexpr Sample kSamples[] = {
    {Dialect::slurm,
     "#!/bin/bash\n#SBATCH --job-name=wing\n#SBATCH --time=02:30:00\n#SBATCH --partition=batch\n"
     "#SBATCH --nodes=2\n#SBATCH --ntasks-per-node=16\n#SBATCH --cpus-per-task=4\n"
     "#SBATCH --mem=64G\n#SBATCH --output=%x-%j.out\n"},
    {Dialect::pbspro,
     "#!/bin/bash\n#PBS -N wing\n#PBS -l walltime=02:30:00\n#PBS -q batch\n"
     "#PBS -l select=2:ncpus=64:mpiprocs=16:mem=64gb\n#PBS -l place=scatter\n#PBS -A acc\n"
     "#PBS -j oe\n#PBS -o wing.out\n"},
    {Dialect::torque,
     "#!/bin/bash\n#PBS -N wing\n#PBS -l walltime=02:30:00\n#PBS -q batch\n"
     "#PBS -l nodes=2:ppn=16\n#PBS -l pmem=4gb\n#PBS -A acc\n#PBS -j oe\n#PBS -o wing.out\n"},
    {Dialect::lsf,
     "#!/bin/bash\n#BSUB -J wing\n#BSUB -W 2:30\n#BSUB -q batch\n#BSUB -n 32\n"
     "#BSUB -R \"span[ptile=16] rusage[mem=4000]\"\n#BSUB -P acc\n#BSUB -o wing.%J.out\n"
     "#BSUB -e wing.%J.err\n"},
    {Dialect::sge,
     "#!/bin/bash\n#$ -N wing\n#$ -l h_rt=2:30:00\n#$ -q all.q\n#$ -pe mpi 32\n"
     "#$ -l mem_free=4G\n#$ -cwd\n#$ -j y\n#$ -o wing.out\n"},
};

// Scripts in a second; `whole` makes a request of each as well.
double rate(const Sample& sample, double seconds, bool whole) {
  std::string script(sample.directives);
  script += kCommands;
  Submitter submitter;
  submitter.directory = submitter.home = "/data";
  int64_t count = 0;
  size_t seen = 0;
  auto begin = Clock::now();
  std::chrono::duration<double> took{};
  while (took.count() < seconds) {
    for (int i = 0; i < 100; ++i, ++count) {
      Source source;
      source.script = script;
      source.script_name = "wing.sh";
      Translation t = translate(source, sample.dialect);
      seen += t.records.size();
      if (whole) seen += to_request(t, script, submitter).payload.script.size();
    }
    took = Clock::now() - begin;
  }
  return seen == 0 ? 0 : static_cast<double>(count) / took.count();
}

}  // namespace

int main(int argc, char** argv) {
  double seconds = 1;
  std::string_view word = argc > 1 ? argv[1] : "1";
  std::from_chars(word.data(), word.data() + word.size(), seconds);
  for (const Sample& sample : kSamples) {
    fmt::print("{}: {:.0f} scripts/s translated, {:.0f}/s as requests\n",
               boost::describe::enum_to_string(sample.dialect, "?"), rate(sample, seconds, false),
               rate(sample, seconds, true));
  }
  return 0;
}
