#include "ledger/books.h"

#include <algorithm>

#include "base/hash.h"
#include "ledger/arithmetic.h"

namespace pentad::ledger {

namespace {
uint64_t hash_of(std::string_view name) { return Hasher().add(name).digest(); }
}  // namespace

AccountSlot Books::open(std::string_view name) {
  const uint64_t hash = hash_of(name);
  uint32_t slot = index_.find(hash, [&](uint32_t at) { return records_[at].name == name; });
  if (slot != kNoSlot) return slot;
  slot = records_.take();
  records_[slot] = {std::string(name), Money{}};
  index_.insert(hash, slot);
  return slot;
}

Money Books::balance(std::string_view name) const {
  const uint32_t slot =
      index_.find(hash_of(name), [&](uint32_t at) { return records_[at].name == name; });
  return slot == kNoSlot ? Money{} : records_[slot].balance;
}

bool Books::post(std::span<const Move> moves) {
  int64_t sum = 0;
  for (const Move& move : moves) {
    if (!add_to(sum, move.amount.value)) return false;
  }
  if (sum != 0) return false;
  size_t done = 0;
  while (done < moves.size() && add_to(records_[moves[done].account].balance, moves[done].amount)) {
    ++done;
  }
  if (done == moves.size()) return true;
  while (done-- > 0) records_[moves[done].account].balance -= moves[done].amount;
  return false;
}

std::vector<Posting> Books::rows() const {
  std::vector<Posting> rows;
  for (uint32_t slot = 0; slot < records_.end(); ++slot) {
    const Record& record = records_[slot];
    if (record.balance != Money{}) rows.push_back({record.name, record.balance});
  }
  std::sort(rows.begin(), rows.end(),
            [](const Posting& a, const Posting& b) { return a.account < b.account; });
  return rows;
}

bool Books::restore(const std::vector<Posting>& rows) {
  for (const Posting& row : rows) {
    Record& record = records_[open(row.account)];
    if (record.balance != Money{}) return false;
    record.balance = row.amount;
  }
  return sums_to_zero();
}

bool Books::sums_to_zero() const {
  __int128 sum = 0;
  for (uint32_t slot = 0; slot < records_.end(); ++slot) sum += records_[slot].balance.value;
  return sum == 0;
}

}  // namespace pentad::ledger
