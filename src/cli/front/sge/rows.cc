#include "cli/front/sge/rows.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

namespace pentad::cli::front::sge {

namespace {

bool has_hold(const api::JobSummary& job) {
  return job.state == JobState::held || job.reason == PendingReason::held_by_user ||
         job.reason == PendingReason::held_by_operator || job.reason == PendingReason::dependency ||
         job.reason == PendingReason::dependency_never;
}

// Letters of -s that a job's hold is of.
std::string hold_letters(const api::JobSummary& job) {
  if (job.reason == PendingReason::begin_time) return "ha";
  if (!has_hold(job)) return "";
  if (job.reason == PendingReason::held_by_operator) return "ho";
  bool waits_for_job =
      job.reason == PendingReason::dependency || job.reason == PendingReason::dependency_never;
  return waits_for_job ? "hj" : "hu";
}

Row waiting_row(const api::JobSummary& job, IndexSet tasks) {
  Row row;
  row.job = &job;
  row.tasks = std::move(tasks);
  bool again = job.reason == PendingReason::requeue_delay;
  row.state = has_hold(job) ? "hqw" : again ? "Rq" : "qw";
  return row;
}

std::string running_state(JobState state) {
  return state == JobState::starting ? "t" : state == JobState::ending ? "dr" : "r";
}

void add_rows(Desk& desk, const api::JobSummary& job, bool splits, std::vector<Row>& out) {
  IndexSet waiting;
  bool waits = job.state <= JobState::queued;
  if (job.attempts == 0) {
    waiting = waiting_of(job);
  } else {
    for (Element& e : elements_of(desk.session(), job)) {
      if (e.state > JobState::queued && is_final(e.state)) continue;
      if (e.state <= JobState::queued) {
        waits = true;
        if (e.is_array()) waiting.insert(e.index);
        continue;
      }
      Row& row = out.emplace_back();
      row.job = &job;
      row.attempt = std::move(e.attempt);
      if (e.is_array()) row.tasks = IndexSet::single(e.index);
      row.state = running_state(e.state);
      row.is_running = true;
    }
  }
  if (!waits || (job.array && waiting.empty())) return;
  if (!splits || !job.array) {
    out.push_back(waiting_row(job, std::move(waiting)));
    return;
  }
  for (int64_t index : waiting.expand()) {
    out.push_back(waiting_row(job, IndexSet::single(index)));
  }
}

// -s: p, r, s, z, a, h with the kinds of holds, together.
bool has_state(const Row& row, std::string_view states) {
  if (states.find('a') == 0) return true;
  if (row.is_running) return states.find('r') != states.npos;
  if (states.find('p') != states.npos) return true;
  std::string hold = hold_letters(*row.job);
  if (hold.empty() || states.find('h') == states.npos) return false;
  bool any = states == "h" || states.find("hh") != states.npos || states.ends_with('h');
  return any || states.find(hold) != states.npos;
}

bool is_in_queue(Desk& desk, const Row& row, const std::string& pattern) {
  if (pattern.empty()) return true;
  std::string instance = queue_instance(desk, *row.job, row.attempt ? &*row.attempt : nullptr);
  return fnmatch(pattern.c_str(), desk.queue_of(*row.job).c_str(), 0) == 0 ||
         (!instance.empty() && fnmatch(pattern.c_str(), instance.c_str(), 0) == 0);
}

std::vector<std::string> users_of(std::string_view list) {
  std::vector<std::string> out;
  while (!list.empty()) {
    size_t comma = list.find(',');
    out.emplace_back(list.substr(0, comma));
    list = comma == list.npos ? std::string_view{} : list.substr(comma + 1);
  }
  return out;
}

}  // namespace

int64_t Row::shown_at_ms() const {
  if (attempt && attempt->started_at_ms) return *attempt->started_at_ms;
  return attempt ? attempt->ordered_at_ms : job->submitted_at_ms;
}

// As with the original's weights when nothing but -p counts.
std::string Row::priority() const {
  if (state == "hqw" || state == "z") return "0.00000";
  double share = (std::clamp(job->priority, -1023, 1024) + 1024) / 2048.0;
  return fmt::format("{:.5f}", share);
}

std::vector<Row> list_rows(Desk& desk, const Choice& choice, std::deque<api::JobSummary>& jobs) {
  std::vector<Row> rows;
  bool finished = choice.states.find('z') != std::string::npos;
  const char* states = finished ? "finished" : "pending,active";
  for (const std::string& user : users_of(choice.users)) {
    bool is_pattern = user.find_first_of("*?[") != user.npos;
    std::string query = fmt::format("state={}&sort=id", states);
    if (!is_pattern) query += "&user=" + net::percent_encode(user);
    for (api::JobSummary& job : list_jobs(desk.session(), query)) {
      if (is_pattern && fnmatch(user.c_str(), job.user.c_str(), 0) != 0) continue;
      const api::JobSummary& kept = jobs.emplace_back(std::move(job));
      if (finished) {
        Row row = waiting_row(kept, indices_of(kept));
        row.state = "z";
        rows.push_back(std::move(row));
      } else {
        add_rows(desk, kept, choice.splits_arrays, rows);
      }
    }
  }
  std::erase_if(rows, [&](const Row& row) {
    if (!finished && !has_state(row, choice.states)) return true;
    return !is_in_queue(desk, row, choice.queue);
  });
  std::ranges::stable_sort(rows, [](const Row& a, const Row& b) {
    return std::pair(!a.is_running, a.job->id) < std::pair(!b.is_running, b.job->id);
  });
  return rows;
}

}  // namespace pentad::cli::front::sge
