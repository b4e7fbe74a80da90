// The application catalogue as it is on disk: one folder for each application, with its app.toml.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/application.h"

namespace pentad::app {

struct CatalogueEntry {
  Application application;
  std::string folder;  // absolute, without symbolic links
};

struct Catalogue {
  std::vector<CatalogueEntry> entries;  // by name
  std::vector<Error> errors;            // applications that were left out, `path` is their file

  // nullptr if there is none.
  const CatalogueEntry* find(std::string_view name) const;
};

// Reads every FOLDER/NAME/app.toml; folders without that file are passed over. NAME must be the
// application's. One that cannot be read does not hide the others. Errors: not_found, failed, when
// `folder` itself cannot be listed.
Result<Catalogue> read_catalogue(const std::string& folder);

}  // namespace pentad::app
