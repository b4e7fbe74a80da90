// Every endpoint with every role, without a credential, with a token of few scopes and from another
// tenant, against the table of permissions: through the real router, core and store.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>

#include "api/endpoints.h"
#include "app/test_city.h"

using namespace pentad;
using namespace pentad::app;

namespace {

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

// By their permissions: those that change nothing, and those for one's own sign-in.
TEST_CASE("an auditor changes nothing but their own sign-in, and finance computes nothing") {
  City city;
  const int64_t job = city.submit("member", R"(,"project":"vision")");
  int refused = 0;
  for (const api::Endpoint& endpoint : api::endpoints()) {
    const std::string name = boost::describe::enum_to_string(endpoint.permission, "");
    const bool changes = !name.ends_with("_view") && name != "job_content" && name != "own_change";
    if (!changes || endpoint.permission == Permission::open) continue;
    CAPTURE(endpoint.id);
    std::string target(endpoint.path);
    if (const size_t id = target.find("{id}"); id != target.npos) {
      target.replace(id, 4, std::to_string(job));
    }
    for (const char* user : {"auditor", "city-auditor"}) {
      CHECK(is_refused(city.as(user, endpoint.method, filled(target))));
      ++refused;
    }
  }
  CHECK(refused > 60);
  const std::string body = R"({"argv":["/bin/true"]})";
  for (const char* user : {"auditor", "city-auditor", "finance", "nothing"}) {
    CAPTURE(user);
    CHECK(is_refused(city.as(user, net::Method::post, "/api/v1/jobs", body)));
    CHECK(is_refused(city.as(user, net::Method::post, "/api/v1/jobs?dry_run=true", body)));
    CHECK(city.as(user, net::Method::post, "/api/v1/tokens", R"({"name":"mine","scopes":["read"]})")
              .status == 201);
  }
  // Who was a member and is an auditor now keeps what ran, and changes it no more.
  city.centre.tell({event::RevokeRole{{"member", Role::member, "city", "vision"}},
                    role("member", Role::auditor, "city")});
  const std::string at = fmt::format("/api/v1/jobs/{}", job);
  CHECK(city.get("member", at).status == 200);
  CHECK(is_refused(city.as("member", net::Method::post, at + "/cancel")));
  CHECK(is_refused(city.as("member", net::Method::patch, at, R"({"priority":1})")));
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
        Row{"foreign-member", 404, 404, 404}, Row{"nothing", 404, 404, 403}}) {
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
