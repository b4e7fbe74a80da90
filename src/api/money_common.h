// What the handlers about money have in common.
#pragma once

#include <string>

#include "api/answer.h"
#include "api/authenticate.h"
#include "api/grant_types.h"
#include "api/money_types.h"
#include "centre/centre.h"
#include "store/money_queries.h"

namespace pentad::api {

// A refusal of an event about money, with its field as the request called it.
Problem money_problem(const Refusal& refusal);

// The problem of not being allowed to do `what`.
Problem may_not(std::string_view what);

// Carries out an event and answers with the number of what it made, or with its refusal.
void post_money(const Services& services, const Request& request, event::What what,
                net::Responder responder, int status = 200);

// What a submission of these jobs may cost in all; nothing where nothing is charged. On the core's
// thread.
std::optional<CostView> cost_of(CoreView& view, const std::vector<JobRequest>& jobs);
// Of jobs in memory.
std::optional<CostView> cost_of(CoreView& view, const std::vector<JobId>& jobs);

VoucherView voucher_view(const pentad::VoucherView& voucher, Time now);

}  // namespace pentad::api
