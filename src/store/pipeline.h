// Sends statements to PostgreSQL without waiting for the answer to each: hundreds of rows for one
// round trip. What went wrong is told by finish(). Private to src/store.
#pragma once

#include <soci/soci.h>

#include <string>
#include <vector>

struct pg_conn;

namespace pentad::store {

class Pipeline {
 public:
  explicit Pipeline(soci::session& session);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // Prepares a statement with $1, $2, ... and gives its name. Throws soci_error.
  std::string prepare(const std::string& sql);
  // Queues the statement. Throws soci_error for an earlier one that failed.
  void send(const std::string& name, const std::vector<std::string>& values);
  // Waits for all that was queued. Nothing else may use the connection before. Throws soci_error
  // for the first that failed.
  void finish();
  // Likewise, without saying how it went.
  void abandon() noexcept;

 private:
  void collect();

  pg_conn* connection_;
  bool is_open_ = false;
  int queued_ = 0;
  int prepared_ = 0;
};

}  // namespace pentad::store
