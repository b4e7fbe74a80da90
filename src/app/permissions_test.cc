// Every endpoint with every role, without a credential, with a token of few scopes and from another
// tenant, against the table of permissions: through the real router, core and store.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <future>
#include <map>
#include <set>

#include "api/endpoints.h"
#include "api/types.h"
#include "app/test_centre.h"
#include "identity/secret.h"
#include "identity/totp.h"
#include "tenancy/names.h"

using namespace pentad;
using namespace pentad::app;

namespace {

event::What tenant(const std::string& name) {
  return event::PutTenant{{name, normal_name(name)->key, "title of " + name, {}}, true};
}
event::What project(const std::string& tenant, const std::string& name) {
  return event::PutProject{{tenant, name, normal_name(name)->key, "", {}}, true};
}
event::What role(const std::string& user, Role role, const std::string& tenant = {},
                 const std::string& project = {}) {
  return event::GrantRole{{user, role, tenant, project}};
}

// Two tenants with people in every role. Each user is called as their role.
struct City {
  TestCentre centre;
  std::map<std::string, std::string> tokens;

  City() {
    for (const char* user : {"boss", "finance", "auditor", "city-auditor", "admin", "manager",
                             "member", "colleague", "foreign-admin", "foreign-member", "nothing"}) {
      tokens[user] = centre.token_of(user);
    }
    centre.tell({tenant("city"), tenant("port"), project("city", "vision"),
                 project("city", "speech"), project("port", "cranes"),
                 role("boss", Role::centre_operator), role("finance", Role::finance),
                 role("auditor", Role::auditor), role("city-auditor", Role::auditor, "city"),
                 role("admin", Role::tenant_admin, "city"),
                 role("manager", Role::project_manager, "city", "vision"),
                 role("member", Role::member, "city", "vision"),
                 role("colleague", Role::member, "city", "vision"),
                 role("foreign-admin", Role::tenant_admin, "port"),
                 role("foreign-member", Role::member, "port", "cranes")});
  }

  net::Response as(const std::string& user, net::Method method, std::string_view target,
                   std::string body = {}) {
    return centre.call_as(tokens.at(user), method, target, std::move(body));
  }
  net::Response get(const std::string& user, std::string_view target) {
    return as(user, net::Method::get, target);
  }
  int64_t submit(const std::string& user, const std::string& more = {}) {
    net::Response made = as(user, net::Method::post, "/api/v1/jobs",
                            R"({"argv":["/bin/true"],"hold":true)" + more + "}");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    return from_json<api::Submitted>(made.body)->jobs.at(0);
  }
  std::vector<RoleGrant> roles(const std::string& user) {
    return centre.core().directory()->roles_of(user);
  }
};

// A path with something in the place of each name in braces.
std::string filled(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const size_t open = std::min(path.find('{'), path.size());
    out += path.substr(0, open);
    path.remove_prefix(open);
    if (path.empty()) break;
    const std::string_view name = path.substr(1, path.find('}') - 1);
    out += api::is_integer_path_parameter(name) ? "424242" : "no-such-one";
    path.remove_prefix(name.size() + 2);
  }
  return out;
}

bool is_refused(const net::Response& response) {
  return response.status == 403 &&
         response.body.find("it needs the permission") != std::string::npos;
}

}  // namespace

TEST_CASE("every endpoint with every role, against the table") {
  City city;
  std::map<std::string, int> calls;
  for (const api::Endpoint& endpoint : api::endpoints()) {
    // They answer for as long as somebody listens, or end what the others need.
    if (endpoint.id == "streamEvents" || endpoint.id == "signOut") continue;
    const std::string target = filled(endpoint.path);
    CAPTURE(endpoint.id);
    const bool is_open = endpoint.permission == Permission::open;
    const net::Response nobody = city.centre.call_as("", endpoint.method, target);
    CHECK((nobody.status == 401) == (!is_open));
    const net::Response bad =
        city.centre.call_as("pentad_" + std::string(43, 'A'), endpoint.method, target);
    CHECK((bad.status == 401) == (!is_open));
    for (const auto& [user, token] : city.tokens) {
      CAPTURE(user);
      const bool may = is_open || allowed_somewhere(city.roles(user), endpoint.permission);
      const net::Response answer = city.centre.call_as(token, endpoint.method, target);
      CHECK(is_refused(answer) == !may);
      CHECK(answer.status != 401);
      CHECK(answer.status != 500);
      ++calls[user];
    }
  }
  for (const auto& [user, count] : calls) CHECK(count > 40);
}

TEST_CASE("a token does what its scopes say and no more") {
  City city;
  for (const char* scope : {"read", "jobs", "own_view"}) {
    const std::string token = city.centre.token_of("boss", {scope});
    const PermissionSet scopes = *scopes_from({scope});
    for (const api::Endpoint& endpoint : api::endpoints()) {
      if (endpoint.id == "streamEvents" || endpoint.id == "signOut") continue;
      CAPTURE(scope);
      CAPTURE(endpoint.id);
      const net::Response answer =
          city.centre.call_as(token, endpoint.method, filled(endpoint.path));
      const bool may = scopes.test(static_cast<size_t>(endpoint.permission)) &&
                       (endpoint.permission == Permission::open ||
                        allowed_somewhere(city.roles("boss"), endpoint.permission));
      CHECK(is_refused(answer) == !may);
    }
  }
  // It makes no token that can do more than itself.
  const std::string small = city.centre.token_of("boss", {"own_change", "own_view"});
  CHECK(city.centre
            .call_as(small, net::Method::post, "/api/v1/tokens",
                     R"({"name":"more","scopes":["all"]})")
            .status == 403);
}

TEST_CASE("who sees and controls which job") {
  City city;
  const int64_t job = city.submit("member", R"(,"project":"vision","name":"mine")");
  const std::string at = fmt::format("/api/v1/jobs/{}", job);
  struct Row {
    const char* user;
    int see, content, control;  // expected statuses
  };
  // 404: as if it were not there; 403: may see it, but not this.
  for (const Row& row :
       {Row{"boss", 200, 404, 200}, Row{"finance", 200, 403, 403}, Row{"auditor", 200, 404, 403},
        Row{"city-auditor", 200, 404, 403}, Row{"admin", 200, 404, 200},
        Row{"manager", 200, 404, 200}, Row{"member", 200, 404, 200},
        Row{"colleague", 404, 404, 404}, Row{"foreign-admin", 404, 404, 404},
        Row{"foreign-member", 404, 404, 404}, Row{"nothing", 404, 404, 404}}) {
    const std::string user = row.user;
    CAPTURE(user);
    const bool sees = row.see == 200;
    CHECK(city.get(user, at).status == row.see);
    CHECK(city.get(user, at + "/attempts").status == row.see);
    // The job has no script: who may read it hears that, and nobody else.
    const net::Response script = city.get(user, at + "/script");
    CHECK(script.status == row.content);
    CHECK((script.body.find("has no script") != std::string::npos) == (sees && row.content == 404));
    CHECK(city.get(user, at + "/logs").status == row.content);
    CHECK((city.get(user, "/api/v1/jobs").body.find("\"mine\"") != std::string::npos) == sees);
    CHECK((city.get(user, fmt::format("/api/v1/jobs?ids={}", job)).body.find("\"mine\"") !=
           std::string::npos) == sees);
    CHECK((city.get(user, "/api/v1/jobs?user=member").body.find("\"mine\"") != std::string::npos) ==
          sees);
    for (const char* action : {"/hold", "/release", "/requeue", "/cancel"}) {
      if (row.control == 200) continue;
      CHECK(city.as(user, net::Method::post, at + action).status == row.control);
    }
    CHECK((city.as(user, net::Method::patch, at, R"({"priority":3})").status == 200) ==
          (row.control == 200));
    if (row.control == 200) continue;
    const net::Response many = city.as(user, net::Method::post, "/api/v1/jobs/cancel",
                                       fmt::format(R"({{"jobs":[{}]}})", job));
    if (many.status == 200) CHECK(many.body.find("\"done\":[]") != std::string::npos);
    const net::Response filter =
        city.as(user, net::Method::post, "/api/v1/jobs/cancel", R"({"filter":{"user":"member"}})");
    if (filter.status == 200) CHECK(filter.body.find("\"done\":[]") != std::string::npos);
  }
  CHECK(city.as("member", net::Method::post, at + "/hold", R"({"by_operator":true})").status ==
        403);
  CHECK(city.as("member", net::Method::post, at + "/cancel").status == 200);
}

TEST_CASE("in whose name and for which project") {
  City city;
  auto told = [&](const std::string& user, const std::string& more) {
    return TestCentre::told(city.as(user, net::Method::post, "/api/v1/jobs",
                                    R"({"argv":["/bin/true"],"hold":true,)" + more + "}"));
  };
  auto project_of = [&](int64_t job) {
    return from_json<api::JobDetail>(city.get("boss", fmt::format("/api/v1/jobs/{}", job)).body)
        ->job.project;
  };
  CHECK(project_of(city.submit("member")) == "city/vision");  // their only one
  CHECK(project_of(city.submit("member", R"(,"project":"vision")")) == "city/vision");
  CHECK(project_of(city.submit("boss", R"(,"user":"member","project":"city/vision")")) ==
        "city/vision");
  // Somebody else's name, project, tenant or Unix user.
  CHECK(told("member", R"("user":"boss")") == "403 not-permitted /user");
  CHECK(told("member", R"("project":"city/speech")") == "422 unknown-project /project");
  CHECK(told("member", R"("project":"port/cranes")") == "422 unknown-project /project");
  CHECK(told("foreign-member", R"("project":"city/vision")") == "422 unknown-project /project");
  CHECK(told("member", R"("run_as":"root")") == "403 not-permitted /run_as");
  CHECK(told("member", R"("project":"../city/vision")") == "422 invalid-value /project");
  // In none that is clear.
  CHECK(told("admin", R"("name":"x")") == "422 unknown-project /project");
  const int64_t job = city.submit("member");
  CHECK(city.as("member", net::Method::patch, fmt::format("/api/v1/jobs/{}", job),
                R"({"project":"port/cranes"})")
            .status == 422);
}

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

TEST_CASE("attacks on sign-in and names") {
  City city;
  TestCentre& centre = city.centre;
  auto call = [&](std::string body, std::vector<std::pair<std::string, std::string>> headers = {}) {
    return centre.call_as("", net::Method::post, "/api/v1/session", std::move(body),
                          std::move(headers));
  };
  net::Response made = city.as("boss", net::Method::post, "/api/v1/users/member/password");
  const std::string first = from_json<api::PasswordMade>(made.body)->password;
  const std::string form =
      fmt::format(R"({{"user":"member","password":"{}","cookie":true}})", first);

  // Fixation: the attacker has planted a session of their own in the victim's browser.
  const std::string planted = "pentads_" + std::string(43, 'B');
  const net::Response in = call(form, {{"Cookie", "pentad=" + planted}});
  REQUIRE(in.status == 201);
  const std::string set = *in.headers.find("Set-Cookie");
  CHECK(set.find(planted) == std::string::npos);
  CHECK(set.find("HttpOnly") != std::string::npos);
  CHECK(set.find("SameSite=Strict") != std::string::npos);
  CHECK(in.body.find("pentads_") == std::string::npos);
  const std::string cookie = set.substr(0, set.find(';'));
  auto with_cookie = [&](net::Method method, const char* target, std::string body,
                         std::vector<std::pair<std::string, std::string>> headers = {}) {
    headers.emplace_back("Cookie", cookie);
    return centre.call_as("", method, target, std::move(body), std::move(headers));
  };
  CHECK(with_cookie(net::Method::get, "/api/v1/whoami", "").status == 200);
  CHECK(
      centre.call_as("", net::Method::get, "/api/v1/whoami", "", {{"Cookie", "pentad=" + planted}})
          .status == 401);
  // Two cookies of one name: nobody knows whose is whose.
  CHECK(centre
            .call_as("", net::Method::get, "/api/v1/whoami", "",
                     {{"Cookie", cookie + "; pentad=" + planted}})
            .status == 401);
  // A page elsewhere makes the browser send its cookie with a change (CSRF).
  const std::string change = fmt::format(R"({{"old":"{}","new":"correct horse 1"}})", first);
  CHECK(TestCentre::told(with_cookie(net::Method::put, "/api/v1/password", change)) ==
        "403 not-permitted Pentad-Request");
  CHECK(
      with_cookie(net::Method::put, "/api/v1/password", change, {{"Pentad-Request", "1"}}).status ==
      204);
  // Replay after signing out.
  CHECK(
      with_cookie(net::Method::delete_, "/api/v1/session", "", {{"Pentad-Request", "1"}}).status ==
      204);
  CHECK(with_cookie(net::Method::get, "/api/v1/whoami", "").status == 401);
  // The same answer for a wrong password and for nobody.
  const net::Response wrong = call(R"({"user":"member","password":"guess"})");
  const net::Response nobody = call(R"({"user":"nobody","password":"guess"})");
  CHECK(wrong.status == 401);
  CHECK(wrong.body == nobody.body);
  for (int i = 0; i < 5; ++i) call(R"({"user":"member","password":"guess"})");
  const net::Response locked = call(R"({"user":"member","password":"correct horse 1"})");
  CHECK(locked.status == 429);
  CHECK(locked.headers.find("Retry-After"));

  // Names that would do something in SQL, a header, a path or a terminal.
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
  }
  // One name in two spellings.
  CHECK(city.as("boss", net::Method::post, "/api/v1/tenants", R"({"name":"ＣＩＴＹ"})").status ==
        409);
  CHECK(city.as("boss", net::Method::post, "/api/v1/users", R"({"name":"MEMBER"})").status == 409);
}
