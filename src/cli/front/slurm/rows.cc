#include "cli/front/slurm/rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/host_list.h"
#include "net/client.h"

namespace pentad::cli::front::slurm {

namespace {

constexpr size_t kIdsAtOnce = 500;
constexpr int64_t kMostElements = 100'000'000;

IndexSet indices_of(const std::optional<std::string>& text) {
  if (!text || text->empty()) return {};
  return IndexSet::parse(*text, kMostElements).value_or(IndexSet{});
}

// Ids by commas, `kIdsAtOnce` at a time.
std::vector<std::string> id_chunks(const std::vector<int64_t>& ids) {
  std::vector<std::string> out;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (i % kIdsAtOnce == 0) out.emplace_back();
    out.back() += fmt::format("{}{}", out.back().empty() ? "" : ",", ids[i]);
  }
  return out;
}

// All pages of a listing; `take` gets each and says whether the next is wanted.
template <class Page, class Take>
void each_page(Session& session, const std::string& target, const Take& take) {
  for (std::string cursor;;) {
    Page page = session.get<Page>(target + (cursor.empty() ? "" : "&cursor=" + cursor));
    std::optional<std::string> next = std::move(page.next);
    if (!take(std::move(page)) || !next) return;
    cursor = net::percent_encode(*next);
  }
}

// 0,3,6-9: Slurm writes no steps.
std::string index_words(const IndexSet& set) {
  std::string out;
  std::vector<int64_t> all = set.expand();
  for (size_t i = 0; i < all.size();) {
    size_t last = i;
    while (last + 1 < all.size() && all[last + 1] == all[last] + 1) ++last;
    out += fmt::format("{}{}", out.empty() ? "" : ",", all[i]);
    if (last > i) out += fmt::format("-{}", all[last]);
    i = last + 1;
  }
  return out;
}

}  // namespace

Jobs::Jobs(Session& session, const Question& question) : session_(session) {
  load_jobs(question);
  load_attempts(question);
  size_t from = 0;
  for (const api::JobSummary& job : jobs_) {
    if (!question.jobs.empty() && !term_of(question, job.id, from)) continue;
    add_rows(job, question);
  }
}

void Jobs::load_jobs(const Question& question) {
  std::string target = "/jobs?brief=true&limit=1000";
  auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) target += fmt::format("&{}={}", name, net::percent_encode(value));
  };
  add("state", question.states);
  add("user", question.user);
  add("name", question.name);
  add("project", question.project);
  if (question.until_ms) target += fmt::format("&until_ms={}", *question.until_ms);
  auto take = [&](api::JobPage page) {
    for (api::JobSummary& job : page.jobs) jobs_.push_back(std::move(job));
    return true;
  };
  if (question.jobs.empty() && question.ended_from_ms && question.states.empty()) {
    return load_recent(target, *question.ended_from_ms);
  }
  target += "&sort=id";
  if (question.jobs.empty()) {
    each_page<api::JobPage>(session_, target, take);
    return;
  }
  std::vector<int64_t> ids;
  for (const JobTerm& term : question.jobs) ids.push_back(term.job);
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
  for (const std::string& some : id_chunks(ids)) {
    each_page<api::JobPage>(session_, target + "&ids=" + some, take);
  }
  for (int64_t id : ids) {
    if (!std::ranges::binary_search(jobs_, id, {}, &api::JobSummary::id)) unknown_.push_back(id);
  }
}

// Those that are not over, and of the others the ones that ended last.
void Jobs::load_recent(const std::string& target, int64_t from_ms) {
  auto take = [&](api::JobPage page) {
    for (api::JobSummary& job : page.jobs) {
      if (is_final(job.state) && job.ended_at_ms.value_or(0) < from_ms) return false;
      jobs_.push_back(std::move(job));
    }
    return true;
  };
  each_page<api::JobPage>(session_, target + "&sort=id&state=active", take);
  each_page<api::JobPage>(session_, target + "&sort=-ended&state=finished", take);
  std::ranges::sort(jobs_, {}, &api::JobSummary::id);
  // One may have ended between the two questions.
  auto same = std::ranges::unique(jobs_, {}, &api::JobSummary::id);
  jobs_.erase(same.begin(), same.end());
}

void Jobs::load_attempts(const Question& question) {
  std::vector<int64_t> ids;
  for (const api::JobSummary& job : jobs_) {
    bool wanted = question.places == Places::all ? job.attempts > 0 : job.running > 0;
    if (wanted) ids.push_back(job.id);
  }
  for (const std::string& some : id_chunks(ids)) {
    each_page<api::AttemptPage>(session_, "/attempts?limit=1000&ids=" + some,
                                [&](api::AttemptPage page) {
                                  for (api::AttemptView& a : page.attempts)
                                    attempts_[a.job].push_back(std::move(a));
                                  return true;
                                });
  }
}

const JobTerm* Jobs::term_of(const Question& question, int64_t job, size_t& from) const {
  // Jobs ascend, and so do most lists of them.
  for (size_t i = 0; i < question.jobs.size(); ++i) {
    size_t at = (from + i) % question.jobs.size();
    if (question.jobs[at].job != job) continue;
    from = at;
    return &question.jobs[at];
  }
  return nullptr;
}

void Jobs::add_rows(const api::JobSummary& job, const Question& question) {
  if (job.array) return add_array(job, question);
  Row row{&job, nullptr, job.state, {}, {}};
  auto found = attempts_.find(job.id);
  if (found == attempts_.end()) {
    rows_.push_back(row);
    return;
  }
  const std::vector<api::AttemptView>& attempts = found->second;
  for (size_t i = 0; i + 1 < attempts.size() && question.attempts == Attempts::all; ++i) {
    rows_.push_back({&job, &attempts[i], attempts[i].state, {}, {}});
  }
  bool is_over = is_final(attempts.back().state) && !is_final(job.state);
  if (is_over && question.attempts == Attempts::all) {
    rows_.push_back({&job, &attempts.back(), attempts.back().state, {}, {}});
  }
  if (!is_over) row.attempt = &attempts.back();
  rows_.push_back(row);
}

void Jobs::add_array(const api::JobSummary& job, const Question& question) {
  std::vector<const JobTerm*> terms;
  for (const JobTerm& term : question.jobs) {
    if (term.job == job.id) terms.push_back(&term);
  }
  auto covered = [&](int64_t element) {
    return terms.empty() ||
           std::ranges::any_of(terms, [&](const JobTerm* t) { return t->covers(element); });
  };
  IndexSet waiting = indices_of(job.waiting);
  IndexSet untouched = indices_of(job.array);
  untouched.erase_all(waiting);
  auto add_rest = [&](IndexSet set, JobState state) {
    bool all = terms.empty() || std::ranges::any_of(terms, [](auto* t) { return !t->elements; });
    if (!all) {
      IndexSet some;
      for (const JobTerm* term : terms) some.insert_all(set.intersection(*term->elements));
      set = std::move(some);
    }
    if (!set.empty()) rows_.push_back({&job, nullptr, state, {}, std::move(set)});
  };
  bool is_held =
      job.reason == PendingReason::held_by_user || job.reason == PendingReason::held_by_operator;
  add_rest(waiting, is_held ? JobState::held : JobState::queued);
  auto found = attempts_.find(job.id);
  if (found != attempts_.end()) {
    const std::vector<api::AttemptView>& attempts = found->second;
    for (size_t i = 0; i < attempts.size(); ++i) {
      const api::AttemptView& attempt = attempts[i];
      untouched.erase(attempt.index);
      bool is_last = i + 1 == attempts.size() || attempts[i + 1].index != attempt.index;
      bool is_present = is_last && !waiting.contains(attempt.index);
      if (!covered(attempt.index)) continue;
      if (!is_present && question.attempts == Attempts::last) continue;
      rows_.push_back({&job, &attempt, attempt.state, attempt.index, {}});
    }
  }
  // Ended without having begun; only where all attempts are known.
  if (question.places == Places::all) add_rest(untouched, JobState::cancelled);
}

const api::JobDetail& Jobs::detail(int64_t job) const {
  auto found = details_.find(job);
  if (found != details_.end()) return found->second;
  auto detail = session_.get<api::JobDetail>(fmt::format("/jobs/{}", job));
  return details_.emplace(job, std::move(detail)).first->second;
}

std::vector<std::string> node_names(const Row& row) {
  std::vector<std::string> names;
  if (!row.attempt) return names;
  for (const api::NodePart& part : row.attempt->nodes) names.push_back(part.node);
  return names;
}

std::string node_list(const Row& row) { return compress_hosts(node_names(row)); }

std::string job_words(const Row& row, const Jobs& jobs) {
  if (row.element) return fmt::format("{}_{}", row.job->id, *row.element);
  if (!row.rest) return fmt::to_string(row.job->id);
  std::string limit;
  const std::optional<api::JobArray>& array = jobs.detail(row.job->id).request.array;
  if (array && array->max_running > 0) limit = fmt::format("%{}", array->max_running);
  return fmt::format("{}_[{}{}]", row.job->id, index_words(*row.rest), limit);
}

int64_t all_cores(const Row& row) {
  if (!row.attempt) return int64_t{row.job->nodes} * row.job->cores;
  return static_cast<int64_t>(row.attempt->nodes.size()) * row.attempt->cores;
}

std::optional<int64_t> start_ms(const Row& row) {
  if (row.attempt) {
    return row.attempt->started_at_ms ? row.attempt->started_at_ms : row.attempt->ordered_at_ms;
  }
  if (row.waits() || row.element || row.rest) return {};
  return row.job->started_at_ms;
}

std::optional<int64_t> end_ms(const Row& row) {
  if (row.attempt && is_final(row.state)) {
    return row.attempt->ended_at_ms ? row.attempt->ended_at_ms : row.job->ended_at_ms;
  }
  return is_final(row.state) ? row.job->ended_at_ms : std::nullopt;
}

int64_t elapsed_s(const Row& row, int64_t now_ms) {
  std::optional<int64_t> start = start_ms(row);
  if (!start || row.waits()) return 0;
  return std::max<int64_t>(0, end_ms(row).value_or(now_ms) - *start) / 1000;
}

}  // namespace pentad::cli::front::slurm
