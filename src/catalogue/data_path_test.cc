#include "catalogue/data_path.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <string>

using namespace pentad;
namespace fs = std::filesystem;

TEST_CASE("data stands beside an installed program, else among the sources") {
  std::string name = "/tmp/pentad-data-path-XXXXXX";
  const fs::path prefix = mkdtemp(name.data());
  const fs::path program = prefix / "bin" / "pentad-twin";
  CHECK(data_path(program, "catalogue") == PENTAD_SOURCE_DIR "/catalogue");
  fs::create_directories(prefix / "share/pentad/catalogue");
  CHECK(data_path(program, "catalogue") == (prefix / "share/pentad/catalogue").string());
  CHECK(data_path("catalogue") == PENTAD_SOURCE_DIR "/catalogue");
  fs::remove_all(prefix);
}
