#include "store/reader_pool.h"

#include <utility>

namespace pentad::store {

ReaderPool::Lease::Lease(ReaderPool& pool, std::unique_ptr<Database> database)
    : pool_(&pool), database_(std::move(database)), queries_(*database_) {}

ReaderPool::Lease::~Lease() {
  if (database_) pool_->give_back(std::move(database_));
}

ReaderPool::ReaderPool(DatabaseOptions options, size_t max_idle)
    : options_(std::move(options)), max_idle_(max_idle) {}

Result<ReaderPool::Lease> ReaderPool::take() {
  {
    std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Database> database = std::move(idle_.back());
      idle_.pop_back();
      return Lease(*this, std::move(database));
    }
  }
  Result<Database> opened = Database::open_reader(options_);
  if (!opened) return tl::unexpected(opened.error());
  return Lease(*this, std::make_unique<Database>(std::move(*opened)));
}

void ReaderPool::give_back(std::unique_ptr<Database> database) {
  std::lock_guard lock(mutex_);
  if (idle_.size() < max_idle_) idle_.push_back(std::move(database));
}

}  // namespace pentad::store
