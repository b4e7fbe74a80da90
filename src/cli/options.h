// What each command was asked to do: filled by grammar_*.cc, carried out by the functions in
// commands.h. Amounts and times are still as people wrote them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pentad::cli {

// Everything a job may be given on the command line; empty: not given.
struct JobOptions {
  std::vector<std::string> command;  // script and its arguments, or after -- a program and its own
  bool is_argv = false;              // came after --
  std::string as;                    // the scheduler whose script it is; empty: by its directives
  std::string app;
  std::vector<std::string> set;  // name=value of the application
  std::string name, user, project, qos;
  std::optional<int32_t> nodes, cores, devices;
  std::string memory, time, device_kind, device_share;
  std::vector<std::string> device_models, features, pools, licences;
  bool exclusive = false, hold = false, no_requeue = false, keep_impossible = false;
  std::optional<int64_t> reservation;
  std::string array, after, begin, deadline, warn, wish, precision, workload_class;
  std::string priority;
  std::vector<int32_t> requeue_codes;
  std::optional<int32_t> requeue_max;
  std::vector<std::string> env;
  bool export_env = false;
  std::string workdir, out, err, in, run_as;
  bool append = false;
  bool dry_run = false, wait = false;
  std::string key;  // idempotency key
};

struct QueueOptions {
  bool all = false;
  std::vector<std::string> state;
  std::string user, project, name, app, since, sort;
  int64_t limit = 0;  // 0: 50 for people, all for --json
};

struct LogOptions {
  std::string job;
  bool follow = false, errors = false;
  int32_t attempt = 0;
  int64_t tail = -1;
};

struct ManyOptions {
  std::vector<std::string> jobs;
  std::string user, project, name;
  std::vector<std::string> state;
  bool all = false, by_operator = false, hold = false;
};

struct NodeOptions {
  std::string node, state, reason;
};

struct ReservationOptions {
  std::string name, begin, end;
  std::vector<std::string> nodes, users, projects;
  int64_t id = 0;
};

struct HistoryOptions {
  std::string since, until;
  std::string output;  // empty or -: standard output
};

struct CertificateOptions {
  std::vector<std::string> hosts;
  std::string certificate, key;
  int days = 365;
};

// Of `pentad login`.
struct LoginOptions {
  std::string user, code;
  bool password_stdin = false, token_stdin = false;
};

// Of the nouns tenant, project, user, role, token and session.
struct PeopleOptions {
  std::string name, title, email, unix_user;
  std::string user, role, where, tenant;
  std::vector<std::string> scopes;
  int64_t days = 0;
  std::string code;
  bool no_password = false, password_stdin = false, forget_all = false;
  bool remove = false, reset = false;
};

struct UpOptions {
  bool detach = false;
  bool insecure_listen = false;
  std::string listen;
};

}  // namespace pentad::cli
