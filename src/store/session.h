// What a Database is made of, and how statements run on it. Private to src/store.
#pragma once

#include <soci/soci.h>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "base/result.h"
#include "store/backend.h"
#include "store/database.h"
#include "store/lock_file.h"
#include "store/pipeline.h"

namespace pentad::store {

struct Database::Impl {
  DatabaseOptions options;
  const Backend* backend = nullptr;
  LockFile lock;
  std::unique_ptr<soci::session> session;
  std::unique_ptr<Pipeline> pipeline;  // of a writer on PostgreSQL
  std::string identity;
  bool read_only = false;
  bool lost = false;
  bool fenced = false;
  int64_t epoch = 0;  // of the lease

  ~Impl();
  Error error_of(const soci::soci_error& error);
  Status reconnect();
  // Waits for what WriteStatements have sent. Throws soci_error.
  void finish_writes() {
    if (pipeline) pipeline->finish();
  }
};

inline soci::session& session_of(Database& database) { return *database.impl().session; }

// Runs `work`, which may throw what SOCI throws, and hands on its result or the error as a value.
template <class F>
auto guarded(Database& database, F&& work) {
  using R = std::invoke_result_t<F>;
  using Out = std::conditional_t<std::is_void_v<R>, Status,
                                 std::conditional_t<requires(R r) { r.error(); }, R, Result<R>>>;
  Database::Impl& impl = database.impl();
  if (impl.lost && impl.read_only) {
    if (Status again = impl.reconnect(); !again) return Out(tl::unexpected(again.error()));
  }
  try {
    if constexpr (std::is_void_v<R>) {
      work();
      return Status{};
    } else if constexpr (requires(R r) { r.error(); }) {
      return R(work());
    } else {
      return Result<R>(work());
    }
  } catch (const soci::soci_error& error) {
    return Out(tl::unexpected(impl.error_of(error)));
  }
}

// Executes a kept statement that gives at most one row; true when it gave one. Goes on to its end:
// a SELECT left in the middle would pin the write-ahead log.
inline bool fetch_one(soci::statement& statement) {
  bool found = statement.execute(true);
  for (bool more = found; more;) more = statement.fetch();
  return found;
}

}  // namespace pentad::store
