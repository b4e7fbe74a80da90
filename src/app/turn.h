// Of the daemons that share a home because their database is on a server, one works with it: its
// socket, its port, the processes of its jobs. Who decides, the database's lease says; whoever has
// just got that takes the turn here, and ends the process that had it before should it be stopped
// or stuck. A lease keeps that one from deciding, but not from starting once more what it decided
// before it was stopped.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"
#include "base/units.h"

namespace pentad::app {

// HOME/standby: there is a daemon, of the process whose number stands in it, that takes over when
// the one that decides ends. Clients that find nobody then ask again for a while.
class WaitingMark {
 public:
  WaitingMark() = default;
  WaitingMark(const WaitingMark&) = delete;
  WaitingMark& operator=(const WaitingMark&) = delete;
  ~WaitingMark() { remove(); }
  // Makes the file when there is none.
  void keep(const std::string& home);
  // Removes it if it is ours.
  void remove();

 private:
  std::string path_;
};

class Turn {
 public:
  // Waits `patience` for the process before to end by itself, if it runs, then kills it; jobs have
  // processes of their own. `database` is the identity of ours: of another's daemon nothing is
  // ended. Errors: unavailable, when it works for another database or cannot be ended.
  static Result<Turn> take(const std::string& home, const std::string& database, Duration patience);

  Turn() = default;
  Turn(Turn&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Turn& operator=(Turn&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Turn();

 private:
  int fd_ = -1;
};

}  // namespace pentad::app
