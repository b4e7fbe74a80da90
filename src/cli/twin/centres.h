// Centre files and presets as runs of the twin need them.
#pragma once

#include <boost/describe.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalogue/centre_file.h"
#include "twin/run.h"

namespace pentad::cli::twin {

// The folder `catalogue/`: PENTAD_CATALOGUE, else beside an installed program, else that of
// the sources this was built from.
std::string catalogue_folder();

struct Preset {
  std::string name;  // what a command line may say instead of a path
  std::string path;
  std::string about;  // the comment that opens the file
};
BOOST_DESCRIBE_STRUCT(Preset, (), (name, path, about))
std::vector<Preset> presets();

// `name` is a file, or a preset's name. `weather` replaces the centre's; empty: its own. Errors
// carry file, line and field.
Result<catalogue::CentreFile> read_named_centre(const std::string& name,
                                                const std::string& weather);

// Fills machine, policy, power and inputs of a run. Errors: of weather that physics refuses.
Status fill_from(const catalogue::CentreFile& centre, pentad::twin::RunSetup& setup);

}  // namespace pentad::cli::twin
