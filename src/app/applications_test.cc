#include "app/applications.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace pentad::app {
namespace {

namespace fs = std::filesystem;

const std::string kApps = std::string(PENTAD_SOURCE_DIR) + "/apps";

class Folder {
 public:
  Folder() {
    char path[] = "/tmp/pentad-apps-XXXXXX";
    REQUIRE(mkdtemp(path));
    path_ = path;
  }
  ~Folder() { fs::remove_all(path_); }
  void write(const std::string& file, const std::string& text) const {
    fs::create_directories(fs::path(path_ + "/" + file).parent_path());
    std::ofstream(path_ + "/" + file) << text;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string text_of(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Packages of a machine that has only `installed`.
Packages machine_with(const std::string& installed) {
  return Packages([installed]() -> Result<std::string> { return installed; }, [] { return 1; });
}

const std::string kAll =
    "ii  lammps\nii  openmpi-bin\nii  python3-torch\nii  python3-numpy\n"
    "ii  libopenblas0-pthread\nii  dataset-fashion-mnist\n";

TEST_CASE("the applications that come with the centre are sound") {
  auto catalogue = read_catalogue(kApps);
  REQUIRE(catalogue);
  for (const Error& error : catalogue->errors) FAIL_CHECK(error.path << ": " << error.message);
  for (auto name : {"fashion-infer", "fashion-train", "lammps-melt"}) {
    CAPTURE(name);
    const CatalogueEntry* entry = catalogue->find(name);
    REQUIRE(entry);
    CHECK(entry->application.name == name);
    CHECK(fs::path(entry->folder).is_absolute());
  }
  CHECK_FALSE(catalogue->find("lib"));
}

TEST_CASE("a broken application does not hide the others") {
  Folder folder;
  std::string sound = text_of(kApps + "/lammps-melt/app.toml");
  folder.write("lammps-melt/app.toml", sound);
  folder.write("broken/app.toml", "name = 7\n");
  folder.write("renamed/app.toml", sound);
  folder.write("no-app/README.md", "");
  folder.write("dir/app.toml/x", "");
  auto catalogue = read_catalogue(folder.path());
  REQUIRE(catalogue);
  CHECK(catalogue->entries.size() == 1);
  REQUIRE(catalogue->errors.size() == 3);
  CHECK(catalogue->errors[0].path == folder.path() + "/broken/app.toml");
  CHECK(catalogue->errors[0].message.starts_with("line 1: /name: "));
  CHECK(catalogue->errors[1].message == "not a plain file");
  CHECK(catalogue->errors[2].message ==
        "the application is called lammps-melt, its folder renamed");
  CHECK(read_catalogue(folder.path() + "/nowhere").error().code == ErrorCode::not_found);
}

TEST_CASE("served through the API") {
  auto catalogue = read_catalogue(kApps);
  REQUIRE(catalogue);
  Packages packages = machine_with(kAll);
  CatalogueApplications apps(*catalogue, packages, true);
  CHECK(apps.list().apps.size() == catalogue->entries.size());
  auto info = apps.find("lammps-melt");
  REQUIRE(info);
  CHECK(info->workload_class == WorkloadClass::simulation);
  CHECK(info->title.at("zh") != info->title.at("en"));
  CHECK(info->missing_packages.empty());
  CHECK(info->install_command.empty());
  CHECK(info->parameters.at(0).name == "atoms");
  CHECK(info->parameters.at(0).type == "int");
  CHECK_FALSE(apps.find("nobody"));
  CHECK(apps.result_file("lammps-melt") == "result.json");
  CHECK(apps.result_file("nobody").empty());

  auto job = apps.make_job("lammps-melt", {{"atoms", {"\"4000\""}}, {"ranks", {"1"}}});
  REQUIRE(job);
  CHECK(job->request.resources.cores == 1);
  CHECK(job->payload.environment.at("PENTAD_PARAM_ATOMS") == "4000");
  CHECK(fs::exists(job->payload.environment.at("PENTAD_APP_DIR") + "/melt.sh"));
}

TEST_CASE("refusals") {
  auto catalogue = read_catalogue(kApps);
  REQUIRE(catalogue);
  Packages all = machine_with(kAll);
  Packages some = machine_with("ii  openmpi-bin\n");
  auto refusal = [&](Packages& packages, const std::string& name,
                     const std::map<std::string, JsonText>& given) {
    auto job = CatalogueApplications(*catalogue, packages, false).make_job(name, given);
    REQUIRE_FALSE(job);
    return job.error();
  };
  auto unknown = refusal(all, "nobody", {});
  CHECK(unknown.field == "/app");
  CHECK(unknown.hint->find("lammps-melt") != std::string::npos);
  auto missing = refusal(some, "lammps-melt", {{"nonsense", {"1"}}});
  CHECK(missing.detail == "lammps-melt needs lammps");
  CHECK(missing.hint == "sudo apt-get install -y --no-install-recommends lammps");
  CHECK(refusal(all, "lammps-melt", {{"atoms", {"1"}}}).field == "/parameters/atoms");
  CHECK(refusal(all, "fashion-infer", {}).field == "/parameters/model");
}

TEST_CASE("where packages cannot be told, applications run") {
  auto catalogue = read_catalogue(kApps);
  REQUIRE(catalogue);
  Packages packages([]() -> Result<std::string> { return fail(ErrorCode::unsupported, "no dpkg"); },
                    [] { return 1; });
  CHECK(CatalogueApplications(*catalogue, packages, true).make_job("lammps-melt", {}));
}

}  // namespace
}  // namespace pentad::app
