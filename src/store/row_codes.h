// The numbers that stand for enumerators in rows. They are on disks: an enumerator's number never
// changes, a new one gets the next. Private to src/store.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "model/attempt.h"
#include "model/job.h"

namespace pentad::store {

static_assert(static_cast<int>(JobState::held) == 0 && static_cast<int>(JobState::queued) == 1 &&
              static_cast<int>(JobState::starting) == 2 &&
              static_cast<int>(JobState::running) == 3 && static_cast<int>(JobState::ending) == 4 &&
              static_cast<int>(JobState::completed) == 5 &&
              static_cast<int>(JobState::failed) == 6 &&
              static_cast<int>(JobState::cancelled) == 7 &&
              static_cast<int>(JobState::timeout) == 8 &&
              static_cast<int>(JobState::out_of_memory) == 9 &&
              static_cast<int>(JobState::node_failed) == 10);
inline constexpr JobState kLastJobState = JobState::node_failed;

static_assert(static_cast<int>(PendingReason::none) == 0 &&
              static_cast<int>(PendingReason::held_by_user) == 1 &&
              static_cast<int>(PendingReason::dependency) == 3 &&
              static_cast<int>(PendingReason::begin_time) == 5 &&
              static_cast<int>(PendingReason::array_limit) == 7 &&
              static_cast<int>(PendingReason::priority) == 13 &&
              static_cast<int>(PendingReason::frozen) == 14 &&
              static_cast<int>(PendingReason::quota) == 15 &&
              static_cast<int>(PendingReason::budget) == 16 &&
              static_cast<int>(PendingReason::money) == 17);
inline constexpr PendingReason kLastPendingReason = PendingReason::money;

static_assert(static_cast<int>(WorkloadClass::simulation) == 0 &&
              static_cast<int>(WorkloadClass::training) == 1 &&
              static_cast<int>(WorkloadClass::inference) == 2);
inline constexpr WorkloadClass kLastWorkloadClass = WorkloadClass::inference;

static_assert(static_cast<int>(EndKind::exited) == 0 && static_cast<int>(EndKind::signalled) == 1 &&
              static_cast<int>(EndKind::timeout) == 2 && static_cast<int>(EndKind::stopped) == 3 &&
              static_cast<int>(EndKind::out_of_memory) == 4 &&
              static_cast<int>(EndKind::not_started) == 5 && static_cast<int>(EndKind::lost) == 6);
inline constexpr EndKind kLastEndKind = EndKind::lost;

template <class E>
constexpr int64_t code_of(E value) {
  return static_cast<int64_t>(value);
}

// False when no enumerator up to `last` has this number: the row is damaged.
template <class E>
bool from_code(int64_t code, E last, E& out) {
  if (code < 0 || code > code_of(last)) return false;
  out = static_cast<E>(code);
  return true;
}

}  // namespace pentad::store
