// Threads for what may block: reading the database and files, so that neither the I/O threads nor
// the core ever wait for a disk read.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/result.h"
#include "store/database.h"
#include "store/job_queries.h"

namespace pentad::api {

class Workers {
 public:
  using Task = std::function<void(store::JobQueries&)>;

  // Each thread reads through a database connection of its own.
  explicit Workers(std::vector<store::Database> readers);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // From any thread. What is still waiting at stop() is destroyed, not run.
  void post(Task task);
  void stop();

 private:
  void run(store::Database& reader);

  std::vector<store::Database> readers_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace pentad::api
