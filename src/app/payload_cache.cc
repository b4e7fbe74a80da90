#include "app/payload_cache.h"

#include <string>
#include <utility>

#include "base/hash.h"

namespace pentad::app {

namespace {

constexpr size_t kMaxCachedPayload = 64 << 10;

size_t size_of(const Payload& p) {
  size_t bytes = sizeof(Payload) + p.script.size();
  for (const std::string& arg : p.argv) bytes += sizeof(std::string) + arg.size();
  for (const std::string& arg : p.script_args) bytes += sizeof(std::string) + arg.size();
  for (const auto& [name, value] : p.environment) bytes += 128 + name.size() + value.size();
  return bytes;
}

uint64_t digest_of(const Payload& p) {
  Hasher hasher;
  hasher.add(p.script);
  for (const std::string& arg : p.argv) hasher.add(arg);
  for (const std::string& arg : p.script_args) hasher.add(arg);
  for (const auto& [name, value] : p.environment) hasher.add(name).add(value);
  hasher.add(p.workdir).add(p.stdout_path).add(p.stderr_path).add(p.application);
  return hasher.digest();
}

}  // namespace

struct PayloadCache::Counted {
  Payload payload;
  Total total;
  size_t bytes;

  Counted(const Payload& p, Total t, size_t n) : payload(p), total(std::move(t)), bytes(n) {
    *total += bytes;
  }
  ~Counted() { *total -= bytes; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
};

PayloadCache::Shared PayloadCache::share(const Payload& payload) {
  size_t bytes = size_of(payload);
  if (bytes > kMaxCachedPayload || *bytes_ + bytes > max_bytes_) return nullptr;
  if (by_content_.size() >= sweep_at_) {
    std::erase_if(by_content_, [](const auto& entry) { return entry.second.expired(); });
    sweep_at_ = 1024 + 2 * by_content_.size();
  }
  std::weak_ptr<const Payload>& known = by_content_[digest_of(payload)];
  if (Shared same = known.lock(); same && *same == payload) return same;
  auto counted = std::make_shared<Counted>(payload, bytes_, bytes);
  Shared copy(counted, &counted->payload);
  known = copy;
  return copy;
}

void PayloadCache::keep(JobId job, Shared payload) {
  if (!payload) return;
  if (by_job_.emplace(job, std::move(payload)).second) order_.push_back(job);
  // Dropped jobs leave their place in `order_`, so it is longer than the map at times.
  while (by_job_.size() > max_jobs_ || order_.size() > 2 * max_jobs_) {
    by_job_.erase(order_.front());
    order_.pop_front();
  }
}

PayloadCache::Shared PayloadCache::find(JobId job) const {
  auto it = by_job_.find(job);
  return it == by_job_.end() ? nullptr : it->second;
}

void PayloadCache::drop(JobId job) { by_job_.erase(job); }

}  // namespace pentad::app
