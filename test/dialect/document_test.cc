#include "dialect/document.h"

#include <doctest/doctest.h>

#include <boost/describe.hpp>

#include "files.h"

namespace pentad::dialect {

TEST_CASE("docs/migration is what the tables say") {
  for (Dialect d : {Dialect::slurm, Dialect::pbspro, Dialect::torque, Dialect::lsf, Dialect::sge}) {
    std::string name = boost::describe::enum_to_string(d, "?");
    CAPTURE(name);
    std::filesystem::path path =
        std::filesystem::path(PENTAD_SOURCE_DIR) / "docs/migration" / (name + ".md");
    std::string now = migration_document(d);
    INFO("PENTAD_UPDATE_GOLDEN=1 rewrites it");
    CHECK(golden(path, now) == now);
  }
}

}  // namespace pentad::dialect
