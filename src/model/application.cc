#include "model/application.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "model/application_value.h"

namespace pentad {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

Status bad(std::string path, std::string message) {
  return fail(ErrorCode::invalid, std::move(message), std::move(path));
}

// Parameters become names of variables, so only what maps to them one to one.
bool is_parameter_name(std::string_view name) {
  return !name.empty() && name.size() <= 32 && is_lower(name[0]) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_lower(c) || is_digit(c) || c == '_'; });
}

// Debian policy 5.6.1.
bool is_package_name(std::string_view name) {
  return name.size() >= 2 && name.size() <= 128 && (is_lower(name[0]) || is_digit(name[0])) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return is_lower(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
         });
}

// A file in the job's own directory: no folders, so no way out of it either.
bool is_plain_file(std::string_view name) {
  auto plain = [](char c) {
    return is_lower(c) || is_digit(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
  };
  return !name.empty() && name[0] != '.' && name[0] != '-' &&
         std::all_of(name.begin(), name.end(), plain);
}

// Ends up in terminals and pages: no control characters but, where allowed, ends of lines.
Status check_text(const LocalText& text, bool lines, const std::string& path) {
  auto wrong = [&](char c) {
    auto byte = static_cast<unsigned char>(c);
    return byte == 0x7f || (byte < 0x20 && !(lines && c == '\n'));
  };
  for (auto [words, key] : {std::pair{&text.en, "/en"}, std::pair{&text.zh, "/zh"}}) {
    if (std::any_of(words->begin(), words->end(), wrong)) {
      return bad(path + key, lines ? "expected text without control characters"
                                   : "expected one line without control characters");
    }
  }
  return {};
}

Status check_bounds(const Parameter& p, const std::string& path) {
  bool number = p.type == ParameterType::int_ || p.type == ParameterType::float_;
  if (!number && p.min) return bad(path + "/min", "only int and float have bounds");
  if (!number && p.max) return bad(path + "/max", "only int and float have bounds");
  for (auto [bound, key] : {std::pair{p.min, "/min"}, std::pair{p.max, "/max"}}) {
    if (!bound || p.type != ParameterType::int_) continue;
    if (std::trunc(*bound) != *bound || std::abs(*bound) > kMaxExactInteger) {
      return bad(path + key, "expected a whole number");
    }
  }
  if (p.min && p.max && *p.min > *p.max) return bad(path + "/max", "below min");
  return {};
}

Status check_choices(const Parameter& p, const std::string& path) {
  if (p.type != ParameterType::choice) {
    return p.choices.empty() ? Status{} : bad(path + "/choices", "only a choice has choices");
  }
  if (p.choices.empty()) return bad(path + "/choices", "a choice needs at least one");
  std::set<std::string> seen;
  for (size_t i = 0; i < p.choices.size(); ++i) {
    const std::string& choice = p.choices[i];
    bool plain =
        !choice.empty() && choice.size() <= 64 &&
        std::all_of(choice.begin(), choice.end(), [](char c) { return c > 32 && c < 127; });
    if (!plain) return bad(fmt::format("{}/choices/{}", path, i), "expected a short ASCII word");
    if (!seen.insert(choice).second) return bad(fmt::format("{}/choices/{}", path, i), "twice");
  }
  return {};
}

Status check_parameter(const Parameter& p, const std::string& path) {
  if (!is_parameter_name(p.name)) {
    return bad(path + "/name", "expected lower-case letters, digits and _, a letter first");
  }
  if (p.max_length && p.type != ParameterType::string) {
    return bad(path + "/max_length", "only a string has a length");
  }
  if (auto status = check_text(p.title, false, path + "/title"); !status) return status;
  if (auto status = check_bounds(p, path); !status) return status;
  if (auto status = check_choices(p, path); !status) return status;
  if (!p.default_) return {};
  auto value = parameter_value(p, *p.default_);
  return value ? Status{} : bad(path + "/default", value.error().message);
}

Status check_parameters(const std::vector<Parameter>& parameters) {
  std::set<std::string> seen;
  for (size_t i = 0; i < parameters.size(); ++i) {
    std::string path = fmt::format("/parameters/{}", i);
    if (auto status = check_parameter(parameters[i], path); !status) return status;
    if (!seen.insert(parameters[i].name).second) return bad(path + "/name", "twice");
  }
  return {};
}

// An int parameter whose bounds lie within `low` and `high`, or a complaint.
Result<const Parameter*> sizing_parameter(const Application& app, const std::string& name,
                                          double low, double high, std::string path) {
  for (const Parameter& p : app.parameters) {
    if (p.name != name) continue;
    if (p.type == ParameterType::int_ && p.min && p.max && *p.min >= low && *p.max <= high) {
      return &p;
    }
    return fail(ErrorCode::invalid,
                fmt::format("{} must be an int with min and max from {} to {}", name, low, high),
                std::move(path));
  }
  return fail(ErrorCode::invalid, fmt::format("no parameter is called {}", name), std::move(path));
}

Status check_resources(const Application& app) {
  const ApplicationResources& r = app.resources;
  if (r.cores_from) {
    auto p = sizing_parameter(app, *r.cores_from, 1, 1 << 20, "/resources/cores_from");
    if (!p) return tl::unexpected(p.error());
  }
  if (r.memory_growth) {
    const MemoryGrowth& growth = *r.memory_growth;
    std::string path = "/resources/memory_growth";
    auto p = sizing_parameter(app, growth.parameter, 0, kMaxExactInteger, path + "/parameter");
    if (!p) return tl::unexpected(p.error());
    double most_mib =
        (*(*p)->max / static_cast<double>(growth.per) + 1) * static_cast<double>(growth.mib);
    if (most_mib > (1 << 30)) return bad(path, "grows beyond all memories");
  }
  if (r.warn_s && *r.warn_s >= r.limit_s) {
    return bad("/resources/warn_s", "must be below limit_s");
  }
  return {};
}

}  // namespace

bool is_application_name(std::string_view name) {
  if (name.empty() || name.size() > 63 || !is_lower(name[0]) || name.ends_with('-')) return false;
  return name.find("--") == name.npos && std::all_of(name.begin(), name.end(), [](char c) {
           return is_lower(c) || is_digit(c) || c == '-';
         });
}

Status check_application(const Application& app) {
  if (!is_application_name(app.name)) {
    return bad("/name", "expected lower-case letters, digits and single hyphens, a letter first");
  }
  for (size_t i = 0; i < app.packages.size(); ++i) {
    if (is_package_name(app.packages[i])) continue;
    return bad(fmt::format("/packages/{}", i), "expected the name of a Debian package");
  }
  if (auto status = check_text(app.title, false, "/title"); !status) return status;
  if (auto status = check_text(app.description, true, "/description"); !status) return status;
  if (auto status = check_parameters(app.parameters); !status) return status;
  if (auto status = check_resources(app); !status) return status;
  if (!is_plain_file(app.success.result)) {
    return bad("/success/result", "expected a plain file name: letters, digits, . _ and -");
  }
  if (!app.run.script.starts_with("#!/")) {
    return bad("/run/script", "expected a script that starts with #! and an interpreter's path");
  }
  return {};
}

}  // namespace pentad
