// The two languages of a report. A phrase without one of its texts does not compile.
#pragma once

#include <string_view>

namespace pentad::twin {

enum class Language { en, zh };

// "zh" is Chinese, all else English.
constexpr Language language_of(std::string_view text) {
  return text == "zh" ? Language::zh : Language::en;
}

class Phrase {
 public:
  consteval Phrase(std::string_view en, std::string_view zh) : en_(en), zh_(zh) {
    // Not a constant expression: the compiler stops here.
    if (en.empty() || zh.empty()) throw "a phrase needs both languages";
  }
  constexpr std::string_view in(Language language) const {
    return language == Language::zh ? zh_ : en_;
  }

 private:
  std::string_view en_;
  std::string_view zh_;
};

}  // namespace pentad::twin
