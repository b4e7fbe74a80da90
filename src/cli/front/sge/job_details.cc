#include "cli/front/sge/job_details.h"

#include <fmt/format.h>

#include "cli/front/local_time.h"
#include "cli/front/xml.h"
#include "cli/table.h"

namespace pentad::cli::front::sge {

namespace {

using Field = std::pair<std::string, std::string>;

void gather(const api::JobDependency& dependency, std::string& out) {
  for (const api::JobDependency& one : dependency.of) gather(one, out);
  if (dependency.job) out += fmt::format("{}{}", out.empty() ? "" : ",", *dependency.job);
}

std::string file_list(const std::string& path) { return "NONE:NONE:" + path; }

// The fields that say what the job is, in the original's order; empty values are left out.
std::vector<Field> fields_of(Desk& desk, const api::JobDetail& d) {
  const api::JobSubmission& r = d.request;
  Asked asked = asked_of(d);
  auto value_of = [&](const char* name) {
    auto at = r.environment.find(name);
    return at == r.environment.end() ? std::string() : at->second;
  };
  std::string submit_host = r.launch ? r.launch->submit_host : desk.host();
  std::string environment, resources;
  for (const auto& [name, value] : r.environment) {
    environment += fmt::format("{}{}={}", environment.empty() ? "" : ",", name, value);
  }
  for (const auto& [name, value] : asked.resources) {
    resources += fmt::format("{}{}={}", resources.empty() ? "" : ",", name, value);
  }
  std::string args;
  for (const std::string& arg : r.args) args += (args.empty() ? "" : ",") + arg;
  auto path = [&](const std::string& pattern) {
    return pattern.empty() ? "" : file_list(expand_path(pattern, d.job, {}, "$HOSTNAME"));
  };
  return {
      {"job_number", std::to_string(d.job.id)},
      {"exec_file", fmt::format("job_scripts/{}", d.job.id)},
      {"submission_time", date_line(d.job.submitted_at_ms)},
      {"owner", d.job.user},
      {"sge_o_home", value_of("HOME")},
      {"sge_o_path", value_of("PATH")},
      {"sge_o_shell", value_of("SHELL")},
      {"sge_o_workdir", r.launch ? r.launch->submit_directory : r.workdir},
      {"sge_o_host", submit_host},
      {"account", "sge"},
      {"cwd", r.workdir},
      {"merge", r.stderr_path.empty() ? "y" : ""},
      {"hard resource_list", resources},
      {"mail_list", fmt::format("{}@{}", d.job.user, submit_host)},
      {"notify", "FALSE"},
      {"job_name", d.job.name},
      {"stdout_path_list", path(r.stdout_path)},
      {"stderr_path_list", path(r.stderr_path)},
      {"priority", d.job.priority == 0 ? "" : std::to_string(d.job.priority)},
      {"jobshare", "0"},
      {"hard_queue_list", d.job.queue},
      {"env_list", environment},
      {"job_args", args},
      {"script_file", r.argv.empty() ? d.job.name : r.argv.front()},
      {"project", d.job.project},
      {"parallel environment", asked.environment.empty()
                                   ? ""
                                   : fmt::format("{} range: {}", asked.environment, asked.slots)},
      {"jid_predecessor_list", asked.predecessors},
      {"job-array tasks", d.job.array ? range_text(indices_of(d.job)) : ""},
      {"maximum concurrency",
       r.array && r.array->max_running > 0 ? std::to_string(r.array->max_running) : ""},
      {"binding", "NONE"},
      {"job_type", r.argv.empty() ? "NONE" : "binary"},
  };
}

void print_text(Desk& desk, const api::JobDetail& d) {
  fmt::print("{}\n", std::string(62, '='));
  for (const auto& [name, value] : fields_of(desk, d)) {
    if (value.empty()) continue;
    // The one label that is not padded like the others.
    int width = name == "parallel environment" ? 23 : 28;
    fmt::print("{:<{}}{}\n", name + ":", width, value);
  }
  for (const api::AttemptView& a : d.attempts) {
    if (a.ended_at_ms || !a.started_at_ms) continue;
    int64_t cpu_s = (a.usage.cpu_user_ms + a.usage.cpu_system_ms) / 1000;
    double vmem_mb = static_cast<double>(a.usage.peak_memory_bytes) / (1 << 20);
    std::string vmem = vmem_mb > 0 ? fmt::format("{:.3f}M", vmem_mb) : "N/A";
    fmt::print("{:<28}cpu={}, mem=0.00000 GB s, io=0.00000 GB, vmem={}, maxvmem={}\n",
               fmt::format("usage {:>9}:", a.index == 0 ? 1 : a.index), clock_text(cpu_s), vmem,
               vmem);
  }
  if (d.job.state <= JobState::queued) {
    std::string why = d.job.state == JobState::held ? "Job is in hold state" : d.job.message;
    if (!why.empty()) fmt::print("{:<28}{}\n", "scheduling info:", printable(why));
  }
}

constexpr std::string_view kSchema =
    "http://arc.liv.ac.uk/repos/darcs/sge/source/dist/util/resources/schemas/qstat/"
    "detailed_job_info.xsd";

void print_xml(const std::vector<api::JobDetail>& jobs) {
  fmt::print("<?xml version='1.0'?>\n<detailed_job_info  xmlns:xsd=\"{}\">\n  <djob_info>\n",
             kSchema);
  for (const api::JobDetail& d : jobs) {
    auto line = [](std::string_view tag, const std::string& text) {
      if (!text.empty()) fmt::print("      <{}>{}</{}>\n", tag, xml_text(text), tag);
    };
    fmt::print("    <element>\n");
    line("JB_job_number", std::to_string(d.job.id));
    line("JB_exec_file", fmt::format("job_scripts/{}", d.job.id));
    line("JB_submission_time", std::to_string(d.job.submitted_at_ms / 1000));
    line("JB_owner", d.job.user);
    line("JB_account", "sge");
    line("JB_merge_stderr", d.request.stderr_path.empty() ? "true" : "false");
    line("JB_notify", "false");
    line("JB_job_name", d.job.name);
    line("JB_script_file", d.request.argv.empty() ? d.job.name : d.request.argv.front());
    line("JB_cwd", d.request.workdir);
    line("JB_project", d.job.project);
    IndexSet tasks = d.job.array ? indices_of(d.job) : IndexSet::single(1);
    fmt::print("      <JB_ja_structure>\n");
    for (const IndexRange& r : tasks.ranges) {
      fmt::print(
          "        <task_id_range>\n          <RN_min>{}</RN_min>\n"
          "          <RN_max>{}</RN_max>\n          <RN_step>{}</RN_step>\n"
          "        </task_id_range>\n",
          r.first, r.last, r.step);
    }
    fmt::print("      </JB_ja_structure>\n    </element>\n");
  }
  fmt::print("  </djob_info>\n  <messages>\n  </messages>\n</detailed_job_info>\n");
}

void print_unknown_xml(const std::vector<std::string>& names) {
  fmt::print("<?xml version='1.0'?>\n<unknown_jobs >\n");
  for (const std::string& name : names) fmt::print("    <ST_name>{}</ST_name>\n", xml_text(name));
  fmt::print("</unknown_jobs>\n");
}

}  // namespace

Asked asked_of(const api::JobDetail& d) {
  Asked asked;
  asked.slots = slots_of(d.job);
  if (d.request.launch) asked.environment = d.request.launch->parallel_environment;
  if (d.request.limit_s) asked.resources.emplace_back("h_rt", std::to_string(*d.request.limit_s));
  if (d.job.memory_bytes > 0) {
    int64_t each = d.job.memory_bytes / std::max(1, d.job.cores);
    asked.resources.emplace_back("mem_free", fmt::format("{}M", each >> 20));
  }
  if (d.job.devices > 0) asked.resources.emplace_back("gpu", std::to_string(d.job.devices));
  if (d.request.dependency) gather(*d.request.dependency, asked.predecessors);
  return asked;
}

int print_details(Desk& desk, const std::string& list, bool as_xml) {
  std::optional<std::vector<Task>> tasks = read_tasks({list});
  if (!tasks) throw failure(1, fmt::format("ERROR! invalid job list \"{}\"", printable(list)));
  std::vector<api::JobDetail> found;
  std::vector<std::string> unknown;
  for (const Task& task : *tasks) {
    auto jobs = find_jobs(desk, task, "&state=pending,active");
    if (jobs.empty()) unknown.push_back(task.text);
    for (const api::JobSummary& job : jobs) found.push_back(desk.detail(job.id));
  }
  if (found.empty() && as_xml) return print_unknown_xml(unknown), 0;
  if (found.empty()) {
    std::string names;
    for (const std::string& name : unknown) names += (names.empty() ? "" : ", ") + printable(name);
    throw failure(1, "Following jobs do not exist: \n" + names);
  }
  if (as_xml) return print_xml(found), 0;
  for (const api::JobDetail& detail : found) print_text(desk, detail);
  return 0;
}

}  // namespace pentad::cli::front::sge
