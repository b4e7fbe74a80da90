#include "dialect/to_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "dialect/run_environment.h"
#include "dialect/run_submit.h"
#include "dialect/values.h"

namespace pentad::dialect {

namespace {

class Converter {
 public:
  Converter(const Translation& t, const Submitter& by, const SiteProfile& site, Request& out)
      : t_(t), job_(t.job), by_(by), site_(site), out_(out) {}

  void convert(std::string_view script) {
    names();
    times();
    repeats();
    fill_resources(t_, by_.node_cores, out_.job.resources, out_.deviations);
    choices();
    program(script);
    files();
    environment();
    launch();
  }

 private:
  void note(const Origin& origin, std::string field, Effect effect, std::string reason) {
    out_.deviations.push_back({origin, std::move(field), effect, std::move(reason)});
  }
  template <class T>
  void ignore(const Given<T>& given, const char* field, const char* reason) {
    if (given) note(given.origin, field, Effect::ignored, reason);
  }

  void names() {
    out_.job.name = *job_.name;
    out_.job.user = by_.user;
    out_.job.project = job_.account ? *job_.account : *job_.project;
    out_.job.qos = *job_.qos;
    if (job_.account) ignore(job_.project, "project", "only a label beside the account");
    out_.job.comment = *job_.comment;
    for (const std::string& queue : *job_.queues) {
      out_.job.queue += (out_.job.queue.empty() ? "" : ",") + queue;
    }
    ignore(job_.server, "server", "there is one centre here");
    mail();
    ignore(job_.ulimits, "ulimits", "the limits of the node hold");
    if (*job_.interactive) interactive();
  }

  void interactive() {
    const Origin& origin = job_.interactive.origin;
    const bool is_pbs = t_.dialect == Dialect::pbspro || t_.dialect == Dialect::torque;
    if (is_pbs && origin.kind == OriginKind::script) {
      return note(origin, "interactive", Effect::ignored,
                  "only a command line asks for a terminal");
    }
    if (!by_.keeps_terminal) {
      return note(origin, "interactive", Effect::refused,
                  "nobody sits in front of it: use qsub -I, bsub -I or `pentad run`");
    }
    if (job_.array) note(origin, "array", Effect::refused, "an interactive job is no array");
    for (const auto* path : {&job_.stdout_path, &job_.stderr_path}) {
      const OriginKind from = path->origin.kind;
      if (from != OriginKind::command_line && from != OriginKind::script) continue;
      ignore(*path, path == &job_.stdout_path ? "stdout_path" : "stderr_path",
             "what an interactive job says goes to the terminal");
    }
  }

  void mail() {
    if (by_.sends_mail) {
      bool at_start = job_.mail_events && std::ranges::count(*job_.mail_events, "BEGIN") > 0;
      if (!at_start) return;
      return note(job_.mail_events.origin, "mail_events", Effect::approximated,
                  "mail comes at the end only");
    }
    if (job_.mail_events && !job_.mail_events->empty()) {
      note(job_.mail_events.origin, "mail_events", Effect::ignored, "the centre sends no mail");
    }
    ignore(job_.mail_users, "mail_users", "the centre sends no mail");
  }

  void times() {
    if (job_.walltime && job_.walltime->is_unlimited) {
      note(job_.walltime.origin, "walltime", Effect::approximated,
           "unlimited: the centre's longest default holds");
    } else if (job_.walltime) {
      out_.job.limit = seconds(job_.walltime->duration_s);
    }
    if (job_.soft_walltime && t_.dialect == Dialect::sge) soft_limit();
    if (job_.begin) out_.job.begin = resolve(*job_.begin, by_.now, by_.utc_offset);
    if (job_.deadline) out_.job.deadline = resolve(*job_.deadline, by_.now, by_.utc_offset);
    if (out_.job.begin && out_.job.deadline && *out_.job.deadline <= *out_.job.begin) {
      note(job_.deadline.origin, "deadline", Effect::refused, "it is before the begin");
    }
    if (job_.signal) {
      out_.job.warning = {job_.signal->number, seconds(job_.signal->before_end_s)};
      if (job_.signal->to == SignalTo::steps) {
        note(job_.signal.origin, "signal", Effect::approximated,
             "the script gets it too, not only its steps");
      }
    }
    if (job_.notify && *job_.notify) notify();
    out_.job.hold = *job_.hold;
    int64_t lower = job_.nice ? -*job_.nice : *job_.priority;
    out_.job.priority = static_cast<int32_t>(std::clamp<int64_t>(lower, -1'000'000'000, 0));
    const Origin& origin = job_.nice ? job_.nice.origin : job_.priority.origin;
    if (lower > 0) note(origin, "priority", Effect::ignored, "only operators raise priorities");
  }

  // Grid Engine's -notify: USR2 so long before it is killed at its limit.
  void notify() {
    constexpr int32_t kUser2 = 12;
    if (!out_.job.warning) out_.job.warning = {kUser2, seconds(60)};
    note(job_.notify.origin, "notify", Effect::approximated,
         "USR2 a minute before the limit; none before it is cancelled");
  }

  // s_rt below h_rt: USR1 that much before the end; alone it is the limit.
  void soft_limit() {
    Duration soft = seconds(job_.soft_walltime->duration_s);
    if (out_.job.limit.value == 0) {
      out_.job.limit = soft;
      note(job_.soft_walltime.origin, "soft_walltime", Effect::approximated,
           "without h_rt it is the limit itself");
    } else if (soft < out_.job.limit) {
      out_.job.warning = {10, out_.job.limit - soft};
    }
  }

  void repeats() {
    if (job_.array && !job_.array->indices.empty()) {
      int64_t at_once = std::min<int64_t>(job_.array->max_running, 1'000'000'000);
      out_.job.array = {job_.array->indices, static_cast<int32_t>(at_once)};
    }
    out_.job.dependency = resolve_dependency(t_, out_.deviations);
    bool keeps = t_.dialect == Dialect::slurm || t_.dialect == Dialect::lsf;
    if (job_.kill_on_invalid_dependency) keeps = !*job_.kill_on_invalid_dependency;
    out_.job.impossible_dependency =
        keeps ? ImpossibleDependency::keep : ImpossibleDependency::cancel;
    out_.job.requeue.on_node_failure = *job_.requeue;
    out_.job.requeue.exit_codes = *job_.requeue_exit_codes;
    if (t_.dialect == Dialect::sge) {
      out_.job.requeue.exit_codes.push_back(99);
      out_.job.requeue.hold_exit_codes = {100};
      out_.job.requeue.max = 1000;  // there as often as it likes
    }
  }

  void choices() {
    ResourceRequest& r = out_.job.resources;
    if (job_.queues) queues();
    if (job_.licences) r.licences = *job_.licences;
    if (!job_.reservation) return;
    Result<int64_t> id = parse_positive(*job_.reservation);
    if (id) {
      r.reservation = ReservationId{*id};
    } else {
      note(job_.reservation.origin, "reservation", Effect::refused,
           "reservations have numbers here");
    }
  }

  // Several queues mean any of them: each gives its pool; the first that says more gives it.
  void queues() {
    bool anywhere = false;
    for (const std::string& name : *job_.queues) {
      auto rule = site_.queues.find(name);
      if (rule == site_.queues.end()) {
        anywhere = unmapped(name) || anywhere;
        continue;
      }
      const QueueRule& to = rule->second;
      if (to.pool.empty()) anywhere = true;
      if (!to.pool.empty()) out_.job.resources.pools.push_back(to.pool);
      if (out_.job.qos.empty()) out_.job.qos = to.qos;
      if (out_.job.limit.value == 0) out_.job.limit = to.limit;
      if (to.max_limit.value > 0 && out_.job.limit > to.max_limit) {
        note(job_.walltime.origin, "walltime", Effect::refused,
             fmt::format("queue {} runs jobs for {} at most", name,
                         time_text(to.max_limit.value / 1000)));
      }
    }
    if (anywhere) out_.job.resources.pools.clear();
  }

  // A queue that the site's map does not have; true when it may run anywhere.
  bool unmapped(const std::string& name) {
    if (site_.unmapped_queue == UnmappedQueue::pool) {
      out_.job.resources.pools.push_back(name);
      return false;
    }
    bool any = site_.unmapped_queue == UnmappedQueue::any;
    note(job_.queues.origin, "queues", any ? Effect::approximated : Effect::refused,
         any ? fmt::format("the site's profile does not know queue {}: any pool", name)
             : fmt::format("the site's profile does not know queue {}: it knows {}", name,
                           known_queues()));
    return any;
  }

  std::string known_queues() const {
    std::string all;
    for (const auto& [name, rule] : site_.queues) all += (all.empty() ? "" : ", ") + name;
    return all.empty() ? "none" : all;
  }

  void program(std::string_view script) {
    Payload& p = out_.payload;
    p.script_args = *job_.script_args;
    if (job_.wrap) {
      p.script = "#!/bin/sh\n" + *job_.wrap + "\n";
      return;
    }
    p.script = script;  // which shell runs it is said in `launch`
  }

  // Neutral tokens as those of the payload.
  std::string path(const Given<std::string>& given, std::string_view field) const {
    std::string out;
    const std::string& text = *given;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '%') out += '%';
      if (text[i] != '{' || text.substr(i, 2) == "{{") {
        out += text[i];
        i += text[i] == '{' ? 1 : 0;
        continue;
      }
      size_t close = text.find('}', i);
      if (close == text.npos) return out + text.substr(i);  // no writer of tokens leaves one open
      std::string token = text.substr(i + 1, close - i - 1);
      i = close;
      std::string width;
      if (size_t colon = token.find(':'); colon != token.npos) {
        width = token.substr(colon + 1);
        token.resize(colon);
      }
      out += of_token(token, width);
    }
    bool is_directory = !out.empty() && (out.back() == '/' || by_.directories.contains(text));
    return is_directory ? out + (out.back() == '/' ? "" : "/") + default_name(field) : out;
  }

  // Of a file in a directory that is given instead of a file.
  std::string default_name(std::string_view field) const {
    bool is_error = field == "stderr_path";
    if (t_.dialect == Dialect::pbspro) return is_error ? "%j.ER" : "%j.OU";
    std::string number = !job_.array ? "%j" : t_.dialect == Dialect::torque ? "%j-%a" : "%j.%a";
    if (t_.dialect == Dialect::slurm) return "slurm-" + (job_.array ? "%j_%a" : number) + ".out";
    return (is_error ? "%x.e" : "%x.o") + number;
  }

  // The working directory knows no tokens of a job.
  std::string workdir() const {
    const std::string& text = *job_.workdir;
    if (text == "{private}") return "";  // the centre's directory of the job
    std::string path;
    for (size_t i = 0; i < text.size(); ++i) {
      bool doubled = text.compare(i, 2, "{{") == 0;
      std::string_view rest = std::string_view(text).substr(i);
      if (rest.starts_with("{home}")) {
        path += by_.home;
        i += 5;
      } else if (rest.starts_with("{submit}")) {
        path += by_.directory;
        i += 7;
      } else {
        path += text[i];
        if (doubled) ++i;
      }
    }
    return path.starts_with('/') ? path : by_.directory + '/' + path;
  }

  std::string of_token(const std::string& token, const std::string& width) const {
    bool is_slurm = t_.dialect == Dialect::slurm;
    if (token == "job" && is_slurm && job_.array) return '%' + width + 'i';
    if (token == "job" || token == "array_job") return '%' + width + 'j';
    // What Slurm writes for a job without an array.
    if (token == "array" && is_slurm && !job_.array) return "4294967294";
    if (token == "array") return '%' + width + 'a';
    if (token == "name") return "%x";
    if (token == "user") return "%u";
    if (token == "host") return "%h";
    if (token == "home") return by_.home;
    if (token == "submit") return by_.directory;
    return token == "step" ? "batch" : "0";
  }

  void files() {
    Payload& p = out_.payload;
    p.workdir = workdir();
    p.stdout_path = path(job_.stdout_path, "stdout_path");
    if (*job_.join == Join::none) p.stderr_path = path(job_.stderr_path, "stderr_path");
    if (*job_.join == Join::output_to_error) p.stdout_path = path(job_.stderr_path, "stderr_path");
    p.stdin_path = path(job_.stdin_path, "stdin_path");
    if (t_.dialect == Dialect::lsf && !job_.stdout_path && !by_.sends_mail) {
      note(job_.name.origin, "stdout_path", Effect::approximated,
           "output goes to a file of the centre, not into a mail: see `pentad logs`");
    }
    bool is_pbs = t_.dialect == Dialect::pbspro || t_.dialect == Dialect::torque;
    for (std::string* one : {&p.stdout_path, &p.stderr_path}) {
      // PBS: relative to where it is submitted, whatever the working directory.
      if (is_pbs && !one->empty() && one->front() != '/') *one = by_.directory + '/' + *one;
    }
    p.append_output = *job_.open_mode == OpenMode::append;
    if (is_pbs) keep_at_home();
    if (is_pbs) p.umask = 077;
    if (job_.umask) p.umask = static_cast<int32_t>(*job_.umask);
  }

  // -k oe: written to the home directory of where the job runs, under the usual names.
  void keep_at_home() {
    if (!job_.keep_files) return;
    const std::string& keep = *job_.keep_files;
    if (keep.find('d') != keep.npos) return;
    std::string suffix = job_.array ? ".%a" : "";
    if (keep.find('o') != keep.npos) out_.payload.stdout_path = by_.home + "/%x.o%j" + suffix;
    bool is_apart = !out_.payload.stderr_path.empty();
    if (keep.find('e') != keep.npos && is_apart) {
      out_.payload.stderr_path = by_.home + "/%x.e%j" + suffix;
    }
  }

  void environment() {
    const Environment& e = *job_.environment;
    std::map<std::string, std::string>& to = out_.payload.environment;
    if (e.mode == ExportMode::all) {
      to = by_.environment;
      forget_enclosing_job(to);
    }
    for (const std::string& name : e.names) {
      auto at = by_.environment.find(name);
      if (at != by_.environment.end()) to[name] = at->second;
    }
    for (const auto& [name, value] : e.set) to[name] = value;
    for (const std::string& name : e.removed) to.erase(name);
  }

  // What the script may ask about itself while it runs.
  void launch() { out_.payload.launch = make_launch(t_, by_, site_); }

  const Translation& t_;
  const Job& job_;
  const Submitter& by_;
  const SiteProfile& site_;
  Request& out_;
};

}  // namespace

bool Request::is_accepted() const {
  return std::ranges::none_of(deviations,
                              [](const Record& r) { return r.effect == Effect::refused; });
}

Time resolve(const Moment& m, Time now, Duration utc_offset) {
  if (m.after_now_s) return now + seconds(*m.after_now_s);
  namespace c = std::chrono;
  Time local_now = now + utc_offset;
  c::sys_days today{
      c::floor<c::days>(c::sys_time<c::milliseconds>(c::milliseconds(local_now.value)))};
  if (m.in_days) today += c::days(*m.in_days);
  c::year_month_day date{today};
  if (m.year) date = c::year(*m.year) / date.month() / date.day();
  if (m.month) date = date.year() / c::month(static_cast<unsigned>(*m.month)) / date.day();
  if (m.day) date = date.year() / date.month() / c::day(static_cast<unsigned>(*m.day));
  auto at = [&](c::year_month_day day) {
    if (!day.ok()) day = day.year() / day.month() / c::last;
    auto since = c::sys_days(day).time_since_epoch();
    int64_t day_ms = c::duration_cast<c::milliseconds>(since).count();
    int64_t clock_s = m.hour * 3600 + m.minute * 60 + m.second;
    return Time{day_ms + clock_s * 1000 - utc_offset.value};
  };
  Time when = at(date);
  if (when >= now || m.year || m.in_days) return when;
  if (m.month) return at(date + c::years(1));
  if (m.day) return at(date + c::months(1));
  return when + hours(24);
}

Request to_request(const Translation& translation, std::string_view script,
                   const Submitter& submitter, const SiteProfile& site) {
  Request out;
  Converter(translation, submitter, site, out).convert(script);
  return out;
}

}  // namespace pentad::dialect
