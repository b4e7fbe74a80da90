// pentad apps.
#include <fmt/format.h>

#include <cstdlib>

#include "api/app_types.h"
#include "cli/commands.h"
#include "cli/table.h"

namespace pentad::cli {

namespace {

// The text in the language of the person's locale, else English.
std::string text_of(const std::map<std::string, std::string>& texts) {
  std::string locale;
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value && *value) {
      locale = value;
      break;
    }
  }
  auto it = texts.find(locale.substr(0, 2));
  if (it == texts.end()) it = texts.find("en");
  return it == texts.end() ? "" : it->second;
}

std::string range_of(const api::AppParameter& p) {
  if (!p.choices.empty()) {
    std::string text;
    for (const std::string& c : p.choices) text += (text.empty() ? "" : ", ") + c;
    return text;
  }
  if (p.min && p.max) return fmt::format("{} to {}", *p.min, *p.max);
  if (p.min) return fmt::format("from {}", *p.min);
  return p.max ? fmt::format("up to {}", *p.max) : "";
}

}  // namespace

int apps(Session& session) {
  auto list = session.get<api::AppList>("/apps");
  if (session.json()) {
    fmt::print("{}\n", to_json(list));
    return kOk;
  }
  Table table({{"APPLICATION"}, {"CLASS"}, {"TITLE", Align::left, 10}, {"READY", Align::left, 8}});
  for (const api::AppInfo& a : list.apps) {
    table.add({a.name, boost::describe::enum_to_string(a.workload_class, "?"), text_of(a.title),
               a.missing_packages.empty() ? "yes" : "needs: " + a.install_command});
  }
  fmt::print("{}", table.render(session.width(), session.colour()));
  if (!list.apps.empty()) fmt::print("pentad apps NAME shows its parameters\n");
  return kOk;
}

int show_app(Session& session, const std::string& name) {
  auto a = session.get<api::AppInfo>("/apps/" + net::percent_encode(name));
  if (session.json()) {
    fmt::print("{}\n", to_json(a));
    return kOk;
  }
  fmt::print("{}: {}\n{}\n", printable(a.name), printable(text_of(a.title)),
             wrapped(printable(text_of(a.description)), session.width()));
  if (!a.missing_packages.empty()) fmt::print("install first: {}\n", printable(a.install_command));
  Table table({{"PARAMETER"},
               {"TYPE"},
               {"DEFAULT", Align::left, 6},
               {"MAY BE", Align::left, 8},
               {"WHAT", Align::left, 12}});
  for (const api::AppParameter& p : a.parameters) {
    table.add({p.name, p.type, p.default_ ? p.default_->text : "", range_of(p), text_of(p.title)});
  }
  fmt::print("\n{}", table.render(session.width(), session.colour()));
  fmt::print("\npentad submit --app {} --set NAME=VALUE\n", printable(a.name));
  return kOk;
}

}  // namespace pentad::cli
