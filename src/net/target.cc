#include "net/target.h"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <utility>

#include "base/json_text.h"

namespace pentad::net {

namespace {

bool is_clean(std::string_view text) {
  auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  return is_utf8(text) && std::none_of(text.begin(), text.end(), is_control);
}

auto refuse(std::string_view part) {
  return fail(ErrorCode::invalid,
              "The " + std::string(part) + " decodes to something that is not plain UTF-8 text.");
}

}  // namespace

Result<Target> parse_target(std::string_view text) {
  if (text == "*") return Target{"*", {"*"}, {}};
  auto url = text.starts_with('/') ? boost::urls::parse_origin_form(text)
                                   : boost::urls::parse_absolute_uri(text);
  bool is_web = text.starts_with('/') || (url && url->has_authority() &&
                                          (url->scheme() == "http" || url->scheme() == "https"));
  if (!url || !is_web) {
    return fail(ErrorCode::invalid,
                "The target is no path with a query: encode special characters as %XX.");
  }
  Target target;
  for (std::string segment : url->segments()) {
    target.segments.push_back(std::move(segment));
    if (!is_clean(target.segments.back())) return refuse("path");
    target.path.append("/").append(target.segments.back());
  }
  if (target.segments.empty()) {
    target.segments.emplace_back();
    target.path = "/";
  }
  if (!url->has_query()) return target;
  for (const auto& parameter : url->params()) {
    if (parameter.key.empty() && !parameter.has_value) continue;  // "?", "a=1&&b=2"
    target.query.items.emplace_back(parameter.key, parameter.value);
    if (!is_clean(parameter.key) || !is_clean(parameter.value)) return refuse("query");
  }
  return target;
}

}  // namespace pentad::net
