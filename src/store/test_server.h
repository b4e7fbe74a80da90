// Where tests keep their databases: files, or, when PENTAD_TEST_POSTGRESQL has a server's URL,
// schemas of their own there. For the tests of all folders that open a store.
#pragma once

#include <string>

#include "store/database.h"

namespace pentad::store::testing {

bool is_on_server();

// The database that a test calls `path`: a file of that name, or a schema.
DatabaseOptions database_at(const std::string& path);

// Drops the schemas of all paths in a directory.
void drop_databases(const std::string& directory);

// On the server: several statements, or one whose first value is wanted. The test fails when they
// do.
std::string execute_at(const std::string& url, const std::string& sql);

}  // namespace pentad::store::testing
