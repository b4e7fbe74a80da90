#include "dialect/write_slurm.h"

#include <algorithm>
#include <array>
#include <utility>

#include "dialect/slurm_lines.h"
#include "dialect/values.h"

namespace pentad::dialect {

namespace {

using Token = std::pair<std::string_view, std::string_view>;

constexpr std::array kTokens = {
    Token{"job", "j"},  Token{"job_step", "J"}, Token{"array_job", "A"},  Token{"array", "a"},
    Token{"name", "x"}, Token{"user", "u"},     Token{"host", "N"},       Token{"node", "n"},
    Token{"step", "s"}, Token{"task", "t"},     Token{"array_mod10", "b"}};

// Whether sbatch would read what follows this % as a token.
bool reads_as_token(std::string_view rest) {
  size_t at = rest.find_first_not_of("0123456789");
  return at != rest.npos && std::string_view("jJAaxuNnstb%").find(rest[at]) != rest.npos;
}

// Neutral tokens as sbatch's; empty when one of them has no counterpart.
std::string slurm_path(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    char c = path[0];
    path.remove_prefix(1);
    bool before_token = path.starts_with('{') && !path.starts_with("{{");
    if (c == '%' && (before_token || reads_as_token(path))) out += '%';
    if (c != '{' || path.starts_with('{')) {
      if (c == '{') path.remove_prefix(1);
      out += c;
      continue;
    }
    std::string_view token = path.substr(0, path.find('}'));
    path.remove_prefix(std::min(path.size(), token.size() + 1));
    size_t colon = token.find(':');
    auto known = std::ranges::find(kTokens, token.substr(0, colon), &Token::first);
    if (known == kTokens.end()) return "";
    out += '%';
    if (colon != token.npos) out += token.substr(colon + 1);
    out += known->second;
  }
  return out;
}

void write_path(std::string_view option, const Given<std::string>& given, SlurmLines& w) {
  if (!w.is_said(given)) return;
  std::string path = slurm_path(*given);
  path.empty() ? w.cannot(fmt::format("{} is {}", option, *given)) : w.say(option, path);
}

std::string time(const TimeSpan& v) {
  int64_t s = v.duration_s;
  if (v.is_unlimited) return "UNLIMITED";
  return fmt::format("{}-{:02}:{:02}:{:02}", s / 86400, s / 3600 % 24, s / 60 % 60, s % 60);
}

void write_time(std::string_view option, const Given<TimeSpan>& v, SlurmLines& w) {
  if (w.is_said(v)) w.say(option, time(*v));
}

// A date that lacks parts which sbatch cannot leave out has no text.
std::string moment(const Moment& m) {
  if (m.after_now_s) return fmt::format("now+{}", *m.after_now_s);
  constexpr std::array kDays = {"today ", "tomorrow "};
  bool is_near = m.in_days && *m.in_days >= 0 && *m.in_days < 2;
  if (m.in_days && !is_near) return "";
  std::string clock = fmt::format("{:02}:{:02}:{:02}", m.hour, m.minute, m.second);
  if (m.in_days) return kDays[static_cast<size_t>(*m.in_days)] + clock;
  if (!m.year && !m.month && !m.day) return clock;
  if (!m.month || !m.day) return "";
  std::string date = m.year ? fmt::format("{:04}-{:02}-{:02}", *m.year, *m.month, *m.day)
                            : fmt::format("{:02}/{:02}", *m.month, *m.day);
  return date + 'T' + clock;
}

void write_moment(std::string_view option, const Given<Moment>& v, SlurmLines& w) {
  if (!w.is_said(v)) return;
  std::string text = moment(*v);
  text.empty() ? w.cannot(fmt::format("{}: a day without its month", option)) : w.say(option, text);
}

// Empty when sbatch has no such condition.
std::string condition(const Condition& c) {
  std::string_view word;
  switch (c.kind) {
    case DependencyKind::all:
    case DependencyKind::any: {
      std::string list;
      for (const Condition& one : c.of) {
        std::string part = condition(one);
        if (part.empty() || !one.of.empty()) return "";
        list += (list.empty() ? "" : c.kind == DependencyKind::all ? "," : "?") + part;
      }
      return list;
    }
    case DependencyKind::started:
      word = "after";
      break;
    case DependencyKind::ok:
      word = "afterok";
      break;
    case DependencyKind::not_ok:
      word = "afternotok";
      break;
    case DependencyKind::ended:
      word = "afterany";
      break;
    case DependencyKind::elementwise:
      word = "aftercorr";
      break;
    case DependencyKind::singleton:
      return "singleton";
  }
  size_t end = c.job.find_first_not_of("0123456789_");
  if (c.is_name || end == 0) return "";
  std::string delay = c.delay_s >= 60 ? fmt::format("+{}", c.delay_s / 60) : "";
  return fmt::format("{}:{}{}", word, c.job.substr(0, end), delay);
}

void write_dependency(const Job& job, SlurmLines& w) {
  if (!job.dependency) return;
  std::string text = condition(*job.dependency);
  text.empty() ? w.cannot("the dependency: sbatch has no such expression")
               : w.say("dependency", text);
}

void write_environment(const Job& job, SlurmLines& w) {
  if (!w.is_said(job.environment)) return;
  const Environment& e = *job.environment;
  Texts parts;
  if (e.mode == ExportMode::all) parts.emplace_back("ALL");
  bool lists = !e.names.empty() || !e.set.empty();
  if (e.mode == ExportMode::none || (e.mode == ExportMode::list && !lists))
    parts.emplace_back("NONE");
  for (const std::string& name : e.names) parts.push_back(name);
  for (const auto& [name, value] : e.set) {
    bool needs_quotes = value.find(',') != value.npos;
    parts.push_back(needs_quotes ? fmt::format("{}='{}'", name, value) : name + '=' + value);
  }
  if (!e.removed.empty()) w.cannot(fmt::format("without {}", fmt::join(e.removed, ", ")));
  w.say("export", fmt::format("{}", fmt::join(parts, ",")));
}

void write_files(const Job& job, SlurmLines& w) {
  if (job.workdir.value == "{home}" || job.workdir.value == "{private}") {
    w.cannot_if("the working directory is " + job.workdir.value, job.workdir);
  } else if (job.workdir.value != "{submit}") {
    write_path("chdir", job.workdir, w);
  }
  bool to_error = job.join.value == Join::output_to_error;
  write_path("output", to_error ? job.stderr_path : job.stdout_path, w);
  if (job.join.value == Join::none) write_path("error", job.stderr_path, w);
  write_path("input", job.stdin_path, w);
  if (w.is_said(job.open_mode)) {
    w.say("open-mode", *job.open_mode == OpenMode::append ? "append" : "truncate");
  }
}

void write_mail(const Job& job, SlurmLines& w) {
  if (w.is_said(job.mail_events)) {
    Texts known = *job.mail_events;
    if (std::erase(known, "SUSPEND") > 0) w.cannot("a mail when it is suspended");
    w.say("mail-type", known.empty() ? "NONE" : fmt::format("{}", fmt::join(known, ",")));
  }
  w.list("mail-user", job.mail_users);
}

void write_signal(const Job& job, SlurmLines& w) {
  if (!job.signal) return;
  const Signal& s = *job.signal;
  if (s.before_end_s > 65535) return w.cannot("a signal so long before the end");
  w.say("signal",
        fmt::format("{}{}{}{}@{}", s.on_reservation ? "R" : "", s.to == SignalTo::steps ? "" : "B",
                    s.on_reservation || s.to != SignalTo::steps ? ":" : "", s.number,
                    s.before_end_s));
}

void write_policy(const Job& job, SlurmLines& w) {
  if (w.is_said(job.kill_on_invalid_dependency)) {
    w.say("kill-on-invalid-dep", *job.kill_on_invalid_dependency ? "yes" : "no");
  }
  if (job.array && w.is_said(job.array) && !job.array->indices.empty()) {
    int64_t limit = job.array->max_running;
    w.say("array", job.array->indices.to_string() + (limit ? fmt::format("%{}", limit) : ""));
  }
  write_signal(job, w);
  if (w.is_said(job.requeue)) w.flag(*job.requeue ? "requeue" : "no-requeue");
  if (!job.requeue_exit_codes->empty()) w.cannot("exit codes after which it runs again");
  w.flag_if("hold", job.hold);
  w.number("nice", job.nice);
  if (w.from() == Dialect::slurm) {
    w.number("priority", job.priority);
  } else if (job.priority) {
    w.say("nice", std::to_string(-*job.priority));
  }
  w.flag_if("wait", job.wait);
  w.flag_if("parsable", job.terse);
  w.flag_if("quiet", job.quiet);
}

void write_what_cannot_be_said(const Job& job, SlurmLines& w) {
  w.cannot_if("a command instead of a script", job.wrap);
  w.cannot_if("a soft walltime", job.soft_walltime);
  w.cannot_if("CPU time", job.cpu_time);
  w.cannot_if("the mask of new files", job.umask);
  w.cannot_if("limits of processes", job.ulimits);
  w.cannot_if("the group of the job", job.user_group);
  w.cannot_if("a second project", job.project);
  w.cannot_if("signals before it is stopped", job.notify);
  w.cannot_if("the arguments of the script", job.script_args);
}

}  // namespace

std::string write_slurm(const Job& job, Dialect from) {
  SlurmLines w(from);
  w.text("job-name", job.name);
  w.text("comment", job.comment);
  w.text("account", job.account);
  w.text("wckey", job.wckey);
  w.text("qos", job.qos);
  w.text("reservation", job.reservation);
  w.text("clusters", job.server);
  w.list("partition", job.queues);
  if (job.licences && !job.licences->empty()) {
    Texts list;
    for (const LicenceRequest& l : *job.licences) {
      list.push_back(fmt::format("{}:{}", l.name, l.count));
    }
    w.say("licenses", fmt::format("{}", fmt::join(list, ",")));
  }
  write_time("time", job.walltime, w);
  write_time("time-min", job.min_walltime, w);
  write_moment("begin", job.begin, w);
  write_moment("deadline", job.deadline, w);
  write_dependency(job, w);
  write_policy(job, w);
  write_mail(job, w);
  write_files(job, w);
  write_environment(job, w);
  write_what_cannot_be_said(job, w);
  for (size_t i = 0; i < job.components.size(); ++i) {
    if (i > 0) w.next_component();
    write_component(job.components[i], w);
  }
  return w.take();
}

}  // namespace pentad::dialect
