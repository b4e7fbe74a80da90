#include "engine/local_fixture.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "engine/control_file.h"

namespace pentad::engine {

namespace {

// Long enough for the slowest machine; nothing is measured by it.
constexpr std::chrono::seconds kPatience{60};

}  // namespace

ScratchDir::ScratchDir() {
  char name[] = "/tmp/pentad-engine-XXXXXX";
  REQUIRE(mkdtemp(name) != nullptr);
  chmod(name, 0755);
  path_ = name;
}

ScratchDir::~ScratchDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

bool exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

bool eventually(const std::function<bool()>& condition) {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

bool process_with(const std::string& argument) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename();
    if (name[0] < '0' || name[0] > '9') continue;
    const std::string cmdline = read_file("/proc/" + name + "/cmdline");
    if (cmdline.find(argument) != std::string::npos) return true;
  }
  return false;
}

std::vector<GroupMode> group_modes() {
  if (geteuid() != 0) return {GroupMode::automatic};
  return {GroupMode::automatic, GroupMode::v1_only, GroupMode::v2_only, GroupMode::none};
}

TestJob TestJob::command(int64_t id, std::vector<std::string> argv) {
  Payload payload;
  payload.argv = std::move(argv);
  TestJob job;
  job.order.payload = std::make_shared<const Payload>(payload);
  job.order.start.attempt = {JobId{id}, 0, 1};
  job.order.start.name = "test";
  job.order.start.user = "tester";
  job.order.start.placement.cores = 1;
  job.order.start.limit = hours(1);
  return job;
}

TestJob TestJob::shell(int64_t id, const std::string& commands) {
  return command(id, {"/bin/sh", "-c", commands});
}

TestJob& TestJob::with(const std::function<void(Payload&)>& change) {
  Payload payload = *order.payload;
  change(payload);
  order.payload = std::make_shared<const Payload>(payload);
  return *this;
}

LocalFixture::LocalFixture(GroupMode groups) {
  config_.home = scratch_.path();
  config_.supervisor_path = scratch_ / "pentad-supervisor";
  // A copy, since an ordinary user may have no way to the build directory.
  const char* programs = std::getenv("PENTAD_TEST_UNPRIVILEGED");
  const std::string source = programs != nullptr ? programs + std::string("/pentad-supervisor")
                                                 : std::string(PENTAD_SUPERVISOR);
  std::filesystem::copy_file(source, config_.supervisor_path);
  config_.node.name = "here";
  config_.groups = groups;
  config_.grace = Duration{300};
  config_.idle_supervisors = 2;
  open();
}

LocalFixture::~LocalFixture() { close(); }

void LocalFixture::close() { engine_.reset(); }

void LocalFixture::open() {
  auto opened =
      LocalEngine::open(config_, [this](std::vector<Report> reports) { hear(std::move(reports)); });
  REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().message));
  engine_ = std::move(*opened);
}

void LocalFixture::hear(std::vector<Report> reports) {
  const std::lock_guard lock(mutex_);
  for (const Report& report : reports) {
    if (const auto* started = std::get_if<event::AttemptStarted>(&report)) {
      started_[started->attempt] = started->started_at;
    }
    if (const auto* ended = std::get_if<event::AttemptEnded>(&report)) {
      ended_[ended->attempt].push_back(ended->end);
    }
  }
  changed_.notify_all();
}

bool LocalFixture::wait_started(const AttemptId& id) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return started_.contains(id); });
}

AttemptEnd LocalFixture::wait_end(const AttemptId& id, bool forget) {
  std::unique_lock lock(mutex_);
  const bool there = changed_.wait_for(lock, kPatience, [&] { return ended_.contains(id); });
  REQUIRE_MESSAGE(there, "no end was reported");
  const AttemptEnd end = ended_[id].front();
  lock.unlock();
  if (forget) engine_->forget(id);
  return end;
}

AttemptEnd LocalFixture::run(const TestJob& job) {
  start(job);
  return wait_end(job.id());
}

int LocalFixture::ends_heard(const AttemptId& id) {
  const std::lock_guard lock(mutex_);
  const auto it = ended_.find(id);
  return it == ended_.end() ? 0 : static_cast<int>(it->second.size());
}

size_t LocalFixture::control_files() const {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(config_.home + "/attempts")) {
    count += parse_control_name(entry.path().filename().string()).has_value();
  }
  return count;
}

std::string LocalFixture::output(const TestJob& job) const {
  const AttemptId& id = job.id();
  return read_file(fmt::format("{}/jobs/{}/{}.{}.out", home(), id.job.value, id.index, id.number));
}

pid_t LocalFixture::supervisor_of(const AttemptId& id) const {
  const std::string name = control_name(id);
  const ControlFile file = parse_control_file(read_file(config_.home + "/attempts/" + name), name);
  return file.owner ? file.owner->pid : 0;
}

}  // namespace pentad::engine
