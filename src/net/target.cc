#include "net/target.h"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/pct_string_view.hpp>
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
  // By hand: Boost's own segments leave out a leading "/.", which it takes for an artefact of
  // encoding.
  std::string_view path(url->encoded_path().data(), url->encoded_path().size());
  if (path.starts_with('/')) path.remove_prefix(1);
  while (true) {
    size_t slash = std::min(path.find('/'), path.size());
    target.segments.push_back(boost::urls::pct_string_view(path.substr(0, slash)).decode());
    if (!is_clean(target.segments.back())) return refuse("path");
    target.path.append("/").append(target.segments.back());
    if (slash == path.size()) break;
    path.remove_prefix(slash + 1);
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
