// The glue between SQLite's C interface and a Disk.
#include <cstring>

#include "base/assert.h"
#include "disk.h"

namespace pentad::sim {

namespace {

struct VfsFile {
  sqlite3_file base;
  Disk* disk;
  int handle;
};

VfsFile& of(sqlite3_file* file) { return *reinterpret_cast<VfsFile*>(file); }
Disk& of(sqlite3_vfs* vfs) { return *static_cast<Disk*>(vfs->pAppData); }

}  // namespace

struct DiskVfs {
  static int close(sqlite3_file* f) { return of(f).disk->close(of(f).handle); }
  static int read(sqlite3_file* f, void* to, int amount, sqlite3_int64 offset) {
    return of(f).disk->read(of(f).handle, to, amount, offset);
  }
  static int write(sqlite3_file* f, const void* from, int amount, sqlite3_int64 offset) {
    return of(f).disk->write(of(f).handle, from, amount, offset);
  }
  static int truncate(sqlite3_file* f, sqlite3_int64 size) {
    return of(f).disk->truncate(of(f).handle, size);
  }
  static int sync(sqlite3_file* f, int) { return of(f).disk->sync(of(f).handle); }
  static int size(sqlite3_file* f, sqlite3_int64* size) {
    int64_t bytes = 0;
    int rc = of(f).disk->size(of(f).handle, &bytes);
    *size = bytes;
    return rc;
  }
  static int lock(sqlite3_file* f, int level) { return of(f).disk->lock(of(f).handle, level); }
  static int unlock(sqlite3_file* f, int level) { return of(f).disk->unlock(of(f).handle, level); }
  static int check_reserved(sqlite3_file*, int* held) {
    *held = 0;
    return SQLITE_OK;
  }
  static int control(sqlite3_file* f, int what, void* value) {
    if (what != SQLITE_FCNTL_LAST_ERRNO) return SQLITE_NOTFOUND;
    *static_cast<int*>(value) = of(f).disk->system_error();
    return SQLITE_OK;
  }
  static int sector_size(sqlite3_file*) { return 4096; }
  // What SQLite assumes of every disk on Linux: a write changes no byte beside it.
  static int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

  static int open(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* f, int flags, int* out) {
    static const sqlite3_io_methods methods = {
        1,       close,          read,    write,       truncate,        sync,    size,    lock,
        unlock,  check_reserved, control, sector_size, characteristics, nullptr, nullptr, nullptr,
        nullptr, nullptr,        nullptr};
    f->pMethods = nullptr;
    of(f).disk = &of(vfs);
    int rc = of(vfs).open(name, flags, out, &of(f).handle);
    if (rc == SQLITE_OK) f->pMethods = &methods;
    return rc;
  }
  static int remove(sqlite3_vfs* vfs, const char* name, int sync_directory) {
    return of(vfs).remove(name, sync_directory != 0);
  }
  static int access(sqlite3_vfs* vfs, const char* name, int, int* found) {
    return of(vfs).exists(name, found);
  }
  static int full_pathname(sqlite3_vfs*, const char* name, int size, char* to) {
    size_t length = std::strlen(name);
    if (length >= static_cast<size_t>(size)) return SQLITE_CANTOPEN;
    std::memcpy(to, name, length + 1);
    return SQLITE_OK;
  }
  static int randomness(sqlite3_vfs*, int amount, char* to) {
    std::memset(to, 42, static_cast<size_t>(amount));
    return amount;
  }
  static int sleep(sqlite3_vfs*, int microseconds) { return microseconds; }
  static int current_time(sqlite3_vfs*, double* days) {
    *days = 2460000.5;
    return SQLITE_OK;
  }
  static int current_time_ms(sqlite3_vfs*, sqlite3_int64* ms) {
    *ms = 2460000LL * 86400000 + 43200000;
    return SQLITE_OK;
  }
  static int last_error(sqlite3_vfs*, int, char*) { return 0; }
};

Disk::Disk(std::string name, uint64_t seed) : name_(std::move(name)), random_(seed) {
  vfs_.iVersion = 2;
  vfs_.szOsFile = sizeof(VfsFile);
  vfs_.mxPathname = 512;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = DiskVfs::open;
  vfs_.xDelete = DiskVfs::remove;
  vfs_.xAccess = DiskVfs::access;
  vfs_.xFullPathname = DiskVfs::full_pathname;
  vfs_.xRandomness = DiskVfs::randomness;
  vfs_.xSleep = DiskVfs::sleep;
  vfs_.xCurrentTime = DiskVfs::current_time;
  vfs_.xCurrentTimeInt64 = DiskVfs::current_time_ms;
  vfs_.xGetLastError = DiskVfs::last_error;
  PENTAD_ASSERT(sqlite3_vfs_register(&vfs_, 0) == SQLITE_OK, "SQLite takes another VFS");
}

Disk::~Disk() { sqlite3_vfs_unregister(&vfs_); }

}  // namespace pentad::sim
