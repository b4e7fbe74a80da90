// What money costs where it is kept: jobs from submission to end through core, journal and tables,
// without and with money in turns, and top-ups alone. Real disk, full durability, no processes.
// Seconds of the processor besides those of the clock: others on the machine disturb them less.
// Usage: ledger_store_rate [DIRECTORY [JOBS [ROUNDS]]] (a new directory below DIRECTORY is used).
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/assert.h"
#include "store/keeper.h"

namespace {

using namespace pentad;
using namespace pentad::store;

constexpr int64_t kGroup = 32;  // a commit takes so many

double wall_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
double cpu_s() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

struct Rate {
  double wall = 0, cpu = 0;
  int64_t count = 0;
  void report(const char* what) const {
    fmt::print("{:<58} {:>8.0f}/s {:>8.1f} us of the processor each\n", what,
               static_cast<double>(count) / wall, cpu * 1e6 / static_cast<double>(count));
  }
};

class Bench {
 public:
  Bench(const std::string& path, bool money) : money_(money) {
    KeeperOptions options;
    options.database.path = path;
    auto opened = Keeper::open(options);
    PENTAD_ASSERT(opened, "the store opens");
    keeper_ = std::make_unique<Keeper>(std::move(*opened));
    set_up();
  }

  void jobs(int64_t count, Rate& rate) {
    const double wall = wall_s(), cpu = cpu_s();
    for (int64_t i = 0; i < count; i += kGroup) group(i);
    rate.wall += wall_s() - wall;
    rate.cpu += cpu_s() - cpu;
    rate.count += count;
  }

  void top_ups(int64_t count, int64_t batch, Rate& rate) {
    const double wall = wall_s(), cpu = cpu_s();
    for (int64_t i = 0; i < count; i += batch) {
      std::vector<Command> commands;
      for (int64_t k = 0; k < batch; ++k) {
        commands.push_back(command(
            event::TopUp{"tenant0", Money{1'000'000}, fmt::format("INV-{}", ++references_), ""}));
      }
      apply(std::move(commands));
    }
    rate.wall += wall_s() - wall;
    rate.cpu += cpu_s() - cpu;
    rate.count += count;
  }

  int64_t entries() const { return entries_; }
  int64_t postings() const { return postings_; }

 private:
  Command command(event::What what) { return {{Time{++now_}, "bench", std::move(what)}, {}}; }

  std::vector<StartAttempt> apply(std::vector<Command> commands) {
    auto applied = keeper_->apply(std::move(commands));
    PENTAD_ASSERT(applied, "the batch is applied");
    std::vector<StartAttempt> starts;
    for (Applied& a : *applied) {
      PENTAD_ASSERT(a.effects.reply.accepted(), a.effects.reply.refusal.detail.c_str());
      for (StartAttempt& s : a.effects.starts) starts.push_back(std::move(s));
      entries_ += std::ssize(a.effects.entries);
      for (const LedgerEntry& entry : a.effects.entries) postings_ += std::ssize(entry.postings);
    }
    return starts;
  }

  void apply_one(event::What what) {
    std::vector<Command> commands;
    commands.push_back(command(std::move(what)));
    apply(std::move(commands));
  }

  void set_up() {
    Policy policy;
    if (money_) {
      policy.money.charged = {PriceUnit::core_hour, PriceUnit::memory_gib_hour};
      policy.money.pue_milli = 1200;
    }
    apply_one(event::Configure{policy, {}});
    Node node;
    node.name = "n1";
    node.pool = "main";
    node.cores = 64;
    node.memory = gibibytes(256);
    apply_one(event::UpsertNode{node});
    for (int64_t t = 0; t < 4; ++t) {
      const std::string tenant = fmt::format("tenant{}", t);
      apply_one(event::PutTenant{{tenant, tenant, "", {}}, true});
      apply_one(event::PutProject{{tenant, "lab", "lab", "", {}}, true});
      if (!money_) continue;
      apply_one(event::TopUp{tenant, Money{int64_t{1} << 56}, tenant, ""});
      if (t % 2 == 1) continue;
      Voucher voucher;
      voucher.tenant = tenant;
      voucher.funder = "city";
      voucher.amount = Money{int64_t{1} << 56};
      voucher.until = Time::never();
      voucher.share_milli = 600;
      apply_one(event::IssueVoucher{voucher});
    }
    for (int64_t u = 0; u < 37; ++u) {
      const std::string user = fmt::format("user{}", u);
      apply_one(event::PutUser{{user, user, "", "", "", {}}, true});
      for (int64_t t = 0; t < 4; ++t) {
        apply_one(event::GrantRole{{user, Role::member, fmt::format("tenant{}", t), "lab"}});
      }
    }
    for (PriceUnit unit : policy.money.charged) {
      Price price;
      price.unit = unit;
      price.steps = {{0, Money{300'000}}};
      apply_one(event::PutPrices{{price}});
    }
  }

  JobRequest request(int64_t i) const {
    JobRequest job;
    job.name = fmt::format("sweep-{}", i % 1000);
    job.user = fmt::format("user{}", i % 37);
    job.project = fmt::format("tenant{}/lab", i % 4);
    job.resources.memory = mebibytes(256);
    job.limit = minutes(10);
    return job;
  }

  // Submitted, started and ended in three commits.
  void group(int64_t from) {
    std::vector<Command> submits, started, ended;
    for (int64_t i = from; i < from + kGroup; ++i) {
      submits.push_back(command(event::Submit{{}, {request(i)}, {}}));
      Payload payload;
      payload.script = "#!/bin/sh\nexec ./solve --input data.in --steps 1000\n";
      submits.back().payloads.push_back(payload);
    }
    const std::vector<StartAttempt> starts = apply(std::move(submits));
    PENTAD_ASSERT(std::ssize(starts) == kGroup, "all start at once");
    const Time began{now_};
    for (const StartAttempt& s : starts) {
      started.push_back(command(event::AttemptStarted{s.attempt, began}));
    }
    apply(std::move(started));
    now_ += 60'000;
    for (const StartAttempt& s : starts) {
      AttemptEnd end;
      end.started_at = began;
      end.ended_at = Time{now_};
      end.usage.cpu_user = seconds(50);
      ended.push_back(command(event::AttemptEnded{s.attempt, end}));
    }
    apply(std::move(ended));
  }

  bool money_;
  int64_t now_ = 1'700'000'000'000;
  int64_t references_ = 0, entries_ = 0, postings_ = 0;
  std::unique_ptr<Keeper> keeper_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path below = argc > 1 ? argv[1] : ".";
  const int64_t count = argc > 2 ? std::strtoll(argv[2], nullptr, 10) : 9'600;
  const int64_t rounds = argc > 3 ? std::strtoll(argv[3], nullptr, 10) : 4;
  std::string name = (below / "pentad-ledger.XXXXXX").string();
  PENTAD_ASSERT(mkdtemp(name.data()) != nullptr, "a new directory");
  {
    Bench off(name + "/off.db", false);
    Bench on(name + "/on.db", true);
    std::array<Rate, 2> rates;
    for (int64_t round = 0; round < rounds; ++round) {
      const bool on_first = round % 2 == 1;
      (on_first ? on : off).jobs(count, rates[on_first]);
      (on_first ? off : on).jobs(count, rates[!on_first]);
    }
    rates[0].report("jobs, submitted, started, ended, without money");
    rates[1].report("the same with money");
    fmt::print("  {} entries, {} postings\n", on.entries(), on.postings());
    for (const int64_t batch : {1, 16, 500}) {
      Rate rate;
      on.top_ups(batch == 1 ? 500 : 8000, batch, rate);
      rate.report(fmt::format("top-ups, {} a commit", batch).c_str());
    }
  }
  std::filesystem::remove_all(name);
  return 0;
}
