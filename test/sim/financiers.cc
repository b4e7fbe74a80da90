// The part of the clients that deals with money: tenants, prices, top-ups, vouchers, limits.
#include <fmt/format.h>

#include "clients.h"

namespace pentad::sim {

namespace {

const char* const kTenants[] = {"t0", "t1"};

std::string tenant_of(Random& random) { return kTenants[random.below(2)]; }

// Small jobs cost some ten thousand millionths.
Money some(Random& random, int64_t most) { return Money{random.between(0, most)}; }

}  // namespace

// p0 and p1 are of the first tenant, p2 of the second.
std::string money_project(const std::string& name) { return (name == "p2" ? "t1/" : "t0/") + name; }

void Clients::set_up_money() {
  for (const char* tenant : kTenants) {
    call(event::PutTenant{{tenant, tenant, "", AccountState::active}, true});
  }
  for (const char* project : {"p0", "p1", "p2"}) {
    const std::string full = money_project(project);
    call(event::PutProject{{full.substr(0, 2), project, project, "", AccountState::active}, true});
  }
  for (const char* user : {"u0", "u1", "u2"}) {
    call(event::PutUser{{user, user, "", "", "", AccountState::active}, true});
    for (const char* tenant : kTenants) {
      call(event::GrantRole{{user, Role::member, tenant, ""}});
    }
  }
  put_price({});
  for (const char* tenant : kTenants) top_up(tenant, some(random_, 400'000));
}

void Clients::top_up(const std::string& tenant, Money amount) {
  call(event::TopUp{tenant, amount, fmt::format("r{}", next_call_), ""});
}

void Clients::put_price(Time from) {
  Price price;
  price.unit = PriceUnit::core_hour;
  price.from = from;
  price.steps = {{0, Money{random_.between(1, 20) * 333'333}}};
  if (random_.chance(200)) {  // dearer from a certain use on
    price.steps.push_back({random_.between(1, 100'000), Money{random_.between(1, 20) * 333'333}});
  }
  call(event::PutPrices{{price}});
}

// The one in force ends, and another follows it, perhaps.
void Clients::change_price(Time now) {
  const Time from = now + random_.duration(Duration{}, seconds(10));
  for (const Price& price : daemon_.centre().prices()) {
    if (price.until == Time::never()) call(event::EndPrice{price.id, from});
  }
  if (random_.chance(800)) put_price(from);
}

void Clients::issue_voucher(Time now) {
  Voucher v;
  v.funder = "city";
  v.tenant = tenant_of(random_);
  if (random_.chance(200)) v.project = v.tenant == "t1" ? "p2" : "p0";
  v.amount = some(random_, 200'000);
  v.from = now + random_.duration(seconds(-5), seconds(10));
  v.until = now + random_.duration(seconds(-2), seconds(60));
  v.share_milli = static_cast<int32_t>(random_.pick(std::vector<int64_t>{1000, 600, 333, 50}));
  if (random_.chance(200)) v.classes = {WorkloadClass::training, WorkloadClass::simulation};
  if (random_.chance(150)) v.pools = {"pool0"};
  call(event::IssueVoucher{v});
}

void Clients::set_limits() {
  const std::string project = money_project(fmt::format("p{}", random_.below(3)));
  if (random_.chance(400)) {
    Budget budget;
    if (random_.chance(700)) budget.total = some(random_, 400'000);
    if (random_.chance(400)) budget.per_month = some(random_, 300'000);
    return call(event::SetBudget{project.substr(0, 2), project.substr(3), budget});
  }
  Quota quota;
  switch (random_.below(3)) {
    case 0:
      quota.user = fmt::format("u{}", random_.below(3));
      break;
    case 1:
      quota.project = project.substr(3);
      [[fallthrough]];
    default:
      quota.tenant = project.substr(0, 2);
  }
  if (random_.chance(500)) quota.limits.running_jobs = random_.between(1, 4);
  if (random_.chance(300)) quota.limits.queued_jobs = random_.between(4, 20);
  if (random_.chance(300)) quota.limits.cores = random_.between(4, 20);
  call(event::SetQuota{quota});
}

void Clients::operate_money(Time now) {
  const std::string tenant = tenant_of(random_);
  switch (random_.below(10)) {
    case 0:
      return change_price(now);
    case 1:
    case 2:
      return issue_voucher(now);
    case 3: {
      const auto count = static_cast<int64_t>(daemon_.centre().vouchers().size());
      return call(event::CancelVoucher{random_.between(1, count + 1), "as the seed says"});
    }
    case 4:
      return set_limits();
    case 5:
      return call(event::SetCredit{tenant, some(random_, 100'000)});
    case 6: {
      const bool frozen = random_.chance(300);
      return call(event::PutTenant{
          {tenant, tenant, "", frozen ? AccountState::frozen : AccountState::active}, false});
    }
    case 7:
      return call(event::Adjust{"tenant/" + tenant, "write-off", some(random_, 50'000), "seed"});
    case 8: {
      const std::string project = tenant == "t1" ? "p2" : "p0";
      return call(event::Meter{tenant, project, "u0", PriceUnit::core_hour,
                               random_.between(-1, 40'000), fmt::format("m{}", random_.below(30))});
    }
    default:
      return top_up(tenant, Money{random_.between(-1'000, 300'000)});
  }
}

// Enough for all, and nothing in the way.
void Clients::clear_money_away() {
  for (const char* tenant : kTenants) {
    call(event::PutTenant{{tenant, tenant, "", AccountState::active}, false});
    call(event::SetQuota{{tenant, "", "", {}}});
    top_up(tenant, Money{1'000'000'000'000});
  }
  for (const char* name : {"p0", "p1", "p2"}) {
    const std::string project = money_project(name);
    call(event::SetBudget{project.substr(0, 2), name, {}});
    call(event::SetQuota{{project.substr(0, 2), name, "", {}}});
  }
  for (const char* user : {"u0", "u1", "u2"}) call(event::SetQuota{{"", "", user, {}}});
  put_price({});
}

}  // namespace pentad::sim
