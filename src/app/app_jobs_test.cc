// Application jobs through the API, with the real catalogue of apps/.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "app/applications.h"
#include "app/test_centre.h"

using namespace pentad;
using namespace pentad::app;
using namespace pentad::api;

namespace {

// Every package is installed, as far as these tests go.
struct Apps {
  Apps() {
    auto catalogue = read_catalogue(PENTAD_SOURCE_DIR "/apps");
    REQUIRE(catalogue);
    std::string dpkg;
    for (const CatalogueEntry& entry : catalogue->entries) {
      for (const std::string& package : entry.application.packages) dpkg += "ii  " + package + "\n";
    }
    packages = std::make_unique<Packages>([dpkg] { return dpkg; }, [] { return int64_t{1}; });
    applications = std::make_unique<CatalogueApplications>(std::move(*catalogue), *packages, true);
  }
  std::unique_ptr<Packages> packages;
  std::unique_ptr<CatalogueApplications> applications;
};

TestCentreOptions with(const Apps& apps) {
  TestCentreOptions options;
  options.applications = apps.applications.get();
  return options;
}

}  // namespace

TEST_CASE("an application becomes a job, shows progress and a result") {
  Apps apps;
  TestCentre centre(with(apps));
  auto list = centre.as<AppList>(centre.get("/api/v1/apps"));
  CHECK(list.apps.size() >= 3);
  CHECK(centre.as<AppInfo>(centre.get("/api/v1/apps/lammps-melt")).title.contains("zh"));
  CHECK(TestCentre::told(centre.get("/api/v1/apps/nothing")) == "404 not-found -");

  int64_t id = centre.submit(R"({"app":"lammps-melt","parameters":{"atoms":4000,"ranks":1},
                                 "limit_s":33,"environment":{"MINE":"1"}})");
  AttemptId attempt{JobId{id}, 0, 1};
  REQUIRE(centre.engine.wait_for_start(attempt));
  auto order = centre.engine.order(attempt);
  CHECK(order->payload->environment.at("PENTAD_PARAM_ATOMS") == "4000");
  CHECK(order->payload->environment.at("MINE") == "1");
  CHECK(order->start.limit == seconds(33));
  centre.started(attempt);

  std::string folder = fmt::format("{}/jobs/{}", centre.home(), id);
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/0.1.out") << "progress 0.25 melting\n";
  JobDetail detail = centre.job(id);
  REQUIRE(detail.job.progress);
  CHECK(detail.job.progress->fraction == 0.25);
  CHECK(detail.job.application == "lammps-melt");
  // What it was made from, not what the catalogue made of it.
  CHECK(detail.request.app == "lammps-melt");
  CHECK(detail.request.parameters.at("atoms").text == "\"4000\"");
  CHECK(detail.request.environment == std::map<std::string, std::string>{{"MINE", "1"}});

  std::ofstream(folder + "/result.json")
      << R"({"summary":{"en":"good","zh":"好"},"figures":[{"name":"drift","value":1e-5,"unit":"x"}],
             "files":[]})";
  centre.ended(attempt);
  auto page = centre.as<JobPage>(centre.get("/api/v1/jobs?application=lammps-melt"));
  REQUIRE(page.jobs.size() == 1);
  REQUIRE(page.jobs[0].result);
  CHECK(page.jobs[0].result->summary.at("en") == "good");
  CHECK_FALSE(page.jobs[0].progress);

  // The request as shown makes the same job again.
  detail.request.script.reset();
  int64_t again = centre.submit(to_json(detail.request));
  REQUIRE(centre.engine.wait_for_start({JobId{again}, 0, 1}));
  CHECK(*centre.engine.order({JobId{again}, 0, 1})->payload == *order->payload);
}

TEST_CASE("what an application refuses is a problem that names the parameter") {
  Apps apps;
  TestCentre centre(with(apps));
  auto told = [&](const char* body) { return TestCentre::told(centre.post("/api/v1/jobs", body)); };
  CHECK(told(R"({"app":"nothing"})") == "422 invalid-value /app");
  CHECK(told(R"({"app":"lammps-melt","parameters":{"colour":1}})") ==
        "422 invalid-value /parameters/colour");
  CHECK(told(R"({"app":"lammps-melt","parameters":{"atoms":-5}})") ==
        "422 invalid-value /parameters/atoms");
  CHECK(told(R"({"app":"lammps-melt","argv":["x"]})") == "422 invalid-value /app");
  CHECK(centre.as<JobPage>(centre.get("/api/v1/jobs")).jobs.empty());
}
