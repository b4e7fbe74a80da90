// scontrol: shows and changes jobs, nodes and partitions.
#include "cli/front/slurm/scontrol.h"

#include <fmt/format.h>

#include <array>

#include "api/centre_types.h"
#include "cli/front/slurm/switches.h"
#include "cli/front/slurm/words.h"
#include "dialect/values.h"

namespace pentad::cli::front::slurm {

namespace {

constexpr int kNothing = kLongOnly;

constexpr std::array kSwitches = {
    Switch{kNothing, "all", 'a', 0, "", "accepted: nothing is hidden"},
    Switch{'d', "details", 'd', 0, "", "more about jobs"},
    Switch{kNothing, "federation", 'F', 0, "", "accepted: there is one centre"},
    Switch{kNothing, "hide", 'H', 0, "", "accepted: nothing is hidden"},
    Switch{kNothing, "local", 0, 0, "", "accepted: there is one centre"},
    Switch{kNothing, "cluster", 'M', '=', "names", "accepted: there is one centre"},
    Switch{kNothing, "future", 0, 0, "", "accepted"},
    Switch{'o', "oneliner", 'o', 0, "", "one line for each"},
    Switch{'Q', "quiet", 'Q', 0, "", "no messages"},
    Switch{kNothing, "sibling", 0, 0, "", "accepted: there is one centre"},
    Switch{kNothing, "uid", 'u', '=', "user", "accepted"},
    Switch{kNothing, "verbose", 'v', 0, "", "accepted"},
};

int ping(const Control& control) {
  std::string host = this_submitter().host;
  try {
    control.session.get<api::StatusView>("/status");
  } catch (const CommandError&) {
    fmt::print("Slurmctld(primary) at {} is DOWN\n", host);
    return kFailed;
  }
  fmt::print("Slurmctld(primary) at {} is UP\n", host);
  return kOk;
}

// Returns when the job has started, or is over.
int wait_for_start(const Control& control) {
  auto term = read_job_term(control.words.size() > 1 ? control.words[1] : "");
  if (!term) throw CommandError(kFailed, "too few arguments for keyword:wait_job");
  std::string target = fmt::format("/jobs?ids={}&limit=1", term->job);
  for (int64_t pause_ms = 20;; pause_ms = std::min<int64_t>(pause_ms * 2, 1000)) {
    auto page = control.session.get<api::JobPage>(target);
    if (page.jobs.empty()) throw CommandError(kFailed, "Invalid job id specified");
    JobState state = page.jobs.front().state;
    if (state != JobState::held && state != JobState::queued) return kOk;
    timespec pause{pause_ms / 1000, pause_ms % 1000 * 1'000'000};
    nanosleep(&pause, nullptr);
  }
}

}  // namespace

int scontrol(const Call& call) {
  Call shown = call;
  for (std::string& word : shown.words) {
    if (!word.starts_with('-')) break;
    if (word == "-h") word = "--help";
  }
  auto words = read_switches(shown, kSwitches, Order::stop_at_word);
  if (!words) return kOk;
  Session session(call.globals);
  Control control{call, session, words->rest, words->has('o'), words->has('d'), words->has('Q')};
  // Options may stand behind the keyword too: scontrol show job 12 -o.
  std::erase_if(control.words, [&](const std::string& word) {
    if (word == "-o" || word == "--oneliner") return control.one_line = true;
    if (word == "-d" || word == "-dd" || word == "--details") return control.detail = true;
    return false;
  });
  if (control.words.empty()) throw CommandError(kUsage, "write: scontrol KEYWORD [WORDS]");
  const std::string keyword = dialect::lower(control.words.front());
  if (keyword == "help")
    return call.words.empty() ? kOk : scontrol({call.name, {"--help"}, "", {}, {}});
  if (keyword == "version") return fmt::print("{}\n", kVersion), kOk;
  if (keyword == "ping") return ping(control);
  if (keyword == "show") return show(control);
  if (keyword == "wait_job") return wait_for_start(control);
  return change(control);
}

}  // namespace pentad::cli::front::slurm
