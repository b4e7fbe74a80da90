#include "store/backup_tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "store/query_builder.h"
#include "store/session.h"

namespace pentad::store {

namespace {

// What jobs run, statements and snapshots can be long.
constexpr int64_t kFew = 50;

std::string names_of(const std::vector<KeyColumn>& key) {
  std::string names;
  for (const KeyColumn& column : key) {
    names += (names.empty() ? "" : ", ") + std::string(column.name);
  }
  return names;
}

// Where the row before ended: a condition that begins behind it.
std::string behind(QueryBuilder& query, const BackedUpTable& table,
                   const std::vector<BackupValue>& last) {
  std::string values;
  for (const BackupValue& value : last) {
    values += values.empty() ? "" : ", ";
    values += std::visit([&](const auto& v) { return query.bind(v); }, value);
  }
  return fmt::format("({}) > ({})", names_of(table.key), values);
}

// The rows behind `last` (empty: from the first), at most as many as the table allows at once.
std::vector<std::vector<BackupValue>> read_some(Database& database, const BackedUpTable& table,
                                                const std::vector<Column>& columns,
                                                const std::vector<BackupValue>& last) {
  QueryBuilder query;
  if (!last.empty()) query.require(behind(query, table, last));
  std::vector<std::string> names;
  std::vector<BackupValue> row;
  for (const Column& column : columns) {
    names.push_back(column.name);
    row.push_back(column.is_text ? BackupValue(std::string()) : BackupValue(int64_t{0}));
  }
  soci::statement statement(session_of(database));
  query.apply(statement);
  for (BackupValue& value : row) {
    std::visit([&](auto& v) { statement.exchange(soci::into(v)); }, value);
  }
  statement.alloc();
  statement.prepare(fmt::format("SELECT {} FROM {}{} ORDER BY {} LIMIT {}", fmt::join(names, ", "),
                                table.name, query.where(), names_of(table.key),
                                table.rows_at_once));
  statement.define_and_bind();
  std::vector<std::vector<BackupValue>> rows;
  for (bool more = statement.execute(true); more; more = statement.fetch()) rows.push_back(row);
  return rows;
}

std::vector<BackupValue> key_of(const BackedUpTable& table, const std::vector<Column>& columns,
                                const std::vector<BackupValue>& row) {
  std::vector<BackupValue> key;
  for (const KeyColumn& part : table.key) {
    for (size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].name == part.name) key.push_back(row[i]);
    }
  }
  return key;
}

}  // namespace

const std::vector<BackedUpTable>& backed_up_tables() {
  static const std::vector<BackedUpTable> tables = {
      {"journal", {{"seq"}}},
      {"snapshots", {{"seq"}}},
      {"snapshot_parts", {{"seq"}, {"part"}}, 8},
      {"scripts", {{"id"}}, kFew},
      {"payloads", {{"id"}}, kFew},
      {"jobs", {{"id"}}},
      {"attempts", {{"job_id"}, {"element"}, {"number"}}},
      {"answers", {{"actor", true}, {"answer_key", true}}},
      {"audit", {{"seq"}}},
      {"entries", {{"id"}}},
      {"postings", {{"account", true}, {"entry"}}},
      {"charges", {{"id"}}},
      {"notices", {{"seq"}, {"place"}}},
      {"statements", {{"tenant", true}, {"project", true}, {"month", true}}, kFew},
      {"secrets", {{"kind", true}, {"id", true}}}};
  return tables;
}

std::vector<Column> columns_of(Database& database, std::string_view table) {
  return database.impl().backend->columns_of(session_of(database), table);
}

int64_t count_rows(Database& database, std::string_view table) {
  int64_t count = 0;
  session_of(database) << fmt::format("SELECT COUNT(*) FROM {}", table), soci::into(count);
  return count;
}

Status for_each_row(Database& database, const BackedUpTable& table,
                    const std::vector<Column>& columns,
                    const std::function<Status(const std::vector<BackupValue>&)>& use) {
  std::vector<BackupValue> last;
  for (;;) {
    std::vector<std::vector<BackupValue>> rows = read_some(database, table, columns, last);
    for (const auto& row : rows) {
      if (Status used = use(row); !used) return used;
    }
    if (static_cast<int64_t>(rows.size()) < table.rows_at_once) return {};
    last = key_of(table, columns, rows.back());
  }
}

}  // namespace pentad::store
