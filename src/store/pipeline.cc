#include "store/pipeline.h"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>

#include <memory>
#include <optional>

namespace pentad::store {

namespace {

// Few enough that their answers fit into the socket's buffer: neither end ever waits for the other
// to read.
constexpr int kMostQueued = 200;
constexpr const char* kConnectionLost = "08006";

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, ClearResult>;

soci::postgresql_soci_error failure(pg_conn* connection, const PGresult* result) {
  const char* state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
  const char* words = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : nullptr;
  if (!state || PQstatus(connection) != CONNECTION_OK) state = kConnectionLost;
  return {words ? words : PQerrorMessage(connection), state};
}

}  // namespace

Pipeline::Pipeline(soci::session& session)
    : connection_(static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_) {}

Pipeline::~Pipeline() = default;

std::string Pipeline::prepare(const std::string& sql) {
  finish();
  std::string name = fmt::format("pentad_{}", ++prepared_);
  ResultPtr result(PQprepare(connection_, name.c_str(), sql.c_str(), 0, nullptr));
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) throw failure(connection_, result.get());
  return name;
}

void Pipeline::send(const std::string& name, const std::vector<std::string>& values) {
  if (!is_open_ && PQenterPipelineMode(connection_) != 1) throw failure(connection_, nullptr);
  is_open_ = true;
  std::vector<const char*> texts;
  texts.reserve(values.size());
  for (const std::string& value : values) texts.push_back(value.c_str());
  if (PQsendQueryPrepared(connection_, name.c_str(), static_cast<int>(texts.size()), texts.data(),
                          nullptr, nullptr, 0) != 1) {
    throw failure(connection_, nullptr);
  }
  if (++queued_ >= kMostQueued) collect();
}

// Reads the answers up to a mark of our own.
void Pipeline::collect() {
  queued_ = 0;
  if (PQpipelineSync(connection_) != 1) throw failure(connection_, nullptr);
  std::optional<soci::postgresql_soci_error> first;
  for (;;) {
    ResultPtr result(PQgetResult(connection_));
    if (!result) {
      // Between two statements; without a connection there is nothing more to come.
      if (PQstatus(connection_) == CONNECTION_OK) continue;
      throw first ? *first : failure(connection_, nullptr);
    }
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_PIPELINE_SYNC) break;
    if (status == PGRES_FATAL_ERROR && !first) first = failure(connection_, result.get());
  }
  if (first) throw *first;
}

void Pipeline::finish() {
  if (!is_open_) return;
  collect();
  is_open_ = false;
  if (PQexitPipelineMode(connection_) != 1) throw failure(connection_, nullptr);
}

void Pipeline::abandon() noexcept {
  if (!is_open_) return;
  try {
    collect();
  } catch (const soci::soci_error&) {
    // Why it is abandoned has been told.
  }
  is_open_ = false;
  queued_ = 0;
  PQexitPipelineMode(connection_);
}

}  // namespace pentad::store
