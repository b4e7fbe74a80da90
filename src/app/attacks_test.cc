// What those try who want to see, do or become more than they may: through the real router, core
// and store. docs/security.md lists them.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <future>
#include <map>
#include <set>

#include "api/endpoints.h"
#include "api/types.h"
#include "app/test_city.h"
#include "identity/secret.h"
#include "identity/totp.h"
#include "net/client.h"
#include "tenancy/names.h"

using namespace pentad;
using namespace pentad::app;

TEST_CASE("no tenant sees another's names") {
  City city;
  for (const char* user : {"foreign-admin", "foreign-member", "nothing"}) {
    CAPTURE(user);
    for (const char* target :
         {"/api/v1/tenants", "/api/v1/projects", "/api/v1/users", "/api/v1/roles",
          "/api/v1/projects?tenant=city", "/api/v1/roles?tenant=city", "/api/v1/roles?user=member",
          "/api/v1/whoami"}) {
      CAPTURE(target);
      const net::Response answer = city.get(user, target);
      for (const char* secret : {"city", "vision", "\"member\"", "colleague"}) {
        if (std::string_view(secret) == "\"member\"" && std::string_view(target) != "/api/v1/users")
          continue;  // also the name of a role
        CHECK(answer.body.find(secret) == std::string::npos);
      }
    }
    CHECK(city.get(user, "/api/v1/users/member").status == 404);
    // They change nothing there, and hear nothing of what is there.
    for (const auto& [target, body] : std::map<std::string, std::string>{
             {"/api/v1/tenants/city", R"({"state":"closed"})"},
             {"/api/v1/projects/city/vision", R"({"state":"closed"})"},
             {"/api/v1/users/member", R"({"state":"closed"})"}}) {
      const int status = city.as(user, net::Method::patch, target, body).status;
      CHECK((status == 403 || status == 404));
    }
    CHECK(city.as(user, net::Method::post, "/api/v1/roles",
                  fmt::format(R"({{"user":"{}","role":"tenant_admin","tenant":"city"}})", user))
              .status == 403);
    CHECK(city.as(user, net::Method::post, "/api/v1/roles",
                  fmt::format(R"({{"user":"{}","role":"centre_operator"}})", user))
              .status == 403);
  }
  // A manager makes members and nothing more; an administrator stays in their tenant.
  auto grant = [&](const std::string& who, const std::string& body) {
    return city.as(who, net::Method::post, "/api/v1/roles", body).status;
  };
  city.centre.tell({role("nothing", Role::member, "city", "speech")});
  CHECK(grant("manager",
              R"({"user":"nothing","role":"member","tenant":"city","project":"vision"})") == 200);
  CHECK(grant("manager", R"({"user":"manager","role":"tenant_admin","tenant":"city"})") == 403);
  CHECK(grant("manager",
              R"({"user":"nothing","role":"member","tenant":"city","project":"speech"})") == 403);
  CHECK(grant("manager", R"({"user":"nothing","role":"member","tenant":"city"})") == 403);
  CHECK(grant("admin", R"({"user":"nothing","role":"tenant_admin","tenant":"city"})") == 200);
  CHECK(grant("admin", R"({"user":"admin","role":"auditor"})") == 403);
  CHECK(grant("admin", R"({"user":"admin","role":"finance"})") == 403);
}

TEST_CASE("granting a role tells nobody who else has an account here") {
  City city;
  struct Ask {
    const char* who;
    std::string more;
  };
  for (const Ask& ask : {Ask{"admin", R"("role":"member","tenant":"city","project":"vision")"},
                         Ask{"admin", R"("role":"auditor","tenant":"city")"},
                         Ask{"manager", R"("role":"member","tenant":"city","project":"vision")"}}) {
    CAPTURE(ask.who);
    CAPTURE(ask.more);
    for (const char* path : {"/api/v1/roles", "/api/v1/roles/revoke"}) {
      // Somebody of another tenant, somebody of none, nobody: one answer, but for the name.
      std::set<std::string> answers;
      for (const std::string user : {"foreign-member", "nothing", "no-such-one", "boss"}) {
        net::Response answer = city.as(ask.who, net::Method::post, path,
                                       fmt::format(R"({{"user":"{}",{}}})", user, ask.more));
        CHECK(answer.status == 422);
        for (size_t at; (at = answer.body.find(user)) != std::string::npos;) {
          answer.body.replace(at, user.size(), "X");
        }
        answers.insert(answer.body);
      }
      CHECK(answers.size() == 1);
    }
    CHECK(city.get(ask.who, "/api/v1/users").body.find("foreign-member") == std::string::npos);
  }
  // Nor do the roles in the answer: those elsewhere are left out.
  city.centre.tell({role("foreign-member", Role::member, "city", "speech")});
  const net::Response made =
      city.as("admin", net::Method::post, "/api/v1/roles",
              R"({"user":"foreign-member","role":"member","tenant":"city","project":"vision"})");
  CHECK(made.status == 200);
  CHECK(made.body.find("vision") != std::string::npos);
  CHECK(made.body.find("port") == std::string::npos);
  CHECK(city.as("boss", net::Method::post, "/api/v1/roles",
                R"({"user":"no-such-one","role":"member","tenant":"city"})")
            .status == 422);
}

TEST_CASE("the events of a tenant are for those who may see its jobs") {
  City city;
  auto watch = [&](const std::string& user) {
    return city.centre.stream("/api/v1/events",
                              {{"Authorization", "Bearer " + city.tokens.at(user)}});
  };
  auto boss = watch("boss"), foreign = watch("foreign-admin"), admin = watch("admin");
  const int64_t secret = city.submit("member");
  const int64_t own = city.submit("foreign-member");
  CHECK(boss->wait_for(fmt::format("\"job\":{}", own)));
  CHECK(foreign->wait_for(fmt::format("\"job\":{}", own)));
  CHECK(admin->wait_for(fmt::format("\"job\":{}", secret)));
  CHECK(boss->text().find(fmt::format("\"job\":{},", secret)) != std::string::npos);
  CHECK(foreign->text().find(fmt::format("\"job\":{},", secret)) == std::string::npos);
  CHECK(admin->text().find(fmt::format("\"job\":{},", own)) == std::string::npos);
  // Whoever loses the role, the token or the account hears no more, though the stream is open.
  city.centre.tell({event::RevokeRole{{"admin", Role::tenant_admin, "city", ""}}});
  const int64_t later = city.submit("member");
  CHECK(boss->wait_for(fmt::format("\"job\":{},", later)));
  CHECK(admin->text().find(fmt::format("\"job\":{},", later)) == std::string::npos);
  for (const auto& [id, record] : city.centre.identity().tokens_of("boss")) {
    std::promise<void> ended;
    city.centre.identity().end("boss", id, [&](Result<bool>) { ended.set_value(); });
    ended.get_future().get();
  }
  auto auditor = watch("auditor");
  const int64_t last = city.submit("member");
  CHECK(auditor->wait_for(fmt::format("\"job\":{},", last)));
  CHECK(boss->text().find(fmt::format("\"job\":{},", last)) == std::string::npos);
  for (const auto& stream : {boss, foreign, admin, auditor}) stream->hang_up();
}

TEST_CASE("what is open ends with the sign-in it was opened by") {
  City city;
  TestCentre& centre = city.centre;
  const int64_t job = city.submit("member");
  CHECK(city.as("member", net::Method::post, fmt::format("/api/v1/jobs/{}/release", job)).status ==
        200);
  const AttemptId attempt{JobId{job}, 0, 1};
  REQUIRE(centre.engine.wait_for_start(attempt));
  centre.started(attempt);
  const std::string logs = fmt::format("/api/v1/jobs/{}/logs?follow=true", job);
  auto open = [&](const std::string& secret, const std::string& target) {
    return centre.stream(target, {{"Authorization", "Bearer " + secret}});
  };
  auto end = [&](const std::string& user, const std::string& id) {
    std::promise<void> ended;
    centre.identity().end(user, id, [&](Result<bool>) { ended.set_value(); });
    ended.get_future().get();
  };
  // A token that is revoked, beside one that stays.
  const std::string staying = centre.token_of("member");
  const auto events = open(city.tokens.at("member"), "/api/v1/events");
  const auto output = open(city.tokens.at("member"), logs);
  const auto kept = open(staying, logs), kept_events = open(staying, "/api/v1/events");
  const std::string id = from_json<api::WhoAmI>(city.get("member", "/api/v1/whoami").body)->session;
  end("member", id);
  CHECK(events->wait_for_end());
  CHECK(output->wait_for_end());

  // A session that signs out, and one whose account is closed.
  auto session = [&] {
    identity::SignInResult who;
    who.user = "member";
    std::promise<Result<identity::NewSession>> made;
    centre.identity().open_session(who, "10.0.0.1", "test", [&](auto s) { made.set_value(s); });
    return *made.get_future().get();
  };
  const auto first = session(), second = session();
  const auto of_first = open(first.secret, "/api/v1/events");
  const auto of_second = open(second.secret, logs);
  CHECK(centre.call_as(first.secret, net::Method::delete_, "/api/v1/session").status == 204);
  CHECK(of_first->wait_for_end());
  // Who may read it no more: the role that showed it is gone, the sign-in is not.
  const auto manager = open(city.tokens.at("manager"), logs);
  centre.tell({event::RevokeRole{{"manager", Role::project_manager, "city", "vision"}}});
  CHECK(manager->wait_for_end());
  CHECK(city.get("manager", "/api/v1/whoami").status == 200);
  centre.tell({event::PutUser{
      {"member", normal_name("member")->key, "", "", "", AccountState::closed}, false}});
  CHECK(of_second->wait_for_end());
  CHECK(kept->wait_for_end());
  CHECK(kept_events->wait_for_end());
}

TEST_CASE("an operator takes a second factor away, and nobody else does") {
  City city;
  const char* target = "/api/v1/users/member/totp/reset";
  CHECK(city.as("boss", net::Method::post, target).status == 404);  // there is none
  const auto begun =
      from_json<api::TotpBegun>(city.as("member", net::Method::post, "/api/v1/totp").body);
  REQUIRE(begun);
  const std::string code = identity::totp_code(*identity::from_base32(begun->secret),
                                               identity::totp_step(city.centre.identity().now()));
  REQUIRE(city.as("member", net::Method::post, "/api/v1/totp/confirm",
                  fmt::format(R"({{"code":"{}"}})", code))
              .status == 200);
  for (const char* user : {"member", "admin", "auditor", "finance"}) {
    CHECK(is_refused(city.as(user, net::Method::post, target)));
  }
  CHECK(city.centre.identity().has_second_factor("member"));
  CHECK(city.as("boss", net::Method::post, target).status == 204);
  CHECK(!city.centre.identity().has_second_factor("member"));
}

namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

net::Response sign_in(City& city, std::string body, Headers headers = {}) {
  return city.centre.call_as("", net::Method::post, "/api/v1/session", std::move(body),
                             std::move(headers));
}

// A password for the first sign-in.
std::string new_password(City& city, const std::string& user) {
  const std::string target = fmt::format("/api/v1/users/{}/password", user);
  return from_json<api::PasswordMade>(city.as("boss", net::Method::post, target).body)->password;
}

// Signs in as a browser does; the cookie it gets.
std::string cookie_of(City& city, const std::string& user, const std::string& password,
                      Headers headers = {}) {
  const net::Response in =
      sign_in(city, fmt::format(R"({{"user":"{}","password":"{}","cookie":true}})", user, password),
              std::move(headers));
  REQUIRE(in.status == 201);
  const std::string set = *in.headers.find("Set-Cookie");
  CHECK(set.find("HttpOnly") != std::string::npos);
  CHECK(set.find("SameSite=Strict") != std::string::npos);
  CHECK(in.body.find("pentads_") == std::string::npos);
  return set.substr(0, set.find(';'));
}

net::Response with_cookie(City& city, const std::string& cookie, net::Method method,
                          const char* target, std::string body = {}, Headers headers = {}) {
  headers.emplace_back("Cookie", cookie);
  return city.centre.call_as("", method, target, std::move(body), std::move(headers));
}

}  // namespace

// The attacker has planted a session of their own in the victim's browser.
TEST_CASE("session fixation: a planted cookie becomes nobody's session") {
  City city;
  const std::string planted = "pentads_" + std::string(43, 'B');
  const std::string cookie =
      cookie_of(city, "member", new_password(city, "member"), {{"Cookie", "pentad=" + planted}});
  CHECK(cookie.find(planted) == std::string::npos);
  const char* me = "/api/v1/whoami";
  CHECK(with_cookie(city, cookie, net::Method::get, me).status == 200);
  CHECK(with_cookie(city, "pentad=" + planted, net::Method::get, me).status == 401);
  // Two cookies of one name: nobody knows whose is whose.
  CHECK(with_cookie(city, cookie + "; pentad=" + planted, net::Method::get, me).status == 401);
}

// A page elsewhere makes the browser send its cookie with a change; later somebody shows it again.
TEST_CASE("forged requests and replay of a cookie") {
  City city;
  const std::string first = new_password(city, "member");
  const std::string cookie = cookie_of(city, "member", first);
  const std::string change = fmt::format(R"({{"old":"{}","new":"correct horse 1"}})", first);
  const char* password = "/api/v1/password";
  CHECK(TestCentre::told(with_cookie(city, cookie, net::Method::put, password, change)) ==
        "403 not-permitted Pentad-Request");
  const Headers own = {{"Pentad-Request", "1"}};
  CHECK(with_cookie(city, cookie, net::Method::put, password, change, own).status == 204);
  CHECK(with_cookie(city, cookie, net::Method::delete_, "/api/v1/session", "", own).status == 204);
  CHECK(with_cookie(city, cookie, net::Method::get, "/api/v1/whoami").status == 401);
}

TEST_CASE("token replay: after its end it opens nothing, and the answer says which it is") {
  City city;
  const std::string secret = city.tokens.at("member");
  auto me = [&](const std::string& token) {
    return city.centre.call_as(token, net::Method::get, "/api/v1/whoami");
  };
  const std::string id = from_json<api::WhoAmI>(me(secret).body)->session;
  CHECK(city.as("colleague", net::Method::delete_, "/api/v1/tokens/" + id).status == 404);
  CHECK(me(secret).status == 200);  // not theirs to end
  CHECK(city.as("member", net::Method::delete_, "/api/v1/tokens/" + id).status == 204);
  for (int i = 0; i < 3; ++i) {
    CHECK(me(secret).status == 401);
    CHECK(me(secret).body.find("has been ended") != std::string::npos);
  }
  // Another's id is no secret, and a part of one is none either.
  CHECK(me(id).status == 401);
  CHECK(me(secret.substr(0, 40)).status == 401);
}

TEST_CASE("guessing: one answer for a wrong password and for nobody, then waiting") {
  City city;
  const std::string good = new_password(city, "member");
  const net::Response wrong = sign_in(city, R"({"user":"member","password":"guess"})");
  const net::Response nobody = sign_in(city, R"({"user":"nobody","password":"guess"})");
  CHECK(wrong.status == 401);
  CHECK(wrong.body == nobody.body);
  for (int i = 0; i < 5; ++i) sign_in(city, R"({"user":"member","password":"guess"})");
  const net::Response locked =
      sign_in(city, fmt::format(R"({{"user":"member","password":"{}"}})", good));
  CHECK(locked.status == 429);
  CHECK(locked.headers.find("Retry-After"));
}

// Names that would do something in SQL, a header, a path or a terminal.
TEST_CASE("names that are more than names are refused") {
  City city;
  for (const char* name :
       {"x'; DROP TABLE secrets; --", "a\\r\\nSet-Cookie: pentad=1", "../../etc/passwd", "..",
        "a/b", "-rf", "a\\u0000b", "\\u202eevil", "a\\u200bb", "<script>", "$(id)", ""}) {
    CAPTURE(name);
    for (const char* noun : {"users", "tenants"}) {
      const net::Response answer =
          city.as("boss", net::Method::post, fmt::format("/api/v1/{}", noun),
                  fmt::format(R"({{"name":"{}"}})", name));
      CHECK((answer.status == 422 || answer.status == 400));
    }
    const net::Response project = city.as("admin", net::Method::post, "/api/v1/projects",
                                          fmt::format(R"({{"tenant":"city","name":"{}"}})", name));
    CHECK((project.status == 422 || project.status == 400));
  }
  // One name in two spellings.
  CHECK(city.as("boss", net::Method::post, "/api/v1/tenants", R"({"name":"ＣＩＴＹ"})").status ==
        409);
  CHECK(city.as("boss", net::Method::post, "/api/v1/users", R"({"name":"MEMBER"})").status == 409);
}

// Every text that an endpoint takes in its address, as the operator, who is refused nothing else.
TEST_CASE("SQL in every parameter and path is a text that nothing has") {
  City city;
  const int64_t job = city.submit("member", R"(,"project":"vision","name":"treasure")");
  const std::vector<std::string> tries = {"' OR '1'='1",
                                          "'; DROP TABLE jobs; --",
                                          "\" OR \"\"=\"",
                                          "%' UNION SELECT body FROM secrets --",
                                          "\\'; DELETE FROM journal; --",
                                          "%25",
                                          "treasur_"};
  int calls = 0;
  for (const api::Endpoint& endpoint : api::endpoints()) {
    if (endpoint.method != net::Method::get || endpoint.id == "streamEvents") continue;
    for (const std::string& attack : tries) {
      std::string path(endpoint.path);
      for (size_t open; (open = path.find('{')) != std::string::npos;) {
        const size_t close = path.find('}', open);
        path.replace(open, close - open + 1, net::percent_encode(attack));
      }
      std::vector<std::string> targets = {path};
      for (const api::Parameter& p : endpoint.parameters) {
        if (p.is_header) continue;
        targets.push_back(fmt::format("{}?{}={}", path, p.name, net::percent_encode(attack)));
      }
      for (const std::string& target : targets) {
        if (target == endpoint.path) continue;  // nothing in it is the attacker's
        CAPTURE(target);
        const net::Response answer = city.get("boss", target);
        CHECK(answer.status != 500);
        CHECK(answer.body.find("treasure") == std::string::npos);
        CHECK(answer.body.find("syntax error") == std::string::npos);
        CHECK(answer.body.find("$argon2id") == std::string::npos);
        ++calls;
      }
    }
  }
  CHECK(calls > 300);
  CHECK(city.get("boss", fmt::format("/api/v1/jobs/{}", job)).status == 200);
  CHECK(city.centre.identity().prove(city.tokens.at("member"), "here").has_value());
}

TEST_CASE("paths that lead out of where they belong are refused") {
  City city;
  const int64_t job = city.submit("member", R"(,"project":"vision")");
  for (const char* path :
       {"/api/v1/jobs/../../etc/passwd", "/api/v1/apps/..%2f..%2fetc%2fpasswd", "/api/v1/users/..",
        "/api/v1/users/%2e%2e", "/api/v1/nodes/..%5c..", "/api/v1/users/member%00.json"}) {
    CAPTURE(path);
    const int status = city.get("boss", path).status;
    CHECK((status == 404 || status == 400));
  }
  // Where a job's output goes is opened as its user; a job of a text with a way out has none.
  for (const char* field : {"name", "user", "project", "application"}) {
    CAPTURE(field);
    const net::Response made =
        city.as("boss", net::Method::post, "/api/v1/jobs",
                fmt::format(R"({{"argv":["/bin/true"],"hold":true,"{}":"../../outside"}})", field));
    CHECK(made.status >= 400);
    CHECK(made.status < 500);
  }
  CHECK(city.get("boss", fmt::format("/api/v1/jobs/{}", job)).status == 200);
}

// What is sent back in a header is never the attacker's line.
TEST_CASE("header injection: a line break ends no header") {
  City city;
  const std::string evil = "x\r\nSet-Cookie: pentad=evil";
  for (const char* header : {"Idempotency-Key", "Last-Event-ID", "User-Agent", "Pentad-Request"}) {
    CAPTURE(header);
    const net::Response answer =
        city.centre.call_as(city.tokens.at("member"), net::Method::post, "/api/v1/jobs",
                            R"({"argv":["/bin/true"],"hold":true})", {{header, evil}});
    CHECK(!answer.headers.find("Set-Cookie"));
    for (const auto& [name, value] : answer.headers.items) {
      CHECK(value.find_first_of("\r\n") == std::string::npos);
    }
  }
  CHECK(city.centre
            .call_as(city.tokens.at("member"), net::Method::post, "/api/v1/jobs",
                     R"({"argv":["/bin/true"]})", {{"Idempotency-Key", evil}})
            .status == 400);
}
