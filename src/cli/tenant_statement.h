// The month of a whole tenant: what each project was charged, and what came in or was corrected.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/session.h"

namespace pentad::cli {

// What a project was charged in the month; `digest` when its statement is closed.
struct ProjectMonth {
  std::string project;
  int64_t charges = 0;
  int64_t total_ucny = 0;
  int64_t by_vouchers_ucny = 0;
  int64_t paid_ucny = 0;
  std::string digest;
};
BOOST_DESCRIBE_STRUCT(ProjectMonth, (),
                      (project, charges, total_ucny, by_vouchers_ucny, paid_ucny, digest))

// Money that came to the tenant's account, or below zero left it, other than by charges.
struct MoneyMovement {
  int64_t entry = 0;
  int64_t at_ms = 0;
  std::string kind;
  std::string note;
  int64_t amount_ucny = 0;
};
BOOST_DESCRIBE_STRUCT(MoneyMovement, (), (entry, at_ms, kind, note, amount_ucny))

// The sums are those of the projects.
struct TenantMonth {
  std::string tenant;
  std::string month;
  int64_t total_ucny = 0;
  int64_t by_vouchers_ucny = 0;
  int64_t paid_ucny = 0;
  std::vector<ProjectMonth> projects;
  std::vector<MoneyMovement> movements;  // in the order they were booked
};
BOOST_DESCRIBE_STRUCT(TenantMonth, (),
                      (tenant, month, total_ucny, by_vouchers_ucny, paid_ucny, projects, movements))

// Prints it. Each project's statement is checked as `pentad statement` does. Throws CommandError.
int tenant_statement(Session& session, const std::string& tenant, const std::string& month);

}  // namespace pentad::cli
