#include "store/faulty_disk.h"

#include <sqlite3.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "base/assert.h"

namespace pentad::store::testing {

struct FaultyDisk::State {
  std::string name;
  sqlite3_vfs vfs{};
  sqlite3_vfs* real = nullptr;
  Fault fault = Fault::none;
  int64_t left = 0;  // operations until it fails
  int64_t operations = 0;
  int64_t failures = 0;
  int last_errno = 0;

  // What the operation in hand returns: SQLITE_OK to let it through.
  int next(bool is_sync) {
    ++operations;
    if (fault == Fault::none || left-- > 0) return SQLITE_OK;
    if (fault == Fault::sync_error && !is_sync) return SQLITE_OK;
    ++failures;
    last_errno = fault == Fault::full ? ENOSPC : EIO;
    switch (fault) {
      case Fault::full:
        return is_sync ? SQLITE_IOERR_FSYNC : SQLITE_FULL;
      case Fault::sync_error:
        return SQLITE_IOERR_FSYNC;
      default:
        return is_sync ? SQLITE_IOERR_FSYNC : SQLITE_IOERR_WRITE;
    }
  }
};

namespace {

// SQLite gives memory for this and, behind it, for the file of the real VFS.
struct File {
  sqlite3_file base;
  FaultyDisk::State* disk;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File* file_of(sqlite3_file* f) { return reinterpret_cast<File*>(f); }
sqlite3_file* real_of(sqlite3_file* f) { return file_of(f)->real(); }

int close_file(sqlite3_file* f) { return real_of(f)->pMethods->xClose(real_of(f)); }
int read(sqlite3_file* f, void* to, int count, sqlite3_int64 at) {
  return real_of(f)->pMethods->xRead(real_of(f), to, count, at);
}
int write(sqlite3_file* f, const void* from, int count, sqlite3_int64 at) {
  FaultyDisk::State& disk = *file_of(f)->disk;
  const bool is_first = disk.failures == 0;
  int result = disk.next(false);
  if (result != SQLITE_OK && !is_first) return result;
  int written = result == SQLITE_OK ? count : count / 2;
  int real = real_of(f)->pMethods->xWrite(real_of(f), from, written, at);
  return result == SQLITE_OK ? real : result;
}
int truncate(sqlite3_file* f, sqlite3_int64 size) {
  if (int result = file_of(f)->disk->next(false)) return result;
  return real_of(f)->pMethods->xTruncate(real_of(f), size);
}
// The test outlives no power cut: nothing needs to reach the medium.
int sync(sqlite3_file* f, int) { return file_of(f)->disk->next(true); }
int file_size(sqlite3_file* f, sqlite3_int64* size) {
  return real_of(f)->pMethods->xFileSize(real_of(f), size);
}
int lock(sqlite3_file* f, int level) { return real_of(f)->pMethods->xLock(real_of(f), level); }
int unlock(sqlite3_file* f, int level) { return real_of(f)->pMethods->xUnlock(real_of(f), level); }
int check_lock(sqlite3_file* f, int* out) {
  return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out);
}
int control(sqlite3_file* f, int what, void* value) {
  if (what == SQLITE_FCNTL_LAST_ERRNO) {
    *static_cast<int*>(value) = file_of(f)->disk->last_errno;
    return SQLITE_OK;
  }
  return real_of(f)->pMethods->xFileControl(real_of(f), what, value);
}
int sector_size(sqlite3_file* f) { return real_of(f)->pMethods->xSectorSize(real_of(f)); }
int characteristics(sqlite3_file* f) {
  return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}

// Version 1: no shared memory, as on a simulated disk.
const sqlite3_io_methods kMethods = {
    1,       close_file, read,    write,       truncate,        sync,    file_size, lock,
    unlock,  check_lock, control, sector_size, characteristics, nullptr, nullptr,   nullptr,
    nullptr, nullptr,    nullptr};

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* f, int flags, int* out) {
  auto* disk = static_cast<FaultyDisk::State*>(vfs->pAppData);
  File* file = file_of(f);
  file->base.pMethods = nullptr;
  file->disk = disk;
  int result = disk->real->xOpen(disk->real, name, file->real(), flags, out);
  if (result == SQLITE_OK) file->base.pMethods = &kMethods;
  return result;
}
int delete_file(sqlite3_vfs* vfs, const char* name, int sync_directory) {
  auto* disk = static_cast<FaultyDisk::State*>(vfs->pAppData);
  return disk->real->xDelete(disk->real, name, sync_directory);
}

}  // namespace

FaultyDisk::FaultyDisk() : state_(std::make_unique<State>()) {
  static std::atomic<int> count = 0;
  sqlite3_initialize();
  state_->real = sqlite3_vfs_find(nullptr);
  state_->name = "faulty-" + std::to_string(++count);
  state_->vfs = *state_->real;
  state_->vfs.pNext = nullptr;
  state_->vfs.zName = state_->name.c_str();
  state_->vfs.szOsFile = static_cast<int>(sizeof(File)) + state_->real->szOsFile;
  state_->vfs.pAppData = state_.get();
  state_->vfs.xOpen = open_file;
  state_->vfs.xDelete = delete_file;
  PENTAD_ASSERT(sqlite3_vfs_register(&state_->vfs, 0) == SQLITE_OK, "a VFS can be registered");
}

FaultyDisk::~FaultyDisk() { sqlite3_vfs_unregister(&state_->vfs); }

const std::string& FaultyDisk::name() const { return state_->name; }

void FaultyDisk::fail(Fault fault, int64_t operations) {
  state_->fault = fault;
  state_->left = operations;
  state_->failures = 0;
  state_->last_errno = 0;
}

void FaultyDisk::heal() { state_->fault = Fault::none; }
bool FaultyDisk::has_failed() const { return state_->failures > 0; }
int64_t FaultyDisk::operations() const { return state_->operations; }

}  // namespace pentad::store::testing
