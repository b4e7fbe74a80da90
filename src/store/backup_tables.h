// Which tables a backup holds, and how their rows are read a few at a time. Private to src/store.
#pragma once

#include <soci/soci.h>

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/backend.h"
#include "store/backup_format.h"
#include "store/database.h"

namespace pentad::store {

struct KeyColumn {
  std::string_view name;
  bool is_text = false;
};

// `key` orders the rows; so many `rows_at_once` are in memory.
struct BackedUpTable {
  std::string_view name;
  std::vector<KeyColumn> key;
  int64_t rows_at_once = 1000;
};

// All but `meta`, whose words stand in the header, and the lease. One that refers to another stands
// behind it.
const std::vector<BackedUpTable>& backed_up_tables();

// As this database has them, in its order; empty when there is no such table. Throws soci_error.
std::vector<Column> columns_of(Database& database, std::string_view table);

int64_t count_rows(Database& database, std::string_view table);  // throws soci_error

// Hands on every row, in the order of the key. Throws soci_error.
Status for_each_row(Database& database, const BackedUpTable& table,
                    const std::vector<Column>& columns,
                    const std::function<Status(const std::vector<BackupValue>&)>& use);

}  // namespace pentad::store
