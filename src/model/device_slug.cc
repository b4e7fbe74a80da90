#include "model/device_slug.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace pentad {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool is_word_char(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// Words that say nothing about the model.
bool is_noise(std::string_view word) {
  static constexpr std::string_view noise[] = {"r", "tm", "cpu", "processor", "core", "inc"};
  return std::find(std::begin(noise), std::end(noise), word) != std::end(noise);
}

}  // namespace

std::string device_slug(std::string_view name) {
  name = name.substr(0, std::min(name.find('@'), name.find(" w/")));  // "CPU @ 2.00GHz"
  std::vector<std::string> words(1);
  for (char c : name) {
    if (is_word_char(lower(c))) {
      words.back() += lower(c);
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  std::string slug;
  for (size_t i = 0; i < words.size(); ++i) {
    bool counts_cores = i + 1 < words.size() && words[i + 1] == "core";  // "96-Core"
    if (words[i].empty() || is_noise(words[i]) || counts_cores) continue;
    if (!slug.empty()) slug += '-';
    slug += words[i];
  }
  slug.resize(std::min<size_t>(slug.size(), 63));
  while (slug.ends_with('-')) slug.pop_back();
  return slug.empty() ? "unknown" : slug;
}

}  // namespace pentad
