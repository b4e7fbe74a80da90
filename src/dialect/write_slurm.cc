#include "dialect/write_slurm.h"

#include <fmt/format.h>

#include "dialect/values.h"

namespace pentad::dialect {

namespace {

class Writer {
 public:
  std::string take() { return std::move(out_); }

  void say(const std::string& option, const std::string& value) {
    bool single = value.find('"') != value.npos;
    if (value.find('\\') != value.npos || (single && value.find('\'') != value.npos)) {
      return cannot(option);
    }
    char quote = single ? '\'' : '"';
    out_ += fmt::format("#SBATCH --{}={}{}{}\n", option, quote, value, quote);
  }
  void flag(const char* option) { out_ += fmt::format("#SBATCH --{}\n", option); }
  void cannot(const std::string& what) { out_ += "# not said to sbatch: " + what + '\n'; }
  void next_component() { out_ += "#SBATCH hetjob\n"; }

  void text(const char* option, const Given<std::string>& v) {
    if (is_said(v)) say(option, *v);
  }
  void number(const char* option, const Given<int64_t>& v) {
    if (is_said(v)) say(option, std::to_string(*v));
  }
  void list(const char* option, const Given<Texts>& v) {
    if (is_said(v) && !v->empty()) say(option, fmt::format("{}", fmt::join(*v, ",")));
  }
  void time(const char* option, const Given<TimeSpan>& v) {
    if (!is_said(v)) return;
    int64_t s = v->duration_s;
    say(option, v->is_unlimited ? "UNLIMITED"
                                : fmt::format("{}-{:02}:{:02}:{:02}", s / 86400, s / 3600 % 24,
                                              s / 60 % 60, s % 60));
  }
  template <class T>
  static bool is_said(const Given<T>& v) {
    return v.origin.kind >= OriginKind::site_default;
  }

 private:
  std::string out_;
};

std::string range(const CountRange& r) {
  return r.min == r.max ? std::to_string(r.min) : fmt::format("{}-{}", r.min, r.max);
}

void write_memory(const Memory& m, Writer& w) {
  std::string size = fmt::format("{}M", (m.bytes.value + (1 << 20) - 1) >> 20);
  if (m.scope == Scope::node) return w.say("mem", size);
  if (m.scope == Scope::cpu) return w.say("mem-per-cpu", size);
  if (m.scope == Scope::gpu) return w.say("mem-per-gpu", size);
  w.cannot("memory of another scope");
}

void write_gpus(const std::vector<Gpus>& gpus, Writer& w) {
  std::string list;
  for (const Gpus& g : gpus) {
    if (!list.empty()) list += ',';
    list += g.type.empty() ? std::to_string(g.count) : fmt::format("{}:{}", g.type, g.count);
  }
  if (gpus.empty()) return;
  Scope scope = gpus.front().scope;
  w.say(scope == Scope::job    ? "gpus"
        : scope == Scope::task ? "gpus-per-task"
                               : "gpus-per-node",
        list);
}

void write_component(const Component& c, Writer& w) {
  if (c.nodes) w.say("nodes", range(*c.nodes));
  if (c.tasks) w.say("ntasks", std::to_string(c.tasks->min));
  w.number("ntasks-per-node", c.tasks_per_node);
  w.number("cpus-per-task", c.cpus_per_task);
  w.number("threads-per-core", c.threads_per_core);
  w.number("cores-per-socket", c.cores_per_socket);
  w.number("sockets-per-node", c.sockets_per_node);
  w.number("mincpus", c.min_cpus_per_node);
  w.number("ntasks-per-core", c.tasks_per_core);
  w.number("ntasks-per-socket", c.tasks_per_socket);
  w.number("ntasks-per-gpu", c.tasks_per_gpu);
  w.number("cpus-per-gpu", c.cpus_per_gpu);
  if (c.cpus) w.cannot("cores of a whole chunk");
  if (c.gpus) write_gpus(*c.gpus, w);
  if (c.memory) write_memory(*c.memory, w);
  if (c.local_disk) w.say("tmp", fmt::format("{}M", c.local_disk->bytes.value >> 20));
  w.text("constraint", c.constraint);
  w.list("nodelist", c.hosts);
  w.list("exclude", c.excluded_hosts);
  if (c.sharing && *c.sharing == Sharing::whole_node) w.flag("exclusive");
  if (c.sharing && *c.sharing == Sharing::own_user) w.say("exclusive", "user");
  w.text("distribution", c.distribution);
  if (c.contiguous) w.flag("contiguous");
}

void write_rest(const Job& job, Writer& w) {
  if (job.array && Writer::is_said(job.array)) {
    int64_t limit = job.array->max_running;
    w.say("array", job.array->indices.to_string() + (limit ? fmt::format("%{}", limit) : ""));
  }
  if (job.signal) {
    const Signal& s = *job.signal;
    w.say("signal",
          fmt::format("{}{}@{}", s.to == SignalTo::steps ? "" : "B:", s.number, s.before_end_s));
  }
  if (Writer::is_said(job.requeue)) w.flag(*job.requeue ? "requeue" : "no-requeue");
  if (Writer::is_said(job.open_mode)) {
    w.say("open-mode", *job.open_mode == OpenMode::append ? "append" : "truncate");
  }
  if (job.hold && *job.hold) w.flag("hold");
  if (job.nice) w.say("nice", std::to_string(*job.nice));
  w.list("mail-type", job.mail_events);
  w.list("mail-user", job.mail_users);
  if (job.dependency) w.cannot("dependency: numbers of jobs differ");
  if (job.begin || job.deadline) w.cannot("begin and deadline");
}

}  // namespace

std::string write_slurm(const Job& job) {
  Writer w;
  w.text("job-name", job.name);
  w.text("comment", job.comment);
  w.text("account", job.account);
  w.text("qos", job.qos);
  w.text("reservation", job.reservation);
  w.list("partition", job.queues);
  w.time("time", job.walltime);
  w.time("time-min", job.min_walltime);
  write_rest(job, w);
  for (size_t i = 0; i < job.components.size(); ++i) {
    if (i > 0) w.next_component();
    write_component(job.components[i], w);
  }
  return w.take();
}

}  // namespace pentad::dialect
