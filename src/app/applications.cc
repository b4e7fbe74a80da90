#include "app/applications.h"

#include <fmt/format.h>

#include "base/reflect.h"
#include "model/application_job.h"

namespace pentad::app {
namespace {

std::map<std::string, std::string> languages(const LocalText& text) {
  return {{"en", text.en}, {"zh", text.zh}};
}

api::AppParameter view(const Parameter& p) {
  api::AppParameter out;
  out.name = p.name;
  out.type = std::string(enum_name(p.type));
  out.title = languages(p.title);
  out.default_ = p.default_;
  out.min = p.min;
  out.max = p.max;
  out.choices = p.choices;
  return out;
}

std::string names(const Catalogue& catalogue) {
  std::vector<std::string> all;
  for (const CatalogueEntry& entry : catalogue.entries) all.push_back(entry.application.name);
  return all.empty() ? "none" : fmt::format("{}", fmt::join(all, ", "));
}

}  // namespace

CatalogueApplications::CatalogueApplications(Catalogue catalogue, Packages& packages, bool is_root)
    : catalogue_(std::move(catalogue)), packages_(packages), is_root_(is_root) {}

api::AppInfo CatalogueApplications::info(const Application& application) const {
  api::AppInfo out;
  out.name = application.name;
  out.version = application.version;
  out.title = languages(application.title);
  out.description = languages(application.description);
  out.workload_class = application.workload_class;
  out.precision = application.precision;
  for (const Parameter& p : application.parameters) out.parameters.push_back(view(p));
  out.packages = application.packages;
  // Where packages cannot be told, none is called missing: the job's own words will say it.
  out.missing_packages =
      packages_.missing(application.packages).value_or(std::vector<std::string>{});
  out.install_command = install_command(out.missing_packages, is_root_);
  return out;
}

api::AppList CatalogueApplications::list() const {
  api::AppList out;
  for (const CatalogueEntry& entry : catalogue_.entries) {
    out.apps.push_back(info(entry.application));
  }
  return out;
}

std::optional<api::AppInfo> CatalogueApplications::find(std::string_view name) const {
  const CatalogueEntry* entry = catalogue_.find(name);
  if (!entry) return std::nullopt;
  return info(entry->application);
}

tl::expected<api::AppJob, api::Problem> CatalogueApplications::make_job(
    const std::string& name, const std::map<std::string, JsonText>& parameters) const {
  const CatalogueEntry* entry = catalogue_.find(name);
  if (!entry) {
    return tl::unexpected(api::problem("invalid-value", "there is no such application", "/app",
                                       fmt::format("applications here: {}", names(catalogue_))));
  }
  const Application& application = entry->application;
  auto missing = packages_.missing(application.packages).value_or(std::vector<std::string>{});
  if (!missing.empty()) {
    return tl::unexpected(api::problem("missing-packages",
                                       fmt::format("{} needs {}", name, fmt::join(missing, ", ")),
                                       "/app", install_command(missing, is_root_)));
  }
  auto job = pentad::make_job(application, entry->folder, parameters);
  if (!job) {
    return tl::unexpected(
        api::problem("invalid-value", job.error().message, "/parameters" + job.error().path));
  }
  return api::AppJob{std::move(job->request), std::move(job->payload)};
}

std::string CatalogueApplications::result_file(const std::string& name) const {
  const CatalogueEntry* entry = catalogue_.find(name);
  return entry ? entry->application.success.result : std::string();
}

}  // namespace pentad::app
