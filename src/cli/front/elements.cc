#include "cli/front/elements.h"

#include <fmt/format.h>

#include <unordered_map>

#include "model/index_set.h"

namespace pentad::cli::front {

namespace {

constexpr int64_t kPage = 1000;             // the most that the centre gives at once
constexpr int64_t kMostElements = 1 << 24;  // more than the centre takes

IndexSet indices(const std::optional<std::string>& text) {
  if (!text || text->empty()) return {};
  return IndexSet::parse(*text, kMostElements).value_or(IndexSet{});
}

// The newest attempt of each element.
std::unordered_map<int64_t, api::AttemptView> newest_attempts(Session& session,
                                                              const api::JobSummary& job) {
  std::unordered_map<int64_t, api::AttemptView> out;
  // One that has no array needs no more than the first of the list.
  int64_t page = job.array ? kPage : 1;
  std::string cursor;
  while (true) {
    auto rows = session.get<api::AttemptPage>(
        fmt::format("/jobs/{}/attempts?limit={}{}", job.id, page, cursor));
    for (api::AttemptView& attempt : rows.attempts) out.emplace(attempt.index, std::move(attempt));
    if (!rows.next || !job.array) return out;
    cursor = "&cursor=" + net::percent_encode(*rows.next);
  }
}

bool is_held(const api::JobSummary& job) {
  return job.state == JobState::held || job.reason == PendingReason::held_by_user ||
         job.reason == PendingReason::held_by_operator;
}

}  // namespace

std::optional<int64_t> Element::started_at_ms() const {
  if (attempt) return attempt->started_at_ms;
  return std::nullopt;
}

std::optional<int64_t> Element::ended_at_ms() const {
  if (attempt) return attempt->ended_at_ms;
  return is_final(state) ? job->ended_at_ms : std::nullopt;
}

std::vector<api::JobSummary> list_jobs(Session& session, const std::string& query) {
  std::vector<api::JobSummary> out;
  std::string cursor;
  while (true) {
    auto rows = session.get<api::JobPage>(
        fmt::format("/jobs?{}{}limit={}{}", query, query.empty() ? "" : "&", kPage, cursor));
    out.insert(out.end(), std::make_move_iterator(rows.jobs.begin()),
               std::make_move_iterator(rows.jobs.end()));
    if (!rows.next) return out;
    cursor = "&cursor=" + net::percent_encode(*rows.next);
  }
}

std::vector<Element> elements_of(Session& session, const api::JobSummary& job) {
  auto attempts = job.attempts > 0 ? newest_attempts(session, job)
                                   : std::unordered_map<int64_t, api::AttemptView>{};
  JobState waiting_state = is_held(job) ? JobState::held : JobState::queued;
  bool single_waits = !job.array && job.state <= JobState::queued;
  IndexSet waiting = indices(job.waiting);
  std::vector<Element> out;
  for (int64_t index : job.array ? indices(job.array).expand() : std::vector<int64_t>{0}) {
    Element& element = out.emplace_back(Element{&job, index, waiting_state, {}});
    if (job.array ? waiting.contains(index) : single_waits) continue;
    auto attempt = attempts.find(index);
    if (attempt == attempts.end()) {
      element.state = job.array ? JobState::cancelled : job.state;
      continue;
    }
    element.state = job.array ? attempt->second.state : job.state;
    element.attempt = std::move(attempt->second);
  }
  return out;
}

}  // namespace pentad::cli::front
