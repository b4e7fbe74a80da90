#include "identity/identity.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <future>
#include <map>

#include "base/reflect.h"
#include "identity/secret.h"
#include "identity/totp.h"
#include "tenancy/names.h"

using namespace pentad;            // NOLINT
using namespace pentad::identity;  // NOLINT

namespace {

// A disk that is a map.
struct Fixture {
  Time now{1'700'000'000'000};
  std::shared_ptr<Directory> directory = std::make_shared<Directory>();
  std::mutex mutex;
  std::map<std::pair<std::string, std::string>, std::string> rows;
  bool is_full = false;
  std::string folder = "/tmp/pentad-identity.XXXXXX";
  std::unique_ptr<Identity> identity;

  ~Fixture() {
    identity.reset();
    std::filesystem::remove_all(folder);
  }
  std::string key_file() const { return folder + "/second-factor.key"; }

  Fixture() {
    REQUIRE(mkdtemp(folder.data()));
    for (const char* name : {"li", "wang"}) {
      User user;
      user.name = name;
      user.key = normal_name(name)->key;
      CHECK(!directory->put(user, true));
    }
    open();
  }

  void open() {
    identity.reset();
    std::vector<store::SecretRow> stored;
    for (const auto& [key, body] : rows) stored.push_back({key.first, key.second, body});
    Settings settings;
    settings.password_cost = {1, 8 << 20};
    settings.key_file = key_file();
    auto opened = Identity::open(
        settings, stored,
        {[this] { return now; }, [this] { return directory; },
         [this](std::vector<store::SecretChange> changes, std::function<void(const Status&)> done) {
           {
             std::lock_guard lock(mutex);
             for (const auto& c : changes) {
               if (is_full) break;
               if (c.body) {
                 rows[{c.kind, c.id}] = *c.body;
               } else {
                 rows.erase({c.kind, c.id});
               }
             }
           }
           done(is_full ? Status(fail(ErrorCode::disk_full, "full")) : Status{});
         }});
    REQUIRE(opened);
    identity = std::move(*opened);
  }

  template <class T, class Call>
  Result<T> wait(Call call) {
    std::promise<Result<T>> promise;
    call([&](Result<T> result) { promise.set_value(std::move(result)); });
    return promise.get_future().get();
  }

  SignInResult sign_in(const std::string& user, const std::string& password,
                       const std::string& code = {}, const std::string& address = "10.0.0.1") {
    std::promise<SignInResult> promise;
    identity->sign_in({user, password, code, address},
                      [&](SignInResult result) { promise.set_value(std::move(result)); });
    return promise.get_future().get();
  }

  // Gives the user a password of their own.
  void give_password(const std::string& user, const std::string& password) {
    auto first = wait<std::string>([&](auto done) { identity->reset_password(user, true, done); });
    REQUIRE(first);
    auto changed = wait<bool>(
        [&](auto done) { identity->change_password(user, *first, password, "", "test", done); });
    REQUIRE(changed);
  }

  NewSession session(const std::string& user) {
    SignInResult who;
    who.user = user;
    return *wait<NewSession>(
        [&](auto done) { identity->open_session(who, "10.0.0.1", "test", done); });
  }
  NewToken token(const std::string& user, std::vector<std::string> scopes = {"all"}) {
    return *wait<NewToken>(
        [&](auto done) { identity->make_token(user, "t", scopes, now + hours(1), done); });
  }
};

// A second factor of that user; returns its secret.
std::string enrol(Fixture& f, const std::string& user) {
  auto start = f.wait<TotpStart>([&](auto done) { f.identity->start_totp(user, done); });
  REQUIRE(start);
  const std::string secret = *from_base32(start->secret);
  REQUIRE(f.wait<std::vector<std::string>>([&](auto done) {
    f.identity->confirm_totp(user, totp_code(secret, totp_step(f.now)), done);
  }));
  f.now = f.now + seconds(60);  // that code is used up
  return secret;
}

const std::string kGood = "correct horse battery";

}  // namespace

TEST_CASE("signing in with a password, and not without") {
  Fixture f;
  f.give_password("li", kGood);
  CHECK(f.sign_in("li", kGood).end == SignInEnd::ok);
  CHECK(f.sign_in("LI", kGood).user == "li");  // in another spelling
  CHECK(f.sign_in("li", kGood + " ").end == SignInEnd::wrong);
  CHECK(f.sign_in("li", "").end == SignInEnd::wrong);
  CHECK(f.sign_in("wang", "").end == SignInEnd::wrong);  // has no password at all
  CHECK(f.sign_in("nobody", kGood).end == SignInEnd::wrong);
  CHECK(f.sign_in("li' OR '1'='1", kGood).end == SignInEnd::wrong);
  CHECK(f.sign_in("../li", kGood).end == SignInEnd::wrong);
  CHECK(f.sign_in("li", std::string(100'000, 'a')).end == SignInEnd::wrong);
  User closed = *f.directory->find_user("li");
  closed.state = AccountState::closed;
  CHECK(!f.directory->put(closed, false));
  CHECK(f.sign_in("li", kGood).end == SignInEnd::closed);
}

TEST_CASE("guessing: the attacker waits even with the right password at last") {
  Fixture f;
  f.give_password("li", kGood);
  for (int i = 0; i < 5; ++i)
    CHECK(f.sign_in("li", "guess" + std::to_string(i)).end == SignInEnd::wrong);
  CHECK(f.sign_in("li", kGood).end == SignInEnd::wait);
  CHECK(f.sign_in("li", kGood, "", "10.9.9.9").end == SignInEnd::ok);  // the owner, elsewhere
  f.now = f.now + minutes(1);
  CHECK(f.sign_in("li", kGood).end == SignInEnd::ok);
}

TEST_CASE("a password somebody else made is good for choosing another one") {
  Fixture f;
  auto first =
      f.wait<std::string>([&](auto done) { f.identity->reset_password("li", true, done); });
  SignInResult result = f.sign_in("li", *first);
  CHECK(result.end == SignInEnd::ok);
  CHECK(result.must_change);
  auto session = f.wait<NewSession>(
      [&](auto done) { f.identity->open_session(result, "10.0.0.1", "test", done); });
  auto proven = f.identity->prove(session->secret, "10.0.0.1");
  REQUIRE(proven);
  CHECK(!proven->scopes->test(static_cast<size_t>(Permission::job_view)));
  CHECK(f.wait<bool>([&](auto done) {
    f.identity->change_password("li", *first, kGood, session->id, "a", done);
  }));
  CHECK(!f.identity->prove(session->secret, "10.0.0.1")->scopes);
  CHECK(f.sign_in("li", *first).end == SignInEnd::wrong);
}

TEST_CASE("token replay: ended, expired or of a closed user, it opens nothing, at once") {
  Fixture f;
  NewToken token = f.token("li", {"read"});
  auto proven = f.identity->prove(token.secret, "10.0.0.1");
  REQUIRE(proven);
  CHECK(proven->user == "li");
  CHECK(!proven->scopes->test(static_cast<size_t>(Permission::job_control)));
  // It is kept as a fingerprint only.
  for (const auto& [key, body] : f.rows) CHECK(body.find(token.secret.substr(8)) == body.npos);

  f.open();  // the daemon starts again
  CHECK(f.identity->prove(token.secret, "10.0.0.1"));
  CHECK(!f.wait<bool>([&](auto done) { f.identity->end("wang", token.id, done); }));
  CHECK(f.wait<bool>([&](auto done) { f.identity->end("li", token.id, done); }));
  CHECK(!f.identity->prove(token.secret, "10.0.0.1"));
  f.open();
  CHECK(!f.identity->prove(token.secret, "10.0.0.1"));

  NewToken late = f.token("li");
  f.now = f.now + hours(1);
  CHECK(!f.identity->prove(late.secret, "10.0.0.1"));
  NewToken other = f.token("li");
  User closed = *f.directory->find_user("li");
  closed.state = AccountState::closed;
  CHECK(!f.directory->put(closed, false));
  CHECK(!f.identity->prove(other.secret, "10.0.0.1"));
}

TEST_CASE("what is no token") {
  Fixture f;
  NewToken token = f.token("li");
  for (const std::string& bad :
       {std::string(), std::string("pentad_"), token.id, token.record.fingerprint,
        token.secret + "a", token.secret.substr(0, token.secret.size() - 1),
        "PENTAD_" + token.secret.substr(7), std::string(100'000, 'a'), "pentad_" + token.id}) {
    CHECK(!f.identity->prove(bad, "10.0.0.1"));
  }
}

TEST_CASE("session fixation: each sign-in has a new secret, and the old ones can be ended") {
  Fixture f;
  f.give_password("li", kGood);
  NewSession a = f.session("li"), b = f.session("li");
  CHECK(a.secret != b.secret);
  CHECK(f.identity->sessions_of("li").size() == 2);
  CHECK(f.wait<bool>([&](auto done) { f.identity->end("li", a.id, done); }));
  CHECK(!f.identity->prove(a.secret, "10.0.0.1"));
  CHECK(f.identity->prove(b.secret, "10.0.0.1"));
  // Another password ends all others.
  NewSession c = f.session("li");
  CHECK(f.wait<bool>([&](auto done) {
    f.identity->change_password("li", kGood, "another good one", c.id, "a", done);
  }));
  CHECK(!f.identity->prove(b.secret, "10.0.0.1"));
  CHECK(f.identity->prove(c.secret, "10.0.0.1"));
}

TEST_CASE("a session ends when it is idle, and in the end whatever happens") {
  Fixture f;
  NewSession s = f.session("li");
  for (int i = 0; i < 6; ++i) {
    f.now = f.now + hours(11);
    CHECK(f.identity->prove(s.secret, "10.0.0.1"));
  }
  f.now = f.now + hours(13);
  CHECK(!f.identity->prove(s.secret, "10.0.0.1"));
  NewSession busy = f.session("li");
  for (int i = 0; i < 7 * 24 / 8; ++i) {
    f.now = f.now + hours(8);
    if (i < 20) CHECK(f.identity->prove(busy.secret, "10.0.0.1"));
  }
  CHECK(!f.identity->prove(busy.secret, "10.0.0.1"));
}

TEST_CASE("second factor: asked for, good once, recovery codes good once") {
  Fixture f;
  f.give_password("li", kGood);
  auto start = f.wait<TotpStart>([&](auto done) { f.identity->start_totp("li", done); });
  CHECK(f.sign_in("li", kGood).end == SignInEnd::ok);  // not confirmed yet
  const std::string secret = *from_base32(start->secret);
  auto code = [&] { return totp_code(secret, totp_step(f.now)); };
  CHECK(!f.wait<std::vector<std::string>>(
      [&](auto done) { f.identity->confirm_totp("li", "000000", done); }));
  auto recovery = f.wait<std::vector<std::string>>(
      [&](auto done) { f.identity->confirm_totp("li", code(), done); });
  REQUIRE(recovery);
  CHECK(recovery->size() == 10);
  CHECK(f.sign_in("li", kGood).end == SignInEnd::code_needed);
  // The attacker who saw the code typed.
  CHECK(f.sign_in("li", kGood, code()).end == SignInEnd::wrong);
  f.now = f.now + seconds(30);
  CHECK(f.sign_in("li", kGood, code()).end == SignInEnd::ok);
  CHECK(f.sign_in("li", kGood, code()).end == SignInEnd::wrong);
  CHECK(f.sign_in("li", "wrong password", code()).end == SignInEnd::wrong);
  CHECK(f.sign_in("li", kGood, recovery->at(3)).end == SignInEnd::ok);
  CHECK(f.sign_in("li", kGood, recovery->at(3)).end == SignInEnd::wrong);
  f.open();  // also after a restart
  CHECK(f.sign_in("li", kGood, recovery->at(3)).end == SignInEnd::wrong);
  CHECK(f.sign_in("li", kGood, code()).end == SignInEnd::wrong);
  f.now = f.now + minutes(5);
  CHECK(f.wait<bool>([&](auto done) { f.identity->remove_totp("li", code(), "a", done); }));
  CHECK(f.sign_in("li", kGood).end == SignInEnd::ok);
}

TEST_CASE("second factors are stored under a key that is not in the database") {
  Fixture f;
  f.give_password("li", kGood);
  CHECK(!std::filesystem::exists(f.key_file()));  // nobody needs it yet
  const std::string secret = enrol(f, "li");
  auto code = [&] { return totp_code(secret, totp_step(f.now)); };
  auto& row = f.rows.at({"totp", "li"});
  CHECK(row.find(base32(secret)) == std::string::npos);
  CHECK(row.find("recovery") == std::string::npos);
  f.open();
  CHECK(f.sign_in("li", kGood, code()).end == SignInEnd::ok);

  // Whoever can write the database puts their own row in the place of another's.
  f.give_password("wang", kGood);
  f.rows[{"totp", "wang"}] = row;
  f.open();
  CHECK(f.identity->locked_factors() == 1);
  CHECK(f.sign_in("wang", kGood, code()).end == SignInEnd::no_key);
  f.rows.erase({"totp", "wang"});
  f.open();

  // Without the key nobody gets in with the password alone, and nothing new is begun.
  std::filesystem::rename(f.key_file(), f.key_file() + ".away");
  f.open();
  f.now = f.now + seconds(60);
  CHECK(f.identity->locked_words().find("is missing") != std::string::npos);
  CHECK(f.identity->has_second_factor("li"));
  CHECK(f.sign_in("li", kGood).end == SignInEnd::no_key);
  CHECK(f.sign_in("li", kGood, code()).end == SignInEnd::no_key);
  CHECK(f.sign_in("li", "guess", code()).end == SignInEnd::wrong);
  CHECK(!f.wait<TotpStart>([&](auto done) { f.identity->start_totp("wang", done); }));
  CHECK(!f.wait<bool>([&](auto done) { f.identity->remove_totp("li", code(), "a", done); }));
  CHECK(!std::filesystem::exists(f.key_file()));
  // Put back, all is as before.
  std::filesystem::rename(f.key_file() + ".away", f.key_file());
  f.open();
  CHECK(f.sign_in("li", kGood, code()).end == SignInEnd::ok);

  // For good: an operator resets it, and a new key is made when one is needed again.
  std::filesystem::remove(f.key_file());
  f.open();
  CHECK(f.wait<bool>([&](auto done) { f.identity->reset_totp("li", done); }));
  CHECK(!f.wait<bool>([&](auto done) { f.identity->reset_totp("li", done); }));
  CHECK(f.identity->locked_factors() == 0);
  CHECK(f.rows.count({"totp", "li"}) == 0);
  // One that was begun and never confirmed locks nobody out.
  REQUIRE(f.wait<TotpStart>([&](auto done) { f.identity->start_totp("wang", done); }));
  std::filesystem::remove(f.key_file());
  f.open();
  CHECK(f.identity->locked_factors() == 0);
  CHECK(f.sign_in("wang", kGood).end == SignInEnd::ok);
  CHECK(f.sign_in("li", kGood).end == SignInEnd::ok);
  const std::string fresh = enrol(f, "li");
  f.open();
  CHECK(f.sign_in("li", kGood, totp_code(fresh, totp_step(f.now))).end == SignInEnd::ok);
}

TEST_CASE("what an earlier version stored in clear is sealed at the first start") {
  Fixture f;
  f.give_password("li", kGood);
  const std::string secret(20, 's');
  TotpRecord old;
  old.secret = base32(secret);
  old.confirmed = true;
  f.rows[{"totp", "li"}] = to_json(old);
  f.open();
  CHECK(f.rows.at({"totp", "li"}).find(old.secret) == std::string::npos);
  const std::string sealed = f.rows.at({"totp", "li"});
  f.open();
  CHECK(f.rows.at({"totp", "li"}) == sealed);
  CHECK(f.sign_in("li", kGood).end == SignInEnd::code_needed);
  CHECK(f.sign_in("li", kGood, totp_code(secret, totp_step(f.now))).end == SignInEnd::ok);
}

TEST_CASE("nothing is promised that is not on disk") {
  Fixture f;
  f.is_full = true;
  auto token = f.wait<NewToken>(
      [&](auto done) { f.identity->make_token("li", "t", {"all"}, f.now + hours(1), done); });
  CHECK(token.error().code == ErrorCode::disk_full);
  CHECK(f.identity->tokens_of("li").empty());
}

TEST_CASE("tokens have scopes that exist and an end") {
  Fixture f;
  auto make = [&](std::vector<std::string> scopes, Time expires) {
    return f.wait<NewToken>(
        [&](auto done) { f.identity->make_token("li", "t", scopes, expires, done); });
  };
  CHECK(!make({"everything"}, f.now + hours(1)));
  CHECK(!make({}, f.now + hours(1)));
  CHECK(!make({"all"}, f.now));
  CHECK(!make({"all"}, Time::never()));
  CHECK(make({"jobs", "metrics_view"}, f.now + hours(24)));
}
