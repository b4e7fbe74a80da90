// What an attempt holds of money from its start to its end.
#include <algorithm>

#include "base/assert.h"
#include "centre/state.h"

namespace pentad {

ledger::Payer Centre::State::payer_of(const std::string& project, const std::string& user) const {
  if (const uint32_t slot = accounts.find(project, user); slot != kNoSlot) return payer_of(slot);
  const size_t slash = project.find('/');
  if (slash == std::string::npos) return {};
  return ledger.payer(std::string_view(project).substr(0, slash),
                      std::string_view(project).substr(slash + 1), user);
}

ledger::Payer Centre::State::payer_of(uint32_t slot) const {
  const Account& account = accounts.at(slot);
  if (account.payer.known()) return account.payer;
  const size_t slash = account.project.find('/');
  if (slash == std::string::npos) return {};
  account.payer = ledger.payer(std::string_view(account.project).substr(0, slash),
                               std::string_view(account.project).substr(slash + 1), account.user);
  return account.payer;
}

AccountState Centre::State::standing_of(uint32_t slot) {
  const Account& account = accounts.at(slot);
  if (account.standing_of == people_changes) return account.standing;
  const auto name = split_full_name(account.project);
  account.standing =
      name ? people.standing(name->first, name->second, account.user) : AccountState::closed;
  account.standing_of = people_changes;
  return account.standing;
}

ledger::Size Centre::State::size_of(const Placement& placement) const {
  // What a placement takes exists on nodes: it fits.
  ledger::Size size = ledger::size_of(placement).value_or(ledger::Size{});
  for (const NodeShare& share : placement.nodes) {
    const NodeRecord* node = nodes.find(share.node);
    if (node == nullptr || node->cpu == nullptr) continue;
    size.cpu_idle_power += node->cpu->idle_power.value * placement.cores;
    size.cpu_full_power += node->cpu->full_power.value * placement.cores;
  }
  if (size.device_milli == 0) return size;
  const auto model = device_models.find(placement.device_model);
  if (model != device_models.end()) {
    size.device_power = model->second.full_power.value * size.device_milli / 1000;
  }
  return size;
}

void Centre::State::find_cpu_models() {
  for (const auto& [name, node] : nodes) {
    const auto model = device_models.find(node.node.cpu_model);
    nodes.find(name)->cpu = model == device_models.end() ? nullptr : &model->second;
  }
}

bool Centre::State::grant(JobId id, const Placement& placement) {
  JobRecord* job = find(id);
  PENTAD_ASSERT(job != nullptr, "only jobs in memory are queued");
  const Account& account = accounts.at(job->account);
  ledger::Ask ask;
  ask.payer = payer_of(job->account);
  ask.qos = job->request->qos;
  ask.pool = placement.pool;
  ask.device_model = placement.device_model;
  ask.workload_class = job->request->workload_class;
  ask.limit = job->request->limit;
  ask.size = size_of(placement);
  std::optional<ledger::Obstacle> obstacle;
  if (!ask.payer.known() || standing_of(job->account) != AccountState::active) {
    obstacle = ledger::Obstacle{ledger::Gauge::account, ask.payer.tenant, 0, 0};
  } else {
    ledger::Hold hold;
    obstacle = ledger.reserve(ask, now, hold);
    if (!obstacle) {
      granted.push_back(std::move(hold));
      return true;
    }
  }
  MoneyWait wait{id,
                 obstacle->gauge,
                 ledger::SubjectKind::tenant,
                 "",
                 obstacle->need,
                 account.project,
                 ask.workload_class,
                 placement.pool,
                 placement.device_model,
                 ask.size};
  if (obstacle->subject != kNoSlot) {
    const ledger::Subject& subject = ledger.subjects().at(obstacle->subject);
    wait.kind = subject.kind;
    wait.subject = subject.name;
  }
  refused.push_back(std::move(wait));
  return false;
}

namespace {

template <class Admit>
struct Gate final : StartGate {
  explicit Gate(Admit ask) : admit_(std::move(ask)) {}
  bool admit(JobId job, const Placement& placement) override { return admit_(job, placement); }
  Admit admit_;
};

}  // namespace

void Centre::State::pass_with_money() {
  Gate gate([this](JobId job, const Placement& placement) { return grant(job, placement); });
  for (Start& s : scheduler.pass(now, &gate)) start(std::move(s));
  PENTAD_ASSERT(grants_used == granted.size(), "what was granted has started");
  granted.clear();
  grants_used = 0;
  put_aside();
}

void Centre::State::hold_money(AttemptRecord& attempt) {
  ledger::Records made = records();
  attempt.hold = holds.take();
  ledger::Hold& hold = holds[attempt.hold];
  hold = std::move(granted[grants_used++]);
  ledger.record_hold(hold, attempt.id, cause(), made);
}

bool Centre::State::adopt_hold(ledger::Hold& hold) {
  for (const VoucherPart& part : hold.vouchers) {
    if (ledger.vouchers().find(part.voucher) == nullptr) return false;
  }
  for (const ledger::AgreedPrice& agreed : hold.terms.prices) {
    if (ledger.prices().find(agreed.price) == nullptr) return false;
  }
  ledger.adopt(hold);
  return true;
}

// By the policy, which can be read: what the centre did, and what it does not charge for.
std::string Centre::State::free_because(const AttemptRecord& attempt, const AttemptEnd& end,
                                        JobState state, bool requeued) const {
  if (state == JobState::node_failed) return "the node failed";
  if (end.kind == EndKind::lost) return "its end is not known";
  if (requeued && attempt.by_operator) return "put back by an operator";
  if (requeued && !policy.money.charge_requeued) return "put back into the queue";
  const bool never_began = end.kind == EndKind::not_started;
  if (never_began && !policy.money.charge_not_started) return "it could not be started";
  return "";
}

std::optional<Money> Centre::State::settle_money(AttemptRecord& attempt,
                                                 const AttemptStatus& status, bool requeued) {
  if (attempt.hold == kNoSlot) return {};
  const ledger::Hold& hold = holds[attempt.hold];
  const AttemptEnd& end = status.end;
  const Duration cpu = end.usage.cpu_user + end.usage.cpu_system;
  ledger::Ended ended{attempt.id,
                      attempt.job->name,
                      status.placement,
                      status.state,
                      end.started_at,
                      end.ended_at,
                      cpu > Duration{} ? std::optional(cpu) : std::nullopt,
                      free_because(attempt, end, status.state, requeued)};
  ledger::Records made = records();
  const Money charged = ledger.settle(hold, ended, cause(), made);
  improve(hold.payer);
  holds.give_back(attempt.hold);
  attempt.hold = kNoSlot;
  return charged;
}

}  // namespace pentad
