#include "api/statement_file.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>

#include "base/json_reader.h"
#include "base/reflect.h"

namespace pentad::api {

namespace {

// JSON without the blanks between its parts; what stands in quotes stays.
std::string without_blanks(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  bool quoted = false;
  for (size_t i = 0; i < json.size(); ++i) {
    char c = json[i];
    bool is_blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!quoted && is_blank) continue;
    out += c;
    if (quoted && c == '\\' && i + 1 < json.size()) {
      out += json[++i];
    } else if (c == '"') {
      quoted = !quoted;
    }
  }
  return out;
}

struct Parts {
  std::string_view statement;
  std::string digest;
  int64_t closed_at_ms = 0;
};

bool read_parts(JsonReader& in, Parts& out) {
  if (!in.begin_object()) return false;
  std::string_view key;
  while (in.next_key(key)) {
    if (key == "statement") {
      if (!in.skip_value(&out.statement)) return in.at("statement");
    } else if (key == "digest") {
      if (!in.read_string(out.digest)) return in.at("digest");
    } else if (key == "closed_at_ms") {
      if (!in.read_integer<int64_t>(out.closed_at_ms, 0)) return in.at("closed_at_ms");
    } else {
      return in.fail(fmt::format("the file of a statement has no field `{}`", key));
    }
  }
  return in.ok() && in.finish();
}

}  // namespace

std::string statement_digest(std::string_view text) {
  std::array<unsigned char, 32> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), nullptr, 0);
  std::string out = "blake2b-256:";
  for (unsigned char byte : hash) out += fmt::format("{:02x}", byte);
  return out;
}

Result<StatementFile> read_statement_file(std::string_view json) {
  JsonReader in(json);
  Parts parts;
  if (!read_parts(in, parts)) {
    return fail(ErrorCode::invalid, in.error().message, in.error().path);
  }
  if (parts.statement.empty()) return fail(ErrorCode::invalid, "there is no field `statement`");
  StatementFile out;
  out.canonical_text = without_blanks(parts.statement);
  std::string digest = statement_digest(out.canonical_text);
  if (!parts.digest.empty() && parts.digest != digest) {
    return fail(ErrorCode::corrupt,
                fmt::format("the file was changed: its statement has the digest {}, stated is {}",
                            digest, parts.digest));
  }
  Result<ledger::Statement> statement = from_json<ledger::Statement>(parts.statement);
  if (!statement) {
    return fail(ErrorCode::invalid, statement.error().message,
                "/statement" + statement.error().path);
  }
  if (Status good = ledger::check_statement(*statement); !good) return tl::unexpected(good.error());
  out.statement = std::move(*statement);
  out.digest = std::move(parts.digest);
  out.closed_at = Time{parts.closed_at_ms};
  return out;
}

}  // namespace pentad::api
