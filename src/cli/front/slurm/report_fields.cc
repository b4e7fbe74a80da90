#include "cli/front/slurm/report_fields.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

#include "cli/front/slurm/words.h"
#include "dialect/values.h"

namespace pentad::cli::front::slurm {

namespace {

// The signal with which the script of a job goes that is ended from outside.
constexpr int32_t kEndSignal = 15;
constexpr int32_t kMemoryCode = 125;

struct Context {
  const ReportRow& of;
  const View& view;
  const ReportStyle& style;
  const Row& row() const { return *of.row; }
  const api::JobSummary& job() const { return *of.row->job; }
  const api::AttemptView* attempt() const { return of.row->attempt; }
};

api::UsageView usage_of(const Context& c) {
  return c.attempt() ? c.attempt()->usage : c.row().waits() ? api::UsageView{} : c.job().usage;
}

std::string state_words(const Context& c) {
  std::string word(long_state(c.row().state));
  bool by_user = c.row().state == JobState::cancelled && !c.of.is_batch;
  return by_user ? fmt::format("{} by {}", word, c.view.ids_of(c.job().user).uid) : word;
}

std::string exit_text_of(const Context& c) {
  JobState state = c.row().state;
  bool is_stopped = state == JobState::cancelled || state == JobState::timeout;
  if (state == JobState::out_of_memory) return exit_words(0, kMemoryCode);
  if (is_stopped) return exit_words(0, c.of.is_batch ? kEndSignal : 0);
  if (!is_final(state)) return exit_words(0, 0);
  if (c.attempt()) return exit_words(c.attempt()->exit_code, c.attempt()->signal);
  return exit_words(c.job().exit_code, c.job().signal);
}

std::string id_words(const Context& c) {
  return job_words(c.row(), c.view.jobs) + (c.of.is_batch ? ".batch" : "");
}

std::string raw_id_words(const Context& c) {
  std::string id = fmt::to_string(c.job().id);
  // Elements have no number of their own here: 12_3 names one wherever a number is taken.
  if (c.row().element) id = job_words(c.row(), c.view.jobs);
  return id + (c.of.is_batch ? ".batch" : "");
}

std::string cores_words(const Context& c) {
  int64_t cores = all_cores(c.row());
  if (c.of.is_batch && c.attempt()) cores = c.attempt()->cores;
  return fmt::to_string(cores);
}

int64_t cpu_time_s(const Context& c) {
  return elapsed_s(c.row(), c.view.now_ms) * all_cores(c.row());
}

int64_t reserved_s(const Context& c) {
  int64_t until = start_ms(c.row()).value_or(end_ms(c.row()).value_or(c.view.now_ms));
  return std::max<int64_t>(0, until - c.job().submitted_at_ms) / 1000;
}

std::string reason_words(const Context& c) {
  api::JobSummary job;
  job.state = c.row().state;
  job.reason = c.job().reason;
  job.signal = c.attempt() ? c.attempt()->signal : c.job().signal;
  return std::string(reason_word(job));
}

std::string nodes_words(const Context& c) {
  std::string names = node_list(c.row());
  return names.empty() ? "None assigned" : names;
}

std::string first_node(const Context& c) {
  bool has_one = c.attempt() && !c.attempt()->nodes.empty();
  return has_one ? c.attempt()->nodes.front().node : "";
}

using Text = std::string (*)(const Context&);
enum class Of : uint8_t { both, job, step };
struct Field {
  std::string_view name;
  int width;  // below 0: to the left
  Of of = Of::both;
  Text text = nullptr;  // null: nothing stands there, as nobody measures it here
  bool in_sstat = false;
};

#define PENTAD_TEXT [](const Context& c) -> std::string
using enum Of;

constexpr std::array kFields = {Field{"Account", 10, both, PENTAD_TEXT{return c.job().project;
}  // namespace
}  // namespace pentad::cli::front::slurm
, Field{"AdminComment", 19}, Field{"AllocCPUS", 10, both, cores_words},
    Field{"AllocNodes", 10, both,
          PENTAD_TEXT{return fmt::to_string(c.attempt() ? c.attempt()->nodes.size() : 0);
}
}
, Field{"AllocTRES", 10, both, PENTAD_TEXT{return c.attempt() ? tres_words(c.row()) : "";
}
}
, Field{"AssocID", 7}, Field{"AveCPU", 10, step, PENTAD_TEXT{api::UsageView u = usage_of(c);
return clock_time((u.cpu_user_ms + u.cpu_system_ms) / 1000);
}
, true
}
, Field{"AveCPUFreq", 10, step, nullptr, true},
    Field{"AveDiskRead", 14, step,
          PENTAD_TEXT{return measured_text(usage_of(c).read_bytes, c.style.unit);
}
, true
}
, Field{"AveDiskWrite", 14, step,
        PENTAD_TEXT{return measured_text(usage_of(c).written_bytes, c.style.unit);
}
, true
}
, Field{"AvePages", 10, step, nullptr, true},
    Field{"AveRSS", 10, step,
          PENTAD_TEXT{return measured_text(usage_of(c).peak_memory_bytes, c.style.unit);
}
, true
}
, Field{"AveVMSize", 10, step, nullptr, true}, Field{"BlockID", 16},
    Field{"Cluster", 10, both, [](const Context&) -> std::string { return "pentad"; }},
    Field{"Comment", 14, job, PENTAD_TEXT{return c.job().comment;
}
}
, Field{"Constraints", 19, job, PENTAD_TEXT{std::string out;
for (const auto& f : c.view.jobs.detail(c.job().id).request.resources.features) {
  out += (out.empty() ? "" : "&") + f;
}
return out;
}
}
, Field{"ConsumedEnergy", 14, both, nullptr, true},
    Field{"ConsumedEnergyRaw", 17, both, nullptr, true}, Field{"Container", 19},
    Field{"CPUTime", 10, both, PENTAD_TEXT{return clock_time(cpu_time_s(c));
}
}
, Field{"CPUTimeRAW", 10, both, PENTAD_TEXT{return fmt::to_string(cpu_time_s(c));
}
}
, Field{"DBIndex", 10, both, PENTAD_TEXT{return fmt::to_string(c.job().id);
}
}
, Field{"DerivedExitCode", 15, job, [](const Context&) -> std::string { return "0:0"; }},
    Field{"Elapsed", 10, both, PENTAD_TEXT{return clock_time(elapsed_s(c.row(), c.view.now_ms));
}
}
, Field{"ElapsedRaw", 10, both,
        PENTAD_TEXT{return fmt::to_string(elapsed_s(c.row(), c.view.now_ms));
}
}
, Field{"Eligible", 19, both,
        PENTAD_TEXT{return c.of.is_batch ? moment(start_ms(c.row()), "Unknown")
                                         : moment(c.job().submitted_at_ms);
}
}
, Field{"End", 19, both, PENTAD_TEXT{return moment(end_ms(c.row()), "Unknown");
}
}
, Field{"ExitCode", 8, both, exit_text_of}, Field{"Flags", 19},
    Field{"GID", 6, job, PENTAD_TEXT{return c.view.ids_of(c.job().user).gid;
}
}
, Field{"Group", 9, job, PENTAD_TEXT{return c.view.ids_of(c.job().user).group;
}
}
, Field{"JobID", -12, both, id_words, true}, Field{"JobIDRaw", -12, both, raw_id_words},
    Field{"JobName", 10, both, PENTAD_TEXT{return c.of.is_batch ? "batch" : c.job().name;
}
}
, Field{"Layout", 9, step, PENTAD_TEXT{return c.of.is_batch ? "Unknown" : "";
}
}
, Field{"MaxDiskRead", 12, step,
        PENTAD_TEXT{return measured_text(usage_of(c).read_bytes, c.style.unit);
}
, true
}
, Field{"MaxDiskReadNode", 15, step, first_node, true},
    Field{"MaxDiskReadTask", 15, step, PENTAD_TEXT{return c.of.is_batch ? "0" : "";
}
, true
}
, Field{"MaxDiskWrite", 12, step,
        PENTAD_TEXT{return measured_text(usage_of(c).written_bytes, c.style.unit);
}
, true
}
, Field{"MaxDiskWriteNode", 16, step, first_node, true},
    Field{"MaxDiskWriteTask", 16, step, PENTAD_TEXT{return c.of.is_batch ? "0" : "";
}
, true
}
, Field{"MaxPages", 8, step, nullptr, true}, Field{"MaxPagesNode", 12, step, nullptr, true},
    Field{"MaxPagesTask", 14, step, nullptr, true},
    Field{"MaxRSS", 10, step,
          PENTAD_TEXT{return measured_text(usage_of(c).peak_memory_bytes, c.style.unit);
}
, true
}
, Field{"MaxRSSNode", 10, step, first_node, true},
    Field{"MaxRSSTask", 10, step, PENTAD_TEXT{return c.of.is_batch ? "0" : "";
}
, true
}
, Field{"MaxVMSize", 10, step, nullptr, true}, Field{"MaxVMSizeNode", 14, step, nullptr, true},
    Field{"MaxVMSizeTask", 14, step, nullptr, true}, Field{"McsLabel", 10},
    Field{"MinCPU", 10, step, PENTAD_TEXT{api::UsageView u = usage_of(c);
return clock_time((u.cpu_user_ms + u.cpu_system_ms) / 1000);
}
, true
}
, Field{"MinCPUNode", 10, step, first_node, true},
    Field{"MinCPUTask", 10, step, PENTAD_TEXT{return c.of.is_batch ? "0" : "";
}
, true
}
, Field{"NCPUS", 10, both, cores_words},
    Field{"NNodes", 8, both, PENTAD_TEXT{return fmt::to_string(c.job().nodes);
}
}
, Field{"NodeList", 15, both, nodes_words, true},
    Field{"NTasks", 8, step, PENTAD_TEXT{return c.of.is_batch ? "1" : "";
}
, true
}
, Field{"Partition", 10, job, PENTAD_TEXT{return partition_of(c.row(), c.view);
}
}
, Field{"Priority", 10, job, PENTAD_TEXT{return fmt::to_string(shown_priority(c.job()));
}
}
, Field{"QOS", 10, job, PENTAD_TEXT{return c.job().qos.empty() ? "normal" : c.job().qos;
}
}
, Field{"QOSRAW", 10, job, PENTAD_TEXT{return c.job().qos.empty() ? "1" : c.job().qos;
}
}
, Field{"Reason", 22, job, reason_words}, Field{"ReqCPUFreq", 10, both, nullptr, true},
    Field{"ReqCPUFreqGov", 13, both, nullptr, true},
    Field{"ReqCPUFreqMax", 13, both, nullptr, true},
    Field{"ReqCPUFreqMin", 13, both, nullptr, true},
    Field{"ReqCPUS", 8, both,
          PENTAD_TEXT{return fmt::to_string(int64_t{c.job().nodes} * c.job().cores);
}
}
, Field{"ReqMem", 10, job, PENTAD_TEXT{return memory_text(c.job().memory_bytes);
}
}
, Field{"ReqNodes", 8, job, PENTAD_TEXT{return fmt::to_string(c.job().nodes);
}
}
, Field{"ReqTRES", 10, job, PENTAD_TEXT{Row asked = c.row();
asked.attempt = nullptr;
return tres_words(asked);
}
}
, Field{"Reservation", 20}, Field{"ReservationId", 19},
    Field{"Reserved", 10, job, PENTAD_TEXT{return clock_time(reserved_s(c));
}
}
, Field{"ResvCPU", 10, job, PENTAD_TEXT{return clock_time(reserved_s(c) * all_cores(c.row()));
}
}
, Field{"ResvCPURAW", 10, job,
        PENTAD_TEXT{return fmt::to_string(reserved_s(c) * all_cores(c.row()));
}
}
, Field{"Start", 19, both,
        PENTAD_TEXT{return moment(start_ms(c.row()), c.row().waits() ? "Unknown" : "None");
}
}
, Field{"State", 10, both, state_words},
    Field{"Submit", 19, both,
          PENTAD_TEXT{return c.of.is_batch ? moment(start_ms(c.row()), "Unknown")
                                           : moment(c.job().submitted_at_ms);
}
}
, Field{"SubmitLine", 20},
    Field{"Suspended", 10, both, [](const Context&) -> std::string { return "00:00:00"; }},
    Field{"SystemComment", 14},
    Field{"SystemCPU", 10, both, PENTAD_TEXT{return cpu_time(usage_of(c).cpu_system_ms);
}
}
, Field{"Timelimit", 10, job,
        PENTAD_TEXT{return c.job().limit_s > 0 ? clock_time(c.job().limit_s) : "UNLIMITED";
}
}
, Field{"TimelimitRaw", 12, job,
        PENTAD_TEXT{return c.job().limit_s > 0 ? fmt::to_string(c.job().limit_s / 60) : "UNLIMITED";
}
}
, Field{"TotalCPU", 10, both, PENTAD_TEXT{api::UsageView u = usage_of(c);
return cpu_time(u.cpu_user_ms + u.cpu_system_ms);
}
}
, Field{"TRESUsageInAve", 14, step, nullptr, true},
    Field{"TRESUsageInMax", 14, step, nullptr, true},
    Field{"TRESUsageInMaxNode", 18, step, nullptr, true},
    Field{"TRESUsageInMaxTask", 18, step, nullptr, true},
    Field{"TRESUsageInMin", 14, step, nullptr, true},
    Field{"TRESUsageInMinNode", 18, step, nullptr, true},
    Field{"TRESUsageInMinTask", 18, step, nullptr, true},
    Field{"TRESUsageInTot", 14, step, nullptr, true},
    Field{"TRESUsageOutAve", 15, step, nullptr, true},
    Field{"TRESUsageOutMax", 15, step, nullptr, true},
    Field{"TRESUsageOutMaxNode", 19, step, nullptr, true},
    Field{"TRESUsageOutMaxTask", 19, step, nullptr, true},
    Field{"TRESUsageOutMin", 15, step, nullptr, true},
    Field{"TRESUsageOutMinNode", 19, step, nullptr, true},
    Field{"TRESUsageOutMinTask", 19, step, nullptr, true},
    Field{"TRESUsageOutTot", 15, step, nullptr, true},
    Field{"UID", 6, job, PENTAD_TEXT{return c.view.ids_of(c.job().user).uid;
}
}
, Field{"User", 9, job, PENTAD_TEXT{return c.job().user;
}
}
, Field{"UserCPU", 10, both, PENTAD_TEXT{return cpu_time(usage_of(c).cpu_user_ms);
}
}
, Field{"WCKey", 10}, Field{"WCKeyID", 10},
    Field{"WorkDir", 15, job, PENTAD_TEXT{return c.view.jobs.detail(c.job().id).request.workdir;
}
}
,
}
;

#undef PENTAD_TEXT

size_t find_field(std::string_view given, bool for_sstat) {
  std::string name = dialect::lower(given);
  for (size_t i = 0; i < kFields.size(); ++i) {
    if (name == dialect::lower(kFields[i].name) && (!for_sstat || kFields[i].in_sstat)) return i;
  }
  return kNoField;
}

}  // namespace

size_t report_field_count() { return kFields.size(); }
std::string_view report_field_name(size_t field) { return kFields[field].name; }
bool is_sstat_field(size_t field) { return kFields[field].in_sstat; }

std::vector<ReportColumn> read_report_columns(std::string_view format, bool for_sstat) {
  std::vector<ReportColumn> out;
  auto add = [&](size_t field, std::string_view width) {
    int wanted = kFields[field].width;
    if (!width.empty()) {
      bool left = width.starts_with('-');
      auto number = dialect::parse_whole(width.substr(left ? 1 : 0));
      if (number && *number > 0 && *number < 10'000) {
        wanted = static_cast<int>(*number) * (left ? -1 : 1);
      }
    }
    out.push_back({field, static_cast<size_t>(std::abs(wanted)), wanted < 0});
  };
  while (!format.empty()) {
    std::string_view word = format.substr(0, format.find(','));
    format.remove_prefix(std::min(format.size(), word.size() + 1));
    word = dialect::trim(word);
    if (word.empty()) continue;
    size_t percent = std::min(word.find('%'), word.size());
    std::string_view name = word.substr(0, percent);
    if (dialect::lower(name) == "all") {
      for (size_t i = 0; i < kFields.size(); ++i) {
        if (!for_sstat || kFields[i].in_sstat) add(i, "");
      }
      continue;
    }
    size_t field = find_field(name, for_sstat);
    if (field == kNoField) throw UnknownField{std::string(name)};
    add(field, word.substr(std::min(percent + 1, word.size())));
  }
  return out;
}

std::string report_text(size_t field, const ReportRow& row, const View& view,
                        const ReportStyle& style) {
  const Field& f = kFields[field];
  bool fits = f.of == both || (f.of == step) == row.is_batch;
  return f.text && fits ? f.text(Context{row, view, style}) : "";
}

void append_report_line(std::string& out, const std::vector<ReportColumn>& columns,
                        const std::vector<std::string>& values, const ReportStyle& style) {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (style.parsable) {
      out += values[i];
      if (style.ends || i + 1 < columns.size()) out += style.delimiter;
      continue;
    }
    const ReportColumn& column = columns[i];
    std::string cell;
    append_cell(cell, values[i], column.width, !column.left);
    bool is_cut = values[i].size() > cell.size();
    if (is_cut && !cell.empty()) cell.back() = '+';
    out += cell + ' ';
  }
  out += '\n';
}

void append_report_header(std::string& out, const std::vector<ReportColumn>& columns,
                          const ReportStyle& style) {
  std::vector<std::string> names, dashes;
  for (const ReportColumn& column : columns) {
    std::string_view name = kFields[column.field].name;
    names.emplace_back(style.parsable ? name : name.substr(0, column.width));
    dashes.emplace_back(column.width, '-');
  }
  append_report_line(out, columns, names, style);
  if (!style.parsable) append_report_line(out, columns, dashes, style);
}

void append_field_names(std::string& out, bool for_sstat) {
  size_t at = 0;
  for (const Field& f : kFields) {
    if (for_sstat && !f.in_sstat) continue;
    if (at > 0) out += at % 4 == 0 ? "\n" : " ";
    out += fmt::format("{:<19}", f.name);
    ++at;
  }
  out += "\n";
}

}  // namespace pentad::cli::front::slurm
