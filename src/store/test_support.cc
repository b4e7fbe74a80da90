#include "store/test_support.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/assert.h"
#include "base/reflect.h"
#include "store/test_server.h"

namespace pentad::store::testing {

namespace fs = std::filesystem;

namespace {

// In memory where the system offers that: a sync costs nothing there, and tests make thousands.
fs::path place_for_tests() {
  fs::path memory = "/dev/shm";
  return access(memory.c_str(), W_OK) == 0 ? memory : fs::temp_directory_path();
}

}  // namespace

TempDir::TempDir() : path_((place_for_tests() / "pentad_store.XXXXXX").string()) {
  PENTAD_ASSERT(mkdtemp(path_.data()) != nullptr, "a directory for a test can be made");
}

TempDir::~TempDir() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  drop_databases(path_);
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void write_file(const std::string& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << bytes;
  PENTAD_ASSERT(out.good(), "a test can write its file");
}

std::vector<std::string> files_of(const std::string& database_path) {
  std::vector<std::string> files;
  for (const char* end : {"", "-wal", "-journal"}) {
    std::string path = database_path + end;
    // An empty log and none are the same.
    files.push_back(fs::exists(path) ? read_file(path) : "");
  }
  return files;
}

JobRequest job_request(int i) {
  JobRequest job;
  job.name = fmt::format("job-{}", i % 7);
  job.user = i % 3 == 0 ? "bob" : "alice";
  job.project = i % 2 == 0 ? "physics" : "chemistry";
  job.limit = minutes(10);
  return job;
}

KeeperOptions World::options_at(const std::string& path) {
  KeeperOptions options;
  options.database = database_at(path);
  return options;
}

World::World(KeeperOptions options) : options_(std::move(options)) {
  open();
  if (keeper_->last_event() > 0) {
    now_ = centre().now();
    return;
  }
  apply(event::Configure{});
  Node node;
  node.name = "n1";
  node.pool = "main";
  node.cores = 4;
  node.memory = gibibytes(16);
  apply(event::UpsertNode{node});
}

void World::open() {
  keeper_.reset();
  Result<Keeper> opened = try_open();
  // The lease of a writer that was killed has to run out.
  for (int i = 0; i < 100 && is_on_server() && !opened; ++i) {
    usleep(100'000);
    opened = try_open();
  }
  if (!opened) FAIL(opened.error().message);
  keeper_ = std::make_unique<Keeper>(std::move(*opened));
}

Command World::command(event::What what, std::string actor) {
  now_ = now_ + seconds(1);
  return {{now_, std::move(actor), std::move(what)}, {}, {}};
}

Command World::submit(JobRequest job, Payload payload) {
  Command c = command(event::Submit{{}, {std::move(job)}, {}});
  c.payloads.push_back(std::move(payload));
  return c;
}

Effects World::apply(Command c) {
  std::vector<Command> batch;
  batch.push_back(std::move(c));
  auto applied = keeper_->apply(std::move(batch));
  if (!applied) FAIL(applied.error().message);
  return std::move(applied->front().effects);
}

Effects World::apply(event::What what) { return apply(command(std::move(what))); }

JobId World::run(JobRequest job) {
  Effects effects = apply(submit(std::move(job)));
  if (!effects.reply.accepted()) FAIL(effects.reply.refusal.detail);
  return effects.reply.jobs.front();
}

void World::start(const AttemptId& attempt) { apply(event::AttemptStarted{attempt, now_}); }

void World::end(const AttemptId& attempt, int exit_code) {
  AttemptEnd end;
  end.exit_code = exit_code;
  end.started_at = now_;
  end.ended_at = now_ + seconds(1);
  end.usage.cpu_user = milliseconds(1500);
  end.usage.peak_memory = mebibytes(3);
  apply(event::AttemptEnded{attempt, end});
}

void World::crash_and_reopen() { open(); }

void World::close_and_reopen() {
  Status closed = keeper_->close();
  if (!closed) FAIL(closed.error().message);
  open();
}

std::string all_answers(Keeper& keeper) {
  JobQueries queries = keeper.queries();
  std::string text;
  JobListing listing;
  do {
    Result<JobPage> page = queries.list(listing);
    if (!page) FAIL(page.error().message);
    for (const JobRecord& job : page->jobs) {
      text += to_json(job.status) + to_json(job.request) + job.application + "\n";
      Result<Payload> payload = queries.payload(job.status.job);
      text += payload ? to_json(*payload) + "\n" : payload.error().message;
      AttemptListing attempts;
      attempts.job = job.status.job;
      attempts.limit = 1000;
      Result<AttemptPage> ran = queries.attempts(attempts);
      if (!ran) FAIL(ran.error().message);
      for (const AttemptStatus& a : ran->attempts) text += to_json(a) + "\n";
      JobId id = job.status.job;
      Result<std::vector<Outcome>> outcomes = queries.outcomes({&id, 1});
      if (!outcomes) FAIL(outcomes.error().message);
      for (const Outcome& o : *outcomes) text += to_json(o) + "\n";
    }
    listing.cursor = page->next;
  } while (!listing.cursor.empty());
  return text;
}

void run_sql(const std::string& path, std::string_view sql) {
  if (is_on_server()) {
    execute_at(database_at(path).url, std::string(sql));
    return;
  }
  soci::session session(soci::sqlite3, "dbname=" + path);
  auto* backend = static_cast<soci::sqlite3_session_backend*>(session.get_backend());
  char* message = nullptr;
  std::string text(sql);
  int result = sqlite_api::sqlite3_exec(backend->conn_, text.c_str(), nullptr, nullptr, &message);
  std::string said = message ? message : "";
  sqlite_api::sqlite3_free(message);
  if (result != SQLITE_OK) FAIL(said);
}

std::string query_text(const std::string& path, std::string_view sql) {
  if (is_on_server()) return execute_at(database_at(path).url, std::string(sql));
  soci::session session(soci::sqlite3, "dbname=" + path);
  std::string value;
  session << std::string(sql), soci::into(value);
  return value;
}

void open_city(World& world) {
  Policy policy;
  policy.money.charged = {PriceUnit::core_hour};
  world.apply(event::Configure{policy, {}});
  world.apply(event::PutTenant{{"city", "city", "", {}}, true});
  world.apply(event::PutProject{{"city", "vision", "vision", "", {}}, true});
  world.apply(event::PutUser{{"li", "li", "", "", "", {}}, true});
  world.apply(event::GrantRole{{"li", Role::member, "city", "vision"}});
  Price price;
  price.steps = {{0, Money{1'234'567}}};
  world.apply(event::PutPrices{{price}});
  world.apply(event::TopUp{"city", Money{40'000'001}, "INV-1", ""});
}

}  // namespace pentad::store::testing
