#include "ledger/grants.h"

#include <fmt/format.h>

#include <utility>

#include "base/assert.h"
#include "base/money_text.h"

namespace pentad::ledger {

namespace {

constexpr size_t kMostText = 20'000;  // bytes of a call's, an application's, a review's text

std::optional<Refusal> refuse(RefusalCode code, std::string field, std::string detail) {
  return Refusal{code, std::move(field), std::move(detail)};
}

std::optional<Refusal> check_text(const std::string& text, std::string field) {
  if (text.size() <= kMostText) return {};
  return refuse(RefusalCode::invalid_value, std::move(field),
                fmt::format("is longer than {} bytes", kMostText));
}

std::optional<Refusal> check_call(const GrantCall& call, Time now) {
  auto bad = [](const char* field, const char* why) {
    return refuse(RefusalCode::invalid_value, field, why);
  };
  if (call.funder.empty()) return bad("/funder", "a call names who pays");
  if (call.title.empty()) return bad("/title", "a call has a title");
  if (auto r = check_text(call.text, "/text")) return r;
  if (call.until <= call.from) return bad("/until", "must be after `from`");
  if (call.until <= now) return bad("/until", "is over already");
  if (call.vouchers_until <= call.until) {
    return bad("/vouchers_until", "must be after the last day of applications");
  }
  if (call.budget.value <= 0) return bad("/budget", "must be above zero");
  if (call.most_each.value < 0 || call.most_each > call.budget) {
    return bad("/most_each", "must be from 0 to the budget");
  }
  if (call.share_milli < 1 || call.share_milli > 1000) {
    return bad("/share_milli", "must be from 1 to 1000 thousandths");
  }
  return {};
}

}  // namespace

std::optional<Refusal> Grants::open(GrantCall call, Time now, int64_t& id) {
  if (auto refusal = check_call(call, now)) return refusal;
  call.id = id = static_cast<int64_t>(rows_.calls.size()) + 1;
  rows_.calls.push_back(std::move(call));
  return {};
}

std::optional<Refusal> Grants::apply(GrantApplication application, Time now, int64_t& id) {
  const GrantCall* call = find_call(application.call);
  if (!call) {
    return refuse(RefusalCode::not_found, "/call",
                  fmt::format("there is no call {}", application.call));
  }
  if (application.title.empty()) {
    return refuse(RefusalCode::invalid_value, "/title", "an application has a title");
  }
  if (auto r = check_text(application.text, "/text")) return r;
  if (application.asked.value <= 0) {
    return refuse(RefusalCode::invalid_value, "/asked", "must be above zero");
  }
  Money most = call->most_each.value > 0 ? call->most_each : call->budget;
  if (application.asked > most) {
    return refuse(RefusalCode::invalid_value, "/asked",
                  fmt::format("is more than this call gives: {} yuan", money_text(most)));
  }
  for (const GrantApplication& other : rows_.applications) {
    if (other.call == application.call && other.tenant == application.tenant &&
        other.project == application.project) {
      return refuse(RefusalCode::already_exists, "/project",
                    fmt::format("application {} is for the same call and project", other.id));
    }
  }
  if (now < call->from) {
    return refuse(RefusalCode::wrong_state, "/call", "applications are not taken yet");
  }
  if (now >= call->until) {
    return refuse(RefusalCode::wrong_state, "/call", "applications are taken no more");
  }
  application.id = id = static_cast<int64_t>(rows_.applications.size()) + 1;
  application.submitted = now;
  application.state = GrantState::submitted;
  application.reviews.clear();
  application.awarded = Money{};
  application.voucher = 0;
  rows_.applications.push_back(std::move(application));
  return {};
}

std::optional<Refusal> Grants::review(int64_t id, GrantReview review, Time now) {
  GrantApplication* application = find(id);
  if (!application) {
    return refuse(RefusalCode::not_found, "/application",
                  fmt::format("there is no application {}", id));
  }
  if (review.score < 1 || review.score > 5) {
    return refuse(RefusalCode::invalid_value, "/score", "must be from 1 to 5");
  }
  if (auto r = check_text(review.text, "/text")) return r;
  for (const GrantReview& other : application->reviews) {
    if (other.reviewer == review.reviewer) {
      return refuse(RefusalCode::already_exists, "/reviewer",
                    fmt::format("{} has reviewed it already", review.reviewer));
    }
  }
  if (review.reviewer == application->applicant) {
    return refuse(RefusalCode::not_permitted, "/reviewer", "nobody reviews their own application");
  }
  if (application->state != GrantState::submitted) {
    return refuse(RefusalCode::wrong_state, "/application", "it has been decided");
  }
  review.at = now;
  application->reviews.push_back(std::move(review));
  return {};
}

std::optional<Refusal> Grants::check_award(int64_t id, Money amount, const std::string& by,
                                           const std::string& reason, Time now) const {
  const GrantApplication* application = find(id);
  if (!application) {
    return refuse(RefusalCode::not_found, "/application",
                  fmt::format("there is no application {}", id));
  }
  const GrantCall& call = *find_call(application->call);
  if (amount.value < 0) return refuse(RefusalCode::invalid_value, "/amount", "is below zero");
  if (amount > application->asked) {
    return refuse(RefusalCode::invalid_value, "/amount",
                  fmt::format("is more than was asked: {} yuan", money_text(application->asked)));
  }
  if (amount.value == 0 && reason.empty()) {
    return refuse(RefusalCode::invalid_value, "/reason", "who declines says why");
  }
  if (auto r = check_text(reason, "/reason")) return r;
  if (by == application->applicant) {
    return refuse(RefusalCode::not_permitted, "/by", "nobody awards their own application");
  }
  if (amount > left_of(call)) {
    return refuse(RefusalCode::over_budget, "/amount",
                  fmt::format("the call has {} yuan left", money_text(left_of(call))));
  }
  if (application->state != GrantState::submitted) {
    return refuse(RefusalCode::wrong_state, "/application", "it has been decided");
  }
  if (application->reviews.empty()) {
    return refuse(RefusalCode::wrong_state, "/application", "nobody has reviewed it");
  }
  if (amount.value > 0 && now >= call.vouchers_until) {
    return refuse(RefusalCode::wrong_state, "/application", "the call's vouchers have expired");
  }
  return {};
}

Voucher Grants::voucher_for(int64_t id, Money amount, Time now) const {
  const GrantApplication* application = find(id);
  PENTAD_ASSERT(application, "no such application");
  const GrantCall& call = *find_call(application->call);
  Voucher out;
  out.funder = call.funder;
  out.tenant = application->tenant;
  out.project = application->project;
  out.title = call.title;
  out.amount = amount;
  out.from = now;
  out.until = call.vouchers_until;
  out.share_milli = call.share_milli;
  out.classes = call.classes;
  out.pools = call.pools;
  out.application = id;
  return out;
}

void Grants::decide(int64_t id, Money amount, int64_t voucher, const std::string& by,
                    const std::string& reason, Time now) {
  GrantApplication* application = find(id);
  PENTAD_ASSERT(application, "no such application");
  application->state = amount.value > 0 ? GrantState::awarded : GrantState::declined;
  application->awarded = amount;
  application->voucher = voucher;
  application->decided_by = by;
  application->reason = reason;
  application->decided = now;
}

const GrantCall* Grants::find_call(int64_t id) const {
  if (id < 1 || id > static_cast<int64_t>(rows_.calls.size())) return nullptr;
  return &rows_.calls[static_cast<size_t>(id - 1)];
}

const GrantApplication* Grants::find(int64_t id) const {
  if (id < 1 || id > static_cast<int64_t>(rows_.applications.size())) return nullptr;
  return &rows_.applications[static_cast<size_t>(id - 1)];
}

GrantApplication* Grants::find(int64_t id) {
  return const_cast<GrantApplication*>(std::as_const(*this).find(id));
}

// Each award is at most what the call has left: the sum is at most its budget.
Money Grants::awarded_in(int64_t call) const {
  Money sum;
  for (const GrantApplication& application : rows_.applications) {
    if (application.call == call) sum += application.awarded;
  }
  return sum;
}

Money Grants::left_of(const GrantCall& call) const { return call.budget - awarded_in(call.id); }

bool Grants::restore(GrantRows rows) {
  rows_ = std::move(rows);
  return check_invariants().empty();
}

std::vector<std::string> Grants::check_invariants() const {
  std::vector<std::string> bad;
  for (size_t i = 0; i < rows_.calls.size(); ++i) {
    const GrantCall& call = rows_.calls[i];
    if (call.id != static_cast<int64_t>(i) + 1) bad.push_back("calls are not numbered from 1");
    if (left_of(call).value < 0) {
      bad.push_back(fmt::format("call {} has awarded more than its budget", call.id));
    }
  }
  for (size_t i = 0; i < rows_.applications.size(); ++i) {
    const GrantApplication& a = rows_.applications[i];
    if (a.id != static_cast<int64_t>(i) + 1) bad.push_back("applications are not numbered from 1");
    if (!find_call(a.call)) bad.push_back(fmt::format("application {} is for no call", a.id));
    bool is_awarded = a.state == GrantState::awarded;
    if (is_awarded != (a.awarded.value > 0) || is_awarded != (a.voucher > 0)) {
      bad.push_back(fmt::format("application {}: award, amount and voucher differ", a.id));
    }
  }
  return bad;
}

}  // namespace pentad::ledger
