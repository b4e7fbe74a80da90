#include "engine/launch_order.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/hash.h"
#include "engine/foreign_order.h"

namespace pentad::engine {

namespace {

constexpr size_t kMaxPrepared = 4096;
constexpr const char* kDefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

tl::unexpected<Error> cannot(const char* what, const std::string& path) {
  const ErrorCode code =
      errno == ENOSPC || errno == EDQUOT ? ErrorCode::disk_full : ErrorCode::failed;
  return fail(code, fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)), path);
}

bool has_zero(const std::string& text) { return text.find('\0') != std::string::npos; }

bool has_clean_words(const Launch& launch) {
  const auto clean = [](const auto& words) { return std::ranges::none_of(words, has_zero); };
  return clean(launch.shell) && clean(std::vector{launch.queue, launch.server});
}

bool is_variable_name(const std::string& name) {
  return !name.empty() && name.find('=') == std::string::npos && !has_zero(name);
}

// Programs that use select() rely on the usual soft limit; a daemon that has raised its own must
// not pass that on. They may raise it themselves up to the hard one.
LimitText open_files_limit() {
  constexpr rlim_t kUsualSoft = 1024;
  rlimit own{};
  getrlimit(RLIMIT_NOFILE, &own);
  return {RLIMIT_NOFILE, static_cast<int64_t>(std::min(own.rlim_max, kUsualSoft)),
          static_cast<int64_t>(own.rlim_max)};
}

Status write_all(int fd, const std::string& bytes, const std::string& path) {
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t n = write(fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return cannot("write", path);
    done += static_cast<size_t>(n);
  }
  return {};
}

}  // namespace

std::string attempt_mark(const std::string& home, const AttemptId& attempt) {
  return fmt::format("{:016x}-{}", Hasher().add(home).digest(), control_name(attempt));
}

OrderMaker::OrderMaker(const LocalConfig& config) : config_(config), self_(current_user()) {}

// What no operating system could be told.
Status OrderMaker::check(const Order& order) const {
  const Payload& payload = *order.payload;
  for (const auto* list : {&payload.argv, &payload.script_args}) {
    for (const std::string& arg : *list) {
      if (has_zero(arg)) return fail(ErrorCode::invalid, "an argument holds a zero byte");
    }
  }
  for (const auto& [name, value] : payload.environment) {
    if (!is_variable_name(name) || has_zero(value)) {
      return fail(ErrorCode::invalid, fmt::format("environment variable {:?} cannot be set", name));
    }
  }
  for (const std::string* path :
       {&payload.workdir, &payload.stdin_path, &payload.stdout_path, &payload.stderr_path}) {
    if (has_zero(*path)) return fail(ErrorCode::invalid, "a path holds a zero byte");
  }
  if (payload.launch && !has_clean_words(*payload.launch)) {
    return fail(ErrorCode::invalid, "what its script expects at run time holds a zero byte");
  }
  if (payload.script.empty() && payload.argv.empty()) {
    return fail(ErrorCode::invalid, "the job has neither a script nor a command");
  }
  return {};
}

// As whom a job runs: the Unix user of its submitter, else whom the payload names, else the
// daemon's own. Nobody runs as root unless the configuration says so, and nobody's job as somebody
// else.
Status OrderMaker::choose_user(const Order& order, OrderText& text, User& user) {
  user = self_;
  const bool is_mapped = !order.unix_user.empty();
  const std::string& name = is_mapped ? order.unix_user : order.payload->run_as;
  if (!name.empty() && name != self_.name) {
    Result<User> found = users_.find(name);
    const bool is_unknown = !found && found.error().code == ErrorCode::not_found;
    const bool may_stay = is_unknown && order.unix_user_is_assumed && config_.allow_root;
    if (!found && !may_stay) {
      if (!is_unknown || !is_mapped) return tl::unexpected(found.error());
      return fail(ErrorCode::not_found,
                  fmt::format("{} has no Unix user here ({} is none): the operator can name one",
                              order.start.user, name));
    }
    if (found && self_.uid != 0) {
      return fail(ErrorCode::unsupported,
                  fmt::format("cannot run as {}: the centre does not run as root, and jobs only as "
                              "its own user {}",
                              name, self_.name));
    }
    if (found) user = std::move(*found);
  }
  if (user.uid == 0 && !config_.allow_root) {
    return fail(ErrorCode::unsupported,
                fmt::format("no job runs as root here: the operator names a Unix user for {}",
                            order.start.user));
  }
  if (user.uid == self_.uid && user.gid == self_.gid) return {};
  text.switch_user = true;
  text.uid = user.uid;
  text.gid = user.gid;
  text.groups = user.groups;
  return {};
}

// Others than the job's user cannot look into it.
Status OrderMaker::make_directory(JobId job, const User& user) {
  if (prepared_.contains(job)) return {};
  const std::string dir = job_directory(config_.home, job);
  if (mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST) return cannot("make the directory", dir);
  const int fd = open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  struct stat info {};
  if (fd < 0 || fstat(fd, &info) != 0) return cannot("open the directory", dir);
  Status status;
  const bool is_ours = info.st_uid == self_.uid;  // fresh, or from a start that got no further
  if (info.st_uid != user.uid && !is_ours) {
    status = fail(ErrorCode::failed,
                  fmt::format("{} belongs to another user than {}: a job keeps the Unix user it "
                              "began with",
                              dir, user.name),
                  dir);
  } else if (info.st_uid != user.uid && fchown(fd, user.uid, user.gid) != 0) {
    status = cannot("give the user the directory", dir);
  }
  close(fd);
  return status;
}

// Under another name first: a script that is there is there wholly. The directory is the user's,
// who may have put anything there: nothing is followed or written over.
Result<std::string> OrderMaker::write_script(const Order& order, const User& user) {
  const JobId job = order.start.attempt.job;
  const std::string path = job_directory(config_.home, job) + "/script";
  if (prepared_.contains(job) || access(path.c_str(), F_OK) == 0) return path;
  const std::string draft = path + ".new";
  unlink(draft.c_str());
  const int fd = open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0700);
  if (fd < 0) return cannot("write", draft);
  Status written = write_all(fd, order.payload->script, draft);
  if (written && user.uid != self_.uid && fchown(fd, user.uid, user.gid) != 0) {
    written = cannot("give the user", draft);
  }
  fchmod(fd, 0700);
  close(fd);
  if (!written) return tl::unexpected(written.error());
  if (rename(draft.c_str(), path.c_str()) != 0) return cannot("write", path);
  return path;
}

// Devices that the job does not have are hidden by an empty list.
void OrderMaker::add_devices(const Placement& placement,
                             std::map<std::string, std::string>& all) const {
  const auto& devices = config_.machine.devices;
  for (const VisibleDevice& device : devices) all[device.variable].clear();
  if (placement.nodes.empty()) return;
  for (const int32_t position : placement.nodes[0].devices) {
    if (position < 0 || static_cast<size_t>(position) >= devices.size()) continue;
    const VisibleDevice& device = devices[static_cast<size_t>(position)];
    std::string& list = all[device.variable];
    list += (list.empty() ? "" : ",") + device.id;
  }
}

std::vector<std::string> OrderMaker::device_ids(const Placement& placement) const {
  std::vector<std::string> ids;
  if (placement.nodes.empty()) return ids;
  const auto& devices = config_.machine.devices;
  for (const int32_t position : placement.nodes[0].devices) {
    if (position < 0 || static_cast<size_t>(position) >= devices.size()) continue;
    ids.push_back(devices[static_cast<size_t>(position)].id);
  }
  return ids;
}

Status OrderMaker::fill_environment(const Order& order, const User& user, const Files& files,
                                    const std::string& cpus, OrderText& text) const {
  const StartAttempt& start = order.start;
  std::map<std::string, std::string> all = order.payload->environment;
  all.try_emplace("PATH", kDefaultPath);
  if (!user.name.empty()) {
    all.try_emplace("HOME", user.home);
    all.try_emplace("USER", user.name);
    all.try_emplace("LOGNAME", user.name);
    all.try_emplace("SHELL", user.shell.empty() ? "/bin/sh" : user.shell);
  }
  add_devices(start.placement, all);
  if (order.payload->launch) {
    const ForeignOrder foreign(config_, order, user, files, cpus, device_ids(start.placement));
    if (Status filled = foreign.fill(text, all); !filled) return filled;
  } else {
    // Libraries would take a thread for each core of the machine, not of the job.
    all.try_emplace("OMP_NUM_THREADS", fmt::format("{}", std::max(1, start.placement.cores)));
  }
  std::vector<std::string> nodes;
  for (const NodeShare& share : start.placement.nodes) nodes.push_back(share.node);
  all["PENTAD_NODES"] = fmt::format("{}", fmt::join(nodes, ","));
  if (!start.placement.nodes.empty()) {
    all["PENTAD_DEVICES"] = fmt::format("{}", fmt::join(start.placement.nodes[0].devices, ","));
  }
  all["PENTAD_PROJECT"] = start.project;
  all["PENTAD_JOB_ID"] = fmt::format("{}", start.attempt.job.value);
  all["PENTAD_ARRAY_INDEX"] = fmt::format("{}", start.attempt.index);
  all["PENTAD_ATTEMPT_NUMBER"] = fmt::format("{}", start.attempt.number);
  all["PENTAD_JOB_NAME"] = start.name;
  all["PENTAD_JOB_DIR"] = job_directory(config_.home, start.attempt.job);
  all["PENTAD_NODE"] = config_.node.name;
  all["PENTAD_CORES"] = fmt::format("{}", start.placement.cores);
  all["PENTAD_CPUS"] = cpus;
  all["PENTAD_MEMORY_BYTES"] = fmt::format("{}", start.placement.memory.value);
  all[kMarkVariable] = attempt_mark(config_.home, start.attempt);
  for (auto& [name, value] : all) {
    if (!is_variable_name(name)) continue;  // a launch may bring any
    // A name of ours may hold a zero byte that no environment can.
    text.environment.push_back(name + "=" + value.substr(0, value.find('\0')));
  }
  return {};
}

Result<OrderText> OrderMaker::make(const Order& order, const std::string& cpus) {
  OrderText text;
  User user;
  Status status = check(order);
  if (status) status = choose_user(order, text, user);
  if (status) status = make_directory(order.start.attempt.job, user);
  if (!status) return tl::unexpected(status.error());
  const StartAttempt& start = order.start;
  const Payload& payload = *order.payload;
  const Names names{start.attempt, start.name, start.user, config_.node.name};
  const Files files = attempt_files(config_.home, names, payload);
  text.attempt = control_name(start.attempt);
  if (payload.script.empty()) {
    text.argv = payload.argv;
  } else {
    Result<std::string> script = write_script(order, user);
    if (!script) return tl::unexpected(script.error());
    if (payload.launch) {
      ForeignOrder(config_, order, user, files, cpus, {}).choose_shell(*script, text);
    } else {
      if (!payload.script.starts_with("#!")) text.argv.push_back("/bin/sh");
      text.argv.push_back(*script);
      text.argv.insert(text.argv.end(), payload.script_args.begin(), payload.script_args.end());
    }
  }
  if (prepared_.size() >= kMaxPrepared) prepared_.clear();
  prepared_.insert(start.attempt.job);
  text.workdir = files.workdir;
  text.stdin_path = files.stdin_path;
  text.stdout_path = files.stdout_path;
  text.stderr_path = files.stderr_path;
  text.append = payload.append_output;
  text.umask = payload.umask & 0777;
  text.limits = {open_files_limit(), {RLIMIT_CORE, 0, 0}};
  text.no_new_privileges = config_.no_new_privileges || text.switch_user;
  text.cpus = cpus;
  text.memory = std::max(start.placement.memory, Bytes{0});
  text.limit = std::max(start.limit, Duration{0});
  text.grace = config_.grace;
  if (start.warning) {
    text.warn_signal = start.warning->signal;
    text.warn_lead = start.warning->lead;
  }
  if (Status filled = fill_environment(order, user, files, cpus, text); !filled) {
    return tl::unexpected(filled.error());
  }
  return text;
}

}  // namespace pentad::engine
