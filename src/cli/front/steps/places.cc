#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "cli/front/steps/steps.h"
#include "cli/table.h"
#include "dialect/values.h"

namespace pentad::cli::front::steps {

namespace {

std::vector<std::string> words_of_file(const char* variable) {
  std::vector<std::string> out;
  const char* path = std::getenv(variable);
  if (!path) return out;
  std::ifstream in(path);
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

std::vector<std::string> words_of(const char* variable) {
  std::vector<std::string> out;
  const char* text = std::getenv(variable);
  std::istringstream in(text ? text : "");
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

// `host slots queue processors` lines.
std::vector<std::string> slots_of_sge() {
  std::vector<std::string> out;
  const char* path = std::getenv("PE_HOSTFILE");
  std::ifstream in(path ? path : "");
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string host;
    int64_t slots = 0;
    if (words >> host >> slots) out.insert(out.end(), static_cast<size_t>(slots), host);
  }
  return out;
}

std::string here() {
  std::string host(256, '\0');
  if (gethostname(host.data(), host.size() - 1) != 0) return "localhost";
  return host.c_str();
}

int64_t number_of(const char* variable) {
  const char* text = std::getenv(variable);
  return dialect::parse_whole(text ? text : "").value_or(0);
}

}  // namespace

void must_be_here(const std::string& tool, const std::string& host) {
  std::string name = here();
  auto first_part = [](const std::string& full) { return full.substr(0, full.find('.')); };
  if (host == "localhost" || first_part(host) == first_part(name)) return;
  throw CommandError(kFailed,
                     fmt::format("{}: {} is not this machine ({}): the centre's engine runs jobs "
                                 "on one machine only",
                                 tool, printable(host), name));
}

std::vector<std::string> slots_of_job(const std::string& tool) {
  std::vector<std::string> slots = words_of_file("PBS_NODEFILE");
  if (slots.empty()) slots = words_of_file("LSB_DJOB_HOSTFILE");
  if (slots.empty()) slots = words_of("LSB_HOSTS");
  if (slots.empty()) slots = slots_of_sge();
  for (const char* variable : {"SLURM_NTASKS", "NSLOTS", "PBS_NP"}) {
    int64_t count = slots.empty() ? number_of(variable) : 0;
    if (count > 0 && count <= 100'000) slots.assign(static_cast<size_t>(count), here());
  }
  if (slots.empty()) slots.push_back(here());
  for (const std::string& host : slots) must_be_here(tool, host);
  return slots;
}

}  // namespace pentad::cli::front::steps
