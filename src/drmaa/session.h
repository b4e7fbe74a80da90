// The one session of a process that has loaded libdrmaa, and its agent.
#pragma once

#include <sys/types.h>

#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "drmaa/wire.h"

namespace pentad::drmaa {

// One of DRMAA_ERRNO_ and, unless it is success, a sentence.
struct Outcome {
  int code = 0;
  std::string text;
  Message values;  // of a success
};

class Session {
 public:
  static Session& the();

  Outcome open(const std::string& contact);
  Outcome close();
  // A question for the agent; no_active_session without one.
  Outcome ask(const Message& question);
  Outcome is_open();
  std::string contact(), name();  // name: of the system behind it

  // Jobs run in this session that nobody has waited for.
  void add_jobs(const Message& ids);
  std::vector<std::string> jobs();
  // Takes it out; false when it has been waited for already. Jobs of others can be taken once.
  bool take_job(const std::string& id);
  bool was_taken(const std::string& id);

 private:
  Outcome exchange(const Message& question);  // under mutex_
  void stop_agent();

  std::mutex mutex_;
  int socket_ = -1;
  pid_t agent_ = 0, owner_ = 0;  // of the session: a child of fork() has none
  std::string contact_, system_;
  std::set<std::string> jobs_, taken_;
};

}  // namespace pentad::drmaa
