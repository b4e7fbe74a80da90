#include "cli/completion.h"

#include <fmt/format.h>

#include "cli/command_line.h"

namespace pentad::cli {

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string names(const std::vector<CommandWords>& commands) {
  std::vector<std::string> list;
  for (const CommandWords& c : commands) list.push_back(c.name);
  return joined(list);
}

// Inside single quotes of any of the shells.
std::string quoted(const std::string& text) {
  std::string out;
  for (char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out;
}

// bash and, through bashcompinit, zsh.
std::string bash(const CommandWords& root) {
  std::string cases;
  for (const CommandWords& c : root.commands) {
    cases +=
        fmt::format("    {}) words='{} {}' ;;\n", c.name, names(c.commands), joined(c.options));
  }
  return fmt::format(R"(_pentad() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} command='' word words i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${{COMP_WORDS[i]}}
    [[ $word == -- ]] && {{ COMPREPLY=($(compgen -f -- "$cur")); return; }}
    [[ $word != -* ]] && {{ command=$word; break; }}
  done
  case $command in
    '') words='{} {}' ;;
{}    *) words='' ;;
  esac
  case $command in
    show | logs | wait | cancel | hold | release | requeue | modify)
      [[ $cur != -* ]] && words=$(pentad queue --all --limit 50 --json 2>/dev/null |
        grep -o '"id":[0-9]*' | cut -d: -f2) ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  [[ $command =~ ^(submit|run)$ && $cur != -* ]] && COMPREPLY+=($(compgen -f -- "$cur"))
}}
complete -o filenames -F _pentad pentad
)",
                     names(root.commands), joined(root.options), cases);
}

std::string fish(const CommandWords& root) {
  std::string out = "complete -c pentad -f\n";
  for (const CommandWords& c : root.commands) {
    out += fmt::format("complete -c pentad -n __fish_use_subcommand -a {} -d '{}'\n", c.name,
                       quoted(c.help));
    for (const CommandWords& sub : c.commands) {
      out += fmt::format("complete -c pentad -n '__fish_seen_subcommand_from {}' -a {} -d '{}'\n",
                         c.name, sub.name, quoted(sub.help));
    }
    for (const std::string& option : c.options) {
      out += fmt::format("complete -c pentad -n '__fish_seen_subcommand_from {}' -l {}\n", c.name,
                         option.substr(2));
    }
  }
  return out + "complete -c pentad -n '__fish_seen_subcommand_from submit run' -F\n";
}

}  // namespace

int completion(const std::string& shell) {
  CommandWords root = command_words();
  if (shell == "fish") {
    fmt::print("{}", fish(root));
  } else {
    if (shell == "zsh") fmt::print("autoload -U +X bashcompinit && bashcompinit\n");
    fmt::print("{}", bash(root));
  }
  return 0;
}

}  // namespace pentad::cli
