#include "cli/command_line.h"

#include <fmt/format.h>

#include <cstdlib>

#include "cli/commands.h"
#include "cli/grammar.h"
#include "cli/table.h"
#include "cli/version.h"

namespace pentad::cli {

namespace {

// An option that may be repeated takes one value each time: what follows it is something else.
void one_value_each(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) option->allow_extra_args(false);
  }
  for (CLI::App* sub : app.get_subcommands([](CLI::App*) { return true; })) one_value_each(*sub);
}

std::string from_environment(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value && *value ? value : otherwise;
}

}  // namespace

Grammar::Grammar() {
  app_.require_subcommand(1);
  app_.set_version_flag("--version", std::string("pentad ") + kVersion);
  app_.get_formatter()->column_width(34);
  globals(&app_);
  centre_commands();
  job_commands();
  following_commands();
  acting_commands();
  machine_commands();
  account_commands();
  people_commands();
  other_commands();
  for (auto verbs :
       {price_verbs, account_verbs, statement_verbs, grant_verbs, audit_verbs, backup_verbs}) {
    verb_commands(verbs());
  }
  one_value_each(app_);
  app_.footer(
      "Examples:\n"
      "  pentad up --detach                      start the centre of this machine\n"
      "  pentad submit --cores 4 --time 1h job.sh\n"
      "  pentad run --memory 2GiB -- ./simulate --steps 1000\n"
      "  pentad queue; pentad show 12; pentad logs -f 12\n"
      "`pentad COMMAND --help` says more.");
}

void Grammar::globals(CLI::App* command) {
  command->add_flag("--json", globals_.json, "Answer as JSON, for programs");
  command->add_option("--home", globals_.home, "The centre's directory (PENTAD_HOME, else ./var)");
  command->add_option("--url", globals_.url,
                      "A centre elsewhere, such as https://centre.example.org (PENTAD_URL)");
  command->add_option("--ca", globals_.authorities,
                      "File of the certificates that are trusted instead of the system's "
                      "(PENTAD_CA)");
}

CLI::App* Grammar::add(const std::string& name, const std::string& help, Command command,
                       CLI::App* parent) {
  CLI::App* sub = (parent ? parent : &app_)->add_subcommand(name, help);
  if (command) {
    sub->final_callback([this, command = std::move(command)] { command_ = command; });
  }
  globals(sub);
  return sub;
}

// A command that lists, with others below it.
CLI::App* Grammar::noun(const std::string& name, const std::string& help, Command list) {
  CLI::App* c = add(name, help, nullptr);
  c->require_subcommand(0, 1);
  add("list", "All of them; the same as no verb", list, c)->fallthrough();
  c->final_callback([this, c, list = std::move(list)] {
    if (c->get_subcommands().empty()) command_ = list;
  });
  return c;
}

// A noun that can be listed needs no verb for that, as with noun().
void Grammar::list_by_itself(CLI::App* parent, Command list) {
  if (parent->get_require_subcommand_min() == 0) return;
  parent->require_subcommand(0, 1);
  parent->final_callback([this, parent, list = std::move(list)] {
    if (parent->get_subcommands().empty()) command_ = list;
  });
}

// Nouns with their verbs; a noun that can neither be listed nor stand by itself needs a verb.
void Grammar::verb_commands(const std::vector<Verb>& verbs) {
  for (const Verb& verb : verbs) {
    std::string noun(verb.noun);
    CLI::App*& parent = nouns_[noun];
    if (!parent) {
      parent = add(noun, std::string(verb.verb.empty() ? verb.help : ""), nullptr);
      parent->require_subcommand(verb.verb.empty() ? 0 : 1, 1);
    }
    auto carry_out = [this, run = verb.carry_out](Session& s) { return run(s, values_); };
    CLI::App* command = parent;
    if (verb.verb.empty()) {
      parent->final_callback([this, parent = parent, carry_out] {
        if (parent->get_subcommands().empty()) command_ = carry_out;
      });
    } else {
      command = add(std::string(verb.verb), std::string(verb.help), carry_out, parent);
      if (verb.verb == "list") list_by_itself(parent, carry_out);
      if (parent->get_description().empty()) parent->description(std::string(verb.help));
    }
    for (const VerbOption& o : verb.options) {
      std::string name(o.name), key = name.substr(name.find_first_not_of('-'));
      std::string help(o.help);
      if (o.kind == VerbOption::Kind::flag) {
        command->add_flag_callback(
            name, [this, key] { values_.given[key] = {"yes"}; }, help);
        continue;
      }
      CLI::Option* option = nullptr;
      if (o.kind == VerbOption::Kind::many) {
        option = command->add_option(name, values_.given[key], help);
      } else {
        auto keep = [this, key](const std::string& value) { values_.given[key] = {value}; };
        option = command->add_option_function<std::string>(name, keep, help);
      }
      if (o.required) option->required();
    }
  }
}

void Grammar::set_program(std::vector<std::string> program) {
  job_.command = std::move(program);
  job_.is_argv = true;
}

int Grammar::carry_out() {
  if (globals_.home.empty()) globals_.home = from_environment("PENTAD_HOME", "var");
  if (globals_.url.empty()) globals_.url = from_environment("PENTAD_URL", "");
  if (globals_.authorities.empty()) globals_.authorities = from_environment("PENTAD_CA", "");
  Session session(globals_);
  return command_(session);
}

namespace {

CommandWords words_of(const CLI::App& app) {
  CommandWords words{app.get_name(), app.get_description(), {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) words.options.push_back("--" + name);
  }
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    words.commands.push_back(words_of(*sub));
  }
  return words;
}

}  // namespace

int run_command_line(int argc, char** argv) {
  try {
    if (argc > 1 && std::string_view(argv[1]) == "twin") twin({argv + 2, argv + argc});
    if (argc > 2 && std::string_view(argv[1]) == "--json" && std::string_view(argv[2]) == "twin") {
      std::vector<std::string> words{argv + 3, argv + argc};
      words.emplace_back("--json");
      twin(std::move(words));
    }
  } catch (const CommandError& error) {
    fmt::print(stderr, "pentad: {}\n", error.what());
    return error.code;
  }
  Grammar grammar;
  int own = 1;
  while (own < argc && std::string_view(argv[own]) != "--") ++own;
  if (own < argc) grammar.set_program({argv + own + 1, argv + argc});
  try {
    grammar.app().parse(own, argv);
  } catch (const CLI::ParseError& error) {
    std::vector<std::string> unknown = grammar.app().remaining();
    if (!unknown.empty() && grammar.app().get_subcommands().empty()) {
      fmt::print(stderr, "pentad: there is no {} `{}`; pentad --help lists them\n",
                 unknown[0].starts_with("-") ? "option" : "command", printable(unknown[0]));
      return kUsage;
    }
    int code = grammar.app().exit(error);
    return code == 0 ? kOk : kUsage;
  }
  try {
    return grammar.carry_out();
  } catch (const CommandError& error) {
    fmt::print(stderr, "{}{}\n", error.verbatim ? "" : "pentad: ", error.what());
    return error.code;
  }
}

CommandWords command_words() {
  Grammar grammar;
  return words_of(grammar.app());
}

}  // namespace pentad::cli
