// The table of LSF's commands.
#include <fmt/format.h>

#include <array>

#include "cli/front/front.h"
#include "cli/front/lsf/lsf.h"
#include "cli/front/lsf/words.h"

namespace pentad::cli::front {

namespace {

// LSF's commands know one code for whatever goes wrong.
template <Run body>
int run(const Call& call) {
  try {
    return body(call);
  } catch (const lsf::Finished& finished) {
    if (!finished.text.empty()) fmt::print(stderr, "{}", finished.text);
    return finished.code;
  } catch (const CommandError& error) {
    fmt::print(stderr, "{}: {}\n", call.name, error.what());
    return lsf::kFailure;
  }
}

constexpr std::array kCommands = {
    Command{"bsub", run<lsf::bsub>, "submit a script or a command"},
    Command{"bjobs", run<lsf::bjobs>, "list jobs"},
    Command{"bkill", run<lsf::control>, "end jobs"},
    Command{"bstop", run<lsf::control>, "hold jobs"},
    Command{"bresume", run<lsf::control>, "release jobs"},
    Command{"brequeue", run<lsf::control>, "end jobs and run them again"},
    Command{"bmod", run<lsf::bmod>, "change jobs"},
    Command{"bhist", run<lsf::bhist>, "what became of jobs"},
    Command{"bpeek", run<lsf::bpeek>, "output of a job so far"},
    Command{"btop", run<lsf::move>, "move a job to the head of the queue"},
    Command{"bbot", run<lsf::move>, "move a job to the end of the queue"},
    Command{"bqueues", run<lsf::bqueues>, "list queues"},
    Command{"bhosts", run<lsf::bhosts>, "list hosts and what runs there"},
    Command{"lshosts", run<lsf::lshosts>, "list hosts and what they are"},
    Command{"lsid", run<lsf::lsid>, "name the cluster"},
};

}  // namespace

std::span<const Command> lsf_commands() { return kCommands; }

}  // namespace pentad::cli::front
