// Jobs of the centre as the lines of squeue, sacct and scontrol: an array is a line for what waits
// of it and one for each element that has started.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/job_views.h"
#include "cli/front/slurm/job_list.h"
#include "cli/session.h"
#include "model/index_set.h"

namespace pentad::cli::front::slurm {

struct Row {
  const api::JobSummary* job = nullptr;
  const api::AttemptView* attempt = nullptr;  // the present one, else the last; null: none, or
                                              // not asked for
  JobState state = JobState::queued;
  std::optional<int64_t> element;
  std::optional<IndexSet> rest;  // of an array: those of one state without an attempt, on one line

  bool waits() const { return state == JobState::held || state == JobState::queued; }
};

enum class Places { running, all };  // whose attempts are asked for
enum class Attempts { last, all };   // of each element, as lines of their own

struct Question {
  std::vector<JobTerm> jobs;             // empty: all
  std::string states;                    // as the API takes them; empty: any
  std::string user, name, project;       // empty: any
  std::optional<int64_t> until_ms;       // submitted before
  std::optional<int64_t> ended_from_ms;  // not ended yet, or not before
  Places places = Places::running;
  Attempts attempts = Attempts::last;
};

// What was asked for, and the lines that stand for it, by job and element.
class Jobs {
 public:
  Jobs(Session& session, const Question& question);
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  const std::vector<Row>& rows() const { return rows_; }
  std::vector<Row>& rows() { return rows_; }
  bool empty() const { return jobs_.empty(); }
  // The numbers of `question.jobs` that no job has.
  const std::vector<int64_t>& unknown() const { return unknown_; }
  // All of a job that its list does not say. Asked for once.
  const api::JobDetail& detail(int64_t job) const;

 private:
  void load_jobs(const Question& question);
  void load_recent(const std::string& target, int64_t from_ms);
  void load_attempts(const Question& question);
  void add_rows(const api::JobSummary& job, const Question& question);
  void add_array(const api::JobSummary& job, const Question& question);
  const JobTerm* term_of(const Question& question, int64_t job, size_t& from) const;

  Session& session_;
  std::deque<api::JobSummary> jobs_;
  std::map<int64_t, std::vector<api::AttemptView>> attempts_;  // by job
  std::vector<Row> rows_;
  std::vector<int64_t> unknown_;
  mutable std::map<int64_t, api::JobDetail> details_;
};

// Where the row's jobs run, in brackets; empty before.
std::string node_list(const Row& row);
std::vector<std::string> node_names(const Row& row);
// 12, 12_3, 12_[4-9%2].
std::string job_words(const Row& row, const Jobs& jobs);
// Cores of all its nodes.
int64_t all_cores(const Row& row);
// Of the row's attempt or, without one, of the job; none before the start.
std::optional<int64_t> start_ms(const Row& row);
std::optional<int64_t> end_ms(const Row& row);  // none before the end
int64_t elapsed_s(const Row& row, int64_t now_ms);

}  // namespace pentad::cli::front::slurm
