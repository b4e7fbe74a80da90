// What a JobFilter means in SQL, and which index answers it. Private to src/store.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "store/backend.h"
#include "store/job_queries.h"
#include "store/query_builder.h"

namespace pentad::store {

// Column of a sort key; numbers sort as numbers, text by code points.
struct SortColumn {
  std::string_view name;
  bool is_text = false;
};
SortColumn column_of(JobSort sort);

// Error: invalid for text that no row can have.
Status check_text(const JobFilter& filter);

// Adds the conditions of `filter`, whose text is good, as `backend` spells them; `sort` is the
// order the rows are wanted in.
void add_conditions(QueryBuilder& query, const Backend& backend, const JobFilter& filter,
                    JobSort sort);

// The same, none of which shall choose an index.
void add_tests(QueryBuilder& query, const Backend& backend, const JobFilter& filter);

// A scope as columns that must be equal to a value: "user_name" and "project", each with an index
// that gives its rows by id.
struct ScopeBranch {
  std::string_view column;
  std::string value;
};

// Leaves out of a scope what the other conditions decide already: a project or user that was asked
// for and is, or is not, in it.
JobFilter simplified(const JobFilter& filter);

// True when no condition but the scope finds the rows quickly and they are wanted by id or end. A
// test of each row could then go through all of them; one SELECT a branch finds them by index.
bool wants_branches(const JobFilter& filter, JobSort sort);

// Those of a scope; `projects_of` names the projects of a tenant that jobs have.
std::vector<ScopeBranch> branches_of(
    const JobScope& scope,
    const std::function<std::vector<std::string>(const std::string& tenant)>& projects_of);

// Digest of everything that decides which rows a listing has and in which order.
uint64_t digest_of(const JobListing& listing);

}  // namespace pentad::store
