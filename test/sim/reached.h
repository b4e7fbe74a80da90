// Rare situations that the seeds together must have met: a simulator that never dies in the middle
// of a commit proves nothing about it. Counted here, in test code; `pentad-sim --require-all` fails
// when one stays at 0.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pentad::sim {

// It never settles on this macro.
// clang-format off
#define PENTAD_RARE(X)                                                                             \
  /* deaths of the daemon */                                                                       \
  X(died_creating_database)                                                                        \
  X(died_before_commit)                                                                            \
  X(died_in_commit_batch_lost)                                                                     \
  X(died_in_commit_batch_kept)                                                                     \
  X(died_before_effects)                                                                           \
  X(died_amid_effects)                                                                             \
  X(died_amid_answers) X(died_in_snapshot) X(died_in_recovery) X(died_in_clean_stop) X(lost_power) \
      X(write_torn) /* coming back */                                                              \
      X(replayed_from_start) X(replayed_after_snapshot) X(started_from_snapshot_alone)             \
          X(start_given_again) X(stop_given_again) X(adopted_running)                              \
              X(answer_repeated) X(call_abandoned) /* the disk */                                  \
      X(refused_disk_full) X(refused_write_failed) X(refused_sync_failed)                          \
          X(worked_again_after_refusal) /* reports and nodes */                                    \
      X(report_lost) X(report_late) X(report_doubled) X(end_of_given_up_attempt)                   \
          X(end_reported_twice) X(unknown_attempt_stopped) X(node_cut_off) X(node_lost_power)      \
              X(two_attempts_at_once) X(requeued_after_node_loss) X(node_drained) /* queueing */   \
      X(array_limit_met) X(array_part_cancelled) X(dependency_met) X(dependency_never)             \
          X(elementwise_met) X(dependency_on_gone_job) X(singleton_met) X(begin_waited)            \
              X(deadline_missed) X(several_nodes_started) X(share_started) X(exclusive_started)    \
                  X(licence_started) X(reservation_used) X(released_and_started)                   \
                      X(requeued_by_exit_code) X(requeued_by_user) X(cancelled_before_begin)       \
                          X(cancelled_running) X(modified_waiting) X(timed_out)                    \
                              X(ran_out_of_memory) X(stopped_by_core_past_limit)                   \
                                  X(refused_submission) X(submission_of_many) /* money */ \
      X(waited_for_money) X(waited_for_budget) X(waited_for_quota) X(waited_frozen) \
          X(refused_without_money) X(refused_without_price) X(not_charged) X(paid_by_voucher) \
              X(voucher_expired_unspent) X(returned_to_funder) X(top_up_refused) X(metered) \
                  X(charged_at_an_ended_price)
// clang-format on

#define PENTAD_RARE_NAME(name) name,
#define PENTAD_RARE_TEXT(name) #name,
enum class Rare { PENTAD_RARE(PENTAD_RARE_NAME) };
inline constexpr auto kRareNames = std::to_array<std::string_view>({PENTAD_RARE(PENTAD_RARE_TEXT)});
#undef PENTAD_RARE_NAME
#undef PENTAD_RARE_TEXT
#undef PENTAD_RARE

struct Reached {
  std::array<int64_t, kRareNames.size()> counts{};

  void operator()(Rare rare) { ++counts[static_cast<size_t>(rare)]; }
  Reached& operator+=(const Reached& other) {
    for (size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
    return *this;
  }
};

}  // namespace pentad::sim
