#include "store/job_queries.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "base/hash.h"
#include "base/reflect.h"
#include "store/cursor.h"
#include "store/job_conditions.h"
#include "store/payload_store.h"
#include "store/query_builder.h"
#include "store/row_codes.h"
#include "store/rows.h"
#include "store/session.h"

namespace pentad::store {

namespace {

constexpr int32_t kMaxLimit = 10'000;
// Numbers in one IN list.
constexpr size_t kIdsAtOnce = 500;

template <class Row>
void prepare(soci::statement& statement, const QueryBuilder& query, Row& row) {
  query.apply(statement);
  define(statement, row);
  statement.alloc();
  statement.prepare(query.text);
  statement.define_and_bind();
}

// Rows behind the cursor's, in the order of the listing.
void start_after(QueryBuilder& query, const JobListing& listing, const Cursor& cursor) {
  SortColumn column = column_of(listing.sort);
  const char* compare = listing.descending ? "<" : ">";
  if (column.name == "id") {
    query.require(fmt::format("id {} {}", compare, query.bind(cursor.id)));
    return;
  }
  std::string key = column.is_text ? query.bind(cursor.text) : query.bind(cursor.number);
  query.require(
      fmt::format("({}, id) {} ({}, {})", column.name, compare, key, query.bind(cursor.id)));
}

std::string order_of(const JobListing& listing) {
  SortColumn column = column_of(listing.sort);
  const char* direction = listing.descending ? "DESC" : "ASC";
  if (column.name == "id") return fmt::format(" ORDER BY id {}", direction);
  return fmt::format(" ORDER BY {} {}, id {}", column.name, direction, direction);
}

Cursor cursor_at(const JobRecord& last, const JobListing& listing) {
  Cursor cursor{digest_of(listing), last.status.job.value, 0, ""};
  switch (listing.sort) {
    case JobSort::id:
    case JobSort::submitted:
      break;
    case JobSort::ended:
      cursor.number = last.status.ended.value;
      break;
    case JobSort::state:
      cursor.number = code_of(last.status.state);
      break;
    case JobSort::name:
      cursor.text = last.request.name;
      break;
    case JobSort::user:
      cursor.text = last.request.user;
      break;
    case JobSort::project:
      cursor.text = last.request.project;
      break;
  }
  return cursor;
}

Result<Cursor> open_cursor(const std::string& text, uint64_t listing, const Database& database) {
  Result<Cursor> cursor = read_cursor(text, database.identity());
  if (!cursor || cursor->listing == listing) return cursor;
  return fail(ErrorCode::invalid,
              "the cursor belongs to a listing with other filters or another order", "/cursor");
}

template <class Row, class Item>
Status read_rows(soci::statement& statement, const Row& row, std::vector<Item>& out,
                 Result<Item> (Row::*make)() const) {
  for (bool more = statement.execute(true); more; more = statement.fetch()) {
    Result<Item> item = (row.*make)();
    if (!item) return tl::unexpected(item.error());
    out.push_back(std::move(*item));
  }
  return {};
}

int32_t rows_wanted(int32_t limit) { return std::clamp(limit, 1, kMaxLimit); }

uint64_t digest_of(const AttemptListing& listing) {
  Hasher jobs;
  for (JobId job : listing.jobs) jobs.add(static_cast<uint64_t>(job.value));
  return Hasher()
      .add(jobs.digest())
      .add(static_cast<uint64_t>(listing.job.value))
      .add(listing.element.has_value())
      .add(static_cast<uint64_t>(listing.element.value_or(0)))
      .add(listing.descending)
      .digest();
}

// The job at which a page of attempts ended.
Result<int64_t> job_of(const Cursor& cursor) {
  int64_t job = 0;
  const char* end = cursor.text.data() + cursor.text.size();
  auto [rest, error] = std::from_chars(cursor.text.data(), end, job);
  if (error == std::errc() && rest == end) return job;
  return fail(ErrorCode::invalid, "the cursor names no job", "/cursor");
}

// Projects of a tenant that jobs have: a look into the index for each. Throws soci_error.
std::vector<std::string> projects_of(soci::session& session, const std::string& tenant) {
  std::vector<std::string> found;
  std::string at = tenant + "/", end = tenant + "0", next;  // '0' follows '/'
  soci::indicator is_there = soci::i_null;
  soci::statement step =
      (session.prepare << "SELECT MIN(project) FROM jobs WHERE project > :at AND project < :end",
       soci::use(at), soci::use(end), soci::into(next, is_there));
  // Of "tenant/" itself there is none: a project has a name.
  while (fetch_one(step) && is_there == soci::i_ok) found.push_back(at = next);
  return found;
}

// More would be no quicker than a test of each row.
constexpr size_t kMaxBranches = 100;

// Wanted by end, each branch has to be sorted: with more rows than these a walk along the ends
// finds a page sooner.
constexpr int64_t kMaxSorted = 10'000;

// False when the branches have that many rows. Throws soci_error.
bool are_short(soci::session& session, const std::vector<ScopeBranch>& branches) {
  int64_t left = kMaxSorted;
  for (const ScopeBranch& branch : branches) {
    int64_t rows = 0;
    session << fmt::format(
        "SELECT COUNT(*) FROM (SELECT 1 FROM jobs WHERE {} = :value LIMIT {}) AS few",
        branch.column, left + 1),
        soci::use(branch.value), soci::into(rows);
    left -= rows;
    if (left < 0) return false;
  }
  return true;
}

// The page's SELECT. Each branch finds at most a page of ids by its index, in the page's order; the
// page is the first of them all. Throws soci_error.
void put_together(Database& database, const JobListing& listing,
                  const std::optional<Cursor>& cursor, QueryBuilder& query) {
  const Backend& backend = *database.impl().backend;
  const std::string tail =
      fmt::format("{} LIMIT {}", order_of(listing), rows_wanted(listing.limit) + 1);
  JobFilter filter = simplified(listing.filter);
  std::vector<ScopeBranch> branches;
  if (wants_branches(filter, listing.sort)) {
    branches = branches_of(*filter.scope, [&](const std::string& tenant) {
      return projects_of(session_of(database), tenant);
    });
    const bool is_by_id = column_of(listing.sort).name == "id";
    if (branches.size() > kMaxBranches ||
        (!is_by_id && !are_short(session_of(database), branches))) {
      branches.clear();
    }
  }
  if (branches.empty()) {
    add_conditions(query, backend, filter, listing.sort);
    if (cursor) start_after(query, listing, *cursor);
    query.text = fmt::format("SELECT {} FROM jobs{}{}", kJobColumns, query.take_where(), tail);
    return;
  }
  filter.scope.reset();
  std::string ids;
  for (const ScopeBranch& branch : branches) {
    // Its column alone chooses the index.
    add_tests(query, backend, filter);
    query.require(fmt::format("{} = {}", branch.column, query.bind(branch.value)));
    if (cursor) start_after(query, listing, *cursor);
    ids += ids.empty() ? "" : " UNION ";
    ids += fmt::format("SELECT id FROM (SELECT id FROM jobs{}{}) AS b{}", query.take_where(), tail,
                       &branch - branches.data());
  }
  query.text = fmt::format("SELECT {} FROM jobs WHERE id IN ({}){}", kJobColumns, ids, tail);
}

}  // namespace

Result<JobPage> JobQueries::list(const JobListing& listing) {
  return guarded(*database_, [&]() -> Result<JobPage> {
    QueryBuilder query;
    std::optional<Cursor> cursor;
    if (!listing.cursor.empty()) {
      auto opened = open_cursor(listing.cursor, digest_of(listing), *database_);
      if (!opened) return tl::unexpected(opened.error());
      cursor = std::move(*opened);
    }
    if (Status good = check_text(listing.filter); !good) return tl::unexpected(good.error());
    put_together(*database_, listing, cursor, query);
    const int32_t limit = rows_wanted(listing.limit);
    JobRow row;
    soci::statement statement(session_of(*database_));
    prepare(statement, query, row);
    JobPage page;
    if (Status read = read_rows(statement, row, page.jobs, &JobRow::record); !read) {
      return tl::unexpected(read.error());
    }
    if (page.jobs.size() > static_cast<size_t>(limit)) {
      page.jobs.pop_back();
      page.next = write_cursor(cursor_at(page.jobs.back(), listing), database_->identity());
    }
    return page;
  });
}

Result<int64_t> JobQueries::count(const JobFilter& filter) {
  return guarded(*database_, [&]() -> Result<int64_t> {
    QueryBuilder query;
    if (Status good = check_text(filter); !good) return tl::unexpected(good.error());
    add_conditions(query, *database_->impl().backend, filter, JobSort::id);
    int64_t count = 0;
    soci::statement statement(session_of(*database_));
    query.apply(statement);
    statement.exchange(soci::into(count));
    statement.alloc();
    statement.prepare("SELECT COUNT(*) FROM jobs" + query.where());
    statement.define_and_bind();
    fetch_one(statement);
    return count;
  });
}

Result<std::optional<JobRecord>> JobQueries::job(JobId job) {
  JobListing listing;
  listing.filter.ids = {job};
  Result<JobPage> page = list(listing);
  if (!page) return tl::unexpected(page.error());
  if (page->jobs.empty()) return std::nullopt;
  return std::move(page->jobs.front());
}

Result<AttemptPage> JobQueries::attempts(const AttemptListing& listing) {
  return guarded(*database_, [&]() -> Result<AttemptPage> {
    QueryBuilder query;
    std::string jobs = listing.jobs.empty() ? query.bind(listing.job.value) : "";
    for (JobId job : listing.jobs) jobs += (jobs.empty() ? "" : ", ") + query.bind(job.value);
    query.require(fmt::format("job_id IN ({})", jobs));
    if (listing.element) query.require("element = " + query.bind(*listing.element));
    const char* direction = listing.descending ? "DESC" : "ASC";
    if (!listing.cursor.empty()) {
      auto cursor = open_cursor(listing.cursor, digest_of(listing), *database_);
      if (!cursor) return tl::unexpected(cursor.error());
      Result<int64_t> job = job_of(*cursor);
      if (!job) return tl::unexpected(job.error());
      query.require(fmt::format("(job_id, element, number) {} ({}, {}, {})",
                                listing.descending ? "<" : ">", query.bind(*job),
                                query.bind(cursor->id), query.bind(cursor->number)));
    }
    const int32_t limit = rows_wanted(listing.limit);
    query.text = fmt::format(
        "SELECT {0} FROM attempts{1} ORDER BY job_id {2}, element {2}, number {2} LIMIT {3}",
        kAttemptColumns, query.where(), direction, limit + 1);
    AttemptRow row;
    soci::statement statement(session_of(*database_));
    prepare(statement, query, row);
    AttemptPage page;
    if (Status read = read_rows(statement, row, page.attempts, &AttemptRow::status); !read) {
      return tl::unexpected(read.error());
    }
    if (page.attempts.size() > static_cast<size_t>(limit)) {
      page.attempts.pop_back();
      const AttemptId& last = page.attempts.back().attempt;
      page.next = write_cursor(
          {digest_of(listing), last.index, last.number, fmt::to_string(last.job.value)},
          database_->identity());
    }
    return page;
  });
}

Result<std::optional<AttemptStatus>> JobQueries::attempt(const AttemptId& attempt) {
  return guarded(*database_, [&]() -> Result<std::optional<AttemptStatus>> {
    QueryBuilder query;
    query.text =
        fmt::format("SELECT {} FROM attempts WHERE job_id = {} AND element = {} AND number = {}",
                    kAttemptColumns, query.bind(attempt.job.value), query.bind(attempt.index),
                    query.bind(static_cast<int64_t>(attempt.number)));
    AttemptRow row;
    soci::statement statement(session_of(*database_));
    prepare(statement, query, row);
    std::vector<AttemptStatus> found;
    if (Status read = read_rows(statement, row, found, &AttemptRow::status); !read) {
      return tl::unexpected(read.error());
    }
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
  });
}

namespace {

Status read_outcomes(Database& database, std::span<const JobId> jobs, std::vector<Outcome>& out) {
  std::vector<int64_t> ids;
  for (JobId job : jobs) ids.push_back(job.value);
  int64_t id = 0, state = 0, started = 0, succeeded = 0, unsuccessful = 0;
  std::string text;
  soci::session& session = session_of(database);
  soci::statement read =
      (session.prepare << fmt::format(
           "SELECT id, state, started_ms, succeeded, unsuccessful, outcome FROM jobs WHERE id IN "
           "({}) AND state >= {} ORDER BY id",
           fmt::join(ids, ", "), code_of(JobState::completed)),
       soci::into(id), soci::into(state), soci::into(started), soci::into(succeeded),
       soci::into(unsuccessful), soci::into(text));
  for (bool more = read.execute(true); more; more = read.fetch()) {
    JobStatus status;
    status.job = JobId{id};
    status.started = Time{started};
    status.succeeded = succeeded;
    status.unsuccessful = unsuccessful;
    bool known_state = from_code(state, kLastJobState, status.state);
    Outcome outcome = outcome_by_status(status);
    if (!text.empty()) {
      Result<Outcome> stored = from_json<Outcome>(text, ReadMode::lenient);
      known_state = known_state && stored.has_value();
      if (stored) outcome = std::move(*stored);
    }
    if (!known_state) {
      return fail(ErrorCode::corrupt, fmt::format("the row of job {} is damaged", id));
    }
    out.push_back(std::move(outcome));
  }
  return {};
}

}  // namespace

Result<std::vector<Outcome>> JobQueries::outcomes(std::span<const JobId> jobs) {
  std::vector<JobId> sorted(jobs.begin(), jobs.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return guarded(*database_, [&]() -> Result<std::vector<Outcome>> {
    std::vector<Outcome> found;
    for (std::span<const JobId> rest = sorted; !rest.empty();) {
      size_t count = std::min(rest.size(), kIdsAtOnce);
      Status read = read_outcomes(*database_, rest.first(count), found);
      if (!read) return tl::unexpected(read.error());
      rest = rest.subspan(count);
    }
    return found;
  });
}

Result<int64_t> JobQueries::payload_id(JobId job) {
  return guarded(*database_, [&]() -> Result<int64_t> {
    int64_t id = 0;
    soci::session& session = session_of(*database_);
    session << "SELECT payload_id FROM jobs WHERE id = :id", soci::use(job.value), soci::into(id);
    if (session.got_data()) return id;
    return fail(ErrorCode::not_found, fmt::format("there is no job {}", job.value));
  });
}

Result<Payload> JobQueries::payload(JobId job) {
  Result<int64_t> id = payload_id(job);
  if (!id) return tl::unexpected(id.error());
  return PayloadStore::read(*database_, *id);
}

Result<std::string> JobQueries::script(JobId job) {
  Result<int64_t> id = payload_id(job);
  if (!id) return tl::unexpected(id.error());
  return PayloadStore::read_script(*database_, *id);
}

Result<int64_t> JobQueries::script_bytes(JobId job) {
  return guarded(*database_, [&]() -> Result<int64_t> {
    int64_t bytes = 0;
    soci::session& session = session_of(*database_);
    session << "SELECT s.bytes FROM jobs j JOIN payloads p ON p.id = j.payload_id "
               "JOIN scripts s ON s.id = p.script_id WHERE j.id = :id",
        soci::use(job.value), soci::into(bytes);
    if (session.got_data()) return bytes;
    return fail(ErrorCode::not_found, fmt::format("there is no job {}", job.value));
  });
}

}  // namespace pentad::store
