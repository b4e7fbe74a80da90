#include "store/job_queries.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>

#include "store/job_conditions.h"
#include "store/job_table.h"
#include "store/payload_store.h"
#include "store/query_builder.h"
#include "store/session.h"
#include "store/storable.h"
#include "store/test_support.h"

using namespace pentad;
using namespace pentad::store;
using namespace pentad::store::testing;

namespace {

// Names that sort, match and compare in unlike ways.
const std::vector<std::string> kNames = {"",
                                         "a",
                                         "aa",
                                         "ab",
                                         "A",
                                         "b",
                                         "\xc3\xa9",
                                         "a\xff",
                                         "%",
                                         "_",
                                         "a%b",
                                         "\xf4\x8f\xbf\xbf",
                                         "a\xf4\x8f\xbf\xbf",
                                         "a'b",
                                         std::string("a\0b", 3),
                                         "\xed\x9f\xbf",
                                         "\xee\x80\x80"};

const std::vector<std::string> kProjects = {"p", "q", "t/p", "t/q", "t0", "t/\xe8\xb6\x85", ""};

// As the keeper lets it through.
std::string some_name() { return storable(*rc::gen::elementOf(kNames)); }

// Rows written without a core, so that every combination of columns occurs.
class Rows {
 public:
  explicit Rows(const std::string& path) {
    Result<Database> opened = Database::open(testing::database_at(path));
    if (!opened) FAIL(opened.error().message);
    database_ = std::make_unique<Database>(std::move(*opened));
    payloads_ = std::make_unique<PayloadStore>(*database_);
    jobs_ = std::make_unique<JobTable>(*database_);
  }

  void add(const JobRecord& record) {
    Payload payload;
    payload.application = record.application;
    jobs_->add(record.status.job, record.request, record.application, payloads_->stage(payload));
    Effects effects;
    effects.jobs = {record.status};
    jobs_->record(effects);
    all_.push_back(record);
    // Jobs that are submitted later get larger ids.
    std::sort(all_.begin(), all_.end(),
              [](const auto& a, const auto& b) { return a.status.job < b.status.job; });
  }

  void write() {
    Status written = database_->transaction([&]() -> Status {
      payloads_->write();
      jobs_->write(*payloads_);
      return {};
    });
    if (!written) FAIL(written.error().message);
    jobs_->clear();
    payloads_->committed();
  }

  const std::vector<JobRecord>& all() const { return all_; }
  JobQueries queries() { return JobQueries(*database_); }
  Database& database() { return *database_; }

 private:
  std::unique_ptr<Database> database_;
  std::unique_ptr<PayloadStore> payloads_;
  std::unique_ptr<JobTable> jobs_;
  std::vector<JobRecord> all_;
};

JobRecord some_record(int64_t id) {
  JobRecord r;
  r.status.job = JobId{id};
  r.status.state = *rc::gen::elementOf(std::vector<JobState>{
      JobState::held, JobState::queued, JobState::running, JobState::completed, JobState::completed,
      JobState::failed, JobState::cancelled});
  r.status.submitted = Time{1000 + 10 * (id / 3)};
  if (is_final(r.status.state)) r.status.ended = Time{2000 + *rc::gen::inRange(0, 9)};
  r.request.name = some_name();
  r.request.user = *rc::gen::elementOf(std::vector<std::string>{"alice", "bob", ""});
  r.request.project = *rc::gen::elementOf(kProjects);
  r.request.workload_class = *rc::gen::elementOf(
      std::vector<WorkloadClass>{WorkloadClass::simulation, WorkloadClass::training});
  r.application = *rc::gen::elementOf(std::vector<std::string>{"", "melt", "train"});
  return r;
}

template <class T>
std::optional<T> maybe(const rc::Gen<T>& gen) {
  return *rc::gen::inRange(0, 4) == 0 ? std::optional<T>(*gen) : std::nullopt;
}

JobFilter some_filter() {
  JobFilter f;
  auto text = rc::gen::exec(some_name);
  if (*rc::gen::inRange(0, 5) == 0) {
    for (int i = 0; i < 4; ++i) f.ids.push_back(JobId{*rc::gen::inRange(0, 50)});
  }
  if (*rc::gen::inRange(0, 2) == 0) {
    f.states = *rc::gen::container<std::vector<JobState>>(
        rc::gen::element(JobState::held, JobState::queued, JobState::running, JobState::completed,
                         JobState::failed));
  }
  f.user = maybe(rc::gen::element<std::string>("alice", "bob", ""));
  f.project = maybe(rc::gen::elementOf(kProjects));
  if (*rc::gen::inRange(0, 2) == 0) {
    f.scope = JobScope{*rc::gen::element<std::string>("alice", "bob", "eve"), {}, {}};
    if (*rc::gen::inRange(0, 2) == 0) f.scope->projects = {"p", *rc::gen::elementOf(kProjects)};
    if (*rc::gen::inRange(0, 2) == 0) f.scope->tenants = {"t", "none"};
  }
  f.application = maybe(rc::gen::element<std::string>("", "melt", "none"));
  f.name = maybe(text);
  f.name_prefix = maybe(text);
  f.name_part = maybe(text);
  f.workload_class = maybe(rc::gen::element(WorkloadClass::simulation, WorkloadClass::training));
  auto time = [](int base) {
    return rc::gen::map(rc::gen::inRange(base - 20, base + 180), [](int t) { return Time{t}; });
  };
  f.submitted_from = maybe(time(1000));
  f.submitted_until = maybe(time(1000));
  f.ended_from = maybe(time(2000));
  f.ended_until = maybe(time(2000));
  return f;
}

template <class List, class T>
bool in(const List& list, const T& item) {
  return list.empty() || std::find(list.begin(), list.end(), item) != list.end();
}

template <class T>
bool equals(const std::optional<T>& wanted, const T& value) {
  return !wanted || *wanted == value;
}

bool is_in(const JobScope& scope, const JobRecord& r) {
  const std::string& project = r.request.project;
  if (r.request.user == scope.user) return true;
  const auto& projects = scope.projects;
  return std::find(projects.begin(), projects.end(), project) != projects.end() ||
         std::any_of(scope.tenants.begin(), scope.tenants.end(),
                     [&](const std::string& t) { return project.starts_with(t + "/"); });
}

// What a filter means, in a few lines.
bool matches(const JobFilter& f, const JobRecord& r) {
  const JobStatus& s = r.status;
  const std::string& name = r.request.name;
  bool ended = s.ended > Time{};
  return in(f.ids, s.job) && in(f.states, s.state) && equals(f.user, r.request.user) &&
         equals(f.project, r.request.project) && equals(f.application, r.application) &&
         equals(f.name, name) && (!f.name_prefix || name.starts_with(*f.name_prefix)) &&
         (!f.name_part || name.find(*f.name_part) != std::string::npos) &&
         equals(f.workload_class, r.request.workload_class) &&
         (!f.submitted_from || s.submitted >= *f.submitted_from) &&
         (!f.submitted_until || s.submitted < *f.submitted_until) &&
         (!f.ended_from || (ended && s.ended >= *f.ended_from)) &&
         (!f.ended_until || (ended && s.ended < *f.ended_until)) &&
         (!f.scope || is_in(*f.scope, r));
}

bool before(JobSort sort, const JobRecord& a, const JobRecord& b) {
  auto by = [&](const auto& x, const auto& y) {
    return x != y ? x < y : a.status.job < b.status.job;
  };
  switch (sort) {
    case JobSort::id:
      return a.status.job < b.status.job;
    case JobSort::submitted:
      return by(a.status.submitted, b.status.submitted);
    case JobSort::ended:
      return by(a.status.ended, b.status.ended);
    case JobSort::name:
      return by(a.request.name, b.request.name);
    case JobSort::user:
      return by(a.request.user, b.request.user);
    case JobSort::project:
      return by(a.request.project, b.request.project);
    case JobSort::state:
      return by(a.status.state, b.status.state);
  }
  return false;
}

std::vector<int64_t> expected(const Rows& rows, const JobListing& listing) {
  std::vector<JobRecord> found;
  for (const JobRecord& r : rows.all()) {
    if (matches(listing.filter, r)) found.push_back(r);
  }
  std::sort(found.begin(), found.end(), [&](const JobRecord& a, const JobRecord& b) {
    return listing.descending ? before(listing.sort, b, a) : before(listing.sort, a, b);
  });
  std::vector<int64_t> ids;
  for (const JobRecord& r : found) ids.push_back(r.status.job.value);
  return ids;
}

std::vector<int64_t> listed(Rows& rows, JobListing listing) {
  std::vector<int64_t> ids;
  do {
    Result<JobPage> page = rows.queries().list(listing);
    if (!page) FAIL(page.error().message);
    for (const JobRecord& r : page->jobs) ids.push_back(r.status.job.value);
    listing.cursor = page->next;
  } while (!listing.cursor.empty());
  return ids;
}

}  // namespace

TEST_CASE("listing by every filter and order agrees with a plain search") {
  CHECK(rc::check([] {
    TempDir dir;
    Rows rows(dir / "pentad.db");
    const int count = *rc::gen::inRange(1, 40);
    for (int i = 1; i <= count; ++i) rows.add(some_record(i));
    rows.write();
    for (int i = 0; i < 40; ++i) {
      JobListing listing;
      listing.filter = some_filter();
      listing.sort =
          *rc::gen::element(JobSort::id, JobSort::submitted, JobSort::ended, JobSort::name,
                            JobSort::user, JobSort::project, JobSort::state);
      listing.descending = *rc::gen::arbitrary<bool>();
      listing.limit = *rc::gen::inRange(1, 10);
      std::vector<int64_t> wanted = expected(rows, listing);
      RC_ASSERT(listed(rows, listing) == wanted);
      RC_ASSERT(*rows.queries().count(listing.filter) == static_cast<int64_t>(wanted.size()));
    }
  }));
}

TEST_CASE("rows keep everything they are given") {
  TempDir dir;
  Rows rows(dir / "pentad.db");
  JobRecord r;
  r.status = {JobId{5},
              JobState::timeout,
              PendingReason::priority,
              "why",
              Time{1},
              Time{2},
              Time{3},
              4,
              5,
              6,
              7,
              8,
              9,
              10,
              Duration{11},
              {Duration{12}, Duration{13}, Bytes{14}, Bytes{15}, Bytes{16}}};
  r.request.name = "n";
  r.request.dependency = Dependency{};
  r.application = "app";
  rows.add(r);
  rows.write();
  auto read = *rows.queries().job(JobId{5});
  REQUIRE(read);
  CHECK(read->status == r.status);
  CHECK(read->request == r.request);
  CHECK(read->application == "app");
}

TEST_CASE("pages hold still while rows come in") {
  TempDir dir;
  Rows rows(dir / "pentad.db");
  auto add = [&](int64_t id, std::string name) {
    JobRecord r;
    r.status.job = JobId{id};
    r.request.name = std::move(name);
    rows.add(r);
    rows.write();
  };
  for (int64_t id = 1; id <= 30; ++id) add(id, fmt::format("m{:02}", id % 10));
  for (JobSort sort : {JobSort::id, JobSort::name}) {
    for (bool descending : {false, true}) {
      JobListing listing;
      listing.sort = sort;
      listing.descending = descending;
      listing.limit = 4;
      std::vector<int64_t> wanted = expected(rows, listing);
      std::vector<int64_t> seen;
      do {
        Result<JobPage> page = rows.queries().list(listing);
        REQUIRE(page);
        for (const JobRecord& r : page->jobs) seen.push_back(r.status.job.value);
        listing.cursor = page->next;
        int64_t next = static_cast<int64_t>(rows.all().size()) + 1;
        add(next, "a");
        add(next + 1, "z");
      } while (!listing.cursor.empty() && seen.size() < 1000);
      // Each of the first rows exactly once and in order, whatever else turned up between them.
      std::vector<int64_t> old;
      std::set<int64_t> is_old(wanted.begin(), wanted.end());
      std::copy_if(seen.begin(), seen.end(), std::back_inserter(old),
                   [&](int64_t id) { return is_old.contains(id); });
      CHECK(old == wanted);
      if (seen.size() >= 1000) MESSAGE("ascending by id: new rows never end");
    }
  }
}

TEST_CASE("a cursor serves only the listing it came from") {
  TempDir dir;
  Rows rows(dir / "pentad.db");
  for (int64_t id = 1; id <= 9; ++id) {
    JobRecord r;
    r.status.job = JobId{id};
    r.request.user = "alice";
    rows.add(r);
  }
  rows.write();
  JobListing listing;
  listing.limit = 3;
  listing.cursor = rows.queries().list(listing)->next;
  REQUIRE(!listing.cursor.empty());
  CHECK(rows.queries().list(listing)->jobs.front().status.job == JobId{4});
  auto refused = [&](JobListing other) {
    Result<JobPage> page = rows.queries().list(other);
    REQUIRE(!page);
    CHECK(page.error().code == ErrorCode::invalid);
    CHECK(page.error().path == "/cursor");
  };
  JobListing other = listing;
  other.filter.user = "alice";
  refused(other);
  other = listing;
  other.descending = true;
  refused(other);
  other = listing;
  other.cursor += "A";
  refused(other);
  other.cursor = "hello";
  refused(other);
  // Another number of rows a page is the same listing.
  other = listing;
  other.limit = 100;
  CHECK(rows.queries().list(other)->jobs.size() == 6);
}

TEST_CASE("text of a filter that is not UTF-8 or holds a NUL is refused") {
  TempDir dir;
  Rows rows(dir / "pentad.db");
  for (const std::string& text : {std::string("\xff"), std::string("job\0-1", 6)}) {
    JobListing listing;
    listing.filter.name_prefix = text;
    CHECK(rows.queries().list(listing).error().code == ErrorCode::invalid);
    CHECK(rows.queries().count(listing.filter).error().code == ErrorCode::invalid);
    listing.filter = {};
    listing.filter.scope = JobScope{"alice", {text}, {}};
    Result<JobPage> page = rows.queries().list(listing);
    REQUIRE_FALSE(page);
    CHECK(page.error().code == ErrorCode::invalid);
  }
}

TEST_CASE("attempts page by page, of all elements or of one") {
  TempDir dir;
  World world(dir / "pentad.db");
  JobRequest array = job_request(1);
  array.array = ArrayRequest{*IndexSet::parse("0-24", 100), 0};
  array.requeue.exit_codes = {7};
  JobId job = world.run(array);
  for (int i = 0; i < 25; ++i) world.end({job, i, 1}, i == 10 ? 7 : 0);
  Command later = world.command(event::Tick{});
  later.event.now = later.event.now + minutes(1);
  world.apply(std::move(later));
  world.end({job, 10, 2}, 0);

  AttemptListing listing;
  listing.job = job;
  listing.limit = 4;
  for (bool descending : {false, true}) {
    listing.descending = descending;
    listing.cursor.clear();
    std::vector<AttemptId> seen;
    do {
      Result<AttemptPage> page = world.queries().attempts(listing);
      REQUIRE(page);
      for (const AttemptStatus& a : page->attempts) seen.push_back(a.attempt);
      listing.cursor = page->next;
    } while (!listing.cursor.empty());
    CHECK(seen.size() == 26);
    if (descending) std::reverse(seen.begin(), seen.end());
    CHECK(std::is_sorted(seen.begin(), seen.end()));
  }
  listing.element = 10;
  Result<AttemptPage> page = world.queries().attempts(listing);
  REQUIRE(page);
  REQUIRE(page->attempts.size() == 2);
  CHECK(page->attempts.front().attempt.number == 2);
  CHECK(page->attempts.back().end.exit_code == 7);
}

TEST_CASE("sqlite: the listings people ask for most use an index and no sorting") {
  TempDir dir;
  Rows rows(dir / "pentad.db");
  auto plan = [&](const JobFilter& filter, JobSort sort, std::string_view order) {
    QueryBuilder query;
    add_conditions(query, *rows.database().impl().backend, filter, sort);
    soci::statement statement(session_of(rows.database()));
    int64_t a = 0, b = 0, c = 0;
    std::string detail, text;
    query.apply(statement);
    statement.exchange(soci::into(a));
    statement.exchange(soci::into(b));
    statement.exchange(soci::into(c));
    statement.exchange(soci::into(detail));
    statement.alloc();
    statement.prepare("EXPLAIN QUERY PLAN SELECT * FROM jobs" + query.where() + " ORDER BY " +
                      std::string(order) + " LIMIT 100");
    statement.define_and_bind();
    for (bool more = statement.execute(true); more; more = statement.fetch()) text += detail + "; ";
    return text;
  };
  auto found = [](const std::string& text, std::string_view index) {
    return text.find(index) != std::string::npos &&
           text.find("USE TEMP B-TREE") == std::string::npos;
  };
  JobFilter mine;
  mine.user = "alice";
  CHECK(found(plan(mine, JobSort::id, "id DESC"), "jobs_by_user"));
  mine.states = {JobState::completed, JobState::failed};
  CHECK(found(plan(mine, JobSort::id, "id DESC"), "jobs_by_user"));
  mine.submitted_from = Time{5};
  CHECK(found(plan(mine, JobSort::submitted, "id DESC"), "jobs_by_user"));
  JobFilter failed;
  failed.states = {JobState::failed};
  CHECK(found(plan(failed, JobSort::id, "id DESC"), "jobs_by_state"));
  JobFilter prefix;
  prefix.name_prefix = "melt";
  CHECK(found(plan(prefix, JobSort::name, "name, id"), "jobs_by_name"));
  JobFilter application;
  application.application = "melt";
  CHECK(found(plan(application, JobSort::id, "id"), "jobs_by_application"));
  JobFilter ended;
  ended.ended_from = Time{1};
  CHECK(found(plan(ended, JobSort::ended, "ended_ms DESC, id DESC"), "jobs_by_end"));
  JobFilter finished;
  finished.states = {JobState::completed, JobState::failed, JobState::cancelled};
  CHECK(found(plan(finished, JobSort::id, "id DESC"), "SCAN jobs"));
  JobFilter live;
  live.states = {JobState::held, JobState::queued, JobState::running};
  CHECK(plan(live, JobSort::id, "id").find("jobs_by_state") != std::string::npos);
}
