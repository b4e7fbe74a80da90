#include "api/money_common.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pentad::api {

namespace {

struct Renamed {
  std::string_view core, api;
};
constexpr std::array kRenamed = {Renamed{"amount", "amount_ucny"},
                                 Renamed{"line", "line_ucny"},
                                 Renamed{"total", "total_ucny"},
                                 Renamed{"per_month", "per_month_ucny"},
                                 Renamed{"asked", "asked_ucny"},
                                 Renamed{"most_each", "most_each_ucny"},
                                 Renamed{"until", "until_ms"},
                                 Renamed{"vouchers_until", "vouchers_until_ms"},
                                 Renamed{"kwh_by_hour", "kwh_by_hour_ucny"},
                                 Renamed{"utc_offset", "utc_offset_s"}};

std::string api_name(std::string_view field) {
  for (const Renamed& row : kRenamed) {
    if (row.core == field) return std::string(row.api);
  }
  return std::string(field);
}

// "/voucher/amount" is the request's "/amount_ucny".
std::string money_field(std::string_view field) {
  constexpr std::array<std::string_view, 5> wrappers = {"/voucher/", "/quota/", "/budget/",
                                                        "/call/", "/application/"};
  for (std::string_view wrapper : wrappers) {
    if (field.starts_with(wrapper)) field.remove_prefix(wrapper.size() - 1);
  }
  size_t slash = field.rfind('/');
  if (slash == field.npos) return std::string(field);
  return std::string(field.substr(0, slash + 1)) + api_name(field.substr(slash + 1));
}

CostView cost_view(const JobsCost& cost, const std::string& project) {
  CostView out;
  out.project = project;
  if (auto parts = split_full_name(project)) out.tenant = parts->first;
  out.elements = cost.elements;
  out.greatest_ucny = cost.greatest.value;
  out.expected_ucny = cost.expected.value;
  out.expected_energy_j = cost.expected_energy.value;
  return out;
}

bool charges(const CoreView& view) { return !view.centre().policy().money.charged.empty(); }

}  // namespace

Problem money_problem(const Refusal& refusal) {
  Problem p = problem_of(refusal);
  p.field = money_field(refusal.field);
  if (p.field->empty()) p.field.reset();
  return p;
}

Problem may_not(std::string_view what) {
  return problem("not-permitted", fmt::format("your roles do not let you {}", what), {},
                 "`pentad whoami` lists your roles");
}

void post_money(const Services& services, const Request& request, event::What what,
                net::Responder responder, int status) {
  std::vector<store::Command> commands;
  commands.push_back(command_of(request, std::move(what)));
  services.core.post(std::move(commands), [responder, status](const auto& done, CoreView&) {
    if (!done) return responder.send(problem_response(problem_of(done.error())));
    const Reply& reply = done->front().effects.reply;
    if (!reply.accepted()) return responder.send(problem_response(money_problem(reply.refusal)));
    responder.send(json_response(Recorded{reply.record}, status));
  });
}

std::optional<CostView> cost_of(CoreView& view, const std::vector<JobRequest>& jobs) {
  if (!charges(view) || jobs.empty()) return {};
  return cost_view(view.centre().cost(jobs), jobs.front().project);
}

std::optional<CostView> cost_of(CoreView& view, const std::vector<JobId>& jobs) {
  if (!charges(view)) return {};
  const JobsCost cost = view.centre().cost(jobs);
  if (cost.elements == 0) return {};  // this very step has seen the end of all
  std::string project;
  for (size_t i = 0; i < jobs.size() && project.empty(); ++i) {
    if (auto request = view.centre().job_request(jobs[i])) project = std::move(request->project);
  }
  return cost_view(cost, project);
}

VoucherView voucher_view(const pentad::VoucherView& v, Time now) {
  VoucherView out;
  out.id = v.voucher.id;
  out.funder = v.voucher.funder;
  out.tenant = v.voucher.tenant;
  out.project = v.voucher.project;
  out.title = v.voucher.title;
  out.state = v.cancelled                              ? "cancelled"
              : v.expired || now >= v.voucher.until    ? "expired"
              : now < v.voucher.from                   ? "not_begun"
              : v.left.value == 0 && v.held.value == 0 ? "used_up"
                                                       : "in_force";
  out.amount_ucny = v.voucher.amount.value;
  out.left_ucny = v.left.value;
  out.held_ucny = v.held.value;
  out.spent_ucny = v.spent.value;
  out.from_ms = v.voucher.from.value;
  out.until_ms = v.voucher.until.value;
  out.share_milli = v.voucher.share_milli;
  out.classes = v.voucher.classes;
  out.pools = v.voucher.pools;
  out.application = v.voucher.application;
  return out;
}

}  // namespace pentad::api
