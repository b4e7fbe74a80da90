#include "dialect/describe.h"

#include <fmt/format.h>

#include <boost/mp11.hpp>

#include "dialect/values.h"

namespace pentad::dialect {

namespace {

namespace describe_ns = boost::describe;

std::string text(const std::string& v) { return fmt::format("\"{}\"", v); }
std::string text(bool v) { return v ? "yes" : "no"; }
std::string text(int64_t v) { return std::to_string(v); }

template <class E>
  requires std::is_enum_v<E>
std::string text(E v) {
  return describe_ns::enum_to_string(v, "?");
}

std::string text(const Texts& v) {
  std::string out;
  for (const std::string& one : v) out += (out.empty() ? "" : ", ") + text(one);
  return out.empty() ? "none" : out;
}

std::string text(const std::vector<int32_t>& v) { return fmt::format("{}", fmt::join(v, ", ")); }

std::string text(const std::map<std::string, std::string>& v) {
  std::string out;
  for (const auto& [name, value] : v) {
    out += fmt::format("{}{}={}", out.empty() ? "" : ", ", name, text(value));
  }
  return out;
}

std::string text(const TimeSpan& v) {
  std::string unit = describe_ns::enum_to_string(v.unit, "?");
  if (v.is_unlimited) return "unlimited";
  return fmt::format("{} (counted in {}s)", time_text(v.duration_s), unit);
}

std::string text(const Moment& v) {
  if (v.after_now_s) return fmt::format("now + {} s", *v.after_now_s);
  if (v.in_days) {
    return fmt::format("today + {} days, {:02}:{:02}:{:02}", *v.in_days, v.hour, v.minute,
                       v.second);
  }
  auto part = [](std::optional<int32_t> p) { return p ? fmt::format("{:02}", *p) : "*"; };
  return fmt::format("{}-{}-{} {:02}:{:02}:{:02}", part(v.year), part(v.month), part(v.day), v.hour,
                     v.minute, v.second);
}

std::string text(const CountRange& v) {
  return v.min == v.max ? std::to_string(v.min) : fmt::format("{}-{}", v.min, v.max);
}

std::string text(const Memory& v) {
  std::string scope = describe_ns::enum_to_string(v.scope, "?");
  if (v.bytes.value == 0 && v.scope == Scope::node) return "all of each node";
  return fmt::format("{} per {}", size_text(v.bytes), scope);
}

std::string text(const std::vector<Gpus>& v) {
  std::string out;
  for (const Gpus& g : v) {
    out += fmt::format("{}{} per {}{}{}{}", out.empty() ? "" : ", ", g.count,
                       describe_ns::enum_to_string(g.scope, "?"), g.type.empty() ? "" : " of ",
                       g.type, g.mode.empty() ? "" : ", " + g.mode);
    if (g.mps) out += ", mps";
  }
  return out;
}

std::string text(const std::vector<LicenceRequest>& v) {
  std::string out;
  for (const LicenceRequest& l : v) {
    out += fmt::format("{}{} of {}", out.empty() ? "" : ", ", l.count, l.name);
  }
  return out;
}

std::string text(const ArraySpec& v) {
  std::string limit = v.max_running == 0 ? "" : fmt::format(", {} at once", v.max_running);
  return v.indices.to_string() + limit;
}

std::string text(const Condition& v) {
  std::string kind = describe_ns::enum_to_string(v.kind, "?");
  if (v.kind == DependencyKind::singleton) return kind;
  if (v.kind != DependencyKind::all && v.kind != DependencyKind::any) {
    std::string delay = v.delay_s == 0 ? "" : fmt::format(" + {} s", v.delay_s);
    return fmt::format("{} {}{}{}", kind, v.is_name ? "name " : "", v.job, delay);
  }
  std::string out = kind + " of (";
  for (size_t i = 0; i < v.of.size(); ++i) out += (i == 0 ? "" : ", ") + text(v.of[i]);
  return out + ")";
}

std::string text(const Environment& v) {
  std::string out = text(v.mode);
  if (!v.names.empty()) out += "; copied: " + fmt::format("{}", fmt::join(v.names, ", "));
  if (!v.set.empty()) out += "; set: " + text(v.set);
  if (!v.removed.empty()) out += "; without: " + fmt::format("{}", fmt::join(v.removed, ", "));
  return out;
}

std::string text(const Signal& v) {
  return fmt::format("{} {} s before the end, to {}", signal_name(v.number), v.before_end_s,
                     text(v.to));
}

template <class T>
void append_values(const T& owner, const std::string& prefix, std::vector<ShownValue>& out) {
  using Members = describe_ns::describe_members<T, describe_ns::mod_public>;
  boost::mp11::mp_for_each<Members>([&](auto member) {
    const auto& given = owner.*member.pointer;
    if (!given) return;
    std::string shown = text(given.value);
    if constexpr (std::is_same_v<std::decay_t<decltype(given.value)>, int64_t>) {
      if (std::string_view(member.name) == "umask") shown = fmt::format("{:03o}", given.value);
    }
    out.push_back({prefix + member.name, std::move(shown), given.origin});
  });
}

}  // namespace

std::vector<ShownValue> shown_values(const Job& job) {
  std::vector<ShownValue> out;
  append_values(job, "", out);
  for (size_t i = 0; i < job.components.size(); ++i) {
    bool single = job.components.size() == 1;
    append_values(job.components[i], single ? "" : fmt::format("{}.", i + 1), out);
  }
  return out;
}

std::string describe(const Translation& t) {
  std::string out = fmt::format("{} {}\n", t.is_accepted() ? "accepted as" : "refused as",
                                describe_ns::enum_to_string(t.dialect, "?"));
  for (const ShownValue& v : shown_values(t.job)) {
    out += fmt::format("  {:<27} {:<40} {}\n", v.field, v.value, to_text(v.origin));
  }
  for (const Record& r : t.records) {
    if (r.effect == Effect::exact) continue;
    out += fmt::format("{}: {}: {}: {}\n", describe_ns::enum_to_string(r.effect, "?"),
                       to_text(r.origin), r.text, r.reason);
  }
  return out;
}

}  // namespace pentad::dialect
