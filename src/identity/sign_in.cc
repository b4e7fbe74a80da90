// Passwords.
#include <utility>

#include "base/reflect.h"
#include "identity/identity.h"
#include "identity/ldap.h"
#include "identity/secret.h"
#include "tenancy/names.h"

namespace pentad::identity {

namespace {

SignInResult ended(SignInEnd end, Duration wait = {}) {
  SignInResult out;
  out.end = end;
  out.wait = wait;
  return out;
}

}  // namespace

void Identity::sign_in(SignIn attempt, std::function<void(SignInResult)> done) {
  auto shared = std::make_shared<SignIn>(std::move(attempt));
  if (!later([this, shared, done] { done(judge(*shared)); })) done(ended(SignInEnd::busy));
}

std::optional<PasswordRecord> Identity::password_of(const std::string& user) const {
  std::shared_lock lock(mutex_);
  auto found = passwords_.find(user);
  if (found == passwords_.end()) return {};
  return found->second;
}

// Costs the same whether there is such a user or not.
SignInResult Identity::judge(const SignIn& attempt) {
  const Time now = outside_.now();
  const auto name = normal_name(attempt.user);
  const std::string key = name ? name->key : "?";
  if (const Duration wait = guard_.wait(key, attempt.address, now); wait > Duration{}) {
    return ended(SignInEnd::wait, wait);
  }
  decoy();  // whoever comes first pays for making it
  const auto directory = outside_.directory();
  const User* user = name ? directory->find_user_by_key(name->key) : nullptr;
  const auto record = user ? password_of(user->name) : std::nullopt;
  const bool is_short_enough = attempt.password.size() <= 1024;
  bool is_right = verify_password(record ? record->hash : decoy(),
                                  is_short_enough ? attempt.password : std::string());
  is_right = is_right && record && is_short_enough;

  SignInResult result;
  result.by = "password";
  if (is_right) {
    result.user = user->name;
    result.must_change = record->must_change;
  } else if (name && !record && !settings_.ldap.url.empty() && is_short_enough) {
    auto found = ldap_sign_in(settings_.ldap, name->name, attempt.password);
    if (!found) {
      // Nobody's fault who tries: neither right nor wrong is known.
      if (found.error().code == ErrorCode::unavailable) return ended(SignInEnd::failed);
    } else if (const auto found_name = normal_name(found->name)) {
      const User* known = directory->find_user_by_key(found_name->key);
      is_right = known || settings_.ldap.create_users;
      result.by = "ldap";
      result.user = known ? known->name : found_name->name;
      result.is_new = !known;
      result.key = found_name->key;
      result.title = found->title;
      result.email = found->email;
      user = known;
    }
  }
  if (!is_right) {
    guard_.failed(key, attempt.address, now);
    return ended(SignInEnd::wrong);
  }
  if (user && user->state == AccountState::closed) return ended(SignInEnd::closed);
  result.end = SignInEnd::ok;
  result = judge_code(attempt, std::move(result));
  if (result.end == SignInEnd::ok) guard_.succeeded(key, attempt.address);
  if (result.end == SignInEnd::wrong) guard_.failed(key, attempt.address, now);
  return result;
}

SignInResult Identity::judge_code(const SignIn& attempt, SignInResult so_far) {
  if (!has_second_factor(so_far.user)) return so_far;
  if (is_locked(so_far.user)) return ended(SignInEnd::no_key);
  if (attempt.code.empty()) return ended(SignInEnd::code_needed);
  if (!use_code(so_far.user, attempt.code)) return ended(SignInEnd::wrong);
  so_far.by += " and code";
  return so_far;
}

bool Identity::has_password(const std::string& user) const { return password_of(user).has_value(); }

void Identity::change_password(std::string user, std::string old_password, std::string new_password,
                               std::string kept_session, std::string address, Done<bool> done) {
  const bool taken = later([=, this] {
    if (guard_.wait(user, address, outside_.now()) > Duration{}) {
      return done(fail(ErrorCode::unavailable, "too many attempts: wait a while"));
    }
    const auto record = password_of(user);
    if (!verify_password(record ? record->hash : decoy(), old_password) || !record) {
      guard_.failed(user, address, outside_.now());
      return done(fail(ErrorCode::not_found, "the old password is wrong", "/old"));
    }
    if (auto complaint = password_complaint(new_password, user)) {
      return done(fail(ErrorCode::invalid, *complaint, "/new"));
    }
    if (new_password == old_password) {
      return done(fail(ErrorCode::invalid, "it is the old password", "/new"));
    }
    auto hash = hash_password(new_password, settings_.password_cost);
    if (!hash) return done(tl::unexpected(hash.error()));
    const PasswordRecord fresh{std::move(*hash), outside_.now(), false};
    std::vector<store::SecretChange> changes{{kPasswordKind, user, to_json(fresh)}};
    outside_.keep(std::move(changes), [=, this](const Status& kept) {
      if (!kept) return done(tl::unexpected(kept.error()));
      std::vector<store::SecretChange> ended_too;
      {
        std::unique_lock lock(mutex_);
        passwords_[user] = fresh;
        ended_too = drop_all(user, false, kept_session);
      }
      outside_.keep(std::move(ended_too), [done](const Status& also) {
        also ? done(true) : done(tl::unexpected(also.error()));
      });
    });
  });
  if (!taken) done(fail(ErrorCode::unavailable, "too many sign in at the moment"));
}

void Identity::reset_password(std::string user, bool forget_all, Done<std::string> done) {
  const bool taken = later([=, this] {
    const std::string password = random_words(4);
    auto hash = hash_password(password, settings_.password_cost);
    if (!hash) return done(tl::unexpected(hash.error()));
    const PasswordRecord fresh{std::move(*hash), outside_.now(), true};
    std::vector<store::SecretChange> changes;
    {
      std::unique_lock lock(mutex_);
      changes = drop_all(user, forget_all, {});
      if (forget_all && totps_.erase(user) + locked_totps_.erase(user) > 0) {
        changes.push_back({kTotpKind, user, {}});
      }
      passwords_[user] = fresh;
    }
    changes.push_back({kPasswordKind, user, to_json(fresh)});
    outside_.keep(std::move(changes), [password, done](const Status& kept) {
      kept ? done(password) : done(tl::unexpected(kept.error()));
    });
  });
  if (!taken) done(fail(ErrorCode::unavailable, "too many sign in at the moment"));
}

}  // namespace pentad::identity
