#include "dialect/scanner.h"

#include <fmt/format.h>

#include <algorithm>

#include "dialect/values.h"

namespace pentad::dialect {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Words of a directive. `error` is set to what makes it unreadable.
class Words {
 public:
  Words(std::string_view text, Dialect dialect)
      : text_(text),
        dialect_(dialect),
        cuts_words_(dialect == Dialect::slurm || dialect == Dialect::sge) {}

  std::vector<std::string> split(std::string& error) {
    std::vector<std::string> words;
    while (skip_blanks() && !at_comment()) {
      std::string word;
      if (!take_word(word, error)) return {};
      words.push_back(std::move(word));
    }
    return words;
  }

 private:
  bool skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    return at_ < text_.size();
  }
  bool at_comment() const { return text_[at_] == '#'; }

  bool take_word(std::string& word, std::string& error) {
    char quote = 0;
    for (; at_ < text_.size(); ++at_) {
      char c = text_[at_];
      if (quote == 0 && is_blank(c)) break;
      if (quote == 0 && c == '#' && cuts_words_) break;
      if (c == '\\' && dialect_ == Dialect::slurm) {
        return error = "a backslash has no meaning in a directive: use quotes", false;
      }
      if (quote != 0 && c == quote) {
        quote = 0;
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else {
        word += c;
      }
    }
    if (quote != 0) return error = fmt::format("the quote {} is not closed", quote), false;
    return true;
  }

  std::string_view text_;
  Dialect dialect_;
  bool cuts_words_;  // a # inside of a word starts a comment as well
  size_t at_ = 0;
};

// Whether PBS or Slurm reads on after this line: blank lines and comments do not end directives.
bool is_before_commands(std::string_view line, Dialect dialect) {
  std::string_view text = trim(line);
  if (text.empty() || text[0] == '#') return true;
  return text[0] == ':' && (dialect == Dialect::pbspro || dialect == Dialect::torque);
}

bool ends_at_commands(Dialect dialect) {
  return dialect == Dialect::slurm || dialect == Dialect::pbspro || dialect == Dialect::torque;
}

std::vector<std::string> shell_of(std::string_view script) {
  if (!script.starts_with("#!")) return {};
  std::string_view line = script.substr(2, script.find('\n') - 2);
  std::vector<std::string> words;
  for (std::string_view word : split(line, ' ')) {
    word = trim(word);
    if (!word.empty() && word.back() == '\r') word.remove_suffix(1);
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

std::string nothing_to_read(std::string_view script) {
  if (script.empty()) return "the script is empty";
  if (script.size() > kMaxScriptBytes) {
    return fmt::format("a script has at most {} bytes: this is more", kMaxScriptBytes);
  }
  size_t zero = script.find('\0');
  if (zero == script.npos) return "";
  bool is_wide = zero < 4 && (script.starts_with("\xff\xfe") || script.starts_with("\xfe\xff"));
  if (is_wide) return "this is UTF-16 text: save it as UTF-8 or convert it with iconv";
  auto line = 1 + std::ranges::count(script.substr(0, zero), '\n');
  return fmt::format(
      "line {} holds a zero byte: this is a binary file; to run a program, name it in a script",
      line);
}

void check_form(std::string_view script, Dialect dialect, Scan& found) {
  auto problem = [&](Effect effect, std::string reason) {
    std::string_view first = script.substr(0, script.find('\n'));
    found.problems.push_back(
        {{OriginKind::script, 1}, std::string(first.substr(0, 80)), effect, std::move(reason)});
  };
  if (dialect == Dialect::slurm && !script.starts_with("#!")) {
    bool has_mark = script.starts_with("\xef\xbb\xbf");
    problem(Effect::refused,
            has_mark ? "a byte order mark stands before #!: save it as UTF-8 without one"
                     : "no #! on line 1, such as #!/bin/bash: Slurm refuses such a script");
  }
  if (script.find("\r\n") == script.npos) return;
  if (dialect == Dialect::slurm) {
    problem(Effect::refused, "DOS line ends (CR LF): convert it, for instance with dos2unix");
  } else {
    problem(Effect::approximated, "DOS line ends: CR is left out of directives, not of the script");
  }
}

}  // namespace

std::string_view directive_prefix(Dialect dialect) {
  switch (dialect) {
    case Dialect::slurm:
      return "#SBATCH";
    case Dialect::pbspro:
    case Dialect::torque:
      return "#PBS";
    case Dialect::lsf:
      return "#BSUB";
    case Dialect::sge:
      return "#$";
  }
  return "";
}

std::string_view directive_rest(std::string_view line, Dialect dialect) {
  std::string_view prefix = directive_prefix(dialect);
  if (!line.starts_with(prefix)) return {};
  line.remove_prefix(prefix.size());
  // Slurm reads on behind its prefix, whatever follows; Grid Engine too.
  if (dialect == Dialect::sge || dialect == Dialect::slurm) return line;
  return line.empty() || is_blank(line[0]) ? line : std::string_view{};
}

Scan scan(std::string_view script, Dialect dialect) {
  Scan found;
  std::string unreadable = nothing_to_read(script);
  if (!unreadable.empty()) {
    found.problems.push_back({{OriginKind::script, 1}, "", Effect::refused, unreadable});
    return found;
  }
  found.shell = shell_of(script);
  check_form(script, dialect, found);
  int32_t number = 0;
  while (!script.empty()) {
    size_t end = script.find('\n');
    std::string_view line = script.substr(0, end);
    script.remove_prefix(end == script.npos ? script.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    ++number;
    std::string_view rest = directive_rest(line, dialect);
    if (rest.data() == nullptr) {
      if (ends_at_commands(dialect) && !is_before_commands(line, dialect)) break;
      continue;
    }
    std::string error;
    Directive directive{number, line, Words(rest, dialect).split(error)};
    if (!error.empty()) {
      found.problems.push_back(
          {{OriginKind::script, number}, std::string(line), Effect::refused, error});
    } else if (!directive.words.empty()) {
      found.directives.push_back(std::move(directive));
    }
  }
  return found;
}

}  // namespace pentad::dialect
