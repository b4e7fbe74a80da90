#include "cli/front/slurm/job_fields.h"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>

#include <algorithm>
#include <array>

#include "cli/front/slurm/words.h"
#include "dialect/values.h"

namespace pentad::cli::front::slurm {

namespace {

constexpr int64_t kPriorityOfAll = 1'000'000;  // above what users may take away

std::string or_null(const std::string& text) { return text.empty() ? "(null)" : text; }

std::string limit_words(const api::JobSummary& job) {
  return job.limit_s > 0 ? short_time(job.limit_s) : "UNLIMITED";
}

std::string left_words(const Row& row, const View& view) {
  if (row.job->limit_s <= 0) return "UNLIMITED";
  return short_time(row.job->limit_s - elapsed_s(row, view.now_ms));
}

std::optional<int64_t> expected_start(const Row& row) {
  return row.waits() ? row.job->expected_start_at_ms : start_ms(row);
}

std::string end_words(const Row& row) {
  if (auto end = end_ms(row)) return moment(*end);
  auto start = expected_start(row);
  if (!start || row.job->limit_s <= 0) return "N/A";
  return moment(*start + row.job->limit_s * 1000);
}

// A job that waits or went wrong says why, any other where.
std::string place_words(const Row& row) {
  bool says_why = row.waits() || row.state == JobState::failed || row.state == JobState::timeout ||
                  row.state == JobState::out_of_memory;
  if (!says_why) return node_list(row);
  api::JobSummary of_row = *row.job;
  of_row.state = row.state;
  if (row.attempt) of_row.signal = row.attempt->signal;
  return fmt::format("({})", reason_word(of_row));
}

std::string why_words(const Row& row) {
  if (row.state == row.job->state) return std::string(reason_word(*row.job));
  api::JobSummary of_row;
  of_row.state = row.state;
  of_row.reason = row.job->reason;
  of_row.signal = row.attempt ? row.attempt->signal : row.job->signal;
  return std::string(reason_word(of_row));
}

std::string task_words(const Row& row, const View& view) {
  if (row.element) return fmt::to_string(*row.element);
  if (!row.rest) return "N/A";
  std::string words = job_words(row, view.jobs);
  size_t open = words.find('[');
  return words.substr(open + 1, words.size() - open - 2);
}

std::string gres_words(const Row& row) {
  if (row.job->devices <= 0) return "N/A";
  return fmt::format("gres:gpu:{}", row.job->devices);
}

const api::JobSubmission& request(const Row& row, const View& view) {
  return view.jobs.detail(row.job->id).request;
}

std::string list_words(const std::vector<std::string>& words, std::string_view mark) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : std::string(mark)) + word;
  return or_null(out);
}

std::string licence_words(const Row& row, const View& view) {
  std::string out;
  for (const api::LicenceCount& one : request(row, view).resources.licences) {
    out += fmt::format("{}{}", out.empty() ? "" : ",", one.name);
    if (one.count != 1) out += fmt::format(":{}", one.count);
  }
  return or_null(out);
}

std::string output_words(const Row& row, const View& view, bool error) {
  for (const api::AttemptView& a : view.jobs.detail(row.job->id).attempts) {
    if (row.attempt && a.id == row.attempt->id) return error ? a.stderr_path : a.stdout_path;
  }
  const api::JobSubmission& asked = request(row, view);
  return error && !asked.stderr_path.empty() ? asked.stderr_path : asked.stdout_path;
}

int64_t cpus_per_task(const Row& row, const View& view) {
  const auto& launch = request(row, view).launch;
  return launch ? launch->cpus_per_task.value_or(1) : 1;
}

using Text = std::string (*)(const Row&, const View&);
struct Field {
  char letter;
  std::string_view name, title;
  Text text;
};

#define PENTAD_FIELD [](const Row& row, const View& view) -> std::string
#define PENTAD_ROW_FIELD [](const Row& row, const View&) -> std::string
#define PENTAD_FIXED(words) [](const Row&, const View&) -> std::string { return words; }

// In the order of squeue's own %all; the rest has names only.
constexpr std::array kFields = {
    Field{'a', "account", "ACCOUNT", PENTAD_ROW_FIELD{return or_null(row.job->project);
}  // namespace
}  // namespace pentad::cli::front::slurm
, Field{'b', "tres-per-node", "TRES_PER_NODE", PENTAD_ROW_FIELD{return gres_words(row);
}
}
, Field{'c', "mincpus", "MIN_CPUS", PENTAD_FIELD{return fmt::to_string(cpus_per_task(row, view));
}
}
, Field{'d', "mintmpdisk", "MIN_TMP_DISK", PENTAD_FIXED("0")},
    Field{'e', "endtime", "END_TIME", PENTAD_ROW_FIELD{return end_words(row);
}
}
, Field{'f', "feature", "FEATURES",
        PENTAD_FIELD{return list_words(request(row, view).resources.features, "&");
}
}
, Field{'g', "groupname", "GROUP", PENTAD_FIELD{return view.ids_of(row.job->user).group;
}
}
, Field{'h', "oversubscribe", "OVER_SUBSCRIBE",
        PENTAD_FIELD{return request(row, view).resources.exclusive.value_or(false) ? "NO" : "OK";
}
}
, Field{'i', "jobarrayid", "JOBID", PENTAD_FIELD{return job_words(row, view.jobs);
}
}
, Field{'j', "name", "NAME", PENTAD_ROW_FIELD{return row.job->name;
}
}
, Field{'k', "comment", "COMMENT", PENTAD_ROW_FIELD{return or_null(row.job->comment);
}
}
, Field{'l', "timelimit", "TIME_LIMIT", PENTAD_ROW_FIELD{return limit_words(*row.job);
}
}
, Field{'m', "minmemory", "MIN_MEMORY", PENTAD_ROW_FIELD{return memory_text(row.job->memory_bytes);
}
}
, Field{'n', "reqnodes", "REQ_NODES", PENTAD_FIXED("")},
    Field{'o', "command", "COMMAND", PENTAD_FIELD{const auto& argv = request(row, view).argv;
return argv.empty() ? "(null)" : argv.front();
}
}
, Field{'p', "priority", "PRIORITY",
        PENTAD_ROW_FIELD{return fmt::format(
            "{:.14f}", static_cast<double>(shown_priority(*row.job)) / 4294967296.0);
}
}
, Field{'q', "qos", "QOS", PENTAD_ROW_FIELD{return row.job->qos.empty() ? "normal" : row.job->qos;
}
}
, Field{'r', "reason", "REASON", PENTAD_ROW_FIELD{return why_words(row);
}
}
, Field{'s', "selectjobinfo", "", PENTAD_FIXED("")},
    Field{'t', "statecompact", "ST", PENTAD_ROW_FIELD{return std::string(short_state(row.state));
}
}
, Field{'u', "username", "USER", PENTAD_ROW_FIELD{return row.job->user;
}
}
, Field{'v', "reservation", "RESERVATION",
        PENTAD_FIELD{auto id = request(row, view).resources.reservation;
return id ? fmt::to_string(*id) : "(null)";
}
}
, Field{'w', "wckey", "WCKEY", PENTAD_FIXED("(null)")},
    Field{'x', "excnodes", "EXC_NODES", PENTAD_FIXED("")},
    Field{'y', "nice", "NICE",
          PENTAD_ROW_FIELD{return fmt::to_string(std::max(0, -row.job->priority));
}
}
, Field{'z', "sct", "S:C:T", PENTAD_FIXED("*:*:*")},
    Field{'A', "jobid", "JOBID", PENTAD_ROW_FIELD{return fmt::to_string(row.job->id);
}
}
, Field{'B', "batchhost", "EXEC_HOST",
        PENTAD_ROW_FIELD{return row.attempt && !row.attempt->nodes.empty()
                                    ? row.attempt->nodes.front().node
                                    : "n/a";
}
}
, Field{'C', "numcpus", "CPUS", PENTAD_ROW_FIELD{return fmt::to_string(all_cores(row));
}
}
, Field{'D', "numnodes", "NODES", PENTAD_ROW_FIELD{return fmt::to_string(row.job->nodes);
}
}
, Field{'E', "dependency", "DEPENDENCY",
        PENTAD_FIELD{return dependency_words(view.jobs.detail(row.job->id));
}
}
, Field{'F', "arrayjobid", "ARRAY_JOB_ID", PENTAD_ROW_FIELD{return fmt::to_string(row.job->id);
}
}
, Field{'G', "groupid", "GROUP", PENTAD_FIELD{return view.ids_of(row.job->user).gid;
}
}
, Field{'H', "socketspernode", "SOCKETS_PER_NODE", PENTAD_FIXED("*")},
    Field{'I', "corespersocket", "CORES_PER_SOCKET", PENTAD_FIXED("*")},
    Field{'J', "threadspercore", "THREADS_PER_CORE", PENTAD_FIXED("*")},
    Field{'K', "arraytaskid", "ARRAY_TASK_ID", task_words},
    Field{'L', "timeleft", "TIME_LEFT", left_words},
    Field{'M', "timeused", "TIME", PENTAD_FIELD{return short_time(elapsed_s(row, view.now_ms));
}
}
, Field{'N', "nodelist", "NODELIST", PENTAD_ROW_FIELD{return node_list(row);
}
}
, Field{'O', "contiguous", "CONTIGUOUS", PENTAD_FIXED("0")},
    Field{'P', "partition", "PARTITION", partition_of},
    Field{'Q', "prioritylong", "PRIORITY",
          PENTAD_ROW_FIELD{return fmt::to_string(shown_priority(*row.job));
}
}
, Field{'R', "reasonlist", "NODELIST(REASON)", PENTAD_ROW_FIELD{return place_words(row);
}
}
, Field{'S', "starttime", "START_TIME", PENTAD_ROW_FIELD{return moment(expected_start(row), "N/A");
}
}
, Field{'T', "state", "STATE", PENTAD_ROW_FIELD{return std::string(long_state(row.state));
}
}
, Field{'U', "userid", "UID", PENTAD_FIELD{return view.ids_of(row.job->user).uid;
}
}
, Field{'V', "submittime", "SUBMIT_TIME", PENTAD_ROW_FIELD{return moment(row.job->submitted_at_ms);
}
}
, Field{'W', "licenses", "LICENSES", licence_words},
    Field{'X', "corespec", "CORE_SPEC", PENTAD_FIXED("N/A")},
    Field{'Y', "schednodes", "SCHEDNODES", PENTAD_FIXED("(null)")},
    Field{'Z', "workdir", "WORK_DIR", PENTAD_FIELD{return request(row, view).workdir;
}
}
, Field{0, "cpus-per-task", "CPUS_PER_TASK",
        PENTAD_FIELD{return fmt::to_string(cpus_per_task(row, view));
}
}
, Field{0, "gres", "TRES_PER_NODE", PENTAD_ROW_FIELD{return gres_words(row);
}
}
, Field{0, "exit_code", "EXIT_CODE", PENTAD_ROW_FIELD{return fmt::to_string(row.job->exit_code);
}
}
, Field{0, "numtasks", "TASKS", PENTAD_FIELD{const auto& launch = request(row, view).launch;
return fmt::to_string(launch ? launch->tasks.value_or(row.job->nodes) : 1);
}
}
, Field{0, "restartcnt", "RESTART_COUNT",
        PENTAD_ROW_FIELD{return fmt::to_string(std::max(0, row.job->attempts - 1));
}
}
, Field{0, "stderr", "STDERR", PENTAD_FIELD{return output_words(row, view, true);
}
}
, Field{0, "stdin", "STDIN", PENTAD_FIELD{const std::string& path = request(row, view).stdin_path;
return path.empty() ? "/dev/null" : path;
}
}
, Field{0, "stdout", "STDOUT", PENTAD_FIELD{return output_words(row, view, false);
}
}
, Field{0, "tres-alloc", "TRES_ALLOC", PENTAD_ROW_FIELD{return tres_words(row);
}
}
, Field{0, "cluster", "CLUSTER", PENTAD_FIXED("pentad")},
}
;

#undef PENTAD_FIELD
#undef PENTAD_ROW_FIELD
#undef PENTAD_FIXED

// Numbers where the field is one, so that 9 stands before 10.
std::optional<int64_t> key_number(char letter, const Row& row, const View& view) {
  switch (letter) {
    case 'i':
    case 'A':
    case 'F':
      return row.job->id;
    case 'K':
      return row.element ? row.element : row.rest ? row.rest->first() : std::optional<int64_t>(-1);
    case 't':
    case 'T':
      return static_cast<int64_t>(row.waits() ? JobState::held : row.state);
    case 'p':
    case 'Q':
      return shown_priority(*row.job);
    case 'D':
      return row.job->nodes;
    case 'C':
      return all_cores(row);
    case 'm':
      return row.job->memory_bytes;
    case 'l':
      return row.job->limit_s;
    case 'M':
      return elapsed_s(row, view.now_ms);
    case 'L':
      return row.job->limit_s - elapsed_s(row, view.now_ms);
    case 'S':
      return expected_start(row).value_or(INT64_MAX);
    case 'V':
      return row.job->submitted_at_ms;
    default:
      return {};
  }
}

}  // namespace

const View::UserIds& View::ids_of(const std::string& user) const {
  auto [found, is_new] = known.try_emplace(user);
  if (!is_new) return found->second;
  const passwd* entry = getpwnam(user.c_str());
  if (!entry) return found->second = {"4294967294", "4294967294", "nogroup"}, found->second;
  const group* of = getgrgid(entry->pw_gid);
  found->second = {fmt::to_string(entry->pw_uid), fmt::to_string(entry->pw_gid),
                   of ? of->gr_name : fmt::to_string(entry->pw_gid)};
  return found->second;
}

std::string_view all_job_letters() {
  return "%a|%b|%c|%d|%e|%f|%g|%h|%i|%j|%k|%l|%m|%n|%o|%p|%q|%r|%s|%t|%u|%v|%w|%x|%y|%z|%A|%B|%C|%"
         "D|"
         "%E|%F|%G|%H|%I|%J|%K|%L|%M|%N|%O|%P|%Q|%R|%S|%T|%U|%V|%W|%X|%Y|%Z";
}

size_t job_field_of(char letter) {
  for (size_t i = 0; i < kFields.size(); ++i) {
    if (kFields[i].letter == letter && letter != 0) return i;
  }
  return kNoField;
}

size_t job_field_named(std::string_view given) {
  std::string name = dialect::lower(given);
  if (name == "features") name = "feature";
  if (name == "tres-per-job" || name == "tres_per_node") name = "tres-per-node";
  if (name == "tres") name = "tres-alloc";
  for (size_t i = 0; i < kFields.size(); ++i) {
    if (kFields[i].name == name) return i;
  }
  return kNoField;
}

std::string_view job_title(size_t field) { return kFields[field].title; }

std::string job_text(size_t field, const Row& row, const View& view) {
  return kFields[field].text(row, view);
}

void sort_rows(std::vector<Row>& rows, std::string_view keys, const View& view) {
  struct SortKey {
    char letter;
    size_t field;
    bool descending;
  };
  std::vector<SortKey> wanted;
  bool descending = false;
  for (char letter : keys) {
    if (letter == '-' || letter == '+') descending = letter == '-';
    if (job_field_of(letter) == kNoField) continue;
    wanted.push_back({letter, job_field_of(letter), descending});
    descending = false;
  }
  // Each value once, not at each comparison.
  struct Value {
    int64_t number = 0;
    std::string text;
  };
  std::vector<Value> values(rows.size() * wanted.size());
  std::vector<size_t> order(rows.size());
  for (size_t row = 0; row < rows.size(); ++row) {
    order[row] = row;
    for (size_t k = 0; k < wanted.size(); ++k) {
      Value& value = values[row * wanted.size() + k];
      auto number = key_number(wanted[k].letter, rows[row], view);
      if (number) value.number = *number;
      if (!number) value.text = job_text(wanted[k].field, rows[row], view);
    }
  }
  std::ranges::stable_sort(order, [&](size_t a, size_t b) {
    for (size_t k = 0; k < wanted.size(); ++k) {
      const Value& left = values[a * wanted.size() + k];
      const Value& right = values[b * wanted.size() + k];
      int by_text = left.text.compare(right.text);
      if (left.number == right.number && by_text == 0) continue;
      bool less = left.number != right.number ? left.number < right.number : by_text < 0;
      return less != wanted[k].descending;
    }
    return false;
  });
  std::vector<Row> sorted;
  sorted.reserve(rows.size());
  for (size_t at : order) sorted.push_back(std::move(rows[at]));
  rows = std::move(sorted);
}

std::string partition_of(const Row& row, const View& view) {
  if (!row.job->queue.empty()) return row.job->queue;
  if (row.attempt && !row.attempt->pool.empty()) return row.attempt->pool;
  return view.default_partition;
}

int64_t shown_priority(const api::JobSummary& job) {
  bool is_held = job.state == JobState::held || job.reason == PendingReason::held_by_user ||
                 job.reason == PendingReason::held_by_operator;
  return is_held ? 0 : std::max<int64_t>(1, kPriorityOfAll + job.priority);
}

std::string tres_words(const Row& row) {
  int64_t nodes = row.attempt ? static_cast<int64_t>(row.attempt->nodes.size()) : row.job->nodes;
  int64_t memory = (row.attempt ? row.attempt->memory_bytes : row.job->memory_bytes) * nodes;
  std::string out = fmt::format("cpu={},", all_cores(row));
  if (memory > 0) out += fmt::format("mem={},", memory_text(memory));
  out += fmt::format("node={},billing={}", nodes, all_cores(row));
  if (row.job->devices > 0) out += fmt::format(",gres/gpu={}", row.job->devices * nodes);
  return out;
}

}  // namespace pentad::cli::front::slurm
