#include "dialect/site_file.h"

#include <fmt/format.h>

#include <charconv>

#include "base/toml_reader.h"
#include "dialect/option.h"
#include "dialect/reader.h"
#include "dialect/values.h"

namespace pentad::dialect {

namespace {

constexpr int64_t kLongest_s = 1'000'000'000;
constexpr int32_t kMostSlots = 1'000'000;

template <class E>
bool read_enum(TomlReader& reader, std::string_view key, E& out) {
  std::string word;
  if (!reader.text(key, word)) return false;
  if (boost::describe::enum_from_string(word.c_str(), out)) return true;
  std::string known;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
      [&](auto one) { known += fmt::format("{}{}", known.empty() ? "" : ", ", one.name); });
  reader.wrong(key, "is none of " + known);
  return false;
}

const TomlTable* fields_of(TomlReader& reader, std::string_view key) {
  const TomlValue* table = reader.table(key);
  return table ? &std::get<TomlTable>(table->value) : nullptr;
}

class SiteReader {
 public:
  explicit SiteReader(const TomlValue& document) : root_(document, "", errors_) {}

  Result<SiteProfile> read() {
    scalars();
    queues();
    parallel_environments();
    resources();
    lsf();
    sge();
    policies();
    root_.finish();
    if (!errors_.empty()) return fail(ErrorCode::invalid, errors_.text());
    return std::move(site_);
  }

 private:
  void scalars() {
    Dialect dialect{};
    if (read_enum(root_, "default_dialect", dialect)) site_.default_dialect = dialect;
    root_.text("default_queue", site_.default_queue);
    root_.text("job_id_suffix", site_.job_id_suffix);
    root_.text("mail_domain", site_.mail_domain);
    root_.text("mpi_launcher", site_.mpi_launcher);
    std::string mask;
    if (root_.text("default_umask", mask)) {
      int32_t number = 0;
      auto [end, error] = std::from_chars(mask.data(), mask.data() + mask.size(), number, 8);
      bool sound = error == std::errc{} && end == mask.data() + mask.size() && number <= 0777;
      if (!sound || number < 0) return root_.wrong("default_umask", "is no mask such as \"077\"");
      site_.default_umask = number;
    }
  }

  void queues() {
    read_enum(root_, "unmapped_queue", site_.unmapped_queue);
    const TomlTable* table = fields_of(root_, "queues");
    if (!table) return;
    for (const auto& [name, value] : *table) {
      QueueRule rule;
      rule.line = static_cast<int32_t>(value.line);
      std::string path = fmt::format("queues.{}", name);
      if (const auto* pool = std::get_if<std::string>(&value.value)) {
        rule.pool = *pool;
      } else if (std::holds_alternative<TomlTable>(value.value)) {
        TomlReader reader(value, path + ".", errors_);
        int64_t limit_s = 0, max_limit_s = 0;
        reader.text("pool", rule.pool);
        reader.text("qos", rule.qos);
        reader.integer("limit_s", limit_s, 1, kLongest_s);
        reader.integer("max_limit_s", max_limit_s, 1, kLongest_s);
        rule.limit = seconds(limit_s);
        rule.max_limit = seconds(max_limit_s);
        reader.finish();
      } else {
        errors_.add(value.line, fmt::format("`{}` must be a pool's name or a table", path));
      }
      site_.queues[name] = std::move(rule);
    }
  }

  void parallel_environments() {
    const TomlTable* table = fields_of(root_, "parallel_environments");
    if (!table) return;
    for (const auto& [name, value] : *table) {
      const auto* word = std::get_if<std::string>(&value.value);
      const auto* slots = std::get_if<int64_t>(&value.value);
      if (word && (*word == "node" || *word == "spread")) {
        site_.sge_pe_kinds[name] = *word;
      } else if (slots && *slots >= 1 && *slots <= kMostSlots) {
        site_.sge_pe_kinds[name] = std::to_string(*slots);
      } else {
        errors_.add(value.line, fmt::format("`parallel_environments.{}` must be \"node\", "
                                            "\"spread\" or the slots of each node",
                                            name));
      }
    }
  }

  void resources() {
    const TomlTable* table = fields_of(root_, "resources");
    if (!table) return;
    for (const auto& [name, value] : *table) {
      ResourceRule rule;
      if (std::holds_alternative<TomlTable>(value.value)) {
        TomlReader reader(value, fmt::format("resources.{}.", name), errors_);
        if (!reader.value("as")) reader.wrong("as", "is missing");
        read_enum(reader, "as", rule.meaning);
        reader.text("name", rule.name);
        reader.finish();
      } else {
        TomlReader reader(*root_.value("resources"), "resources.", errors_);
        read_enum(reader, name, rule.meaning);
      }
      site_.resources[name] = std::move(rule);
    }
  }

  void unit(TomlReader& reader, std::string_view key, int64_t& out) {
    std::string word;
    if (!reader.text(key, word)) return;
    Result<Bytes> bytes = parse_lsf_size("1" + word, 0);
    if (!bytes || word.empty()) return reader.wrong(key, "is none of KB, MB, GB, TB");
    out = bytes->value;
  }

  void lsf() {
    const TomlValue* table = root_.table("lsf");
    if (!table) return;
    TomlReader reader(*table, "lsf.", errors_);
    reader.boolean("memory_per_slot", site_.lsf_memory_per_slot);
    unit(reader, "memory_unit", site_.lsf_memory_unit_bytes);
    unit(reader, "limit_unit", site_.lsf_limit_unit_bytes);
    reader.finish();
  }

  void sge() {
    const TomlValue* table = root_.table("sge");
    if (!table) return;
    TomlReader reader(*table, "sge.", errors_);
    read_enum(reader, "shell_start_mode", site_.sge_shell_start_mode);
    if (reader.text("shell", site_.sge_shell) && !site_.sge_shell.starts_with('/')) {
      reader.wrong("shell", "must be an absolute path");
    }
    reader.finish();
  }

  void policies() {
    const TomlTable* table = fields_of(root_, "policy");
    if (!table) return;
    for (const auto& [name, value] : *table) {
      Dialect dialect{};
      bool known = boost::describe::enum_from_string(name.c_str(), dialect);
      if (!known || !std::holds_alternative<TomlTable>(value.value)) {
        errors_.add(value.line, fmt::format("`policy.{}` is not a table of a dialect", name));
        continue;
      }
      TomlReader reader(value, fmt::format("policy.{}.", name), errors_);
      for (const auto& [option, word] : std::get<TomlTable>(value.value)) {
        OptionPolicy policy{};
        if (!read_enum(reader, option, policy)) continue;
        std::string_view flag = std::string_view(option).substr(0, option.find(' '));
        if (!find_option(option_table(dialect), flag)) {
          reader.wrong(option, fmt::format("is no option of {}", name));
        }
        site_.policies[dialect][option] = policy;
      }
    }
  }

  TomlErrors errors_;
  TomlReader root_;
  SiteProfile site_;
};

}  // namespace

Result<SiteProfile> parse_site(std::string_view text) {
  Result<TomlValue> document = parse_toml(text);
  if (!document) return tl::unexpected(document.error());
  return SiteReader(*document).read();
}

}  // namespace pentad::dialect
