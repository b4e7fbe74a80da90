// Writes a home with people and a long history through the real core and store: the ground on which
// bench/users.py measures. Each job was submitted, ran and ended. Usage: many_jobs HOME [JOBS
// [USERS]]. The home must not hold a centre yet.
// many_jobs --tokens HOME [USERS] makes each user a token and writes "NAME TOKEN" lines into
// HOME/tokens; the centre must be down.
#include <fmt/format.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "base/assert.h"
#include "identity/identity.h"
#include "store/keeper.h"
#include "store/secret_table.h"

namespace {

using namespace pentad;
using namespace pentad::store;

constexpr int64_t kBatch = 500;
constexpr int64_t kTenants = 20;
constexpr const char* kNode = "history";  // not the name of the daemon's own

int64_t now_ms() {
  auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

std::string user_name(int64_t i) { return fmt::format("user{:04}", i); }
std::string tenant_name(int64_t i) { return fmt::format("tenant{:02}", i % kTenants); }

class Writer {
 public:
  Writer(const std::string& home, int64_t jobs, int64_t users)
      : jobs_(jobs), users_(users), now_(now_ms() - jobs * 50) {
    KeeperOptions options;
    options.database.path = home + "/pentad.db";
    auto opened = Keeper::open(options);
    if (!opened) fmt::print(stderr, "{}\n", opened.error().message);
    PENTAD_ASSERT(opened, "the store opens");
    keeper_ = std::make_unique<Keeper>(std::move(*opened));
    PENTAD_ASSERT(keeper_->last_event() == 0, "nobody has used this home before");
  }

  void run() {
    people();
    machine();
    auto begin = std::chrono::steady_clock::now();
    for (int64_t i = 0; i < jobs_; i += kBatch) batch(i, std::min(jobs_, i + kBatch));
    std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    fmt::print("{} jobs of {} users in {:.1f} s: {:.0f}/s\n", jobs_, users_, took.count(),
               static_cast<double>(jobs_) / took.count());
    apply({command(event::SetNodeState{kNode, NodeState::down, "history only"})});
    PENTAD_ASSERT(keeper_->close(), "a last snapshot");
  }

 private:
  Command command(event::What what) { return {{Time{++now_}, "bench", std::move(what)}, {}}; }

  std::vector<Applied> apply(std::vector<Command> commands) {
    auto applied = keeper_->apply(std::move(commands));
    if (!applied) fmt::print(stderr, "{}\n", applied.error().message);
    PENTAD_ASSERT(applied, "the batch is applied");
    for (const Applied& a : *applied) {
      PENTAD_ASSERT(a.effects.reply.accepted(), a.effects.reply.refusal.detail.c_str());
    }
    return std::move(*applied);
  }

  void people() {
    std::vector<Command> commands;
    for (int64_t t = 0; t < kTenants; ++t) {
      std::string name = tenant_name(t);
      commands.push_back(command(event::PutTenant{{name, name, "", {}}, true}));
      commands.push_back(command(event::PutProject{{name, "lab", "lab", "", {}}, true}));
    }
    for (int64_t u = 0; u < users_; ++u) {
      std::string name = user_name(u);
      commands.push_back(command(event::PutUser{{name, name, "", "", "", {}}, true}));
      commands.push_back(command(event::GrantRole{{name, Role::member, tenant_name(u), "lab"}}));
    }
    apply(std::move(commands));
  }

  void machine() {
    Node node;
    node.name = kNode;
    node.pool = "default";
    node.cores = 1000;
    node.memory = gibibytes(4000);
    std::vector<Command> commands;
    commands.push_back(command(event::Configure{}));
    commands.push_back(command(event::UpsertNode{node}));
    apply(std::move(commands));
  }

  JobRequest request(int64_t i) const {
    JobRequest job;
    int64_t user = i * 7919 % users_;
    job.name = fmt::format("sweep-{}", i % 1000);
    job.user = user_name(user);
    job.project = tenant_name(user) + "/lab";
    job.resources.cores = 1;
    job.resources.memory = mebibytes(256);
    job.limit = minutes(10);
    return job;
  }

  void batch(int64_t from, int64_t to) {
    event::Submit submit;
    for (int64_t i = from; i < to; ++i) submit.jobs.push_back(request(i));
    std::vector<Command> commands;
    commands.push_back(command(std::move(submit)));
    Payload payload;
    payload.script = "#!/bin/sh\nexec ./solve --input data.in --steps 1000\n";
    commands.back().payloads.push_back(payload);
    std::vector<AttemptId> started;
    for (const Applied& a : apply(std::move(commands))) {
      for (const StartAttempt& s : a.effects.starts) started.push_back(s.attempt);
    }
    PENTAD_ASSERT(started.size() == static_cast<size_t>(to - from), "all start at once");
    commands.clear();
    now_ += 20'000;
    for (const AttemptId& attempt : started) {
      AttemptEnd end;
      end.started_at = Time{now_ - 19'000};
      end.ended_at = Time{now_};
      end.exit_code = attempt.job.value % 10 == 0 ? 1 : 0;
      commands.push_back(command(event::AttemptEnded{attempt, end}));
      commands.back().event.more = &attempt != &started.back();
    }
    apply(std::move(commands));
  }

  const int64_t jobs_;
  const int64_t users_;
  int64_t now_;
  std::unique_ptr<Keeper> keeper_;
};

// Through the code that makes real tokens, but without a person for each.
void make_tokens(const std::string& home, int64_t users) {
  KeeperOptions options;
  options.database.path = home + "/pentad.db";
  auto keeper = Keeper::open(options);
  PENTAD_ASSERT(keeper, "the store opens");
  std::vector<SecretChange> changes;
  identity::Identity::Outside outside;
  outside.now = [] { return Time{now_ms()}; };
  outside.directory = [&] {
    return std::make_shared<const Directory>(keeper->centre().directory());
  };
  outside.keep = [&](std::vector<SecretChange> some,
                     const std::function<void(const Status&)>& done) {
    changes.insert(changes.end(), some.begin(), some.end());
    done({});
  };
  auto people = identity::Identity::open({}, {}, outside);
  PENTAD_ASSERT(people, "identities open");
  std::ofstream out(home + "/tokens");
  for (int64_t u = 0; u < users; ++u) {
    std::string name = user_name(u);
    (*people)->make_token(name, "bench", {"all"}, Time{now_ms()} + hours(24),
                          [&](const Result<identity::NewToken>& token) {
                            PENTAD_ASSERT(token, "a token is made");
                            out << name << ' ' << token->secret << '\n';
                          });
  }
  PENTAD_ASSERT(write_secrets(keeper->database(), changes), "tokens are kept");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "write: many_jobs HOME [JOBS [USERS]], or --tokens HOME [USERS]\n");
    return 2;
  }
  if (std::string_view(argv[1]) == "--tokens" && argc > 2) {
    make_tokens(argv[2], argc > 3 ? std::strtoll(argv[3], nullptr, 10) : 2'000);
    return 0;
  }
  std::filesystem::create_directories(argv[1]);
  int64_t jobs = argc > 2 ? std::strtoll(argv[2], nullptr, 10) : 1'000'000;
  int64_t users = argc > 3 ? std::strtoll(argv[3], nullptr, 10) : 2'000;
  Writer(argv[1], jobs, users).run();
}
