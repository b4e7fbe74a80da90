// What squeue can print about a job, by the letters of -o and the names of -O.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "cli/front/slurm/columns.h"
#include "cli/front/slurm/rows.h"

namespace pentad::cli::front::slurm {

// What a line depends on beside its row.
struct View {
  const Jobs& jobs;
  int64_t now_ms = 0;
  std::string default_partition;

  // Numbers and groups of users, looked up once.
  struct UserIds {
    std::string uid, gid, group;
  };
  const UserIds& ids_of(const std::string& user) const;
  mutable std::map<std::string, UserIds> known;
};

// Every letter, in the order of %all.
std::string_view all_job_letters();
size_t job_field_of(char letter);
size_t job_field_named(std::string_view name);  // letter case aside
std::string_view job_title(size_t field);
std::string job_text(size_t field, const Row& row, const View& view);

// Sorts by "P,t,-p". Letters without a meaning do not count; equal rows keep their order.
void sort_rows(std::vector<Row>& rows, std::string_view keys, const View& view);

// The user's own word for where a job runs.
std::string partition_of(const Row& row, const View& view);
int64_t shown_priority(const api::JobSummary& job);
// afterok:1(unfulfilled), (null).
std::string dependency_words(const api::JobDetail& detail);
// cpu=2,mem=100M,node=1,billing=2
std::string tres_words(const Row& row);

}  // namespace pentad::cli::front::slurm
