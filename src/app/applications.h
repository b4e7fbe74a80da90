// The catalogue as the API serves it: applications with what is missing here, and jobs made from
// them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "api/applications.h"
#include "app/catalogue.h"
#include "app/packages.h"

namespace pentad::app {

class CatalogueApplications final : public api::Applications {
 public:
  // `packages` outlives this.
  CatalogueApplications(Catalogue catalogue, Packages& packages, bool is_root);

  api::AppList list() const override;
  std::optional<api::AppInfo> find(std::string_view name) const override;
  // Refused, in this order: an unknown application, one whose packages are missing here, unknown
  // parameters, missing ones, wrong values.
  tl::expected<api::AppJob, api::Problem> make_job(
      const std::string& name, const std::map<std::string, JsonText>& parameters) const override;

  std::string result_file(const std::string& name) const override;

 private:
  api::AppInfo info(const Application& application) const;

  Catalogue catalogue_;
  Packages& packages_;
  bool is_root_;
};

}  // namespace pentad::app
