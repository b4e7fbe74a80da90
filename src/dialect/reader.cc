#include "dialect/reader.h"

#include <fmt/format.h>

#include "dialect/tables.h"
#include "dialect/values.h"

namespace pentad::dialect {

namespace {

// What a web page or a word processor makes of `-`.
bool starts_with_typographic_dash(std::string_view word) {
  if (word.starts_with('-')) word.remove_prefix(1);
  return word.starts_with("\u2010") || word.starts_with("\u2011") || word.starts_with("\u2012") ||
         word.starts_with("\u2013") || word.starts_with("\u2014") || word.starts_with("\u2212");
}

class Reader {
 public:
  Reader(std::span<const std::string> words, Target& target)
      : words_(words), target_(target), table_(option_table(target.dialect)) {}

  size_t read() {
    while (at_ < words_.size()) {
      const std::string& word = words_[at_];
      if (starts_with_typographic_dash(word)) {
        refuse(word, "its dash is a typographic one: type a plain -");
        ++at_;
        continue;
      }
      if (word.size() < 2 || word[0] != '-') break;
      if (word == "--") return at_ + 1;
      if (target_.dialect == Dialect::slurm) {
        word.starts_with("--") ? long_option(word) : short_options(word);
      } else if (target_.dialect == Dialect::sge || target_.dialect == Dialect::lsf) {
        word_option(word);
      } else {
        short_options(word);
      }
    }
    return at_;
  }

 private:
  void refuse(const std::string& text, std::string reason) {
    target_.record(text, Effect::refused, std::move(reason));
  }

  void unknown(const std::string& word) {
    std::string near = nearest_spelling(table_, word.substr(0, word.find('=')));
    std::string hint = near.empty() ? "" : fmt::format("; the nearest known is {}", near);
    refuse(word, fmt::format("{} has no such option{}", command_name(target_.dialect), hint));
    ++at_;
    // A word after it is most likely its value.
    if (at_ < words_.size() && !words_[at_].starts_with('-') && word.find('=') == word.npos) ++at_;
  }

  // With the words after it that are its arguments; `text` is as written so far.
  void with_arguments(const Option& option, std::string text) {
    size_t count = option.argument == Argument::required ? 1
                   : option.argument == Argument::two    ? 2
                                                         : 0;
    std::string value;
    for (size_t i = 0; i < count; ++i) {
      if (at_ >= words_.size()) {
        refuse(text, fmt::format("it needs a value: {}", option.form));
        return;
      }
      if (i > 0) value += ' ';
      value += words_[at_];
      text += ' ' + words_[at_++];
    }
    target_.carry_out(option, value, std::move(text));
  }

  void long_option(const std::string& word) {
    size_t equals = word.find('=');
    std::string name = word.substr(0, equals);
    const Option* option = find_option(table_, name);
    if (!option) option = abbreviated(name);
    if (!option) return unless_ambiguous(word);
    ++at_;
    if (equals == word.npos) return with_arguments(*option, word);
    if (option->argument == Argument::none) return refuse(word, "it takes no value");
    target_.carry_out(*option, std::string_view(word).substr(equals + 1), word);
  }

  // The only option one of whose long spellings starts with `name`.
  const Option* abbreviated(const std::string& name) {
    const Option* found = nullptr;
    is_ambiguous_ = false;
    if (name.size() < 3) return nullptr;
    for (const Option& option : table_) {
      bool starts = false;
      for (std::string_view one : split(option.spellings, ' ')) {
        starts = starts || one.starts_with(name);
      }
      if (!starts) continue;
      is_ambiguous_ = found != nullptr;
      if (found) return nullptr;
      found = &option;
    }
    return found;
  }

  void unless_ambiguous(const std::string& word) {
    if (!is_ambiguous_) return unknown(word);
    refuse(word, "it is the beginning of several options: write it in full");
    ++at_;
  }

  // -N4, -N 4 and, of options without argument, -vH.
  void short_options(const std::string& word) {
    for (size_t i = 1; i < word.size(); ++i) {
      std::string name = {'-', word[i]};
      const Option* option = find_option(table_, name);
      if (!option) return unknown(i == 1 ? word : name);
      if (option->argument == Argument::none) {
        target_.carry_out(*option, "", name);
        continue;
      }
      ++at_;
      std::string_view glued = std::string_view(word).substr(i + 1);
      if (glued.empty()) return with_arguments(*option, name);
      return target_.carry_out(*option, glued, name + std::string(glued));
    }
    ++at_;
  }

  void word_option(const std::string& word) {
    const Option* option = find_option(table_, word);
    if (option && option->argument == Argument::optional) return optional_word(*option, word);
    if (option) return ++at_, with_arguments(*option, word);
    option = target_.dialect == Dialect::lsf ? find_option(table_, word.substr(0, 2)) : nullptr;
    bool takes_glued = option && option->argument == Argument::required && word.size() > 2;
    // -n4 and -W30, but a longer word that nobody knows is a mistake, not the value of -o.
    if (!takes_glued || (word[2] >= 'a' && word[2] <= 'z')) return unknown(word);
    ++at_;
    target_.carry_out(*option, std::string_view(word).substr(2), word);
  }

  void optional_word(const Option& option, const std::string& word) {
    ++at_;
    bool has_value = at_ < words_.size() && !words_[at_].starts_with('-');
    if (!has_value) return target_.carry_out(option, "", word);
    target_.carry_out(option, words_[at_], word + ' ' + words_[at_]);
    ++at_;
  }

  std::span<const std::string> words_;
  Target& target_;
  std::span<const Option> table_;
  size_t at_ = 0;
  bool is_ambiguous_ = false;
};

}  // namespace

std::span<const Option> option_table(Dialect dialect) {
  switch (dialect) {
    case Dialect::slurm:
      return slurm_options();
    case Dialect::pbspro:
      return pbspro_options();
    case Dialect::torque:
      return torque_options();
    case Dialect::lsf:
      return lsf_options();
    case Dialect::sge:
      return sge_options();
  }
  return {};
}

size_t read_options(std::span<const std::string> words, Target& target) {
  return Reader(words, target).read();
}

}  // namespace pentad::dialect
