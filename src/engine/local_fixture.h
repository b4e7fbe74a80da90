// For tests of the local engine: a home of its own, real supervisors and processes, reports
// collected.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/local.h"

namespace pentad::engine {

// A directory that goes away with its contents.
class ScratchDir {
 public:
  ScratchDir();
  ~ScratchDir();
  ScratchDir(const ScratchDir&) = delete;
  ScratchDir& operator=(const ScratchDir&) = delete;
  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& text);
bool exists(const std::string& path);
// True once `condition` holds; false when it does not within a minute.
bool eventually(const std::function<bool()>& condition);
// Whether a process (no zombie) has this string among its arguments.
bool process_with(const std::string& argument);
// All that this user can try: an ordinary user has no control groups in any mode.
std::vector<GroupMode> group_modes();

struct TestJob {
  Order order;

  static TestJob shell(int64_t id, const std::string& commands);
  static TestJob command(int64_t id, std::vector<std::string> argv);
  // Changes the payload.
  TestJob& with(const std::function<void(Payload&)>& change);
  const AttemptId& id() const { return order.start.attempt; }
};

class LocalFixture {
 public:
  explicit LocalFixture(GroupMode groups = GroupMode::automatic);
  ~LocalFixture();

  // The daemon dies and comes back: the engine goes, attempts and supervisors stay.
  void close();
  void open();
  LocalEngine& engine() { return *engine_; }
  const std::string& home() const { return scratch_.path(); }
  LocalConfig& config() { return config_; }

  void start(const TestJob& job) { engine_->start(job.order); }
  bool wait_started(const AttemptId& id);
  // Waits for the end and forgets it.
  AttemptEnd wait_end(const AttemptId& id, bool forget = true);
  AttemptEnd run(const TestJob& job);
  int ends_heard(const AttemptId& id);
  size_t control_files() const;

  std::string output(const TestJob& job) const;
  // Number of the supervisor that has the attempt; 0 when there is none.
  pid_t supervisor_of(const AttemptId& id) const;

 private:
  void hear(std::vector<Report> reports);

  ScratchDir scratch_;
  LocalConfig config_;
  std::unique_ptr<LocalEngine> engine_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<AttemptId, Time> started_;
  std::map<AttemptId, std::vector<AttemptEnd>> ended_;
};

}  // namespace pentad::engine
