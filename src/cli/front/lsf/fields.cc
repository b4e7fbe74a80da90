#include "cli/front/lsf/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/reflect.h"
#include "cli/front/lsf/words.h"
#include "cli/job_text.h"
#include "cli/table.h"

namespace pentad::cli::front::lsf {

namespace {

using E = const Element&;
using C = Cluster&;

int64_t run_ms(E e) {
  auto started = e.started_at_ms();
  if (!started) return 0;
  return e.ended_at_ms().value_or(wall_clock().value) - *started;
}

std::string with_unit(double bytes) {
  constexpr std::array kUnits = {"Kbytes", "Mbytes", "Gbytes", "Tbytes"};
  size_t unit = 0;
  for (bytes /= 1024; bytes >= 1024 && unit + 1 < kUnits.size(); bytes /= 1024) ++unit;
  if (bytes == static_cast<int64_t>(bytes)) return fmt::format("{:.0f} {}", bytes, kUnits[unit]);
  return fmt::format("{:.1f} {}", bytes, kUnits[unit]);
}

std::string memory(E e, C) {
  if (!e.attempt || e.attempt->usage.peak_memory_bytes == 0) return "";
  return with_unit(static_cast<double>(e.attempt->usage.peak_memory_bytes));
}

std::string cpu_used(E e, C) {
  if (!e.attempt) return "";
  auto& usage = e.attempt->usage;
  double cpu_s = static_cast<double>(usage.cpu_user_ms + usage.cpu_system_ms) / 1000;
  return fmt::format("{:.1f} second(s)", cpu_s);
}

std::string hours_minutes(int64_t span_s) {
  return fmt::format("{}:{:02}", span_s / 3600, span_s / 60 % 60);
}

std::string time_left(E e, C) {
  if (!e.started_at_ms() || is_final(e.state) || e.job->limit_s == 0) return "";
  return hours_minutes(std::max<int64_t>(0, e.job->limit_s - run_ms(e) / 1000)) + " L";
}

std::string finish_time(E e, C) {
  if (is_final(e.state)) return clock_text(e.ended_at_ms());
  if (!e.started_at_ms() || e.job->limit_s == 0) return "";
  return clock_text(*e.started_at_ms() + e.job->limit_s * 1000) + " L";
}

std::string exit_code(E e, C) {
  return stat_of(e) == Stat::exit ? std::to_string(exit_code_of(e)) : "";
}

std::string pend_time(E e, C) {
  int64_t until = e.started_at_ms().value_or(
      is_final(e.state) ? e.ended_at_ms().value_or(e.job->submitted_at_ms) : wall_clock().value);
  return std::to_string(std::max<int64_t>(0, until - e.job->submitted_at_ms) / 1000);
}

std::string pend_reason(E e, C) { return is_final(e.state) || e.attempt ? "" : e.job->message; }

constexpr size_t kTime = 15;

constexpr std::array kFields = {
    Field{"jobid id", "JOBID", 7, [](E e, C) { return std::to_string(e.job->id); }},
    Field{"jobindex", "JOBINDEX", 8,
          [](E e, C) { return e.is_array() ? std::to_string(e.index) : std::string(); }},
    Field{"stat", "STAT", 5, [](E e, C) { return std::string(stat_text(stat_of(e))); }},
    Field{"user", "USER", 7, [](E e, C) { return e.job->user; }},
    Field{"user_group ugroup", "USER_GROUP", 15, [](E e, C) { return e.job->project; }},
    Field{"queue", "QUEUE", 10, [](E e, C c) { return c.queue_of(*e.job); }},
    Field{"job_name name", "JOB_NAME", 10, [](E e, C) { return name_text(e); }},
    Field{"job_description description", "JOB_DESCRIPTION", 17,
          [](E e, C) { return e.job->comment; }},
    Field{"proj_name proj project", "PROJ_NAME", 11, [](E e, C) { return e.job->project; }},
    Field{"application app", "APPLICATION", 13, [](E e, C) { return e.job->application; }},
    Field{"service_class sla", "SERVICE_CLASS", 13, [](E e, C) { return e.job->qos; }},
    Field{"job_priority priority", "JOB_PRIORITY", 12,
          [](E e, C) { return std::to_string(e.job->priority); }},
    Field{"dependency", "DEPENDENCY", kTime,
          [](E e, C c) { return dependency_text(c.detail(e.job->id).request.dependency); }},
    Field{"command cmd", "COMMAND", 15, [](E e, C c) { return c.command(e.job->id); }},
    Field{"exit_code", "EXIT_CODE", 10, exit_code},
    Field{"exit_reason", "EXIT_REASON", 50, [](E e, C) { return exit_reason_of(e); }},
    Field{"from_host", "FROM_HOST", 11, [](E e, C c) { return c.from_host(e.job->id); }},
    Field{"first_host", "FIRST_HOST", 11,
          [](E e, C) {
            return e.attempt && !e.attempt->nodes.empty() ? e.attempt->nodes[0].node : "";
          }},
    Field{"exec_host", "EXEC_HOST", 11, [](E e, C) { return hosts_text(e, ":"); }},
    Field{"nexec_host", "NEXEC_HOST", 10,
          [](E e, C) { return e.attempt ? std::to_string(e.attempt->nodes.size()) : ""; }},
    Field{"alloc_slot", "ALLOC_SLOT", 20, [](E e, C) { return hosts_text(e, ":"); }},
    Field{"nalloc_slot", "NALLOC_SLOT", 10,
          [](E e, C) { return e.attempt ? std::to_string(slots_of(e)) : ""; }},
    Field{"min_req_proc max_req_proc slots nreq_slot", "SLOTS", 5,
          [](E e, C) { return std::to_string(slots_of(e)); }},
    Field{"cpu_used", "CPU_USED", 10, cpu_used},
    Field{"run_time", "RUN_TIME", kTime,
          [](E e, C) { return fmt::format("{} second(s)", run_ms(e) / 1000); }},
    Field{"mem", "MEM", kTime, memory},
    Field{"max_mem", "MAX_MEM", kTime, memory},
    Field{"memlimit", "MEMLIMIT", 10,
          [](E e, C) {
            int64_t bytes = e.job->memory_bytes;
            return bytes > 0 ? with_unit(static_cast<double>(bytes)) : "";
          }},
    Field{"runtimelimit rtlimit", "RUNTIMELIMIT", 10,
          [](E e, C) {
            return fmt::format("{:.1f}", static_cast<double>(e.job->limit_s) / 60);
          }},
    Field{"submit_time", "SUBMIT_TIME", kTime,
          [](E e, C) { return clock_text(e.job->submitted_at_ms); }},
    Field{"start_time", "START_TIME", kTime, [](E e, C) { return clock_text(e.started_at_ms()); }},
    Field{"estimated_start_time estart_time", "ESTIMATED_START_TIME", 20,
          [](E e, C) { return clock_text(e.job->expected_start_at_ms); }},
    Field{"specified_start_time sstart_time", "SPECIFIED_START_TIME", 20,
          [](E e, C c) { return clock_text(c.detail(e.job->id).request.begin_at_ms); }},
    Field{"specified_terminate_time sterminate_time", "SPECIFIED_TERMINATE_TIME", 24,
          [](E e, C c) { return clock_text(c.detail(e.job->id).request.deadline_at_ms); }},
    Field{"finish_time", "FINISH_TIME", 16, finish_time},
    Field{"time_left", "TIME_LEFT", 11, time_left},
    Field{"pend_time", "PEND_TIME", 12, pend_time},
    Field{"pend_reason", "PEND_REASON", 11, pend_reason},
    Field{"pendstate", "PENDSTATE", 9,
          [](E e, C) {
            bool waits = stat_of(e) == Stat::pend || stat_of(e) == Stat::psusp;
            return std::string(waits ? e.job->position ? "EPEND" : "IPEND" : "");
          }},
    Field{"input_file", "INPUT_FILE", 10,
          [](E e, C c) { return c.detail(e.job->id).request.stdin_path; }},
    Field{"output_file", "OUTPUT_FILE", 11,
          [](E e, C c) { return c.detail(e.job->id).request.stdout_path; }},
    Field{"error_file", "ERROR_FILE", 10,
          [](E e, C c) { return c.detail(e.job->id).request.stderr_path; }},
    Field{"sub_cwd", "SUB_CWD", 10, [](E e, C c) { return c.submit_directory(e.job->id); }},
    Field{"exec_cwd", "EXEC_CWD", 10,
          [](E e, C c) { return c.detail(e.job->id).request.workdir; }},
    Field{"gpu_num", "GPU_NUM", 10, [](E e, C) { return std::to_string(e.job->devices); }},
};

const Field& field_of(const Column& column) {
  const Field* field = find_field(column.field);
  if (!field) fail_with(fmt::format("bjobs: {}: Illegal field name\n", printable(column.field)));
  return *field;
}

std::string cell(const Column& column, const Field& field, std::string text, bool is_title) {
  if (!column.has_width) return text;
  size_t width = column.width > 0 ? column.width : field.width;
  bool keep_end = field.title == "JOB_NAME" && !is_title;
  return fitted(text, width, column.right, keep_end);
}

template <class Text>
std::string line(const Format& format, const Text& text, bool is_title) {
  std::string out;
  for (const Column& column : format.columns) {
    const Field& field = field_of(column);
    if (&column != &format.columns.front()) out += format.delimiter.value_or(' ');
    out += cell(column, field, text(field), is_title);
  }
  return out;
}

}  // namespace

std::span<const Field> fields() { return kFields; }

const Field* find_field(std::string_view name) {
  for (const Field& field : kFields) {
    std::string_view names = field.name;
    while (!names.empty()) {
      size_t end = std::min(names.find(' '), names.size());
      if (names.substr(0, end) == name) return &field;
      names.remove_prefix(std::min(end + 1, names.size()));
    }
  }
  return nullptr;
}

std::string header_line(const Format& format) {
  return line(
      format, [](const Field& field) { return std::string(field.title); }, true);
}

std::string value_line(const Format& format, const Element& element, Cluster& cluster) {
  return line(
      format,
      [&](const Field& field) {
        std::string text = printable(field.text(element, cluster));
        return text.empty() ? std::string("-") : text;
      },
      false);
}

std::string json_record(const Format& format, const Element& element, Cluster& cluster) {
  std::string out;
  for (const Column& column : format.columns) {
    const Field& field = field_of(column);
    if (!out.empty()) out += ",\n";
    out += fmt::format("      {}:{}", to_json(std::string(field.title)),
                       to_json(field.text(element, cluster)));
  }
  return "    {\n" + out + "\n    }";
}

}  // namespace pentad::cli::front::lsf
