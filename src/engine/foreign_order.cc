#include "engine/foreign_order.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <numeric>

#include "base/reflect.h"
#include "dialect/run_end.h"
#include "dialect/run_environment.h"
#include "dialect/run_ids.h"

namespace pentad::engine {

namespace {

constexpr const char* kUsualShell = "/bin/sh";

bool is_pbs(Dialect dialect) { return dialect == Dialect::pbspro || dialect == Dialect::torque; }

Time now() {
  using namespace std::chrono;
  auto since = system_clock::now().time_since_epoch();
  return Time{duration_cast<std::chrono::milliseconds>(since).count()};
}

std::string name_of_group(gid_t gid) {
  std::array<char, 4096> buffer{};
  group entry{};
  group* found = nullptr;
  getgrgid_r(gid, &entry, buffer.data(), buffer.size(), &found);
  return found ? found->gr_name : "";
}

std::string quoted(const std::string& word) {
  std::string out = "'";
  for (char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// A shell named without folder is one of the system's.
std::string program_path(const std::string& name) {
  if (name.find('/') != name.npos) return name;
  for (const char* folder : {"/bin/", "/usr/bin/", "/usr/local/bin/"}) {
    if (access((folder + name).c_str(), X_OK) == 0) return folder + name;
  }
  return "/bin/" + name;
}

// With a dash in front of its name a shell reads what login shells read.
std::string login_name(const std::string& path) { return '-' + path.substr(path.rfind('/') + 1); }

std::vector<SignalText> as_text(const std::vector<dialect::SignalAt>& signals) {
  std::vector<SignalText> out;
  for (const dialect::SignalAt& s : signals) out.push_back({s.signal, s.after});
  return out;
}

}  // namespace

ForeignOrder::ForeignOrder(const LocalConfig& config, const Order& order, const User& user,
                           const Files& files, std::string cpus, std::vector<std::string> devices)
    : config_(config),
      order_(order),
      launch_(*order.payload->launch),
      user_(user),
      files_(files),
      directory_(job_directory(config.home, order.start.attempt.job)),
      cpus_(std::move(cpus)),
      devices_(std::move(devices)) {}

void ForeignOrder::choose_shell(const std::string& script, OrderText& text) const {
  const Payload& payload = *order_.payload;
  const bool is_interpreted = payload.script.starts_with("#!") && !launch_.ignores_interpreter;
  std::vector<std::string> shell = launch_.shell;
  const bool uses_login_shell = is_pbs(launch_.dialect) && !user_.shell.empty();
  if (shell.empty()) shell = {uses_login_shell ? user_.shell : kUsualShell};
  shell[0] = program_path(shell[0]);
  std::vector<std::string> words = {script};
  words.insert(words.end(), payload.script_args.begin(), payload.script_args.end());
  if (is_interpreted && !launch_.login_shell) {
    text.argv = std::move(words);
    return;
  }
  text.program = shell[0];
  // A login shell starts the script even if another shell reads it.
  if (is_interpreted || (launch_.login_shell && launch_.dialect == Dialect::lsf)) {
    if (!is_interpreted) words.insert(words.begin(), kUsualShell);
    std::string command = "exec";
    for (const std::string& word : words) command += ' ' + quoted(word);
    text.argv = {login_name(shell[0]), "-c", command};
    return;
  }
  text.argv = std::move(shell);
  if (launch_.login_shell) text.argv[0] = login_name(text.argv[0]);
  text.argv.insert(text.argv.end(), words.begin(), words.end());
}

// Its name can be guessed: somebody else's directory of that name must not get in the way.
std::string ForeignOrder::private_tmp(const std::string& queue) const {
  std::string path = dialect::tmp_directory(launch_, order_.start.attempt, queue);
  if (path.empty()) return path;
  std::replace(path.begin() + 5, path.end(), '/', '_');  // behind /tmp/
  struct stat info {};
  const bool is_taken =
      lstat(path.c_str(), &info) == 0 && (!S_ISDIR(info.st_mode) || info.st_uid != user_.uid);
  const AttemptId& attempt = order_.start.attempt;
  if (is_taken) path = fmt::format("{}/{}.{}.tmp", directory_, attempt.index, attempt.number);
  return path;
}

void ForeignOrder::fill_signals(OrderText& text) const {
  text.on_limit = as_text(dialect::limit_signals(launch_));
  text.on_stop = as_text(dialect::stop_signals(launch_));
  text.warn_hard = launch_.dialect == Dialect::sge;  // s_rt
  text.warn_first_only = launch_.warns_script_only;
}

Status ForeignOrder::fill(OrderText& text, std::map<std::string, std::string>& variables) const {
  const StartAttempt& start = order_.start;
  const std::string queue = dialect::run_queue(launch_, start.placement.pool);
  text.tmp = private_tmp(queue);
  fill_signals(text);
  // Slurm goes on in the file of a job that it has put back into the queue.
  if (launch_.dialect == Dialect::slurm && start.attempt.number > 1) text.append = true;
  dialect::RunFacts facts;
  facts.attempt = start.attempt;
  facts.start = now();
  facts.limit = start.limit;
  facts.job_name = start.name;
  facts.project = start.project;
  facts.user = user_.name.empty() ? start.user : user_.name;
  facts.home = user_.home;
  facts.shell = user_.shell;
  facts.uid = user_.uid;
  facts.gid = user_.gid;
  facts.group = name_of_group(user_.gid);
  facts.pool = start.placement.pool;
  facts.host = config_.node.name;
  for (const NodeShare& share : start.placement.nodes) facts.hosts.push_back(share.node);
  if (facts.hosts.empty()) facts.hosts.push_back(facts.host);
  facts.cores = std::max(1, start.placement.cores);
  facts.cpus = cpus_;
  facts.devices = devices_;
  facts.centre_home = config_.home;
  facts.shims = config_.shims;
  facts.job_directory = directory_;
  facts.workdir = files_.workdir;
  facts.script = directory_ + "/script";
  facts.stdout_path = files_.stdout_path;
  facts.stderr_path = files_.stderr_path;
  facts.stdin_path = files_.stdin_path;
  facts.tmp = text.tmp;
  dialect::RunEnvironment run = dialect::run_environment(launch_, facts, variables);
  for (auto& [name, value] : run.variables) variables[name] = std::move(value);
  for (const dialect::RunFile& file : run.files) {
    if (Status written = write(file.path, file.text); !written) return written;
  }
  return fill_after(queue, text);
}

Status ForeignOrder::fill_after(const std::string& queue, OrderText& text) const {
  if (config_.epilogue_path.empty()) return {};
  const StartAttempt& start = order_.start;
  dialect::AfterRun after;
  if (!files_.spooled_stdout.empty()) {
    text.stdout_path = files_.spooled_stdout;
    text.append = false;
    after.deliveries.push_back({files_.spooled_stdout, files_.stdout_path});
  }
  if (!files_.spooled_stderr.empty()) {
    text.stderr_path = files_.spooled_stderr;
    after.deliveries.push_back({files_.spooled_stderr, files_.stderr_path});
  }
  after.report = launch_.report;
  after.mail_events = launch_.mail_events;
  if (after.empty()) return {};
  std::optional<int64_t> index;
  if (launch_.array) index = start.attempt.index;
  after.dialect = launch_.dialect;
  after.identifier = dialect::job_identifier(launch_, start.attempt.job, index);
  after.job_name = start.name;
  after.user = user_.name.empty() ? start.user : user_.name;
  after.host = config_.node.name;
  after.queue = queue;
  after.submit_host = launch_.submit_host;
  after.home = user_.home;
  after.workdir = files_.workdir;
  const Payload& payload = *order_.payload;
  after.command =
      payload.script.empty() ? fmt::format("{}", fmt::join(payload.argv, " ")) : payload.script;
  after.stdout_path = files_.stdout_path;
  after.stderr_path = files_.stderr_path;
  after.mail_users = launch_.mail_users;
  std::string path = fmt::format("{}.{}.after", start.attempt.index, start.attempt.number);
  if (Status written = write(path, to_json(after)); !written) return written;
  text.after = {config_.epilogue_path, directory_ + '/' + path};
  return {};
}

// The directory is the user's, who may have put anything there.
Status ForeignOrder::write(const std::string& path, const std::string& bytes) const {
  const std::string full = directory_ + '/' + path;
  unlink(full.c_str());
  const int fd = open(full.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (fd >= 0 && user_.uid != geteuid() && fchown(fd, user_.uid, user_.gid) != 0) {
    const int error = errno;
    close(fd);
    return fail(ErrorCode::failed,
                fmt::format("cannot give the user {}: {}", full, std::strerror(error)), full);
  }
  size_t done = 0;
  while (fd >= 0 && done < bytes.size()) {
    const ssize_t n = ::write(fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;
    done += static_cast<size_t>(n);
  }
  const int error = errno;
  if (fd >= 0) close(fd);
  if (fd >= 0 && done == bytes.size()) return {};
  return fail(ErrorCode::failed, fmt::format("cannot write {}: {}", full, std::strerror(error)),
              full);
}

}  // namespace pentad::engine
