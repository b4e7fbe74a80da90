// Who somebody is, and how they prove it: passwords, second factors, tokens and sessions. All is in
// memory, so that a request costs no disk; each change is on disk before it is answered. Knows no
// roles: what somebody may do is decided elsewhere, by name.
//
// From any thread. What is slow (argon2id, LDAP) runs on two threads of its own, and no more than
// that at once: guesses cannot use up memory.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "identity/guard.h"
#include "identity/records.h"
#include "identity/seal.h"
#include "identity/settings.h"
#include "store/secret_table.h"
#include "tenancy/directory.h"
#include "tenancy/permissions.h"

namespace pentad::identity {

inline constexpr std::string_view kTokenPrefix = "pentad_";
inline constexpr std::string_view kSessionPrefix = "pentads_";

// Somebody who has shown a good token or session.
struct Proven {
  std::string user;
  std::string id;  // of the token or session
  bool is_session = false;
  std::optional<PermissionSet> scopes;  // what it can do at most
};

// How an attempt to sign in went. code_needed: the password is right, a second factor is missing.
// wrong: name, password or code; which of them is nobody's business. no_key: the password is right,
// and the key under which the second factor is stored is not here.
enum class SignInEnd { ok, wrong, code_needed, wait, busy, closed, failed, no_key };

struct SignIn {
  std::string user;  // as typed
  std::string password;
  std::string code;  // of the second factor or a recovery code; may be empty
  std::string address;
};

struct SignInResult {
  SignInEnd end = SignInEnd::wrong;
  std::string user;  // the name as the directory has it, or would
  std::string by;    // "password", "password and code", "ldap", ...
  bool must_change = false;
  Duration wait;                  // for `wait`
  bool is_new = false;            // the directory has no such user yet: make one before the session
  std::string key, title, email;  // of a new one
};

struct NewSession {
  std::string secret;  // shown once: cookie or bearer
  std::string id;
  SessionRecord record;
};

struct NewToken {
  std::string secret;  // shown once
  std::string id;
  TokenRecord record;
};

struct TotpStart {
  std::string secret;  // base32, for typing
  std::string uri;     // for a QR code
};

class Identity {
 public:
  struct Outside {
    std::function<Time()> now;
    std::function<std::shared_ptr<const Directory>()> directory;
    // Makes changes durable, then calls the function; from any thread. See store/secret_table.h.
    std::function<void(std::vector<store::SecretChange>, std::function<void(const Status&)>)> keep;
  };
  template <class T>
  using Done = std::function<void(Result<T>)>;

  // Error: corrupt, when a row cannot be read.
  static Result<std::unique_ptr<Identity>> open(Settings settings,
                                                const std::vector<store::SecretRow>& rows,
                                                Outside outside);
  ~Identity();
  void stop();  // ends the threads; what still waits is dropped

  // --- for each request ---
  // Nothing for an unknown, ended or expired one, and for those of users that are gone or closed.
  std::optional<Proven> prove(std::string_view secret, std::string_view address);

  // Whether what prove() found, by its id, would still be good.
  bool is_alive(const std::string& id) const;
  // When the time of this token or session was over; nothing for one that is good, that was ended
  // before, or that nobody knows. For who shows the whole secret: a word why.
  std::optional<Time> expired_at(std::string_view secret) const;

  // --- signing in ---
  void sign_in(SignIn attempt, std::function<void(SignInResult)> done);
  // After a sign-in. Sessions get a new secret each time: none that somebody else may know is ever
  // taken over.
  void open_session(const SignInResult& who, std::string address, std::string agent,
                    Done<NewSession> done);
  bool has_second_factor(const std::string& user) const;

  // --- passwords ---
  // By the user; ends their other sessions. Errors: invalid (with words), not_found (the old one is
  // wrong), unavailable.
  void change_password(std::string user, std::string old_password, std::string new_password,
                       std::string kept_session, std::string address, Done<bool> done);
  // By somebody else: makes a random one that must be changed at the first sign-in, ends all
  // sessions, tokens and the second factor go as well when `forget_all`.
  void reset_password(std::string user, bool forget_all, Done<std::string> done);
  bool has_password(const std::string& user) const;

  // --- second factor ---
  void start_totp(const std::string& user, Done<TotpStart> done);
  // Returns the recovery codes, shown once.
  void confirm_totp(const std::string& user, std::string code, Done<std::vector<std::string>> done);
  void remove_totp(const std::string& user, std::string code, std::string address, Done<bool> done);
  // By somebody else, without a code. Error: not_found, when there is none.
  void reset_totp(const std::string& user, Done<bool> done);
  // How many second factors are stored under a key that is not here: those users cannot sign in
  // with a password, and nobody begins with a second factor, until the key file is put back (then
  // start again) or each was reset.
  size_t locked_factors() const;
  std::string locked_words() const;  // says so, and what to do

  // --- tokens and sessions ---
  void make_token(const std::string& user, std::string name, std::vector<std::string> scopes,
                  Time expires, Done<NewToken> done);
  std::vector<std::pair<std::string, TokenRecord>> tokens_of(const std::string& user) const;
  std::vector<std::pair<std::string, SessionRecord>> sessions_of(const std::string& user) const;
  // Of that user, a token or a session. Error: not_found. Counts at once, before it is on disk.
  void end(const std::string& user, const std::string& id, Done<bool> done);
  void end_all(const std::string& user, Done<bool> done);

  // --- other providers' users ---
  std::optional<std::string> user_of_subject(const std::string& subject) const;
  void link_subject(const std::string& subject, const std::string& user, Done<bool> done);

  const Settings& settings() const { return settings_; }
  Guard& guard() { return guard_; }
  Time now() const { return outside_.now(); }
  std::shared_ptr<const Directory> directory() const { return outside_.directory(); }
  // On one of the slow threads; false when too many wait.
  bool later(std::function<void()> task);

 private:
  struct Entry {  // of what a secret opens
    std::string id;
    std::string user;
    bool is_session = false;
    Time expires;
    std::optional<PermissionSet> scopes;
    std::atomic<int64_t> last_used_ms = 0;
    std::atomic<int64_t> written_ms = 0;  // last use that is on disk
  };

  Identity(Settings settings, Outside outside);
  Status load(const std::vector<store::SecretRow>& rows);
  void run();
  SignInResult judge(const SignIn& attempt);
  SignInResult judge_code(const SignIn& attempt, SignInResult so_far);
  bool is_locked(const std::string& user) const;
  void load_totp(const store::SecretRow& row, std::vector<std::string>& in_clear);
  Status seal_all(const std::vector<std::string>& users);
  void forget_totp(const std::string& user, Done<bool> done);
  std::string sealed(const std::string& user, const TotpRecord& record) const;
  std::optional<PasswordRecord> password_of(const std::string& user) const;
  bool use_code(const std::string& user, const std::string& code);
  void remember(const std::string& id, const TokenRecord& record);
  void remember(const std::string& id, const SessionRecord& record);
  void note_use(const std::shared_ptr<Entry>& entry, std::string_view address, Time now);
  std::vector<store::SecretChange> drop_all(const std::string& user, bool tokens,
                                            const std::string& kept);

  const Settings settings_;
  const Outside outside_;
  Guard guard_;
  const std::string& decoy();
  std::once_flag decoy_made_;
  std::string decoy_;  // hash of nobody's password: costs the same to compare

  mutable std::shared_mutex mutex_;  // of all that stands below
  std::map<std::string, PasswordRecord, std::less<>> passwords_;
  std::map<std::string, TotpRecord, std::less<>> totps_;
  std::set<std::string, std::less<>> locked_totps_;  // of another key than ours
  Seal seal_;
  std::map<std::string, TokenRecord, std::less<>> tokens_;
  std::map<std::string, SessionRecord, std::less<>> sessions_;
  std::map<std::string, std::string, std::less<>> subjects_;
  std::unordered_map<std::string, std::shared_ptr<Entry>> entries_;  // by fingerprint

  std::mutex queue_mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace pentad::identity
