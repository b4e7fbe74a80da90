// How many of each licence there are, and until when running attempts hold them.
#pragma once

#include <vector>

#include "schedule/plan.h"

namespace pentad::schedule {

class Licences {
 public:
  // Replaces the totals; what is held stays held, even above the total.
  void set_totals(const std::vector<Licence>& totals);
  void hold(const std::vector<LicenceNeed>& needs, Time ends_by);
  void drop(const std::vector<LicenceNeed>& needs, Time ends_by);

  // Slots of the names that have a total; holds of other names get a slot of their own by `slot`.
  const Names& names() const { return names_; }
  uint32_t slot(const std::string& name);
  // Grows with every change of the totals.
  uint64_t version() const { return version_; }
  int64_t total(uint32_t licence) const { return records_[licence].total; }
  int64_t used(uint32_t licence) const { return records_[licence].used; }

  // True when all of `needs` are free over [begin, end), beside what is held and planned.
  bool fit(const std::vector<LicenceNeed>& needs, Time begin, Time end, Time now,
           const Plan& plan) const;
  // Appends the times at which `fit` may begin or cease to hold.
  void add_turns(const std::vector<LicenceNeed>& needs, Duration limit, Time now, const Plan& plan,
                 std::vector<Time>& turns) const;

 private:
  struct Held {
    Time ends_by;
    int32_t count = 0;
  };
  struct Record {
    int64_t total = 0;
    int64_t used = 0;
    std::vector<Held> held;  // ascending by ends_by
  };
  int64_t used_at(uint32_t licence, Time instant, Time now, const Plan& plan) const;

  Names names_;
  std::vector<Record> records_;
  uint64_t version_ = 0;
};

}  // namespace pentad::schedule
