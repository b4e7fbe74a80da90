// Events about grants (ledger/grants.h has the rules). Who applies, reviews and decides stands in
// the event: rules depend on it.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/grants.h"

namespace pentad::event {

struct OpenCall {
  static constexpr std::string_view type_name = "open_call";
  ledger::GrantCall call;
};
BOOST_DESCRIBE_STRUCT(OpenCall, (), (call))

struct Apply {
  static constexpr std::string_view type_name = "apply";
  ledger::GrantApplication application;  // what decisions add is ignored
};
BOOST_DESCRIBE_STRUCT(Apply, (), (application))

struct Review {
  static constexpr std::string_view type_name = "review";
  int64_t application = 0;
  ledger::GrantReview review;
};
BOOST_DESCRIBE_STRUCT(Review, (), (application, review))

// An amount above zero issues a voucher of the call's funder, 0 declines.
struct Award {
  static constexpr std::string_view type_name = "award";
  int64_t application = 0;
  Money amount;
  std::string by;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(Award, (), (application, amount, by, reason))

}  // namespace pentad::event
