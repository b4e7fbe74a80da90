#include "cli/submission.h"

#include <fmt/format.h>
#include <signal.h>
#include <sodium.h>

#include <charconv>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "cli/dependency.h"
#include "cli/foreign.h"
#include "cli/session.h"
#include "cli/site_profile.h"
#include "cli/table.h"
#include "cli/units.h"

extern char** environ;

namespace pentad::cli {

namespace {

[[noreturn]] void usage(const std::string& message) { throw CommandError(kUsage, message); }

template <class T>
T value_of(const Result<T>& result, const char* option) {
  if (!result) usage(fmt::format("{}: {}", option, result.error().message));
  return *result;
}

int32_t number_of(std::string_view text, const char* option) {
  int32_t value = 0;
  std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc::result_out_of_range) {
    usage(fmt::format("{}: {} is too large a number", option, printable(text)));
  }
  if (error != std::errc() || end != digits.data() + digits.size()) {
    usage(fmt::format("{}: `{}` is no whole number", option, printable(text)));
  }
  return value;
}

template <class E>
E enumerator(const std::string& text, const char* option) {
  E value{};
  if (boost::describe::enum_from_string(text.c_str(), value)) return value;
  std::string names;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
      [&](auto d) { names += (names.empty() ? "" : ", ") + std::string(d.name); });
  usage(fmt::format("{}: `{}` is none of {}", option, printable(text), names));
}

Time now() {
  auto since = std::chrono::system_clock::now().time_since_epoch();
  return Time{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

int64_t limit_seconds(const std::string& text) {
  Duration limit = value_of(parse_duration(text), "--time");
  if (limit < milliseconds(1)) usage("--time: a job needs more than no time");
  return (limit.value + 999) / 1000;
}

std::pair<std::string, std::string> name_and_value(const std::string& text, const char* option) {
  size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    usage(fmt::format("{}: `{}` should be name=value", option, printable(text)));
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

// A value of an application as JSON: numbers, true and false as they are, all else text. The
// application's description decides what it takes.
JsonText parameter(const std::string& text) {
  bool literal = text == "true" || text == "false";
  double number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool numeric = error == std::errc() && end == text.data() + text.size() && !text.empty();
  bool json_number = numeric && from_json<double>(text).has_value();
  return JsonText{literal || json_number ? text : to_json(text)};
}

std::string read_script(const std::string& path) {
  std::stringstream bytes;
  if (path == "-") {
    bytes << std::cin.rdbuf();
    return bytes.str();
  }
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    throw CommandError(kFailed, fmt::format("{} is a directory, not a script", printable(path)));
  }
  uintmax_t size = std::filesystem::file_size(path, error);
  if (!error && size > api::kMaxScriptBytes) {
    throw CommandError(kRefused,
                       fmt::format("{} has {}; a script may have {}: keep data in files beside it",
                                   printable(path), format_bytes(Bytes{static_cast<int64_t>(size)}),
                                   format_bytes(Bytes{api::kMaxScriptBytes})));
  }
  std::ifstream in(path, std::ios::binary);
  if (!in || !(bytes << in.rdbuf())) {
    throw CommandError(kFailed,
                       fmt::format("cannot read {}: {}{}", printable(path), strerror(errno),
                                   "; to run a program, put -- before it"));
  }
  return bytes.str();
}

bool is_text(const std::string& bytes) {
  if (bytes.find('\0') != bytes.npos) return false;
  Result<std::string> again = from_json<std::string>(to_json(bytes));  // mends what is not UTF-8
  return again && *again == bytes;
}

// The centre takes text only: other bytes would reach the job as something else.
const std::string& text_only(const std::string& text, const char* option) {
  if (is_text(text)) return text;
  usage(fmt::format("{}: `{}` is not UTF-8; a script may hold any bytes", option, printable(text)));
}

std::string base64(const std::string& bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), kVariant);
  text.pop_back();  // its terminating NUL
  return text;
}

void fill_devices(const JobOptions& o, api::Resources& r) {
  if (o.devices == 0) {
    r.devices = api::Devices{};
    return;
  }
  bool any = o.devices || !o.device_models.empty() || !o.device_kind.empty();
  if (!any && o.device_share.empty()) return;
  api::Devices d;
  d.count = o.devices.value_or(1);
  d.models = o.device_models;
  if (!o.device_kind.empty()) {
    d.kind = enumerator<DeviceKind>(o.device_kind, "--device-kind");
  } else if (d.models.empty()) {
    d.kind = DeviceKind::gpu;
  }
  if (!o.device_share.empty()) {
    std::string text = o.device_share;
    bool percent = text.ends_with('%');
    if (percent) text.pop_back();
    int32_t share = number_of(text, "--device-share");
    int32_t most = percent ? 100 : 1000;
    if (share < 1 || share > most) {
      usage(fmt::format("--device-share: from 1{0} to {1}{0} of each device", percent ? "%" : "",
                        most));
    }
    d.share_milli = percent ? share * 10 : share;
  }
  r.devices = d;
}

void fill_resources(const JobOptions& o, api::Resources& r) {
  if (o.nodes) r.nodes = o.nodes;
  if (o.cores) r.cores = o.cores;
  if (!o.memory.empty()) r.memory_bytes = value_of(parse_bytes(o.memory), "--memory").value;
  if (o.exclusive) r.exclusive = true;
  if (!o.features.empty()) r.features = o.features;
  if (!o.pools.empty()) r.pools = o.pools;
  if (o.reservation) r.reservation = o.reservation;
  if (!o.licences.empty()) r.licences.clear();
  for (const std::string& text : o.licences) {
    size_t colon = text.find(':');
    int32_t count = colon == text.npos ? 1 : number_of(text.substr(colon + 1), "--licence");
    r.licences.push_back({text_only(text.substr(0, colon), "--licence"), count});
  }
  fill_devices(o, r);
}

api::JobWarning warning(const std::string& text) {
  api::JobWarning w;
  size_t at = text.find('@');
  std::string name = text.substr(0, at);
  if (!name.empty() && name.find_first_not_of("0123456789") == name.npos) {
    w.signal = number_of(name, "--warn");
  } else {
    if (name.starts_with("SIG")) name.erase(0, 3);
    for (w.signal = 64; w.signal > 0; --w.signal) {
      const char* known = sigabbrev_np(w.signal);
      if (known && name == known) break;
    }
    if (w.signal == 0) usage(fmt::format("--warn: there is no signal `{}`", printable(name)));
  }
  if (at != text.npos) {
    w.lead_s = value_of(parse_duration(text.substr(at + 1)), "--warn").value / 1000;
  }
  return w;
}

api::JobArray array(const std::string& text) {
  size_t percent = text.find('%');
  api::JobArray a{text.substr(0, percent), 0};
  if (percent != text.npos) {
    a.max_running = number_of(text.substr(percent + 1), "--array");
  }
  return a;
}

std::string absolute(const std::string& path, const char* option) {
  text_only(path, option);
  return path.empty() ? "" : std::filesystem::absolute(path).lexically_normal().string();
}

// What a person did not say stays as the script of another scheduler said it.
void take(std::string given, std::string& to) {
  if (!given.empty()) to = std::move(given);
}

void fill_environment(const JobOptions& o, api::JobSubmission& s) {
  for (char** entry = environ; o.export_env && *entry; ++entry) {
    std::string text(*entry);
    size_t equals = text.find('=');
    if (equals == text.npos || equals == 0) continue;
    std::string name = text.substr(0, equals);
    if (is_text(text)) {
      s.environment[name] = text.substr(equals + 1);
    } else {
      fmt::print(stderr, "pentad: the variable {} is not UTF-8: left out\n", printable(name));
    }
  }
  for (const std::string& text : o.env) {
    auto [name, value] = name_and_value(text_only(text, "--env"), "--env");
    s.environment[name] = value;
  }
}

// A script with the directives of another scheduler is that one's.
void fill_script(Session& session, const JobOptions& o, api::JobSubmission& s) {
  std::string script = read_script(o.command[0]);
  std::vector<std::string> arguments(o.command.begin() + 1, o.command.end());
  for (const std::string& word : arguments) text_only(word, "the script's arguments");
  std::string name = std::filesystem::path(o.command[0]).filename().string();
  if (o.command[0] == "-" || !is_text(name)) name.clear();
  Result<dialect::SiteProfile> site = read_site_profile("", session.globals().home);
  if (!site) throw CommandError(kFailed, printable(site.error().message));
  std::optional<dialect::Detection> as = foreign_dialect(o.as, script, *site);
  if (as) {
    dialect::Source source;
    source.script = script;
    source.script_name = name;
    source.script_args = std::move(arguments);
    s = submission_of_foreign(session, source, *as, *site);
    return;
  }
  set_script(s, std::move(script));
  s.args = std::move(arguments);
  if (!name.empty()) s.name = name;
}

void fill_payload(Session& session, const JobOptions& o, api::JobSubmission& s) {
  if (!o.app.empty()) {
    if (!o.command.empty()) usage("give either --app or a script, not both");
    s.app = o.app;
    for (const std::string& text : o.set) {
      auto [name, value] = name_and_value(text, "--set");
      s.parameters[text_only(name, "--set")] = parameter(text_only(value, "--set"));
    }
  } else if (o.command.empty()) {
    usage("nothing to run: give a script, - for standard input, `-- program arguments` or --app");
  } else if (o.is_argv) {
    for (const std::string& word : o.command) s.argv.push_back(text_only(word, "the program"));
  } else {
    fill_script(session, o, s);
  }
  fill_environment(o, s);
  bool own_directory = o.workdir.empty() && (!o.app.empty() || s.launch);
  if (!own_directory) s.workdir = absolute(o.workdir.empty() ? "." : o.workdir, "--workdir");
  if (s.workdir.size() > 1 && s.workdir.ends_with('/')) s.workdir.pop_back();
  take(absolute(o.out, "--output"), s.stdout_path);
  take(absolute(o.err, "--error"), s.stderr_path);
  take(absolute(o.in, "--input"), s.stdin_path);
  s.append_output = s.append_output || o.append;
  take(text_only(o.run_as, "--run-as"), s.run_as);
}

}  // namespace

void set_script(api::JobSubmission& submission, std::string bytes) {
  if (is_text(bytes)) {
    submission.script = std::move(bytes);
  } else {
    submission.script_base64 = base64(bytes);
  }
}

api::JobSubmission to_submission(Session& session, const JobOptions& o) {
  api::JobSubmission s;
  fill_payload(session, o, s);
  if (!o.name.empty()) s.name = text_only(o.name, "--name");
  take(text_only(o.user, "--user"), s.user);
  take(text_only(o.project, "--project"), s.project);
  take(text_only(o.qos, "--qos"), s.qos);
  fill_resources(o, s.resources);
  if (!o.time.empty()) s.limit_s = limit_seconds(o.time);
  if (!o.priority.empty()) s.priority = number_of(o.priority, "--priority");
  if (!o.begin.empty()) s.begin_at_ms = value_of(parse_time(o.begin, now()), "--begin").value;
  if (!o.deadline.empty()) {
    s.deadline_at_ms = value_of(parse_time(o.deadline, now()), "--deadline").value;
  }
  s.hold = s.hold || o.hold;
  if (!o.array.empty()) s.array = array(o.array);
  if (!o.after.empty()) s.dependency = value_of(parse_dependency(o.after), "--after");
  if (o.keep_impossible) s.impossible_dependency = ImpossibleDependency::keep;
  if (o.no_requeue) s.requeue.on_node_failure = false;
  if (!o.requeue_codes.empty()) s.requeue.exit_codes = o.requeue_codes;
  if (o.requeue_max) s.requeue.max = *o.requeue_max;
  if (!o.warn.empty()) s.warning = warning(o.warn);
  if (!o.wish.empty()) s.wish = enumerator<Wish>(o.wish, "--wish");
  if (!o.precision.empty()) s.precision = enumerator<Precision>(o.precision, "--precision");
  if (!o.workload_class.empty()) {
    s.workload_class = enumerator<WorkloadClass>(o.workload_class, "--class");
  }
  return s;
}

api::JobChange to_change(const JobOptions& o, const api::Resources& present) {
  api::JobChange c;
  if (!o.name.empty()) c.name = text_only(o.name, "--name");
  if (!o.project.empty()) c.project = text_only(o.project, "--project");
  if (!o.qos.empty()) c.qos = o.qos;
  api::Resources resources = present;
  fill_resources(o, resources);
  if (!(resources == present)) c.resources = resources;
  if (!o.time.empty()) c.limit_s = limit_seconds(o.time);
  if (!o.priority.empty()) c.priority = number_of(o.priority, "--priority");
  auto time = [&](const std::string& text, const char* option, api::Clearable what,
                  std::optional<int64_t>& to) {
    if (text.empty()) return;
    if (text == "none") return c.clear.push_back(what);
    to = value_of(parse_time(text, now()), option).value;
  };
  time(o.begin, "--begin", api::Clearable::begin, c.begin_at_ms);
  time(o.deadline, "--deadline", api::Clearable::deadline, c.deadline_at_ms);
  if (o.after == "none") {
    c.clear.push_back(api::Clearable::dependency);
  } else if (!o.after.empty()) {
    c.dependency = value_of(parse_dependency(o.after), "--after");
  }
  if (o.array.starts_with('%')) {
    c.max_running = number_of(o.array.substr(1), "--array");
  } else if (!o.array.empty()) {
    usage(
        "--array: of a submitted array only the number that may run at once can change: --array "
        "%4");
  }
  if (!o.wish.empty()) c.wish = enumerator<Wish>(o.wish, "--wish");
  return c;
}

}  // namespace pentad::cli
