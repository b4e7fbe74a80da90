// The applications of apps/, run for real on small inputs: what they print and leave is what
// apps/README.md promises, and they notice when something is wrong. An application whose packages
// are not installed is skipped.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "app/catalogue.h"
#include "app/packages.h"
#include "base/reflect.h"
#include "engine/hardware/run_tool.h"
#include "model/application_job.h"
#include "model/application_result.h"

namespace pentad::app {
namespace {

namespace fs = std::filesystem;
using Given = std::map<std::string, std::string>;

const std::string kApps = std::string(PENTAD_SOURCE_DIR) + "/apps";

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Folder {
 public:
  Folder() {
    char path[] = "/tmp/pentad-app-run-XXXXXX";
    REQUIRE(mkdtemp(path));
    path_ = path;
  }
  ~Folder() { fs::remove_all(path_); }
  fs::path operator/(const std::string& name) const { return path_ / name; }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

struct Ran {
  int exit_code = -1;
  std::string output;
};

Ran run(std::vector<std::string> argv) {
  auto output = engine::run_tool(argv, minutes(4), 32 << 20);
  REQUIRE(output);
  return {output->exit_code, output->text};
}

// The application's job, as the engine would run it, in `directory`; `around` stands before its
// script's path on a shell's command line.
class Job {
 public:
  Job(const std::string& name, const Given& given) {
    auto catalogue = read_catalogue(kApps);
    REQUIRE(catalogue);
    const CatalogueEntry* entry = catalogue->find(name);
    REQUIRE(entry);
    missing_ = Packages().missing(entry->application.packages).value_or(std::vector<std::string>{});
    std::map<std::string, JsonText> values;
    for (const auto& [key, value] : given) values[key] = JsonText{to_json(value)};
    auto job = make_job(entry->application, entry->folder, values);
    REQUIRE(job);
    payload_ = job->payload;
    std::ofstream(script_ / "script") << payload_.script;
    chmod((script_ / "script").c_str(), 0755);
  }

  bool is_installed() const {
    if (!missing_.empty()) MESSAGE("skipped: not installed: " << missing_.front());
    return missing_.empty();
  }

  Ran in(const fs::path& directory, const std::string& shell = "exec \"$0\" 2>&1") const {
    std::vector<std::string> argv = {"/usr/bin/env", "-i", "-C", directory, "PATH=/usr/bin:/bin"};
    for (const auto& [name, value] : payload_.environment) argv.push_back(name + "=" + value);
    for (auto part : {std::string("/bin/sh"), std::string("-c"), shell}) argv.push_back(part);
    argv.push_back(script_ / "script");
    return run(argv);
  }

 private:
  Folder script_;
  Payload payload_;
  std::vector<std::string> missing_;
};

ApplicationResult result_in(const fs::path& directory) {
  auto result = read_application_result(text_of(directory / "result.json"));
  INFO((result ? "" : result.error().path + ": " + result.error().message));
  REQUIRE(result);
  return *result;
}

double figure(const ApplicationResult& result, std::string_view name) {
  for (const Figure& one : result.figures) {
    if (one.name == name) return one.value;
  }
  FAIL("no figure called " << name);
  return 0;
}

void check_progress(const std::string& output) {
  CHECK(output.find("progress 0.") != output.npos);
  auto last = last_progress(output);
  REQUIRE(last);
  CHECK(last->fraction == 1.0);
}

TEST_CASE("lammps-melt: energy is conserved, and a drift is noticed") {
  Given small = {{"atoms", "2048"}, {"steps", "100"}, {"melt_steps", "50"}, {"ranks", "2"}};
  Job job("lammps-melt", small);
  if (!job.is_installed()) return;
  Folder folder;
  Ran ran = job.in(folder.path());
  INFO(ran.output);
  REQUIRE(ran.exit_code == 0);
  check_progress(ran.output);
  ApplicationResult result = result_in(folder.path());
  CHECK(figure(result, "atoms") == 2048);
  CHECK(figure(result, "ranks") == 2);
  CHECK(std::abs(figure(result, "energy_drift_per_atom")) < 0.001);
  CHECK(figure(result, "steps_per_s") > 0);
  CHECK(result.files.size() == 2);
  for (const std::string& file : result.files) CHECK(fs::exists(folder / file));

  small["max_drift"] = "0.000001";
  small["timestep"] = "0.01";
  Ran strict = Job("lammps-melt", small).in(folder.path());
  CHECK(strict.exit_code == 3);
  CHECK(result_in(folder.path()).summary.en.starts_with("energy not conserved"));
}

TEST_CASE("lammps-melt: what is judged") {
  // A log of 40 lines whose energy is `energy` of the step.
  auto judged = [](const std::string& energy) {
    Folder folder;
    std::string script = fmt::format(
        "awk 'BEGIN {{ print \"constant energy from here\"; print \"Step a b c d e f\"; "
        "for (i = 0; i < 40; i++) print i, 1.4, -4, 2, {}, 4, i * 0.006; "
        "print \"Loop time of 2.0 on 2 procs for 100 steps with 500 atoms\" }}' | "
        "awk -v ranks=2 -v timestep=0.01 -v max_drift=0.001 -f {}/lammps-melt/judge.awk >{}",
        energy, kApps, (folder / "result.json").string());
    Ran ran = run({"/bin/sh", "-c", script});
    return std::pair(ran.exit_code, result_in(folder.path()));
  };
  // Up and down by 0.01 without a trend: a fluctuation, no drift.
  auto [steady, steady_result] = judged("-2 + (i % 2) * 0.01");
  CHECK(steady == 0);
  CHECK(std::abs(figure(steady_result, "energy_drift_per_atom")) < 0.001);
  CHECK(figure(steady_result, "energy_fluctuation_per_atom") ==
        doctest::Approx(0.005).epsilon(0.01));
  CHECK(figure(steady_result, "steps_per_s") == 50);
  CHECK(figure(steady_result, "diffusion_coefficient") == doctest::Approx(0.1));
  auto [drifting, drifting_result] = judged("-2 + i * 0.001");
  CHECK(drifting == 3);
  CHECK(figure(drifting_result, "energy_drift_per_atom") == doctest::Approx(0.039));
  CHECK(judged("\"nan\"").first == 3);
  CHECK(judged("\"inf\"").first == 3);
}

// The first `train` and `test` images of the real data set, in the same format.
constexpr const char* kSubset = R"py(
import gzip, struct, sys
source, target = sys.argv[1:3]
for part, count in (("train", 4000), ("t10k", 1000)):
    for kind, size, dimensions in (("images-idx3", 784, 3), ("labels-idx1", 1, 1)):
        name = f"/{part}-{kind}-ubyte.gz"
        with gzip.open(source + name) as file:
            head = file.read(4 + 4 * dimensions)
            body = file.read(count * size)
        with gzip.open(target + name, "wb", 1) as file:
            file.write(head[:4] + struct.pack(">I", count) + head[8:] + body)
)py";

TEST_CASE("fashion: trained, interrupted and resumed alike, then asked") {
  Folder data, whole, parts, asked;
  Given given = {{"data", data.path()}, {"epochs", "2"}, {"batch", "64"}, {"min_accuracy", "0.5"}};
  Job job("fashion-train", given);
  if (!job.is_installed()) return;
  auto subset =
      run({"/usr/bin/python3", "-c", kSubset, "/usr/share/datasets/fashion-mnist", data.path()});
  REQUIRE(subset.exit_code == 0);

  Ran ran = job.in(whole.path());
  INFO(ran.output);
  REQUIRE(ran.exit_code == 0);
  check_progress(ran.output);
  ApplicationResult trained = result_in(whole.path());
  CHECK(figure(trained, "test_accuracy") > 0.7);
  CHECK(trained.files == std::vector<std::string>{"model.pt"});

  // Ended after its first steps, it keeps what it has; started again it ends with the same network.
  Ran ended = job.in(parts.path(),
                     "\"$0\" >out 2>&1 & p=$!; until grep -q 'epoch 1' out; do sleep 0.05; done; "
                     "kill -TERM $p; wait $p");
  CHECK(ended.exit_code == 128 + 15);
  CHECK(fs::exists(parts / "checkpoint.pt"));
  CHECK_FALSE(fs::exists(parts / "result.json"));
  Ran resumed = job.in(parts.path());
  INFO(resumed.output);
  CHECK(resumed.exit_code == 0);
  CHECK(resumed.output.find("going on from step") != std::string::npos);
  CHECK(figure(result_in(parts.path()), "test_accuracy") == figure(trained, "test_accuracy"));
  CHECK_FALSE(fs::exists(parts / "checkpoint.pt"));

  given = {{"data", data.path()}, {"model", whole.path()}, {"min_accuracy", "0.5"}};
  Ran inferred = Job("fashion-infer", given).in(asked.path());
  INFO(inferred.output);
  REQUIRE(inferred.exit_code == 0);
  check_progress(inferred.output);
  CHECK(figure(result_in(asked.path()), "accuracy") == figure(trained, "test_accuracy"));
  given["min_accuracy"] = "1.0";
  CHECK(Job("fashion-infer", given).in(asked.path()).exit_code == 3);
}

TEST_CASE("what is missing or cannot be written is said, with its exit code") {
  Folder folder;
  Job no_model("fashion-infer", {{"model", folder / "model.pt"}});
  Job no_data("fashion-train", {{"data", folder.path()}});
  Job melt("lammps-melt", {});
  if (!no_model.is_installed() || !no_data.is_installed() || !melt.is_installed()) return;
  Ran ran = no_model.in(folder.path());
  CHECK(ran.exit_code == 2);
  CHECK(ran.output.find("no model: ") != std::string::npos);
  std::ofstream(folder / "model.pt") << "no model at all";
  CHECK(no_model.in(folder.path()).exit_code == 2);
  ran = no_data.in(folder.path());
  CHECK(ran.exit_code == 2);
  CHECK(ran.output.find("dataset-fashion-mnist") != std::string::npos);
  for (Job* job : {&no_model, &no_data, &melt}) CHECK(job->in("/proc").exit_code == 4);
}

}  // namespace
}  // namespace pentad::app
