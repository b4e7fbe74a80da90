// Why a command was refused. The enumerators stand in order of precedence: when several apply, the
// first is the answer, so that the same command always gets the same refusal.
#pragma once

#include <boost/describe.hpp>
#include <string>

namespace pentad {

BOOST_DEFINE_ENUM_CLASS(RefusalCode, none,
                        not_found,      // no such job, node or reservation
                        invalid_value,  // a field is outside what it may hold
                        too_many_jobs,  // the queue is full
                        array_too_large,
                        limit_too_long,  // walltime above the centre's maximum
                        unknown_tenant, unknown_project, unknown_user, unknown_voucher,
                        already_exists,  // a name or reference that is taken
                        account_frozen,  // the tenant, project or user may do nothing new
                        not_permitted,   // such a user may not do this
                        unknown_qos, unknown_licence, unknown_pool, unknown_device,
                        unknown_reservation, reservation_not_yours,
                        unknown_dependency,  // names a job that never was
                        cyclic_dependency,
                        impossible_deadline,   // cannot end in time even if started now
                        impossible_resources,  // more than any node or pool has
                        overlapping_reservation, overlapping_price,
                        no_price,  // something the job needs has none
                        over_quota,
                        over_budget,       // the project's own limit
                        not_enough_money,  // balance, credit and vouchers together
                        wrong_state,       // not while the job, node or reservation is as it is
                        too_late)          // may be changed only while pending

// `field` is a JSON pointer into the command (such as /jobs/0/resources/cores); `detail` a sentence
// that says what is wrong and what would do.
struct Refusal {
  RefusalCode code = RefusalCode::none;
  std::string field;
  std::string detail;
  bool operator==(const Refusal&) const = default;
};
BOOST_DESCRIBE_STRUCT(Refusal, (), (code, field, detail))

}  // namespace pentad
