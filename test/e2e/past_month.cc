// Writes a home whose jobs ran and ended in months that are over, through the real core and store:
// what statements are closed on. Usage: past_month HOME USER. Prints the month's name.
//
// city-lab/vision, last month, 0.70 a core-hour: 1 core for 30 min, 2 cores for an hour (their
// limit), 1 core for 1 s; a voucher pays 60 %. city-lab/speech: 1 core for an hour in each of the
// last two months; the later began in the month before.
#include <fmt/format.h>

#include <chrono>

#include "base/assert.h"
#include "ledger/calendar.h"
#include "store/keeper.h"

namespace {

using namespace pentad;
using namespace pentad::store;

class Writer {
 public:
  Writer(const std::string& home, std::string user) : user_(std::move(user)) {
    KeeperOptions options;
    options.database.path = home + "/pentad.db";
    auto opened = Keeper::open(options);
    PENTAD_ASSERT(opened, "the store opens");
    keeper_ = std::make_unique<Keeper>(std::move(*opened));
  }

  // `last` and `before` are the months, ended at the time of the caller.
  void write(ledger::MonthSpan last, ledger::MonthSpan before) {
    now_ = before.from + hours(24);
    set_up();
    Time at = before.from + hours(48);
    run("city-lab/speech", 1, at, hours(1));
    run("city-lab/speech", 1, last.from - minutes(10), hours(1));
    run("city-lab/vision", 1, last.from + hours(72), minutes(30));
    run("city-lab/vision", 2, last.from + hours(80), hours(1));
    run("city-lab/vision", 1, last.until - seconds(1), seconds(1) - milliseconds(1));
    apply(event::SetNodeState{"past", NodeState::down, "history only"});
    PENTAD_ASSERT(keeper_->close(), "a last snapshot");
  }

 private:
  Applied apply(event::What what) {
    now_ = now_ + milliseconds(1);
    std::vector<Command> commands;
    commands.push_back({{now_, user_, std::move(what)}, {}});
    if (std::holds_alternative<event::Submit>(commands.front().event.what)) {
      commands.front().payloads.resize(1);
      commands.front().payloads.front().script = "#!/bin/sh\nexec ./solve\n";
    }
    auto applied = keeper_->apply(std::move(commands));
    PENTAD_ASSERT(applied, "the event is written");
    const Refusal& refusal = applied->front().effects.reply.refusal;
    PENTAD_ASSERT(refusal.code == RefusalCode::none, refusal.detail.c_str());
    return std::move(applied->front());
  }

  void set_up() {
    Policy policy;
    policy.money.charged = {PriceUnit::core_hour};
    apply(event::Configure{policy, {}});
    Node node;
    node.name = "past";  // not the name of the daemon's own
    node.pool = "past";
    node.cores = 8;
    node.memory = gibibytes(8);
    apply(event::UpsertNode{node});
    apply(event::PutTenant{{"city-lab", "city-lab", "", {}}, true});
    for (const char* project : {"vision", "speech"}) {
      apply(event::PutProject{{"city-lab", project, project, "", {}}, true});
    }
    apply(event::PutUser{{user_, user_, "", "", "", {}}, true});
    for (const char* project : {"vision", "speech"}) {
      apply(event::GrantRole{{user_, Role::member, "city-lab", project}});
    }
    Price price;
    price.steps = {{0, Money{700'000}}};
    apply(event::PutPrices{{price}});
    apply(event::TopUp{"city-lab", Money{50'000'000}, "INV-1", ""});
    Voucher voucher;
    voucher.tenant = "city-lab";
    voucher.project = "vision";
    voucher.funder = "city-hall";
    voucher.amount = Money{20'000'000};
    voucher.until = now_ + hours(24 * 365 * 10);
    voucher.share_milli = 600;
    apply(event::IssueVoucher{voucher});
  }

  void run(const char* project, int32_t cores, Time at, Duration ran) {
    now_ = at;
    JobRequest job;
    job.name = "solve";
    job.user = user_;
    job.project = project;
    job.resources.cores = cores;
    job.limit = hours(1);
    const Applied started = apply(event::Submit{keeper_->centre().next_job_id(), {job}, {}});
    PENTAD_ASSERT(started.effects.starts.size() == 1, "it starts at once");
    AttemptEnd end;
    end.started_at = at;
    end.ended_at = at + ran;
    now_ = end.ended_at;
    apply(event::AttemptEnded{started.effects.starts.front().attempt, end});
  }

  std::string user_;
  Time now_;
  std::unique_ptr<Keeper> keeper_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "write: past_month HOME USER\n");
    return 2;
  }
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const Time now{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
  const auto month_before = [](Time at) {
    const Time begin = ledger::month_span(ledger::month_name(at))->from;
    return *ledger::month_span(ledger::month_name(begin - hours(1)));
  };
  const ledger::MonthSpan last = month_before(now);
  Writer(argv[1], argv[2]).write(last, month_before(last.from));
  fmt::print("{}\n", ledger::month_name(last.from));
  return 0;
}
