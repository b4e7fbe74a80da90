#include "store/payload_store.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "base/json_text.h"
#include "base/reflect.h"
#include "store/session.h"

namespace pentad::store {

namespace {

constexpr size_t kMaxRemembered = 10'000;

enum Encoding : int64_t { plain = 0, base64 = 1 };

// BLAKE2b, 256 bits, as hex digits.
std::string digest_of(std::string_view first, std::string_view second = {}) {
  crypto_generichash_state state;
  std::array<unsigned char, crypto_generichash_BYTES> hash{};
  crypto_generichash_init(&state, nullptr, 0, hash.size());
  for (std::string_view part : {first, second}) {
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()),
                              part.size());
  }
  crypto_generichash_final(&state, hash.data(), hash.size());
  std::string text(2 * hash.size() + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
  text.pop_back();
  return text;
}

// Text columns hold UTF-8 without NUL on every database; anything else is written as base64.
Encoding encode(const std::string& bytes, std::string& out) {
  if (is_utf8(bytes) && bytes.find('\0') == std::string::npos) return out = bytes, plain;
  constexpr int form = sodium_base64_VARIANT_ORIGINAL;
  out.resize(sodium_base64_encoded_len(bytes.size(), form));
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), form);
  out.pop_back();
  return base64;
}

bool decode(std::string& bytes, int64_t encoding) {
  if (encoding == plain) return true;
  std::string out(bytes.size(), '\0');
  size_t length = 0;
  bool good = sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(),
                                bytes.data(), bytes.size(), nullptr, &length, nullptr,
                                sodium_base64_VARIANT_ORIGINAL) == 0;
  out.resize(length);
  bytes = std::move(out);
  return good && encoding == base64;
}

struct StoredPayload {
  std::string digest;
  std::string body;
  std::string script_digest;
  std::string script;
  int64_t encoding = 0;
};

Result<StoredPayload> load(Database& database, int64_t id) {
  return guarded(database, [&]() -> Result<StoredPayload> {
    StoredPayload row;
    soci::session& session = session_of(database);
    session << "SELECT p.digest, p.body, s.digest, s.encoding, s.body FROM payloads p "
               "JOIN scripts s ON s.id = p.script_id WHERE p.id = :id",
        soci::use(id), soci::into(row.digest), soci::into(row.body), soci::into(row.script_digest),
        soci::into(row.encoding), soci::into(row.script);
    if (!session.got_data()) {
      return fail(ErrorCode::not_found, fmt::format("there is no payload {}", id), database.path());
    }
    if (!decode(row.script, row.encoding) || digest_of(row.script) != row.script_digest ||
        digest_of(row.body, row.script_digest) != row.digest) {
      return fail(ErrorCode::corrupt,
                  fmt::format("what a job runs (payload {}) is damaged in {}", id, database.path()),
                  database.path());
    }
    return row;
  });
}

}  // namespace

struct PayloadStore::Statements {
  // What the statements are bound to.
  int64_t id = 0;
  int64_t script_id = 0;
  int64_t bytes = 0;
  int64_t encoding = 0;
  std::string digest;
  std::string body;

  soci::statement find_script;
  soci::statement add_script;
  soci::statement find_payload;
  soci::statement add_payload;

  explicit Statements(soci::session& session)
      : find_script((session.prepare << "SELECT id FROM scripts WHERE digest = :digest",
                     soci::use(digest), soci::into(id))),
        add_script((session.prepare << "INSERT INTO scripts (digest, bytes, encoding, body) VALUES "
                                       "(:digest, :bytes, :encoding, :body) RETURNING id",
                    soci::use(digest), soci::use(bytes), soci::use(encoding), soci::use(body),
                    soci::into(id))),
        find_payload((session.prepare << "SELECT id FROM payloads WHERE digest = :digest",
                      soci::use(digest), soci::into(id))),
        add_payload((session.prepare << "INSERT INTO payloads (digest, script_id, body) VALUES "
                                        "(:digest, :script_id, :body) RETURNING id",
                     soci::use(digest), soci::use(script_id), soci::use(body), soci::into(id))) {}
};

PayloadStore::PayloadStore(Database& database)
    : statements_(std::make_unique<Statements>(session_of(database))) {}
PayloadStore::~PayloadStore() = default;

std::string PayloadStore::stage(Payload payload) {
  Staged staged;
  staged.script = std::move(payload.script);
  payload.script.clear();
  staged.body = to_json(payload, WriteMode::compact);
  staged.script_digest = digest_of(staged.script);
  std::string digest = digest_of(staged.body, staged.script_digest);
  if (!payload_ids_.contains(digest)) staged_.try_emplace(digest, std::move(staged));
  return digest;
}

void PayloadStore::write() {
  for (const auto& [digest, staged] : staged_) payload_ids_[digest] = payload_id(digest, staged);
  staged_.clear();
}

int64_t PayloadStore::script_id(const Staged& staged) {
  auto known = script_ids_.find(staged.script_digest);
  if (known != script_ids_.end()) return known->second;
  Statements& s = *statements_;
  s.digest = staged.script_digest;
  if (!fetch_one(s.find_script)) {
    s.bytes = static_cast<int64_t>(staged.script.size());
    s.encoding = encode(staged.script, s.body);
    fetch_one(s.add_script);
  }
  return script_ids_[staged.script_digest] = s.id;
}

int64_t PayloadStore::payload_id(const std::string& digest, const Staged& staged) {
  Statements& s = *statements_;
  s.digest = digest;
  if (fetch_one(s.find_payload)) return s.id;
  s.script_id = script_id(staged);
  s.digest = digest;
  s.body = staged.body;
  fetch_one(s.add_payload);
  return s.id;
}

int64_t PayloadStore::id_of(const std::string& digest) const {
  auto found = payload_ids_.find(digest);
  PENTAD_ASSERT(found != payload_ids_.end(), "a payload is written before the jobs that have it");
  return found->second;
}

void PayloadStore::committed() {
  if (payload_ids_.size() > kMaxRemembered) payload_ids_.clear();
  if (script_ids_.size() > kMaxRemembered) script_ids_.clear();
}

void PayloadStore::rolled_back() {
  staged_.clear();
  payload_ids_.clear();
  script_ids_.clear();
}

Result<Payload> PayloadStore::read(Database& database, int64_t id) {
  Result<StoredPayload> row = load(database, id);
  if (!row) return tl::unexpected(row.error());
  Result<Payload> payload = from_json<Payload>(row->body, ReadMode::lenient);
  if (payload) payload->script = std::move(row->script);
  return payload;
}

Result<std::string> PayloadStore::read_script(Database& database, int64_t id) {
  Result<StoredPayload> row = load(database, id);
  if (!row) return tl::unexpected(row.error());
  return std::move(row->script);
}

}  // namespace pentad::store
