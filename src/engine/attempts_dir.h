// The directory of control files: the only thing that must survive a crash of the daemon.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/control_file.h"
#include "engine/supervisor_process.h"

namespace pentad::engine {

class AttemptsDir {
 public:
  // Makes HOME/attempts if needed. unavailable: another engine has it open.
  static Result<AttemptsDir> open(const std::string& home);

  int fd() const { return dir_.get(); }
  std::vector<AttemptId> list() const;

  // Makes a control file, whole at once. False: there is one already.
  Result<bool> create(const AttemptId& attempt, const std::string& order);
  // Of an attempt that is over. recycle() makes its file the spare of a later one: only for files
  // that no supervisor has open.
  void remove(const AttemptId& attempt);
  void recycle(const AttemptId& attempt);

  // missing: no such file. claimed: a supervisor has it and has not yet said so. running: a
  // supervisor has it. ended: its end is there. dead: a supervisor had it, and is gone without a
  // word. unstarted: nobody has run it; it has been voided and removed, so that nobody will.
  enum class State { missing, claimed, running, ended, dead, unstarted };
  struct Look {
    State state = State::missing;
    ControlFile file;
    std::string order;  // unstarted: the order record, if it was whole
  };
  // Reads a control file and finds out by its lock whether a supervisor is behind it.
  Look look(const AttemptId& attempt) const;

 private:
  std::string take_spare();
  void find_spares();

  Descriptor dir_;
  Descriptor lock_;
  // Names of files for use as control files. File systems are slow to give an inode again that has
  // just been freed: ext4 looks past every one of the last minute, a millisecond of CPU per file at
  // a thousand attempts a second.
  std::vector<std::string> spares_;
  int64_t next_spare_ = 1;
};

}  // namespace pentad::engine
