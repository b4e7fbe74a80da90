// A disk for tests that stops taking writes when told to: an SQLite VFS that hands everything on to
// the real one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace pentad::store::testing {

class FaultyDisk {
 public:
  enum class Fault { none, full, write_error, sync_error };

  FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;
  ~FaultyDisk();

  const std::string& name() const;  // for DatabaseOptions::vfs

  // After `operations` more writes, every further one fails so, until heal(). Of the first that
  // fails, half of its bytes arrive. sync_error lets writes through and fails syncs.
  void fail(Fault fault, int64_t operations);
  void heal();
  // True if something has failed since fail().
  bool has_failed() const;
  int64_t operations() const;  // writes, truncations and syncs so far

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace pentad::store::testing
