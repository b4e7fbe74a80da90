// sstat: what a running job uses at this moment, by looking at its processes on this machine.
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "cli/front/slurm/commands.h"
#include "cli/front/slurm/report_fields.h"
#include "cli/front/slurm/switches.h"

namespace pentad::cli::front::slurm {

namespace {

constexpr int kNothing = kLongOnly, kDelimiter = kLongOnly + 1;

constexpr std::array kSwitches = {
    Switch{kNothing, "allsteps", 'a', 0, "", "all steps of the jobs"},
    Switch{kDelimiter, "delimiter", 0, '=', "text", "between the values of -p and -P"},
    Switch{'e', "helpformat", 'e', 0, "", "names of all fields"},
    Switch{kNothing, "pidformat", 'i', 0, "", "accepted"},
    Switch{'j', "jobs", 'j', '=', "job(s)", "these jobs"},
    Switch{'n', "noheader", 'n', 0, "", "no headers"},
    Switch{kNothing, "noconvert", 0, 0, "", "accepted"},
    Switch{'o', "format", 'o', '=', "fields", "fields, by commas, with %width"},
    Switch{'p', "parsable", 'p', 0, "", "values between bars, one behind the last"},
    Switch{'P', "parsable2", 'P', 0, "", "values between bars"},
    Switch{kNothing, "verbose", 'v', 0, "", "accepted"},
};

constexpr const char* kUsual =
    "jobid,maxvmsize,maxvmsizenode,maxvmsizetask,avevmsize,maxrss,maxrssnode,maxrsstask,averss,"
    "maxpages,maxpagesnode,maxpagestask,avepages,mincpu,mincpunode,mincputask,avecpu,ntasks,"
    "avecpufreq,reqcpufreqmin,reqcpufreqmax,reqcpufreqgov,consumedenergy,maxdiskread,"
    "maxdiskreadnode,maxdiskreadtask,avediskread,maxdiskwrite,maxdiskwritenode,maxdiskwritetask,"
    "avediskwrite,tresusageinave,tresusageinmax,tresusageinmaxnode,tresusageinmaxtask,"
    "tresusageinmin,tresusageinminnode,tresusageinmintask,tresusageintot,tresusageoutave,"
    "tresusageoutmax,tresusageoutmaxnode,tresusageoutmaxtask,tresusageoutmin,tresusageoutminnode,"
    "tresusageoutmintask,tresusageouttot";

std::string whole_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

int64_t number_at(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

int64_t value_of(std::string_view text, std::string_view name) {
  size_t at = text.find(name);
  return at == text.npos ? 0 : number_at(text.substr(at + name.size()));
}

// utime and stime stand behind the closing bracket of the name, as fields 14 and 15.
void add_cpu(const std::string& stat, api::UsageView& usage) {
  size_t at = stat.rfind(')');
  if (at == stat.npos) return;
  std::string_view rest = std::string_view(stat).substr(at + 1);
  for (int field = 2; field < 13 && !rest.empty(); ++field) {
    rest.remove_prefix(std::min(rest.size(), rest.find(' ', 1)));
  }
  const int64_t ticks_per_s = std::max<int64_t>(1, sysconf(_SC_CLK_TCK));
  usage.cpu_user_ms += number_at(rest) * 1000 / ticks_per_s;
  rest.remove_prefix(std::min(rest.size(), rest.find(' ', 1)));
  usage.cpu_system_ms += number_at(rest) * 1000 / ticks_per_s;
}

// Sums over the processes whose environment names the attempt: of this user's, on this machine.
api::UsageView usage_now(const api::AttemptView& attempt, bool is_element) {
  api::UsageView out;
  std::string mark = fmt::format("PENTAD_JOB_ID={}", attempt.job);
  std::string element = fmt::format("PENTAD_ARRAY_INDEX={}", attempt.index);
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const std::string path = entry.path().string();
    if (path.find_first_not_of("0123456789", 6) != path.npos) continue;
    std::string environment = '\0' + whole_file(path + "/environ");
    auto has = [&](const std::string& text) {
      return environment.find('\0' + text + '\0') != environment.npos;
    };
    if (!has(mark) || (is_element && !has(element))) continue;
    const std::string io = whole_file(path + "/io");
    out.peak_memory_bytes += value_of(whole_file(path + "/status"), "VmRSS:") << 10;
    out.read_bytes += value_of(io, "\nread_bytes:");
    out.written_bytes += value_of(io, "\nwrite_bytes:");
    add_cpu(whole_file(path + "/stat"), out);
  }
  return out;
}

ReportStyle style_of(const Switches& words) {
  ReportStyle style;
  style.ends = words.has('p') && !words.has('P');
  style.parsable = words.has('p') || words.has('P');
  if (words.has(kDelimiter)) style.delimiter = words.last(kDelimiter);
  return style;
}

}  // namespace

int sstat(const Call& call) {
  auto words = read_switches(call, kSwitches);
  if (!words) return kOk;
  std::string out;
  if (words->has('e')) {
    append_field_names(out, true);
    return write_out(out, true), kOk;
  }
  std::string names = words->last('j');
  for (const std::string& word : words->rest) names += (names.empty() ? "" : ",") + word;
  if (names.empty()) throw failure(call, "You didn't give me any jobs to stat.");
  auto terms = read_job_terms(names);
  if (!terms) {
    throw CommandError(kFailed, fmt::format("{}: fatal: Bad job/step specified: {}", call.name,
                                            terms.error().message));
  }
  const ReportStyle style = style_of(*words);
  std::vector<ReportColumn> columns;
  try {
    columns = read_report_columns(words->has('o') ? words->last('o') : kUsual, true);
  } catch (const UnknownField& unknown) {
    throw failure(call, fmt::format("Invalid field requested: \"{}\"", unknown.name));
  }
  if (!words->has('n')) append_report_header(out, columns, style);
  write_out(out, true);
  Question question;
  question.jobs = *terms;
  Session session(call.globals);
  Jobs jobs(session, question);
  View view{jobs, now_ms(), "", {}};
  for (int64_t id : jobs.unknown()) {
    complain(call, fmt::format("couldn't get steps for job {}", id));
  }
  std::map<int64_t, bool> runs;
  for (Row& row : jobs.rows()) {
    bool running = row.attempt && !is_final(row.state) && !row.waits();
    runs[row.job->id] |= running;
    if (!running) continue;
    api::AttemptView measured = *row.attempt;
    measured.usage = usage_now(measured, row.element.has_value());
    Row now = row;
    now.attempt = &measured;
    std::vector<std::string> values;
    for (const ReportColumn& column : columns) {
      values.push_back(report_text(column.field, {&now, true}, view, style));
    }
    append_report_line(out, columns, values, style);
  }
  write_out(out, true);
  for (const auto& [id, running] : runs) {
    if (!running) complain(call, fmt::format("No steps running for job {}", id));
  }
  return kOk;
}

}  // namespace pentad::cli::front::slurm
