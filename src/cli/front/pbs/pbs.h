// PBS's commands (PBS Pro, OpenPBS, Torque), one function each, and the names they use.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/front/pbs/job_id.h"
#include "cli/front/qsub.h"
#include "cli/front/words.h"
#include "model/index_set.h"

namespace pentad::cli::front::pbs {

int qsub(const Call& call);
int qstat(const Call& call);
int control(const Call& call);  // qdel, qhold, qrls, qsig, qrerun: by the name of the call
int qalter(const Call& call);
int qselect(const Call& call);
int pbsnodes(const Call& call);

// The server's error numbers, as exit codes show them: modulo 256.
inline constexpr int kUnknownJob = 153;
inline constexpr int kNoPermission = 159;
inline constexpr int kUnknownSignal = 166;
inline constexpr int kBadValue = 167;
inline constexpr int kBadState = 169;
inline constexpr int kUnknownQueue = 170;
inline constexpr int kUnknownNode = 202;
inline constexpr int kHistory = 35;

// The centre as a PBS server.
class Server : public Desk {
 public:
  explicit Server(const Call& call);

  const std::string& name() const { return name_; }
  bool is_torque() const { return is_torque_; }
  std::string id(const api::JobSummary& job) const;                 // 12.server, 12[].server
  std::string id(const api::JobSummary& job, int64_t index) const;  // 12[3].server

 private:
  std::string name_;
  bool is_torque_ = false;
};

// A job, or an element of an array where `index` says which.
struct Row {
  const api::JobSummary* job = nullptr;
  std::optional<int64_t> index;
  JobState state = JobState::queued;
  std::optional<api::AttemptView> attempt;

  bool is_array() const { return job->array && !index; }
  bool is_done() const { return is_final(state); }
};

struct Wanted {
  bool elements = false;  // a row for each element of arrays, instead of one
  bool attempts = false;  // where and how they run
};
// The rows of one job. `only` restricts elements.
std::vector<Row> rows_of(Server& server, const api::JobSummary& job, const Wanted& wanted,
                         const IndexSet* only = nullptr);

std::string id_of(const Server& server, const Row& row);
char state_letter(const Server& server, const Row& row);
// The number PBS gives for each way to end; none when it never ran.
std::optional<int> exit_status(const Server& server, const Row& row);

}  // namespace pentad::cli::front::pbs
