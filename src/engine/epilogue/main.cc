// pentad-epilogue FILE END: what follows the end of a job of another scheduler. FILE says what is
// to be done (AfterRun as JSON) and is removed; END is the body of the attempt's ended record. The
// supervisor runs it as the job's user; the first line it prints becomes part of the job's record.
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <sstream>
#include <vector>

#include "base/reflect.h"
#include "dialect/run_end.h"
#include "engine/control_file.h"

namespace pentad::engine {

namespace {

using Troubles = std::vector<std::string>;

class File {
 public:
  File(const std::string& path, int flags) : fd_(open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  explicit operator bool() const { return fd_ >= 0; }

  bool write_all(const char* bytes, size_t size) const {
    for (size_t done = 0; done < size;) {
      const ssize_t n = write(fd_, bytes + done, size - done);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return false;
      done += static_cast<size_t>(n);
    }
    return true;
  }
  bool copy_to(const File& to) const {
    std::vector<char> buffer(1 << 18);
    for (;;) {
      const ssize_t n = read(fd_, buffer.data(), buffer.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return n == 0;
      if (!to.write_all(buffer.data(), static_cast<size_t>(n))) return false;
    }
  }

 private:
  const int fd_;
};

void deliver(const dialect::Delivery& one, Troubles& troubles) {
  const File from(one.from, O_RDONLY | O_NOFOLLOW);
  if (!from) return;  // delivered before
  const File to(one.to, O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY);
  if (to && from.copy_to(to)) {
    unlink(one.from.c_str());
    return;
  }
  troubles.push_back(fmt::format("the output cannot be put into {}: {}; it is in {}", one.to,
                                 std::strerror(errno), one.from));
}

Duration utc_offset(Time time) {
  std::time_t at = time.value / 1000;
  std::tm local{};
  return localtime_r(&at, &local) ? seconds(local.tm_gmtoff) : Duration{};
}

void report(const dialect::AfterRun& run, const AttemptEnd& end, Troubles& troubles) {
  const std::string text = dialect::lsf_report(run, end, utc_offset(end.ended_at));
  const File to(run.stdout_path, O_WRONLY | O_APPEND | O_NOCTTY);
  if (to && to.write_all(text.data(), text.size())) return;
  troubles.push_back(
      fmt::format("the report cannot be put into {}: {}", run.stdout_path, std::strerror(errno)));
}

// No line of a header may hold another.
std::string one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return text;
}

// PENTAD_SENDMAIL: another program that takes a mail with -t -i.
std::string sendmail_path() {
  if (const char* told = std::getenv("PENTAD_SENDMAIL")) return told;
  for (const char* path : {"/usr/sbin/sendmail", "/usr/lib/sendmail", "/usr/bin/sendmail"}) {
    if (access(path, X_OK) == 0) return path;
  }
  return "";
}

// As much of what the job wrote as a mail carries, and a byte more where there is more.
std::string output_of(const dialect::AfterRun& run) {
  std::ifstream in(run.stdout_path, std::ios::binary);
  std::string text(dialect::kMostMailedBytes + 1, '\0');
  in.read(text.data(), std::ssize(text));
  text.resize(static_cast<size_t>(std::max<std::streamsize>(0, in.gcount())));
  return text;
}

void send(const dialect::Mail& mail, Troubles& troubles) {
  std::string program = sendmail_path();
  if (program.empty()) {
    return troubles.push_back("the mail about its end was not sent: there is no sendmail here");
  }
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[0], 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  std::string flags[] = {"-t", "-i"};
  char* argv[] = {program.data(), flags[0].data(), flags[1].data(), nullptr};
  pid_t pid = 0;
  const int error = posix_spawn(&pid, program.c_str(), &actions, nullptr, argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[0]);
  std::string text = fmt::format("To: {}\nSubject: {}\n\n{}\n",
                                 one_line(fmt::format("{}", fmt::join(mail.to, ", "))),
                                 one_line(mail.subject), mail.body);
  for (size_t done = 0; error == 0 && done < text.size();) {
    const ssize_t n = write(ends[1], text.data() + done, text.size() - done);
    if (n <= 0) break;
    done += static_cast<size_t>(n);
  }
  close(ends[1]);
  int status = 0;
  const bool sent = error == 0 && waitpid(pid, &status, 0) == pid && status == 0;
  if (!sent) troubles.push_back("the mail about its end was not taken by " + program);
}

int run(const std::string& path, const char* end_text) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  Result<dialect::AfterRun> after = from_json<dialect::AfterRun>(text.str());
  if (!after) {
    fmt::print("what follows the end cannot be read from {}\n", path);
    return 1;
  }
  const AttemptEnd end = parse_end(end_text);
  Troubles troubles;
  signal(SIGPIPE, SIG_IGN);  // a mail program that does not read to the end
  if (after->report == LaunchReport::output_file) report(*after, end, troubles);
  for (const dialect::Delivery& one : after->deliveries) deliver(one, troubles);
  const std::string output = after->report == LaunchReport::mail ? output_of(*after) : "";
  if (auto mail = dialect::end_mail(*after, end, utc_offset(end.ended_at), output)) {
    send(*mail, troubles);
  }
  unlink(path.c_str());
  if (!troubles.empty()) fmt::print("{}\n", one_line(fmt::format("{}", fmt::join(troubles, "; "))));
  return troubles.empty() ? 0 : 1;
}

}  // namespace

}  // namespace pentad::engine

int main(int argc, char** argv) {
  if (argc == 3) return pentad::engine::run(argv[1], argv[2]);
  fmt::print(stderr, "pentad-epilogue is started by pentad-supervisor only\n");
  return 64;
}
