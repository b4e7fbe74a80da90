#include "api/workers.h"

#include <utility>

namespace pentad::api {

Workers::Workers(std::vector<store::Database> readers) : readers_(std::move(readers)) {
  for (store::Database& reader : readers_) threads_.emplace_back([this, &reader] { run(reader); });
}

Workers::~Workers() { stop(); }

void Workers::post(Task task) {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    tasks_.push_back(std::move(task));
  }
  wake_.notify_one();
}

void Workers::stop() {
  std::deque<Task> dropped;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped.swap(tasks_);
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void Workers::run(store::Database& reader) {
  store::JobQueries queries(reader);
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    Task task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task(queries);
    task = nullptr;  // what it holds goes before the lock is taken again
    lock.lock();
  }
}

}  // namespace pentad::api
