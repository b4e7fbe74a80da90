#include "schedule/licences.h"

#include <algorithm>

#include "base/assert.h"
#include "schedule/timeline.h"

namespace pentad::schedule {

uint32_t Licences::slot(const std::string& name) {
  const uint32_t slot = names_.slot(name);
  if (slot == records_.size()) records_.emplace_back();
  return slot;
}

void Licences::set_totals(const std::vector<Licence>& totals) {
  ++version_;
  for (Record& record : records_) record.total = 0;
  for (const Licence& licence : totals) {
    records_[slot(licence.name)].total = std::max(licence.count, 0);
  }
}

void Licences::hold(const std::vector<LicenceNeed>& needs, Time ends_by) {
  for (const LicenceNeed& need : needs) {
    Record& record = records_[need.licence];
    const auto at = std::upper_bound(record.held.begin(), record.held.end(), ends_by,
                                     [](Time end, const Held& held) { return end < held.ends_by; });
    record.held.insert(at, {ends_by, need.count});
    record.used += need.count;
  }
}

void Licences::drop(const std::vector<LicenceNeed>& needs, Time ends_by) {
  for (const LicenceNeed& need : needs) {
    Record& record = records_[need.licence];
    const auto it = std::find_if(record.held.begin(), record.held.end(), [&](const Held& held) {
      return held.ends_by == ends_by && held.count == need.count;
    });
    PENTAD_ASSERT(it != record.held.end(), "an allocation holds its licences");
    record.held.erase(it);
    record.used -= need.count;
  }
}

int64_t Licences::used_at(uint32_t licence, Time instant, Time now, const Plan& plan) const {
  int64_t used = 0;
  for (const Held& held : records_[licence].held) {
    if (taken_until(held.ends_by, now) > instant) used += held.count;
  }
  for (const LicenceWindow& window : plan.of_licence(licence)) {
    if (window.begin <= instant && instant < window.end) used += window.count;
  }
  return used;
}

bool Licences::fit(const std::vector<LicenceNeed>& needs, Time begin, Time end, Time now,
                   const Plan& plan) const {
  for (const LicenceNeed& need : needs) {
    const int64_t allowed = records_[need.licence].total - need.count;
    if (used_at(need.licence, begin, now, plan) > allowed) return false;
    for (const LicenceWindow& window : plan.of_licence(need.licence)) {
      if (begin < window.begin && window.begin < end &&
          used_at(need.licence, window.begin, now, plan) > allowed) {
        return false;
      }
    }
  }
  return true;
}

void Licences::add_turns(const std::vector<LicenceNeed>& needs, Duration limit, Time now,
                         const Plan& plan, std::vector<Time>& turns) const {
  for (const LicenceNeed& need : needs) {
    for (const Held& held : records_[need.licence].held) {
      turns.push_back(taken_until(held.ends_by, now));
    }
    for (const LicenceWindow& window : plan.of_licence(need.licence)) {
      add_window_turns(window.begin, window.end, limit, turns);
    }
  }
}

}  // namespace pentad::schedule
