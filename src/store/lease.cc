#include "store/lease.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace pentad::store::lease {

namespace {

constexpr int64_t kAdvisoryLock = 0x50656e746164;  // "Pentad": while the row is made

std::string own_name() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '?';
  return fmt::format("{}, process {}", host.data(), getpid());
}

}  // namespace

void prepare(soci::session& session) {
  std::string found;
  session << "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE "
             "table_schema = current_schema() AND table_name = 'lease'",
      soci::into(found);
  if (session.got_data()) return;
  soci::transaction making(session);
  session << fmt::format("SELECT pg_advisory_xact_lock({})", kAdvisoryLock);
  session << "CREATE TABLE IF NOT EXISTS lease (name TEXT PRIMARY KEY, epoch BIGINT NOT NULL, "
             "holder TEXT NOT NULL, backend_pid BIGINT NOT NULL, until TIMESTAMPTZ NOT NULL)";
  session << "INSERT INTO lease (name, epoch, holder, backend_pid, until) VALUES "
             "('writer', 0, '', 0, clock_timestamp()) ON CONFLICT (name) DO NOTHING";
  making.commit();
}

Result<int64_t> take(soci::session& session, Duration length) {
  // One whose time is over may still hold the row in a transaction that it cannot end.
  session << "SELECT pg_terminate_backend(a.pid) FROM lease l JOIN pg_stat_activity a ON "
             "a.pid = l.backend_pid AND a.datname = current_database() WHERE l.name = 'writer' AND "
             "l.until < clock_timestamp() AND a.pid <> pg_backend_pid() AND "
             "a.usename = current_user";
  // Whose connection is gone may only have lost it: one that lives is back within the time between
  // two signs of life.
  const int64_t rest = length.value * 6 / 10;
  int64_t epoch = 0;
  const std::string holder = own_name();
  session << "UPDATE lease SET epoch = epoch + 1, holder = :holder, "
             "backend_pid = pg_backend_pid(), "
             "until = clock_timestamp() + :length * INTERVAL '1 millisecond' "
             "WHERE name = 'writer' AND (until < clock_timestamp() OR (until < clock_timestamp() + "
             ":rest * INTERVAL '1 millisecond' AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a "
             "WHERE a.pid = backend_pid AND a.datname = current_database()))) RETURNING epoch",
      soci::use(holder, "holder"), soci::use(length.value, "length"), soci::use(rest, "rest"),
      soci::into(epoch);
  if (session.got_data()) return epoch;
  std::string other;
  int64_t left = 0;
  session << "SELECT holder, CAST(EXTRACT(EPOCH FROM until - clock_timestamp()) * 1000 AS BIGINT) "
             "FROM lease WHERE name = 'writer'",
      soci::into(other), soci::into(left);
  return fail(ErrorCode::unavailable,
              fmt::format("another Pentad ({}) decides for this centre; its lease runs for "
                          "another {:.1f} s",
                          other.empty() ? "just starting" : other,
                          static_cast<double>(std::max<int64_t>(0, left)) / 1000));
}

bool prolong(soci::session& session, int64_t epoch, Duration length) {
  int64_t mine = 0;
  session
      << "UPDATE lease SET until = clock_timestamp() + :length * INTERVAL '1 millisecond', "
         "backend_pid = pg_backend_pid() WHERE name = 'writer' AND epoch = :epoch RETURNING epoch",
      soci::use(length.value, "length"), soci::use(epoch, "epoch"), soci::into(mine);
  return session.got_data();
}

void give_back(soci::session& session, int64_t epoch) {
  session << "UPDATE lease SET until = clock_timestamp(), holder = '' WHERE name = 'writer' AND "
             "epoch = :epoch",
      soci::use(epoch, "epoch");
}

}  // namespace pentad::store::lease
