// Read-only connections for any number of threads beside the writer. Readers see what has been
// committed and neither wait for the writer nor keep it waiting.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "base/result.h"
#include "store/database.h"
#include "store/job_queries.h"

namespace pentad::store {

class ReaderPool {
 public:
  // A connection of the caller's alone, back in the pool when this goes.
  class Lease {
   public:
    Lease(ReaderPool& pool, std::unique_ptr<Database> database);
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    JobQueries* operator->() { return &queries_; }
    JobQueries& operator*() { return queries_; }
    Database& database() { return *database_; }

   private:
    ReaderPool* pool_;
    std::unique_ptr<Database> database_;
    JobQueries queries_;
  };

  // Opens nothing yet. Keeps up to `max_idle` connections that nobody uses.
  explicit ReaderPool(DatabaseOptions options, size_t max_idle = 4);

  // From any thread; must not outlive the pool. Errors: those of Database::open_reader.
  Result<Lease> take();

 private:
  void give_back(std::unique_ptr<Database> database);

  DatabaseOptions options_;
  size_t max_idle_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Database>> idle_;
};

}  // namespace pentad::store
