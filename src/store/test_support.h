// What the tests of this folder share: a directory of their own, a small centre kept in it, and
// short ways to say what happens to it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/keeper.h"
#include "store/test_server.h"

namespace pentad::store::testing {

// A new directory, removed with all that is in it.
class TempDir {
 public:
  TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir();
  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

std::string read_file(const std::string& path);
void write_file(const std::string& path, std::string_view bytes);

// All files of a database, so that a test can say that none was touched.
std::vector<std::string> files_of(const std::string& database_path);

// Job number `i` of a test: 1 core, one of a few names, users and projects.
JobRequest job_request(int i);

// A keeper with one node of 4 cores, and a clock that goes on a second with every command.
class World {
 public:
  explicit World(KeeperOptions options);
  explicit World(const std::string& path) : World(options_at(path)) {}

  static KeeperOptions options_at(const std::string& path);

  Keeper& keeper() { return *keeper_; }
  const Centre& centre() const { return keeper_->centre(); }
  JobQueries queries() { return keeper_->queries(); }
  Time now() const { return now_; }

  // A command by `actor`, a second after the one before.
  Command command(event::What what, std::string actor = "alice");
  Command submit(JobRequest job, Payload payload = {});
  // Applies one command, which must be carried out.
  Effects apply(event::What what);
  Effects apply(Command command);
  JobId run(JobRequest job);  // submitted and accepted

  // Reports that the attempt started, and that it ended with this exit code.
  void start(const AttemptId& attempt);
  void end(const AttemptId& attempt, int exit_code = 0);

  // As after kill -9: nothing is said to the keeper before it goes.
  void crash_and_reopen();
  void close_and_reopen();
  Result<Keeper> try_open() const { return Keeper::open(options_); }
  void drop() { keeper_.reset(); }
  void open();

  KeeperOptions& options() { return options_; }

 private:
  KeeperOptions options_;
  std::unique_ptr<Keeper> keeper_;
  Time now_{1'700'000'000'000};
};

// Charging, a price, and a tenant with a project, its member li, and money.
void open_city(World& world);

// All that the tables answer, as text, to compare before and after.
std::string all_answers(Keeper& keeper);

// Runs SQL of a test directly on the database.
void run_sql(const std::string& path, std::string_view sql);
std::string query_text(const std::string& path, std::string_view sql);

}  // namespace pentad::store::testing
