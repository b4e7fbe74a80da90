// pentad backup, pentad restore: on the machine of the centre, as who owns its home. The daemon's
// program carries them out, with or without a centre that is up.
#include <string>
#include <vector>

#include "cli/centre_process.h"
#include "cli/verbs.h"

namespace pentad::cli {

namespace {

using Kind = VerbOption::Kind;

int hand_over_file(const Session& session, const Values& values, const char* option) {
  std::vector<std::string> words{option, values.text("file")};
  if (values.has("replace")) words.push_back("--replace");
  become_daemon(session, std::move(words));
}

int backup(Session& session, const Values& values) {
  return hand_over_file(session, values, "--backup");
}

int restore(Session& session, const Values& values) {
  return hand_over_file(session, values, "--restore");
}

}  // namespace

std::vector<Verb> backup_verbs() {
  return {{"backup",
           "",
           "Write all that the centre knows into one file, while it runs",
           backup,
           {{"file", "To make; readable by its owner only", Kind::one, true},
            {"--replace", "Also when there is a file of that name", Kind::flag}}},
          {"restore",
           "",
           "Make a centre of a backup, in a home or PostgreSQL database without one",
           restore,
           {{"file", "That `pentad backup` wrote", Kind::one, true},
            {"--replace", "Also over a centre that is there", Kind::flag}}}};
}

}  // namespace pentad::cli
