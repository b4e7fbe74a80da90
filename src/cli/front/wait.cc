#include "cli/front/wait.h"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <chrono>

#include "cli/interrupt.h"

namespace pentad::cli::front {

namespace {

constexpr auto kPatience = std::chrono::seconds(120);  // for a centre that restarts

void pause(int64_t ms) {
  timespec t{ms / 1000, ms % 1000 * 1'000'000};
  nanosleep(&t, nullptr);  // a signal cuts it short
}

}  // namespace

std::optional<api::JobSummary> wait_for(Session& session, int64_t job,
                                        const std::function<bool(const api::JobSummary&)>& enough) {
  using Clock = std::chrono::steady_clock;
  catch_interrupts();
  std::string target = fmt::format("/jobs?ids={}&limit=1", job);
  auto give_up = Clock::now() + kPatience;
  for (int64_t pause_ms = 10; !interrupted(); pause_ms = std::min<int64_t>(pause_ms * 3 / 2, 500)) {
    try {
      auto page = session.get<api::JobPage>(target);
      give_up = Clock::now() + kPatience;
      if (page.jobs.empty()) throw CommandError(kNotFound, fmt::format("there is no job {}", job));
      if (is_final(page.jobs[0].state) || enough(page.jobs[0])) return page.jobs[0];
    } catch (const CommandError& error) {
      if (interrupted()) break;
      bool may_come_back = error.code == kUnreachable || error.code == kFailed;
      if (!may_come_back || Clock::now() > give_up) throw;
    }
    pause(pause_ms);
  }
  return {};
}

}  // namespace pentad::cli::front
