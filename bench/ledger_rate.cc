// How many postings a second the ledger books in memory: attempts of 100 users in 20 projects of 4
// tenants hold and settle, with prices of cores, memory and devices; every other tenant has a
// voucher that covers 60 %. A posting is one line of an entry. Entries and charges are made in
// full, with their texts, and dropped. Times are of the processor.
//
//   ledger_rate [--attempts N] [--running N]
#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <random>

#include "ledger/ledger.h"

namespace pentad {

namespace {

double cpu_s() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

class Load {
 public:
  Load(int64_t attempts, int64_t running) : attempts_(attempts), running_(running) {}
  void run();

 private:
  void set_up();
  void start_one();
  void end_one();
  void clear();
  ledger::Cause cause() const { return {now_, "bench"}; }

  struct Running {
    AttemptId id;
    Placement placement;
    ledger::Hold hold;
  };

  int64_t attempts_;
  int64_t running_;
  std::mt19937_64 random_{7};
  ledger::Ledger ledger_;
  Time now_{1'000'000};
  int64_t started_ = 0;
  int64_t postings_ = 0;
  int64_t entries_made_ = 0;
  std::vector<ledger::Payer> payers_;
  std::vector<Running> live_;
  std::vector<LedgerEntry> entries_;
  std::vector<Charge> charges_;
  std::vector<Notice> notices_;
  ledger::Records records_{entries_, charges_, notices_};
};

void Load::set_up() {
  MoneyPolicy policy;
  policy.charged = {PriceUnit::core_hour, PriceUnit::memory_gib_hour, PriceUnit::device_hour};
  ledger_.set_policy(policy);
  for (PriceUnit unit : policy.charged) {
    Price price;
    price.unit = unit;
    price.from = now_;
    price.steps = {{0, Money{1'230'000}}};
    if (ledger_.put_prices({price}, now_)) std::abort();
  }
  for (int64_t t = 0; t < 4; ++t) {
    const std::string tenant = fmt::format("tenant{}", t);
    if (ledger_.top_up(tenant, Money{int64_t{1} << 57}, tenant, "", cause(), records_)) {
      std::abort();
    }
    Voucher voucher;
    voucher.tenant = tenant;
    voucher.funder = "city";
    voucher.amount = Money{int64_t{1} << 57};
    voucher.until = Time::never();
    voucher.share_milli = 600;
    if (t % 2 == 0 && ledger_.issue_voucher(voucher, cause(), records_)) std::abort();
  }
  for (int64_t i = 0; i < 100; ++i) {
    payers_.push_back(ledger_.payer(fmt::format("tenant{}", i % 4),
                                    fmt::format("project{}", i % 20), fmt::format("user{}", i)));
  }
}

void Load::start_one() {
  Running r;
  r.id = {JobId{++started_}, 0, 1};
  r.placement.pool = "pool0";
  r.placement.cores = static_cast<int32_t>(1 + random_() % 64);
  r.placement.memory = gibibytes(r.placement.cores * 2);
  r.placement.nodes = {{"n00001", {}}};
  ledger::Ask ask;
  ask.payer = payers_[random_() % payers_.size()];
  ask.pool = r.placement.pool;
  ask.limit = minutes(10 * static_cast<int64_t>(1 + random_() % 24));
  ask.size = ledger::size_of(r.placement).value();
  if (ledger_.reserve(ask, now_, r.hold)) std::abort();
  ledger_.record_hold(r.hold, r.id, cause(), records_);
  live_.push_back(std::move(r));
}

void Load::end_one() {
  const size_t i = random_() % live_.size();
  std::swap(live_[i], live_.back());
  const Running& r = live_.back();
  now_ = now_ + milliseconds(10);
  ledger_.settle(r.hold,
                 {r.id, "job", r.placement, JobState::completed, now_ - minutes(7), now_, {}, ""},
                 cause(), records_);
  live_.pop_back();
}

void Load::clear() {
  for (const LedgerEntry& entry : entries_) postings_ += std::ssize(entry.postings);
  entries_made_ += std::ssize(entries_);
  entries_.clear();
  charges_.clear();
  notices_.clear();
}

void Load::run() {
  set_up();
  while (std::ssize(live_) < running_) start_one();
  clear();
  postings_ = entries_made_ = 0;
  const double start = cpu_s();
  for (int64_t i = 0; i < attempts_; ++i) {
    end_one();
    start_one();
    clear();
  }
  const double elapsed = cpu_s() - start;
  fmt::print(
      "{} attempts, {} entries, {} postings in {:.2f} s: {:.0f} postings/s, {:.0f} "
      "entries/s, {:.0f} attempts/s\n",
      attempts_, entries_made_, postings_, elapsed, static_cast<double>(postings_) / elapsed,
      static_cast<double>(entries_made_) / elapsed, static_cast<double>(attempts_) / elapsed);
  std::vector<const ledger::Hold*> holds;
  for (const Running& r : live_) holds.push_back(&r.hold);
  for (const std::string& broken : ledger_.check(holds)) {
    fmt::print("BROKEN {}\n", broken);
    std::exit(1);
  }
}

}  // namespace

}  // namespace pentad

int main(int argc, char** argv) {
  int64_t attempts = 500'000, running = 10'000;
  for (int i = 1; i + 1 < argc; i += 2) {
    int64_t value = 0;
    std::from_chars(argv[i + 1], argv[i + 1] + std::strlen(argv[i + 1]), value);
    if (!std::strcmp(argv[i], "--attempts")) attempts = value;
    if (!std::strcmp(argv[i], "--running")) running = value;
  }
  pentad::Load(attempts, running).run();
}
