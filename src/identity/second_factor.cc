// Second factors. Stored under a key that is in no database: see seal.h.
#include <fmt/format.h>

#include <utility>

#include "base/reflect.h"
#include "identity/identity.h"
#include "identity/secret.h"
#include "identity/totp.h"

namespace pentad::identity {

namespace {

constexpr size_t kRecoveryCodes = 10;

constexpr const char* kLocked =
    "the centre's key for second factors is missing: ask its operator to put it back";

// As it is stored: whether it counts can be told without the key.
struct StoredTotp {
  bool confirmed = false;
  Sealed sealed;
};
BOOST_DESCRIBE_STRUCT(StoredTotp, (), (confirmed, sealed))

// A row under another user's name, or said to be what it is not, is not opened.
std::string label_of(const std::string& user, bool confirmed) {
  return fmt::format("pentad {} second factor of {}", confirmed ? "confirmed" : "new", user);
}

// Codes of recovery as people type them back: without dashes and spaces, in any case.
std::string bare_code(std::string_view code) {
  std::string out;
  for (const char c : code) {
    if (c == '-' || c == ' ') continue;
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return out;
}

}  // namespace

// --- what is stored ---

void Identity::load_totp(const store::SecretRow& row, std::vector<std::string>& in_clear) {
  const auto stored = from_json<StoredTotp>(row.body, ReadMode::lenient);
  const bool is_sealed = stored && !stored->sealed.box.empty();
  const auto text = is_sealed ? seal_.reveal(stored->sealed, label_of(row.id, stored->confirmed))
                              : std::optional(row.body);
  auto record = text ? from_json<TotpRecord>(*text, ReadMode::lenient)
                     : Result<TotpRecord>(fail(ErrorCode::corrupt, "another key"));
  if (!record) {
    // One that was never confirmed counts for nothing: its user begins anew.
    if (!is_sealed || stored->confirmed) locked_totps_.insert(row.id);
    return;
  }
  totps_[row.id] = std::move(*record);
  if (!is_sealed) in_clear.push_back(row.id);
}

// Those that an earlier version stored as they were.
Status Identity::seal_all(const std::vector<std::string>& users) {
  if (users.empty() || !locked_totps_.empty()) return {};
  if (Status made = seal_.make_key(); !made) return made;
  std::vector<store::SecretChange> changes;
  for (const std::string& user : users) {
    changes.push_back({kTotpKind, user, sealed(user, totps_.at(user))});
  }
  outside_.keep(std::move(changes), [](const Status&) {});  // else at the next start
  return {};
}

std::string Identity::sealed(const std::string& user, const TotpRecord& record) const {
  const std::string label = label_of(user, record.confirmed);
  return to_json(StoredTotp{record.confirmed, seal_.close(to_json(record), label)});
}

bool Identity::is_locked(const std::string& user) const {
  std::shared_lock lock(mutex_);
  return locked_totps_.contains(user);
}

size_t Identity::locked_factors() const {
  std::shared_lock lock(mutex_);
  return locked_totps_.size();
}

std::string Identity::locked_words() const {
  std::shared_lock lock(mutex_);
  return fmt::format(
      "{} second factor{} cannot be read: {} {}. Put the right file back and start the centre "
      "again, or remove each with `pentad user totp NAME --reset`",
      locked_totps_.size(), locked_totps_.size() == 1 ? "" : "s", settings_.key_file,
      seal_.has_key() ? "holds another key than theirs" : "is missing");
}

// --- using it ---

bool Identity::has_second_factor(const std::string& user) const {
  std::shared_lock lock(mutex_);
  auto found = totps_.find(user);
  return locked_totps_.contains(user) || (found != totps_.end() && found->second.confirmed);
}

// Each code is good once: that it was used is known here at once, and on disk soon.
bool Identity::use_code(const std::string& user, const std::string& code) {
  std::string body;
  {
    std::unique_lock lock(mutex_);
    auto found = totps_.find(user);
    if (found == totps_.end()) return false;
    TotpRecord& record = found->second;
    const auto secret = from_base32(record.secret);
    const auto step =
        secret ? match_totp(*secret, code, outside_.now(), record.last_step) : std::nullopt;
    if (step) {
      record.last_step = *step;
    } else if (std::erase(record.recovery, fingerprint(bare_code(code))) == 0) {
      return false;
    }
    body = sealed(user, record);
  }
  outside_.keep({{kTotpKind, user, std::move(body)}}, [](const Status&) {});
  return true;
}

void Identity::start_totp(const std::string& user, Done<TotpStart> done) {
  if (has_second_factor(user)) {
    return done(fail(ErrorCode::invalid, "there is a second factor; remove it first"));
  }
  const std::string secret = *from_base64url(random_text(20));
  TotpRecord record;
  record.secret = base32(secret);
  if (locked_factors() > 0) return done(fail(ErrorCode::unavailable, kLocked));
  std::string body;
  Status has_key;
  {
    std::unique_lock lock(mutex_);
    has_key = seal_.make_key();
    if (has_key) body = sealed(user, totps_[user] = record);
  }
  if (!has_key) return done(tl::unexpected(has_key.error()));
  TotpStart start{record.secret, totp_uri(settings_.centre, user, secret)};
  outside_.keep({{kTotpKind, user, std::move(body)}}, [start, done](const Status& kept) {
    kept ? done(start) : done(tl::unexpected(kept.error()));
  });
}

void Identity::confirm_totp(const std::string& user, std::string code,
                            Done<std::vector<std::string>> done) {
  std::vector<std::string> codes;
  std::string body;
  {
    std::unique_lock lock(mutex_);
    auto found = totps_.find(user);
    if (found == totps_.end() || found->second.confirmed) {
      lock.unlock();
      return done(fail(ErrorCode::invalid, "nothing waits for being confirmed"));
    }
    TotpRecord& record = found->second;
    const auto secret = from_base32(record.secret);
    const auto step =
        secret ? match_totp(*secret, code, outside_.now(), record.last_step) : std::nullopt;
    if (!step) {
      lock.unlock();
      return done(fail(ErrorCode::not_found, "that is not the code of this moment", "/code"));
    }
    record.last_step = *step;
    record.confirmed = true;
    for (size_t i = 0; i < kRecoveryCodes; ++i) {
      codes.push_back(random_words(3));
      record.recovery.push_back(fingerprint(bare_code(codes.back())));
    }
    body = sealed(user, record);
  }
  outside_.keep({{kTotpKind, user, std::move(body)}}, [codes, done](const Status& kept) {
    kept ? done(codes) : done(tl::unexpected(kept.error()));
  });
}

void Identity::remove_totp(const std::string& user, std::string code, std::string address,
                           Done<bool> done) {
  if (is_locked(user)) return done(fail(ErrorCode::unavailable, kLocked));
  if (has_second_factor(user)) {
    if (guard_.wait(user, address, outside_.now()) > Duration{}) {
      return done(fail(ErrorCode::unavailable, "too many attempts: wait a while"));
    }
    if (!use_code(user, code)) {
      guard_.failed(user, address, outside_.now());
      return done(fail(ErrorCode::not_found, "the code is wrong", "/code"));
    }
  }
  forget_totp(user, std::move(done));
}

void Identity::reset_totp(const std::string& user, Done<bool> done) {
  if (!has_second_factor(user)) {
    return done(fail(ErrorCode::not_found, user + " has no second factor"));
  }
  forget_totp(user, std::move(done));
}

void Identity::forget_totp(const std::string& user, Done<bool> done) {
  {
    std::unique_lock lock(mutex_);
    totps_.erase(user);
    locked_totps_.erase(user);
  }
  outside_.keep({{kTotpKind, user, {}}}, [done](const Status& kept) {
    kept ? done(true) : done(tl::unexpected(kept.error()));
  });
}

}  // namespace pentad::identity
