#include "store/secret_table.h"

#include "store/session.h"
#include "store/storable.h"

namespace pentad::store {

Result<std::vector<SecretRow>> read_secrets(Database& database) {
  return guarded(database, [&] {
    std::vector<SecretRow> rows;
    SecretRow row;
    soci::statement select =
        (session_of(database).prepare << "SELECT kind, id, body FROM secrets ORDER BY kind, id",
         soci::into(row.kind), soci::into(row.id), soci::into(row.body));
    for (bool more = select.execute(true); more; more = select.fetch()) rows.push_back(row);
    return rows;
  });
}

Status write_secrets(Database& database, const std::vector<SecretChange>& changes) {
  for (const SecretChange& c : changes) {
    if (is_storable(c.kind) && is_storable(c.id) && is_storable(c.body.value_or(""))) continue;
    return fail(ErrorCode::invalid, "a secret's name is not UTF-8 or holds a NUL character");
  }
  return database.transaction([&] {
    return guarded(database, [&] {
      soci::session& session = session_of(database);
      for (const SecretChange& change : changes) {
        if (!change.body) {
          session << "DELETE FROM secrets WHERE kind = :kind AND id = :id", soci::use(change.kind),
              soci::use(change.id);
          continue;
        }
        session << "INSERT INTO secrets (kind, id, body) VALUES (:kind, :id, :body) "
                   "ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
            soci::use(change.kind), soci::use(change.id), soci::use(*change.body);
      }
    });
  });
}

}  // namespace pentad::store
