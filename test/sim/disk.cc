#include "disk.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/assert.h"

namespace pentad::sim {

namespace {

constexpr int64_t kSectorBytes = 512;

}  // namespace

int64_t Disk::bytes() const {
  int64_t sum = 0;
  for (const auto& [name, file] : names_) sum += static_cast<int64_t>(file->written.size());
  return sum;
}

void Disk::heal() {
  capacity_ = -1;
  write_left_ = sync_left_ = kNever;
}

void Disk::power_up() {
  heal();
  off_ = false;
  power_left_ = kNever;
  // Handles of the dead process stay valid until it closes them, but reach no file any more.
  for (auto& [id, handle] : handles_) handle.file = std::make_shared<File>();
  for (auto& [name, file] : names_) file->holder = 0;
}

void Disk::end_process() { power_up(); }

void Disk::lose_power() {
  // Three kinds of disk: nothing unsynced survives, the first part of it does, any sectors do.
  int64_t kind = random_.below(3);
  for (auto& [name, file] : names_) durable_names_.try_emplace(name, nullptr);
  std::map<std::string, FilePtr> survivors;
  for (const auto& [name, durable] : durable_names_) {
    auto it = names_.find(name);
    FilePtr latest = it == names_.end() ? nullptr : it->second;
    FilePtr file = kind > 0 && random_.chance(500) ? latest : durable;
    if (file) survivors.emplace(name, file);
  }
  names_ = durable_names_ = survivors;
  for (auto& [name, file] : names_) {
    survive(*file, kind == 0 ? 0 : random_.between(0, 1000), kind == 1);
  }
  power_up();
}

// What is left of a file: all that was synced, and of the rest each sector with some probability,
// in order up to the first one lost or each on its own.
void Disk::survive(File& file, int64_t keep_per_mille, bool in_order) {
  bool lost = keep_per_mille == 0;
  for (const Change& change : file.pending) {
    if (lost && (in_order || keep_per_mille == 0)) break;
    if (change.truncates) {
      lost = !random_.chance(keep_per_mille);
      if (!lost) apply(file.durable, change);
      continue;
    }
    bool kept_any = false;
    bool lost_any = false;
    for (size_t at = 0; at < change.bytes.size();) {
      int64_t offset = change.offset + static_cast<int64_t>(at);
      size_t n = std::min<size_t>(static_cast<size_t>(kSectorBytes - offset % kSectorBytes),
                                  change.bytes.size() - at);
      lost = !random_.chance(keep_per_mille);
      (lost ? lost_any : kept_any) = true;
      if (!lost) apply(file.durable, {offset, change.bytes.substr(at, n), false});
      if (lost && in_order) break;
      at += n;
    }
    counts_.torn += kept_any && lost_any;
  }
  file.pending.clear();
  file.written = file.durable;
}

void Disk::apply(std::string& content, const Change& change) {
  if (change.truncates) {
    content.resize(static_cast<size_t>(change.offset));
    return;
  }
  size_t end = static_cast<size_t>(change.offset) + change.bytes.size();
  if (content.size() < end) content.resize(end);
  content.replace(static_cast<size_t>(change.offset), change.bytes.size(), change.bytes);
}

void Disk::trace(const char* what, const std::string& name, int64_t size, int rc) const {
  if (trace_) trace_(fmt::format("disk: {} {} {}{}", what, name, size, rc == 0 ? "" : " FAILS"));
}

// Counts one change to the disk; anything but SQLITE_OK: it does not happen.
int Disk::spend_change(int failure) {
  if (off_) return failure;
  ++counts_.changes;
  if (power_left_ == kNever || --power_left_ > 0) return SQLITE_OK;
  off_ = true;
  return failure;
}

int Disk::open(const char* name, int flags, int* out_flags, int* handle) {
  if (off_) return SQLITE_CANTOPEN;
  Handle opened;
  opened.name = name ? name : "";
  opened.delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0 || !name;
  auto it = names_.find(opened.name);
  if (name && it != names_.end()) {
    opened.file = it->second;
  } else {
    if (!(flags & SQLITE_OPEN_CREATE)) return SQLITE_CANTOPEN;
    if (int rc = spend_change(SQLITE_CANTOPEN); rc != SQLITE_OK) return rc;
    opened.file = std::make_shared<File>();
    if (name) names_[opened.name] = opened.file;
    constexpr int kLogs = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
    opened.sync_directory = (flags & kLogs) != 0;
  }
  if (out_flags) *out_flags = flags;
  *handle = next_handle_++;
  handles_.emplace(*handle, std::move(opened));
  return SQLITE_OK;
}

int Disk::close(int handle) {
  auto it = handles_.find(handle);
  PENTAD_ASSERT(it != handles_.end(), "a file is closed once");
  File& file = *it->second.file;
  if (file.holder == handle) file.holder = 0;
  if (it->second.delete_on_close && !off_) names_.erase(it->second.name);
  handles_.erase(it);
  return SQLITE_OK;
}

int Disk::read(int handle, void* to, int amount, int64_t offset) {
  if (off_) return SQLITE_IOERR_READ;
  const std::string& content = handles_.at(handle).file->written;
  size_t wanted = static_cast<size_t>(amount);
  size_t start = std::min(content.size(), static_cast<size_t>(offset));
  size_t there = std::min(wanted, content.size() - start);
  std::memcpy(to, content.data() + start, there);
  if (there == wanted) return SQLITE_OK;
  std::memset(static_cast<char*>(to) + there, 0, wanted - there);
  return SQLITE_IOERR_SHORT_READ;
}

int Disk::write(int handle, const void* from, int amount, int64_t offset) {
  File& file = *handles_.at(handle).file;
  bool was_on = !off_;
  int rc = spend_change(SQLITE_IOERR_WRITE);
  if (!was_on) return rc;
  if (write_left_ != kNever && --write_left_ <= 0) {
    write_left_ = kNever;
    rc = SQLITE_IOERR_WRITE;
  }
  int64_t growth = offset + amount - static_cast<int64_t>(file.written.size());
  if (rc == SQLITE_OK && capacity_ >= 0 && growth > 0 && bytes() + growth > capacity_) {
    rc = SQLITE_FULL;
  }
  counts_.failed += rc != SQLITE_OK;
  if (rc != SQLITE_OK) system_error_ = rc == SQLITE_FULL ? ENOSPC : EIO;
  trace("write", handles_.at(handle).name, offset, rc);
  // The write during which the power fails may still leave parts.
  if (rc != SQLITE_OK && !off_) return rc;
  Change change{offset, std::string(static_cast<const char*>(from), static_cast<size_t>(amount)),
                false};
  apply(file.written, change);
  file.pending.push_back(std::move(change));
  return rc;
}

int Disk::truncate(int handle, int64_t size) {
  if (int rc = spend_change(SQLITE_IOERR_TRUNCATE); rc != SQLITE_OK) return rc;
  File& file = *handles_.at(handle).file;
  trace("truncate", handles_.at(handle).name, size, SQLITE_OK);
  Change change{size, {}, true};
  apply(file.written, change);
  file.pending.push_back(std::move(change));
  return SQLITE_OK;
}

int Disk::sync(int handle) {
  if (int rc = spend_change(SQLITE_IOERR_FSYNC); rc != SQLITE_OK) return rc;
  ++counts_.syncs;
  if (syncs_lie_) return SQLITE_OK;
  Handle& of = handles_.at(handle);
  File& file = *of.file;
  trace("sync", of.name, static_cast<int64_t>(file.pending.size()), sync_left_ == 1);
  if (sync_left_ != kNever && --sync_left_ <= 0) {
    sync_left_ = kNever;
    ++counts_.failed;
    ++counts_.failed_syncs;
    system_error_ = random_.chance(300) ? ENOSPC : EIO;
    // The system may now take its pages for clean: what they held stays readable until the next
    // power loss and is written by no later sync.
    if (random_.chance(500)) file.pending.clear();
    return SQLITE_IOERR_FSYNC;
  }
  for (const Change& change : file.pending) apply(file.durable, change);
  file.pending.clear();
  // A synced file is found again under its name, as on ext4, XFS and Btrfs.
  auto it = names_.find(of.name);
  if (it != names_.end() && it->second == of.file) durable_names_[of.name] = of.file;
  if (of.sync_directory) durable_names_ = names_;
  of.sync_directory = false;
  return SQLITE_OK;
}

int Disk::size(int handle, int64_t* size) {
  if (off_) return SQLITE_IOERR_FSTAT;
  *size = static_cast<int64_t>(handles_.at(handle).file->written.size());
  return SQLITE_OK;
}

// The store uses one connection in exclusive mode: whoever holds any lock holds the file.
int Disk::lock(int handle, int level) {
  if (off_) return SQLITE_IOERR_LOCK;
  File& file = *handles_.at(handle).file;
  if (level > SQLITE_LOCK_NONE && file.holder != 0 && file.holder != handle) return SQLITE_BUSY;
  if (level > SQLITE_LOCK_NONE) file.holder = handle;
  return SQLITE_OK;
}

int Disk::unlock(int handle, int level) {
  File& file = *handles_.at(handle).file;
  if (level == SQLITE_LOCK_NONE && file.holder == handle) file.holder = 0;
  return SQLITE_OK;
}

int Disk::remove(const char* name, bool sync_directory) {
  if (off_) return SQLITE_IOERR_DELETE;
  if (!names_.count(name)) return SQLITE_IOERR_DELETE_NOENT;
  if (int rc = spend_change(SQLITE_IOERR_DELETE); rc != SQLITE_OK) return rc;
  names_.erase(name);
  if (sync_directory) durable_names_ = names_;
  return SQLITE_OK;
}

int Disk::exists(const char* name, int* found) {
  if (off_) return SQLITE_IOERR_ACCESS;
  *found = names_.count(name) > 0;
  return SQLITE_OK;
}

}  // namespace pentad::sim
