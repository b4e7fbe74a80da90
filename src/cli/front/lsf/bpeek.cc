// bpeek: output of a job that runs.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/front/lsf/lsf.h"
#include "cli/front/lsf/select.h"
#include "cli/interrupt.h"

namespace pentad::cli::front::lsf {

namespace {

constexpr std::array kWords = {
    Word{"-f", "", "go on until its end", ""},
    Word{"-J", "NAME", "the latest job of a name", ""},
    Word{"-q", "QUEUE", "the latest job of a queue", ""},
    Word{"-m", "HOST", "the latest job on a host", ""},
};
constexpr Manual kManual{"[job_ID | \"job_ID[index]\"]", kWords};

// The one named, else the one of the user's that started last.
Element element_of(Cluster& cluster, const Words& words) {
  Selection found = select(cluster, words.rest, choice_of(words, cluster), "state=active&sort=id");
  if (!found.unknown.empty()) fail_with(fmt::format("Job <{}> is not found\n", found.unknown[0]));
  if (words.rest.empty()) {
    std::erase_if(found.elements, [](const Element& e) { return stat_of(e) != Stat::run; });
  }
  if (found.elements.empty()) fail_with("No unfinished job found\n");
  return *std::ranges::max_element(found.elements, {},
                                   [](const Element& e) { return e.started_at_ms().value_or(0); });
}

void print_stream(Session& session, const Element& e, const char* stream, bool follow) {
  fmt::print("<< output from {} >>\n", stream);
  std::fflush(stdout);
  std::string target = fmt::format("/api/v1/jobs/{}/logs?stream={}", e.job->id, stream);
  if (e.is_array()) target += fmt::format("&element={}", e.index);
  if (follow) target += "&follow=true";
  auto answer = session.client().stream(target, [](std::string_view bytes) {
    bool sound = std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size();
    return sound && std::fflush(stdout) == 0 && !interrupted();
  });
  if (!interrupted()) session.check(answer);
}

}  // namespace

int bpeek(const Call& call) {
  Words words = read_words(call, kManual);
  Cluster cluster(call);
  Element e = element_of(cluster, words);
  if (!e.attempt) fail_with(fmt::format("Job <{}> : Not yet started.\n", id_text(e)));
  if (is_final(e.state)) fail_with(fmt::format("Job <{}> : Already finished.\n", id_text(e)));
  catch_interrupts();
  print_stream(cluster.session(), e, "stdout", words.has("-f"));
  bool joined = e.attempt->stderr_path == e.attempt->stdout_path;
  if (!joined && !interrupted()) print_stream(cluster.session(), e, "stderr", false);
  return 0;
}

}  // namespace pentad::cli::front::lsf
