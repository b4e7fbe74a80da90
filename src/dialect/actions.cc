#include "dialect/actions.h"

#include "dialect/tables.h"

namespace pentad::dialect {

std::string_view command_name(Dialect dialect) {
  if (dialect == Dialect::slurm) return "sbatch";
  return dialect == Dialect::lsf ? "bsub" : "qsub";
}

std::map<std::string, std::string> parse_assignments(std::string_view text, Texts& names) {
  std::map<std::string, std::string> set;
  std::string part;
  char quote = 0;
  auto finish = [&] {
    size_t equals = part.find('=');
    if (equals != part.npos && equals > 0) {
      std::string_view name = trim(std::string_view(part).substr(0, equals));
      set[std::string(name)] = part.substr(equals + 1);
    } else if (!trim(part).empty() && equals != 0) {
      names.emplace_back(trim(part));
    }
    part.clear();
  };
  for (char c : text) {
    if (quote == 0 && c == ',') {
      finish();
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (quote != 0 && c == quote) {
      quote = 0;
    } else {
      part += c;
    }
  }
  finish();
  return set;
}

std::string literal_path(std::string_view path) {
  std::string out;
  for (char c : path) out.append(c == '{' ? 2 : 1, c);
  return out;
}

void add_variables(Target& t, std::string_view value) {
  bool is_first = !t.job.environment;
  Environment& e = t.change(t.job.environment);
  if (is_first) e.mode = ExportMode::list;
  for (auto& [name, text] : parse_assignments(value, e.names)) e.set[name] = text;
}

void whole_environment(Target& t, std::string_view) {
  t.change(t.job.environment).mode = ExportMode::all;
}

Result<ArraySpec> parse_array(std::string_view text) {
  constexpr int64_t kMaxElements = 4'000'001;
  size_t percent = text.find('%');
  ArraySpec array;
  Result<IndexSet> indices = IndexSet::parse(text.substr(0, percent), kMaxElements);
  if (!indices) return tl::unexpected(indices.error());
  array.indices = std::move(*indices);
  if (percent != text.npos) {
    Result<int64_t> limit = parse_whole(text.substr(percent + 1));
    if (!limit) return tl::unexpected(limit.error());
    array.max_running = *limit;
  }
  return array;
}

Result<std::vector<LicenceRequest>> parse_licences(std::string_view text) {
  std::vector<LicenceRequest> found;
  for (std::string_view part : split(text, ',')) {
    size_t mark = part.find_first_of(":=");
    LicenceRequest one{std::string(part.substr(0, mark)), 1};
    if (one.name.empty()) return fail(ErrorCode::invalid, "a licence without a name");
    if (mark != part.npos) {
      Result<int64_t> count = parse_positive(part.substr(mark + 1));
      if (!count) return tl::unexpected(count.error());
      if (*count > 1'000'000) return fail(ErrorCode::invalid, "too many licences");
      one.count = static_cast<int32_t>(*count);
    }
    found.push_back(std::move(one));
  }
  return found;
}

}  // namespace pentad::dialect
