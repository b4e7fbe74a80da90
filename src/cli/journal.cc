// Commands that other programs carry out, because these have the libraries: pentad journal, which
// works on the files, with or without a centre that is up, and pentad twin.
#include <cstdlib>
#include <string>
#include <vector>

#include "cli/centre_process.h"
#include "cli/commands.h"

namespace pentad::cli {

int journal_verify(Session& session) { become_daemon(session, {"--journal-verify"}); }

int journal_show(Session& session, int64_t from) {
  become_daemon(session, {"--journal-show", std::to_string(from)});
}

void twin(std::vector<std::string> words) {
  words.insert(words.begin(), program_beside("pentad-twin"));
  // Large pages: the state of a large centre misses the address cache at every other step. A sixth
  // of the time; must be said before the program starts. Somebody's own setting stays.
  setenv("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1", 0);
  become(std::move(words));
}

}  // namespace pentad::cli
