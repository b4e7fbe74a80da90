// The accounts and what moves between them: double entry. A movement is done whole or not at all,
// its amounts sum to zero, and so does the sum of all accounts, always.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/slots.h"
#include "model/money.h"

namespace pentad::ledger {

using AccountSlot = uint32_t;

struct Move {
  AccountSlot account = 0;
  Money amount;  // above zero: the account gets it
};

class Books {
 public:
  // The account of that name, new with nothing in it when there is none. Slots stay valid.
  AccountSlot open(std::string_view name);
  const std::string& name(AccountSlot account) const { return records_[account].name; }
  Money balance(AccountSlot account) const { return records_[account].balance; }
  Money balance(std::string_view name) const;  // 0 when there is no such account

  // False, and nothing has changed, when the amounts do not sum to zero or a balance would not fit.
  // An account may be named twice.
  [[nodiscard]] bool post(std::span<const Move> moves);

  // Accounts with something in them, ascending by name.
  std::vector<Posting> rows() const;
  // False when they do not sum to zero or a name comes twice.
  bool restore(const std::vector<Posting>& rows);
  bool sums_to_zero() const;

 private:
  struct Record {
    std::string name;
    Money balance;
  };
  Slots<Record> records_;
  SlotIndex index_;
};

}  // namespace pentad::ledger
