// Events about money. Amounts come as they are; the core refuses what would break the books.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/money.h"

namespace pentad::event {

// Money from outside: cash -> tenant. `reference` (an invoice, a payment) may come once only.
struct TopUp {
  static constexpr std::string_view type_name = "top_up";
  std::string tenant;
  Money amount;  // above zero
  std::string reference;
  std::string note;
};
BOOST_DESCRIBE_STRUCT(TopUp, (), (tenant, amount, reference, note))

// A correction: moves `amount` from one account to the other, with a reason. Only tenants'
// accounts, cash, revenue and write-off.
struct Adjust {
  static constexpr std::string_view type_name = "adjust";
  std::string from;
  std::string to;
  Money amount;  // above zero
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(Adjust, (), (from, to, amount, reason))

// How far below zero a tenant's balance may go; 0 is prepaid.
struct SetCredit {
  static constexpr std::string_view type_name = "set_credit";
  std::string tenant;
  Money line;
};
BOOST_DESCRIBE_STRUCT(SetCredit, (), (tenant, line))

struct SetBudget {
  static constexpr std::string_view type_name = "set_budget";
  std::string tenant;
  std::string project;
  Budget budget;
};
BOOST_DESCRIBE_STRUCT(SetBudget, (), (tenant, project, budget))

struct SetQuota {
  static constexpr std::string_view type_name = "set_quota";
  Quota quota;  // without limits: takes the quota away
};
BOOST_DESCRIBE_STRUCT(SetQuota, (), (quota))

// All or none. A `from` in the past is refused (0 stands for now): what has started is charged as
// it was promised.
struct PutPrices {
  static constexpr std::string_view type_name = "put_prices";
  std::vector<Price> prices;
};
BOOST_DESCRIBE_STRUCT(PutPrices, (), (prices))

// Ends a price at `until`, not in the past; 0 stands for now.
struct EndPrice {
  static constexpr std::string_view type_name = "end_price";
  int64_t price = 0;
  Time until;
};
BOOST_DESCRIBE_STRUCT(EndPrice, (), (price, until))

// funder -> voucher.
struct IssueVoucher {
  static constexpr std::string_view type_name = "issue_voucher";
  Voucher voucher;
};
BOOST_DESCRIBE_STRUCT(IssueVoucher, (), (voucher))

// What is left goes back to the funder; attempts that run keep what they hold.
struct CancelVoucher {
  static constexpr std::string_view type_name = "cancel_voucher";
  int64_t voucher = 0;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(CancelVoucher, (), (voucher, reason))

// Use that others metered (a day of storage, a batch of tokens), charged at once. `reference` may
// come once only.
struct Meter {
  static constexpr std::string_view type_name = "meter";
  std::string tenant;
  std::string project;
  std::string user;
  PriceUnit unit = PriceUnit::storage_gib_day;
  int64_t quantity = 0;  // in fine units
  std::string reference;
};
BOOST_DESCRIBE_STRUCT(Meter, (), (tenant, project, user, unit, quantity, reference))

// Closes a project's statement of a month ("2026-11", UTC+8, ended): it never changes again.
// `total` and `charges` must be what the core has counted; `digest` is of the statement as it was
// shown.
struct CloseStatement {
  static constexpr std::string_view type_name = "close_statement";
  std::string tenant;
  std::string project;
  std::string month;
  Money total;
  int64_t charges = 0;
  std::string digest;
};
BOOST_DESCRIBE_STRUCT(CloseStatement, (), (tenant, project, month, total, charges, digest))

}  // namespace pentad::event
