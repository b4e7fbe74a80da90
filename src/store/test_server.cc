#include "store/test_server.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <libpq-fe.h>

#include <cctype>
#include <cstdlib>
#include <filesystem>

namespace pentad::store::testing {

namespace fs = std::filesystem;

namespace {

// Empty: none.
std::string server_url() {
  const char* url = std::getenv("PENTAD_TEST_POSTGRESQL");
  return url ? url : "";
}

// Of all databases in a directory of a test.
std::string schema_prefix(const fs::path& dir) {
  std::string text = dir.filename().string() + "_";
  for (char& c : text) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return text;
}

}  // namespace

std::string execute_at(const std::string& url, const std::string& sql) {
  PGconn* connection = PQconnectdb(url.c_str());
  PGresult* result = PQexec(connection, sql.c_str());
  const ExecStatusType status = PQresultStatus(result);
  const bool has_rows = status == PGRES_TUPLES_OK && PQntuples(result) > 0;
  std::string value = has_rows ? PQgetvalue(result, 0, 0) : "";
  std::string said = PQerrorMessage(connection);
  PQclear(result);
  PQfinish(connection);
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) FAIL(said);
  return value;
}

bool is_on_server() { return !server_url().empty(); }

DatabaseOptions database_at(const std::string& path) {
  DatabaseOptions options;
  options.path = path;
  if (!is_on_server()) return options;
  const fs::path place(path);
  std::string schema = schema_prefix(place.parent_path()) + schema_prefix(place);
  execute_at(server_url(), fmt::format("CREATE SCHEMA IF NOT EXISTS \"{}\"", schema));
  options.url = server_url() + "&options=-csearch_path%3D%22" + schema + "%22";
  options.lease = seconds(1);
  return options;
}

void drop_databases(const std::string& directory) {
  if (!is_on_server()) return;
  execute_at(server_url(),
             fmt::format("SET client_min_messages = warning; DO $$ DECLARE name TEXT; BEGIN FOR "
                         "name IN SELECT schema_name FROM "
                         "information_schema.schemata WHERE starts_with(schema_name, '{}') LOOP "
                         "EXECUTE 'DROP SCHEMA \"' || name || '\" CASCADE'; END LOOP; END $$",
                         schema_prefix(directory)));
}

}  // namespace pentad::store::testing
