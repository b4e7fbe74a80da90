#include "dialect/translate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dialect/reader.h"
#include "dialect/scanner.h"
#include "dialect/slurm.h"
#include "dialect/tables.h"

namespace pentad::dialect {

namespace {

struct Variable {
  std::string_view name, option;
};

// Slurm's input environment variables.
constexpr std::array kVariables = {
    Variable{"SBATCH_ACCOUNT", "--account"},
    Variable{"SBATCH_ARRAY_INX", "--array"},
    Variable{"SBATCH_CLUSTERS", "--clusters"},
    Variable{"SLURM_CLUSTERS", "--clusters"},
    Variable{"SBATCH_CONSTRAINT", "--constraint"},
    Variable{"SBATCH_CONTAINER", "--container"},
    Variable{"SBATCH_CORE_SPEC", "--core-spec"},
    Variable{"SBATCH_CPUS_PER_GPU", "--cpus-per-gpu"},
    Variable{"SBATCH_DELAY_BOOT", "--delay-boot"},
    Variable{"SBATCH_DISTRIBUTION", "--distribution"},
    Variable{"SBATCH_ERROR", "--error"},
    Variable{"SBATCH_EXCLUSIVE", "--exclusive"},
    Variable{"SBATCH_EXPORT", "--export"},
    Variable{"SBATCH_GPUS", "--gpus"},
    Variable{"SBATCH_GPUS_PER_NODE", "--gpus-per-node"},
    Variable{"SBATCH_GPUS_PER_TASK", "--gpus-per-task"},
    Variable{"SBATCH_GRES", "--gres"},
    Variable{"SBATCH_HINT", "--hint"},
    Variable{"SBATCH_INPUT", "--input"},
    Variable{"SBATCH_JOB_NAME", "--job-name"},
    Variable{"SBATCH_MEM_PER_CPU", "--mem-per-cpu"},
    Variable{"SBATCH_MEM_PER_GPU", "--mem-per-gpu"},
    Variable{"SBATCH_MEM_PER_NODE", "--mem"},
    Variable{"SBATCH_NETWORK", "--network"},
    Variable{"SBATCH_NO_KILL", "--no-kill"},
    Variable{"SBATCH_NO_REQUEUE", "--no-requeue"},
    Variable{"SBATCH_OPEN_MODE", "--open-mode"},
    Variable{"SBATCH_OUTPUT", "--output"},
    Variable{"SBATCH_OVERCOMMIT", "--overcommit"},
    Variable{"SBATCH_PARTITION", "--partition"},
    Variable{"SBATCH_POWER", "--power"},
    Variable{"SBATCH_PROFILE", "--profile"},
    Variable{"SBATCH_QOS", "--qos"},
    Variable{"SBATCH_REQUEUE", "--requeue"},
    Variable{"SBATCH_RESERVATION", "--reservation"},
    Variable{"SBATCH_SIGNAL", "--signal"},
    Variable{"SBATCH_SPREAD_JOB", "--spread-job"},
    Variable{"SBATCH_THREADS_PER_CORE", "--threads-per-core"},
    Variable{"SBATCH_TIMELIMIT", "--time"},
    Variable{"SBATCH_USE_MIN_NODES", "--use-min-nodes"},
    Variable{"SBATCH_WAIT", "--wait"},
    Variable{"SBATCH_WCKEY", "--wckey"},
};

void read_environment(const std::map<std::string, std::string>& environment, Target& target) {
  for (const Variable& variable : kVariables) {
    auto at = environment.find(std::string(variable.name));
    if (at == environment.end()) continue;
    const Option* option = find_option(slurm_options(), variable.option);
    if (!option) continue;
    std::string text = at->first + '=' + at->second;
    bool takes = option->argument != Argument::none;
    target.carry_out(*option, takes ? std::string_view(at->second) : std::string_view{}, text);
  }
}

bool is_component_break(const Directive& directive, Dialect dialect) {
  return dialect == Dialect::slurm && directive.words.size() == 1 &&
         (directive.words[0] == "hetjob" || directive.words[0] == "packjob");
}

void leftover(const Directive& directive, size_t read, Target& target) {
  std::string rest;
  for (size_t i = read; i < directive.words.size(); ++i) {
    rest += (rest.empty() ? "" : " ") + directive.words[i];
  }
  // LSF itself is lenient: users write remarks behind their options.
  bool is_remark = target.dialect == Dialect::lsf && read > 0;
  target.record(rest, is_remark ? Effect::ignored : Effect::refused,
                is_remark ? "taken for a remark: it is no option"
                          : "it is no option: write options with a dash, remarks behind #");
}

void read_script(const Scan& found, Target& target, std::vector<Record>& records) {
  records.insert(records.end(), found.problems.begin(), found.problems.end());
  for (const Directive& directive : found.directives) {
    target.origin = {OriginKind::script, directive.line};
    target.is_wish = false;  // -soft holds for its line
    if (is_component_break(directive, target.dialect)) {
      if (target.job.components.size() == Target::kMostComponents) {
        target.record(std::string(directive.text), Effect::refused, "so many parts are a mistake");
        return;
      }
      target.job.components.emplace_back();
      target.record(std::string(directive.text), Effect::exact, "");
      continue;
    }
    size_t read = read_options(directive.words, target);
    if (read < directive.words.size()) leftover(directive, read, target);
  }
}

template <class T>
void set_default(Given<T>& field, T value) {
  if (!field) field = {std::move(value), {OriginKind::dialect_default, 0}};
}

std::string default_name(const Source& source, const Job& job, Dialect dialect) {
  if (!source.script_name.empty()) return source.script_name;
  if (dialect == Dialect::slurm) return job.wrap ? "wrap" : "sbatch";
  return dialect == Dialect::lsf ? "stdin" : "STDIN";
}

// Section 9 of the specification: what the dialects do when nothing is said.
void fill_defaults(const Source& source, Dialect dialect, Job& job) {
  bool is_pbs = dialect == Dialect::pbspro || dialect == Dialect::torque;
  set_default(job.name, default_name(source, job, dialect));
  std::string number = job.array ? dialect == Dialect::slurm    ? "{array_job}_{array}"
                                   : dialect == Dialect::torque ? "{array_job}-{array}"
                                                                : "{array_job}.{array}"
                                 : "{job}";
  if (dialect == Dialect::slurm) {
    set_default(job.stdout_path, "slurm-" + number + ".out");
  } else if (dialect != Dialect::lsf) {
    set_default(job.stdout_path, "{name}.o" + number);
    if (!job.join || *job.join == Join::none) {
      set_default(job.stderr_path, "{name}.e" + number);
    }
  }
  bool separate = is_pbs || dialect == Dialect::sge;
  set_default(job.join, separate || job.stderr_path ? Join::none : Join::error_to_output);
  bool appends = dialect == Dialect::lsf || dialect == Dialect::sge;
  set_default(job.open_mode, appends ? OpenMode::append : OpenMode::truncate);
  set_default<std::string>(job.workdir, separate ? "{home}" : "{submit}");
  Environment environment;
  environment.mode = separate ? ExportMode::none : ExportMode::all;
  set_default(job.environment, std::move(environment));
  set_default(job.requeue, dialect == Dialect::slurm || is_pbs);
  if (dialect == Dialect::pbspro) set_default<int64_t>(job.umask, 077);
}

template <class T>
void set_site_default(Given<T>& field, T value) {
  if (!field) field = {std::move(value), {OriginKind::site_default, 0}};
}

void fill_site_defaults(const SiteProfile& site, Job& job) {
  if (!site.default_queue.empty()) set_site_default(job.queues, Texts{site.default_queue});
  if (site.default_umask) set_site_default<int64_t>(job.umask, *site.default_umask);
  if (site.mail_domain.empty() || !job.mail_users) return;
  for (std::string& address : job.mail_users.value) {
    if (address.find('@') == address.npos) address += '@' + site.mail_domain;
  }
}

void take_shell(const Scan& found, Dialect dialect, const SiteProfile& site, Translation& out) {
  Job& job = out.job;
  using enum ShellStartMode;
  if (dialect == Dialect::sge && site.sge_shell_start_mode == posix_compliant) {
    return set_site_default(job.shell, Texts{site.sge_shell});
  }
  if (found.shell.empty()) return;
  Origin line_one{OriginKind::script, 1};
  if (!job.shell) job.shell = {found.shell, line_one};
  bool login = std::ranges::any_of(
      found.shell, [](const std::string& w) { return w == "-l" || w == "--login"; });
  if (login) job.login_shell = {true, line_one};
  bool other = found.shell[0] != "/bin/sh" && found.shell[0] != "/bin/bash";
  bool said = site.sge_shell_start_mode == unix_behavior;
  if (dialect == Dialect::sge && job.shell.origin == line_one && other && !said) {
    out.records.push_back({line_one, "#!" + found.shell[0], Effect::approximated,
                           "honoured, though Grid Engine runs /bin/sh unless -S is given"});
  }
}

bool is_given(const std::vector<Record>& records, std::string_view start) {
  return std::ranges::any_of(records, [&](const Record& r) { return r.text.starts_with(start); });
}

}  // namespace

bool Translation::is_accepted() const {
  return std::ranges::none_of(records, [](const Record& r) { return r.effect == Effect::refused; });
}

Translation translate(const Source& source, Dialect dialect, const SiteProfile& site) {
  Translation out;
  out.dialect = dialect;
  Target target(out.job, dialect, site, out.records);
  Scan found = scan(source.script, dialect);
  read_script(found, target, out.records);
  if (dialect == Dialect::slurm) {
    target.origin = {OriginKind::environment, 0};
    read_environment(source.environment, target);
  }
  target.origin = {OriginKind::command_line, 0};
  size_t read = read_options(source.options, target);
  for (; read < source.options.size(); ++read) {
    target.record(source.options[read], Effect::refused, "it is no option");
  }
  if (!source.script_args.empty()) target.set(out.job.script_args, source.script_args);
  if (is_given(out.records, "-l select=") && is_given(out.records, "-l nodes=")) {
    target.record("-l select, nodes", Effect::refused, "only one of the two may be given");
  }
  if (dialect == Dialect::slurm) {
    for (const Component& part : out.job.components) {
      std::string why = slurm::contradiction(part);
      if (!why.empty()) target.record("#SBATCH", Effect::refused, why);
    }
  }
  take_shell(found, dialect, site, out);
  fill_site_defaults(site, out.job);
  fill_defaults(source, dialect, out.job);
  return out;
}

}  // namespace pentad::dialect
