// What a JobFilter means in SQL, and which index answers it. Private to src/store.
#pragma once

#include <string_view>

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

// Adds the conditions of `filter`, as `backend` spells them; `sort` is the order the rows are
// wanted in. Error: invalid for text that is not UTF-8.
Status add_conditions(QueryBuilder& query, const Backend& backend, const JobFilter& filter,
                      JobSort sort);

// Digest of everything that decides which rows a listing has and in which order.
uint64_t digest_of(const JobListing& listing);

}  // namespace pentad::store
