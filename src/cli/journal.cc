// Commands that other programs carry out, because these have the libraries: pentad journal, which
// works on the files, with or without a centre that is up, and pentad twin.
#include <cstdlib>
#include <string>
#include <vector>

#include "cli/centre_process.h"
#include "cli/commands.h"

namespace pentad::cli {

namespace {

// The daemon's program has the libraries that read the journal.
[[noreturn]] void hand_over(const Session& session, std::vector<std::string> words) {
  std::vector<std::string> argv{program_beside("pentad-daemon"), "--home", session.globals().home};
  argv.insert(argv.end(), words.begin(), words.end());
  if (session.json()) argv.push_back("--json");
  become(argv);
}

}  // namespace

int journal_verify(Session& session) { hand_over(session, {"--journal-verify"}); }

int journal_show(Session& session, int64_t from) {
  hand_over(session, {"--journal-show", std::to_string(from)});
}

void twin(std::vector<std::string> words) {
  words.insert(words.begin(), program_beside("pentad-twin"));
  // Large pages: the state of a large centre misses the address cache at every other step. A sixth
  // of the time; must be said before the program starts. Somebody's own setting stays.
  setenv("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1", 0);
  become(std::move(words));
}

}  // namespace pentad::cli
