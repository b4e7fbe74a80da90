// Tokens, sessions, and whom other providers know.
#include <algorithm>
#include <utility>

#include "base/reflect.h"
#include "identity/identity.h"
#include "identity/secret.h"

namespace pentad::identity {

namespace {

constexpr size_t kMostTokens = 100;   // of one user
constexpr size_t kMostSessions = 50;  // of one user; the one used longest ago goes

// Of what a user's client says it is.
std::string short_text(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F) c = ' ';
  }
  if (text.size() > 120) text.resize(120);
  return text;
}

template <class Map>
auto of_user(const Map& map, const std::string& user) {
  std::vector<std::pair<std::string, typename Map::mapped_type>> out;
  for (const auto& [id, record] : map) {
    if (record.user == user) out.emplace_back(id, record);
  }
  return out;
}

}  // namespace

void Identity::open_session(const SignInResult& who, std::string address, std::string agent,
                            Done<NewSession> done) {
  NewSession out;
  out.secret = std::string(kSessionPrefix) + random_text(32);
  out.id = random_text(9);
  out.record.user = who.user;
  out.record.fingerprint = fingerprint(out.secret);
  out.record.created = out.record.last_used = outside_.now();
  out.record.expires = out.record.created + settings_.session_longest;
  out.record.from = std::move(address);
  out.record.agent = short_text(std::move(agent));
  out.record.by = who.by;
  out.record.must_change = who.must_change;
  std::vector<store::SecretChange> changes{{kSessionKind, out.id, to_json(out.record)}};
  {
    std::unique_lock lock(mutex_);
    auto own = of_user(sessions_, who.user);
    std::sort(own.begin(), own.end(),
              [](const auto& a, const auto& b) { return a.second.last_used < b.second.last_used; });
    size_t left = own.size();
    for (const auto& [id, record] : own) {
      if (record.expires > out.record.created && left < kMostSessions) continue;
      entries_.erase(record.fingerprint);
      sessions_.erase(id);
      changes.push_back({kSessionKind, id, {}});
      --left;
    }
  }
  outside_.keep(std::move(changes), [this, out, done](const Status& kept) {
    if (!kept) return done(tl::unexpected(kept.error()));
    {
      std::unique_lock lock(mutex_);
      sessions_[out.id] = out.record;
      remember(out.id, out.record);
    }
    done(out);
  });
}

void Identity::make_token(const std::string& user, std::string name,
                          std::vector<std::string> scopes, Time expires, Done<NewToken> done) {
  NewToken out;
  out.secret = std::string(kTokenPrefix) + random_text(32);
  out.id = random_text(9);
  out.record.user = user;
  out.record.name = std::move(name);
  out.record.fingerprint = fingerprint(out.secret);
  out.record.scopes = std::move(scopes);
  out.record.created = outside_.now();
  out.record.expires = expires;
  if (!scopes_from(out.record.scopes)) {
    return done(fail(ErrorCode::invalid, "no such scope; see docs/permissions.md", "/scopes"));
  }
  if (expires <= out.record.created || expires - out.record.created > settings_.token_longest) {
    return done(fail(ErrorCode::invalid, "a token ends within a year, and not before now",
                     "/expires_at_ms"));
  }
  if (tokens_of(user).size() >= kMostTokens) {
    return done(fail(ErrorCode::too_large, "there are 100 tokens already; end some first"));
  }
  outside_.keep({{kTokenKind, out.id, to_json(out.record)}}, [this, out, done](const Status& kept) {
    if (!kept) return done(tl::unexpected(kept.error()));
    {
      std::unique_lock lock(mutex_);
      tokens_[out.id] = out.record;
      remember(out.id, out.record);
    }
    done(out);
  });
}

std::vector<std::pair<std::string, TokenRecord>> Identity::tokens_of(
    const std::string& user) const {
  std::shared_lock lock(mutex_);
  auto out = of_user(tokens_, user);
  for (auto& [id, record] : out) {
    auto entry = entries_.find(record.fingerprint);
    if (entry != entries_.end()) record.last_used = Time{entry->second->last_used_ms.load()};
  }
  return out;
}

std::vector<std::pair<std::string, SessionRecord>> Identity::sessions_of(
    const std::string& user) const {
  const Time now = outside_.now();
  std::shared_lock lock(mutex_);
  auto out = of_user(sessions_, user);
  for (auto& [id, record] : out) {
    auto entry = entries_.find(record.fingerprint);
    if (entry != entries_.end()) record.last_used = Time{entry->second->last_used_ms.load()};
  }
  std::erase_if(out, [&](const auto& item) {
    return item.second.expires <= now || now - item.second.last_used > settings_.session_idle;
  });
  return out;
}

bool Identity::is_alive(const std::string& id) const {
  const Time now = outside_.now();
  std::shared_lock lock(mutex_);
  auto token = tokens_.find(id);
  if (token != tokens_.end()) return now < token->second.expires;
  auto session = sessions_.find(id);
  if (session == sessions_.end() || now >= session->second.expires) return false;
  auto entry = entries_.find(session->second.fingerprint);
  return entry != entries_.end() &&
         now - Time{entry->second->last_used_ms.load()} <= settings_.session_idle;
}

void Identity::end(const std::string& user, const std::string& id, Done<bool> done) {
  store::SecretChange change;
  {
    std::unique_lock lock(mutex_);
    if (auto token = tokens_.find(id); token != tokens_.end() && token->second.user == user) {
      entries_.erase(token->second.fingerprint);
      tokens_.erase(token);
      change = {kTokenKind, id, {}};
    } else if (auto session = sessions_.find(id);
               session != sessions_.end() && session->second.user == user) {
      entries_.erase(session->second.fingerprint);
      sessions_.erase(session);
      change = {kSessionKind, id, {}};
    }
  }
  if (change.kind.empty()) return done(fail(ErrorCode::not_found, "there is no such one"));
  outside_.keep({std::move(change)}, [done](const Status& kept) {
    kept ? done(true) : done(tl::unexpected(kept.error()));
  });
}

void Identity::end_all(const std::string& user, Done<bool> done) {
  std::vector<store::SecretChange> changes;
  {
    std::unique_lock lock(mutex_);
    changes = drop_all(user, true, {});
  }
  outside_.keep(std::move(changes), [done](const Status& kept) {
    kept ? done(true) : done(tl::unexpected(kept.error()));
  });
}

// From memory, where they count no more; the changes take them from the disk.
std::vector<store::SecretChange> Identity::drop_all(const std::string& user, bool tokens,
                                                    const std::string& kept) {
  std::vector<store::SecretChange> changes;
  std::erase_if(sessions_, [&](const auto& item) {
    if (item.second.user != user || item.first == kept) return false;
    entries_.erase(item.second.fingerprint);
    changes.push_back({kSessionKind, item.first, {}});
    return true;
  });
  // The one that is kept was for changing the password, and that is done.
  if (auto found = sessions_.find(kept); found != sessions_.end() && found->second.must_change) {
    found->second.must_change = false;
    remember(kept, found->second);
    changes.push_back({kSessionKind, kept, to_json(found->second)});
  }
  if (!tokens) return changes;
  std::erase_if(tokens_, [&](const auto& item) {
    if (item.second.user != user) return false;
    entries_.erase(item.second.fingerprint);
    changes.push_back({kTokenKind, item.first, {}});
    return true;
  });
  return changes;
}

std::optional<std::string> Identity::user_of_subject(const std::string& subject) const {
  std::shared_lock lock(mutex_);
  auto found = subjects_.find(subject);
  if (found == subjects_.end()) return {};
  return found->second;
}

void Identity::link_subject(const std::string& subject, const std::string& user, Done<bool> done) {
  outside_.keep({{kSubjectKind, subject, to_json(SubjectRecord{user})}},
                [this, subject, user, done](const Status& kept) {
                  if (!kept) return done(tl::unexpected(kept.error()));
                  {
                    std::unique_lock lock(mutex_);
                    subjects_[subject] = user;
                  }
                  done(true);
                });
}

}  // namespace pentad::identity
