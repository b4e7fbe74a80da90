#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "app/offline.h"
#include "base/reflect.h"
#include "store/backup.h"
#include "store/lock_file.h"

namespace pentad::app {

namespace {

namespace fs = std::filesystem;

constexpr int kInterrupted = 130;
constexpr size_t kMostNamed = 5;

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

// Ctrl-C and kill end the work in order.
void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = true; };
  action.sa_flags = SA_RESETHAND;
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on files is like a full disk
}

store::WorkProgress progress(const char* what) {
  return [what](int64_t done, int64_t total) -> Status {
    if (interrupted) return fail(ErrorCode::failed, "stopped: nothing was changed");
    show_progress(what, done, total);
    return {};
  };
}

int64_t now_ms() {
  auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

struct BackupAnswer {
  std::string file;
  int64_t last_event = 0;
  std::string head;
  int64_t last_job = 0;
  int64_t rows = 0;
  int64_t bytes = 0;
  int64_t made_at_ms = 0;
  std::string put_aside;  // directory; of a restore
};
BOOST_DESCRIBE_STRUCT(BackupAnswer, (),
                      (file, last_event, head, last_job, rows, bytes, made_at_ms, put_aside))

BackupAnswer answer_of(const std::string& file, const store::BackupReport& r) {
  return {file, r.last_event, r.chain, r.last_job, r.rows, r.bytes, r.made.value, ""};
}

int give_up(const Error& error) {
  end_progress();
  const int code = complain(error);
  return interrupted ? kInterrupted : code;
}

// The job that a file or directory of the home belongs to: "17", "17_0.1".
std::optional<int64_t> job_of(std::string_view name) {
  int64_t job = 0;
  auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), job);
  const bool ends = end == name.data() + name.size() || *end == '_';
  return error == std::errc{} && ends ? std::optional(job) : std::nullopt;
}

// Things of jobs behind `last_job` in a directory of the home.
std::vector<fs::path> later_than(int64_t last_job, const fs::path& directory) {
  std::vector<fs::path> found;
  std::error_code ignored;
  for (fs::directory_iterator it(directory, ignored), end; it != end; it.increment(ignored)) {
    const std::optional<int64_t> job = job_of(it->path().filename().string());
    if (job && *job > last_job) found.push_back(it->path());
  }
  return found;
}

// A supervisor holds the lock of its control file as long as it works.
bool is_locked(const fs::path& file) {
  int fd = open(file.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return false;
  const bool locked = flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  close(fd);
  return locked;
}

// Numbers of jobs are given out again after a restore: what still runs under one would be taken for
// the new job.
Status check_running(const std::string& home, int64_t last_job) {
  std::vector<std::string> running;
  for (const fs::path& file : later_than(last_job, home + "/attempts")) {
    if (is_locked(file)) running.push_back(file.filename().string());
  }
  if (running.empty()) return {};
  const size_t count = running.size();
  running.resize(std::min(count, kMostNamed));
  return fail(
      ErrorCode::unavailable,
      fmt::format("{} attempts of jobs that the backup does not know still run here ({}{}): "
                  "end them, or restore into another home; nothing was changed",
                  count, fmt::join(running, ", "), count > kMostNamed ? ", ..." : ""),
      home);
}

// So that no later job finds, or shows, what an earlier one of its number left.
Result<std::string> put_aside(const std::string& home, int64_t last_job) {
  const fs::path aside = fmt::format("{}/replaced-{}", home, now_ms());
  bool is_used = false;
  std::error_code error;
  for (const char* name : {"attempts", "jobs"}) {
    for (const fs::path& thing : later_than(last_job, fs::path(home) / name)) {
      fs::create_directories(aside / name, error);
      if (!is_used) ::chmod(aside.c_str(), 0700);
      is_used = true;
      fs::rename(thing, aside / name / thing.filename(), error);
      if (error) {
        return fail(ErrorCode::failed, "cannot be put aside: " + error.message(), thing.string());
      }
    }
  }
  return is_used ? aside.string() : "";
}

// Like the daemon makes it.
Status make_home(const std::string& home) {
  std::error_code error;
  const bool is_new = fs::create_directories(home, error);
  if (error) return fail(ErrorCode::failed, "cannot be made: " + error.message(), home);
  if (is_new && geteuid() == 0) ::chmod(home.c_str(), 0711);
  return {};
}

}  // namespace

int backup(const OfflineOptions& options, const std::string& file, bool replace) {
  Result<store::Database> database = open_for_reading(options.home);
  if (!database) return complain(database.error());
  catch_interrupts();
  Result<store::BackupReport> report =
      store::write_backup(*database, file, {Time{now_ms()}, replace, progress("rows:")});
  if (!report) return give_up(report.error());
  end_progress();
  const BackupAnswer a = answer_of(file, *report);
  if (options.json) {
    fmt::print("{}\n", to_json(a));
    return 0;
  }
  fmt::print(
      "{}: all up to event {}, {} rows, {} bytes; it holds what people need to sign in and what "
      "jobs run: keep it as safe as the centre\nhead of the audit log: {}\n",
      a.file, a.last_event, a.rows, a.bytes, a.head);
  return 0;
}

int restore(const OfflineOptions& options, const std::string& file, bool replace) {
  if (Status made = make_home(options.home); !made) return complain(made.error());
  Result<store::LockFile> lock = store::LockFile::acquire(options.home + "/pentad.pid");
  if (!lock) return complain(lock.error());
  Result<store::DatabaseOptions> where = database_of(options.home);
  if (!where) return complain(where.error());
  catch_interrupts();
  store::RestoreOptions how{*where, replace, {}, progress("bytes:")};
  how.approve = [&](const store::BackupReport& report) {
    return check_running(options.home, report.last_job);
  };
  Result<store::BackupReport> report = store::restore_backup(file, how);
  if (!report) return give_up(report.error());
  end_progress();
  BackupAnswer a = answer_of(file, *report);
  Result<std::string> aside = put_aside(options.home, report->last_job);
  if (!aside) return complain(aside.error());
  a.put_aside = *aside;
  if (options.json) {
    fmt::print("{}\n", to_json(a));
    return 0;
  }
  fmt::print("restored up to event {}, {} rows; `pentad up` goes on from there\n", a.last_event,
             a.rows);
  if (!a.put_aside.empty()) {
    fmt::print("what jobs behind number {} left here is in {}: their numbers will be given again\n",
               a.last_job, a.put_aside);
  }
  return 0;
}

}  // namespace pentad::app
