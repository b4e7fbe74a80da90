#include "schedule/fair_share.h"

#include <algorithm>
#include <limits>
#include <set>
#include <tuple>

#include "base/hash.h"
#include "schedule/fixed_point.h"

// The formula is the classic one of Slurm's multifactor priority plugin (its documentation,
// "Classic Fairshare Algorithm"), in own words: the effective usage of a project directly below the
// root is its part of all usage; of every deeper level it is its own part plus, in proportion to
// its shares among its siblings, what the level above used beyond it. So a busy sibling weighs on
// everybody beside it, but less than one's own use. The factor is 2^-(effective usage / normalised
// share).

namespace pentad {

using schedule::power_of_half;
using schedule::UnsignedWide;
using schedule::Wide;

namespace {

constexpr int64_t one = int64_t{1} << schedule::fraction_bits;
constexpr int64_t most = std::numeric_limits<int64_t>::max() / 4;  // sums of these never overflow

int64_t part(int64_t value, int64_t of) {
  return of <= 0 ? 0 : static_cast<int64_t>(Wide{value} * one / of);
}

int64_t times(int64_t fraction, int64_t other) {
  return static_cast<int64_t>(Wide{fraction} * other / one);
}

UnsignedWide half_lives(Duration elapsed, Duration half_life) {
  const auto ms = static_cast<UnsignedWide>(std::max<int64_t>(elapsed.value, 0));
  return (ms << schedule::fraction_bits) /
         static_cast<UnsignedWide>(std::max<int64_t>(half_life.value, 1));
}

bool row_before(const UsageRow& row,
                const std::tuple<const std::string&, const std::string&>& key) {
  return std::tie(row.project, row.user) < key;
}

uint64_t hash_of(const std::string& project, const std::string& user) {
  return Hasher().add(project).add(user).digest();
}

int64_t saturate(Wide value) {
  constexpr Wide top = std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(std::clamp<Wide>(value, -top, top));
}

Wide floor_divide(Wide value, Wide by) {
  return value >= 0 ? value / by : -((by - 1 - value) / by);
}

}  // namespace

void FairShare::set_policy(const Policy& policy) {
  policy_ = policy;
  rebuild();
}

void FairShare::restore(FairShareState state) {
  state_ = std::move(state);
  rebuild();
}

void FairShare::rebuild() {
  levels_.clear();
  levels_[""];
  for (const FairShareProject& project : policy_.projects) {
    if (project.name.empty()) continue;
    levels_[project.name] = {project.parent, std::max<int64_t>(project.shares, 0), 0, 0, true};
  }
  for (auto& [name, level] : levels_) {
    // Unknown parents and circles hang below the root.
    std::set<std::string> seen{name};
    for (std::string up = level.parent; !up.empty(); up = levels_[up].parent) {
      if (levels_.count(up) == 0 || !levels_[up].in_policy || !seen.insert(up).second) {
        level.parent.clear();
        break;
      }
    }
  }
  for (const auto& [name, level] : levels_) {
    if (!name.empty()) levels_[level.parent].children_shares += level.shares;
  }
  for (const UsageRow& row : state_.rows) count_row(row);
  index_rows();
}

void FairShare::index_rows() {
  row_index_ = {};
  for (uint32_t at = 0; at < state_.rows.size(); ++at) {
    row_index_.insert(hash_of(state_.rows[at].project, state_.rows[at].user), at);
  }
}

const UsageRow* FairShare::find_row(const std::string& project, const std::string& user) const {
  const uint32_t at = row_index_.find(hash_of(project, user), [&](uint32_t slot) {
    return state_.rows[slot].project == project && state_.rows[slot].user == user;
  });
  return at == kNoSlot ? nullptr : &state_.rows[at];
}

void FairShare::count_row(const UsageRow& row) {
  if (levels_.count(row.project) == 0) {
    levels_[row.project];
    ++levels_[""].children_shares;
  }
  ++levels_[row.project].children_shares;
  add_used(row.project, row.used);
}

void FairShare::add_used(const std::string& project, int64_t used) {
  for (std::string at = project;; at = levels_[at].parent) {
    levels_[at].used += used;
    if (at.empty()) return;
  }
}

// All rows have changed, none has come or gone. Rows of a project stand together.
void FairShare::recount_used() {
  for (auto& [name, level] : levels_) level.used = 0;
  for (auto row = state_.rows.begin(); row != state_.rows.end();) {
    const std::string& project = row->project;
    int64_t used = 0;
    for (; row != state_.rows.end() && row->project == project; ++row) used += row->used;
    add_used(project, used);
  }
}

void FairShare::charge(const std::string& project, const std::string& user, int64_t core_ms,
                       Time now) {
  if (core_ms <= 0) return;
  if (now - state_.decayed_to >= policy_.fair_share_half_life) decay_to(now);
  // Instead of decaying all others to now, the new usage is written larger: what it will have
  // decayed to when seen from decayed_to on. 2^x = 2 * 2^-(1 - x) for x below 1.
  const UnsignedWide x = half_lives(now - state_.decayed_to, policy_.fair_share_half_life);
  const UnsignedWide scale = power_of_half(UnsignedWide{one} - std::min<UnsignedWide>(x, one));
  const int64_t room = most - levels_[""].used;
  const auto grown = static_cast<int64_t>(
      std::min<UnsignedWide>(static_cast<UnsignedWide>(core_ms) * scale >> 62,
                             static_cast<UnsignedWide>(std::max<int64_t>(room, 0))));
  if (const UsageRow* known = find_row(project, user)) {
    state_.rows[static_cast<size_t>(known - state_.rows.data())].used += grown;
    add_used(project, grown);
    return;
  }
  const auto at =
      std::lower_bound(state_.rows.begin(), state_.rows.end(), std::tie(project, user), row_before);
  count_row(*state_.rows.insert(at, UsageRow{project, user, grown}));
  index_rows();
}

bool FairShare::decay_to(Time now) {
  if (now <= state_.decayed_to) return false;
  const uint64_t scale =
      power_of_half(half_lives(now - state_.decayed_to, policy_.fair_share_half_life));
  state_.decayed_to = now;
  if (state_.rows.empty()) return false;
  for (UsageRow& row : state_.rows) {
    row.used = static_cast<int64_t>(static_cast<UnsignedWide>(row.used) * scale >> 63);
  }
  if (std::erase_if(state_.rows, [](const UsageRow& row) { return row.used == 0; }) > 0) {
    rebuild();
  } else {
    recount_used();
  }
  return true;
}

const FairShare::Level* FairShare::find_level(const std::string& project) const {
  const auto it = levels_.find(project);
  return it == levels_.end() ? nullptr : &it->second;
}

// Effective usage and normalised share of a project. One that nobody has heard of stands below the
// root with one share.
FairShare::Standing FairShare::standing(const std::string& project) const {
  const Level& root = *find_level("");
  if (project.empty()) return {one, one};
  const Level* level = find_level(project);
  if (level == nullptr) return {0, part(1, root.children_shares + 1)};
  const int64_t own = part(level->used, root.used);
  const Level& parent = *find_level(level->parent);
  const int64_t among = part(level->shares, parent.children_shares);
  const Standing above = standing(level->parent);
  if (level->parent.empty()) return {own, among};
  return {own + times(above.effective - own, among), times(above.share, among)};
}

int64_t FairShare::factor(const std::string& project, const std::string& user) const {
  const Level& root = *find_level("");
  if (root.used <= 0) return 1'000'000;
  const UsageRow* row = find_row(project, user);
  const Level* level = find_level(project);
  const int64_t siblings = (level ? level->children_shares : 0) + (row ? 0 : 1);
  const int64_t own = part(row ? row->used : 0, root.used);
  const int64_t among = part(1, siblings);
  const Standing above = standing(project);
  const int64_t effective = project.empty() ? own : own + times(above.effective - own, among);
  const int64_t share = times(above.share, among);
  if (effective <= 0) return 1'000'000;
  if (share <= 0) return 0;
  const UnsignedWide exponent = (static_cast<UnsignedWide>(effective) << schedule::fraction_bits) /
                                static_cast<UnsignedWide>(share);
  return static_cast<int64_t>(UnsignedWide{power_of_half(exponent)} * 1'000'000 >> 63);
}

int64_t queue_priority(const JobRequest& job, Time submitted, int64_t factor,
                       const Policy& policy) {
  const PriorityWeights& weights = policy.weights;
  const auto qos = std::find_if(policy.qos.begin(), policy.qos.end(),
                                [&](const Qos& entry) { return entry.name == job.qos; });
  Wide priority = Wide{job.priority} * weights.nice;
  if (qos != policy.qos.end()) priority += Wide{qos->priority} * weights.qos;
  priority += floor_divide(Wide{factor} * weights.fair_share, 1'000'000);
  priority += floor_divide(-Wide{submitted.value} * weights.age_per_hour, hours(1).value);
  return saturate(priority);
}

}  // namespace pentad
