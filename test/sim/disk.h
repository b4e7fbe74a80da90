// A disk in memory that SQLite writes to through a VFS of its own. It keeps apart what has been
// synced and what has only been written: when the power fails, the latter is gone, or there in
// part, torn at sectors, as on real disks. It can also be full, fail a write or a sync, and lie
// about syncs. One thread.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "random.h"

namespace pentad::sim {

class Disk {
 public:
  // Registers the VFS `name`, which no other living disk may have.
  Disk(std::string name, uint64_t seed);
  ~Disk();
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  const std::string& vfs() const { return name_; }

  // Hears of every change and whether it worked, for people who look for the reason of a failure.
  void set_trace(std::function<void(const std::string&)> trace) { trace_ = std::move(trace); }

  // --- trouble ---
  // The power fails at the n-th change (write, sync, truncation, new or deleted file) from now;
  // from then on everything fails until restart().
  void power_off_after(int64_t changes) { power_left_ = changes; }
  void power_off() { off_ = true; }
  bool is_off() const { return off_; }
  // The process is gone, but the machine stayed up: all that was written is there.
  void end_process();
  // The machine lost power: what was not synced is gone or there in part.
  void lose_power();
  // Both of the above leave the disk usable again and every trouble below over.

  // Writes that would make the files larger than `bytes` in total fail. Negative: no limit.
  void set_capacity(int64_t bytes) { capacity_ = bytes; }
  int64_t bytes() const;
  // The n-th write (sync) from now fails, once; a sync may say that there is no space, as on
  // network file systems. After a failed sync what was written since the last good one may never
  // reach the medium, even if a later sync succeeds.
  void fail_write_after(int64_t writes) { write_left_ = writes; }
  void fail_sync_after(int64_t syncs) { sync_left_ = syncs; }
  void set_syncs_lie(bool lie) { syncs_lie_ = lie; }
  void heal();
  bool is_troubled() const {
    return capacity_ >= 0 || write_left_ != kNever || sync_left_ != kNever;
  }

  struct Counts {
    int64_t changes = 0;
    int64_t syncs = 0;
    int64_t failed = 0;        // changes refused or failed on purpose
    int64_t failed_syncs = 0;  // of these
    int64_t torn = 0;          // writes of which a power loss kept a part only
  };
  const Counts& counts() const { return counts_; }

 private:
  friend struct DiskVfs;
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  struct Change {
    int64_t offset = 0;  // of a truncation: the new size
    std::string bytes;
    bool truncates = false;
  };
  struct File {
    std::string written;  // what a reader sees
    std::string durable;
    std::vector<Change> pending;  // from `durable` to `written`
    int holder = 0;               // handle that holds a lock
  };
  using FilePtr = std::shared_ptr<File>;
  struct Handle {
    FilePtr file;
    std::string name;
    bool delete_on_close = false;
    bool sync_directory = false;  // with the first sync, as SQLite does for a log it has made
  };

  // --- what the VFS asks for; the answers are SQLite's result codes ---
  int open(const char* name, int flags, int* out_flags, int* handle);
  int close(int handle);
  int read(int handle, void* to, int amount, int64_t offset);
  int write(int handle, const void* from, int amount, int64_t offset);
  int truncate(int handle, int64_t size);
  int sync(int handle);
  int size(int handle, int64_t* size);
  int lock(int handle, int level);
  int unlock(int handle, int level);
  int remove(const char* name, bool sync_directory);
  int exists(const char* name, int* found);

  int system_error() const { return system_error_; }
  int spend_change(int failure);
  void trace(const char* what, const std::string& name, int64_t size, int rc) const;
  static void apply(std::string& content, const Change& change);
  void survive(File& file, int64_t keep_per_mille, bool in_order);
  void power_up();

  std::string name_;
  std::function<void(const std::string&)> trace_;
  Random random_;
  sqlite3_vfs vfs_{};
  std::map<std::string, FilePtr> names_;
  std::map<std::string, FilePtr> durable_names_;
  std::map<int, Handle> handles_;
  int next_handle_ = 1;
  Counts counts_;
  bool off_ = false;
  bool syncs_lie_ = false;
  int64_t power_left_ = kNever;
  int64_t write_left_ = kNever;
  int64_t sync_left_ = kNever;
  int64_t capacity_ = -1;
  int system_error_ = 0;  // of the last failure
};

}  // namespace pentad::sim
