// Whose job is taken for which project, against a count of its own that knows nothing of the core.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <rapidcheck.h>

#include <set>
#include <string>

#include "centre/centre.h"

using namespace pentad;  // NOLINT

namespace {

const std::vector<std::string> kUsers = {"li", "wang"};
const std::vector<std::string> kTenants = {"city", "port"};
const std::vector<std::string> kProjects = {"vision", "speech"};

class World {
 public:
  explicit World(bool is_charged) {
    Policy policy;
    if (is_charged) policy.money.charged = {PriceUnit::core_hour};
    must(event::Configure{policy, {}});
    Node node;
    node.name = "a";
    node.pool = "main";
    node.cores = 1;
    node.memory = gibibytes(1);
    must(event::UpsertNode{node});
    for (const std::string& tenant : kTenants) {
      must(event::PutTenant{{tenant, tenant, "", {}}, true});
      for (const std::string& project : kProjects) {
        must(event::PutProject{{tenant, project, project, "", {}}, true});
      }
      if (is_charged) must(event::TopUp{tenant, Money{1'000'000'000}, tenant, ""});
    }
    for (const std::string& user : kUsers) must(event::PutUser{{user, user, "", "", "", {}}, true});
    Price price;
    price.steps = {{0, Money{1}}};
    must(event::PutPrices{{price}});
  }

  bool step(event::What what) {
    return centre_.step({now_, "test", std::move(what)}).reply.accepted();
  }
  bool submit(const std::string& user, const std::string& project) {
    JobRequest job;
    job.user = user;
    job.project = project;
    job.limit = minutes(1);
    return step(event::Submit{centre_.next_job_id(), {job}, {}});
  }

 private:
  void must(event::What what) { RC_ASSERT(step(std::move(what))); }

  Centre centre_;
  Time now_{1'700'000'000'000};
};

}  // namespace

TEST_CASE("a job is taken for a project of its user's, after whatever was granted and revoked") {
  CHECK(rc::check([] {
    World world(*rc::gen::arbitrary<bool>());
    std::set<std::string> may;  // "user role tenant project", project empty: the whole tenant
    const int steps = *rc::gen::inRange(1, 30);
    for (int i = 0; i < steps; ++i) {
      const std::string user = *rc::gen::elementOf(kUsers), tenant = *rc::gen::elementOf(kTenants);
      const std::string project = *rc::gen::elementOf(kProjects);
      const Role role =
          *rc::gen::element(Role::member, Role::project_manager, Role::tenant_admin, Role::auditor);
      const bool is_wide =
          role == Role::tenant_admin || role == Role::auditor || *rc::gen::arbitrary<bool>();
      const RoleGrant grant{user, role, tenant, is_wide ? "" : project};
      const std::string key =
          fmt::format("{} {} {} {}", user, static_cast<int>(role), tenant, grant.project);
      if (*rc::gen::arbitrary<bool>()) {
        RC_ASSERT(world.step(event::GrantRole{grant}));
        may.insert(key);
      } else {
        RC_ASSERT(world.step(event::RevokeRole{grant}) == (may.erase(key) > 0));
      }
      bool expected = false;
      for (Role r : {Role::member, Role::project_manager, Role::tenant_admin}) {
        for (const std::string& where : {std::string(), project}) {
          expected |=
              may.contains(fmt::format("{} {} {} {}", user, static_cast<int>(r), tenant, where));
        }
      }
      RC_ASSERT(world.submit(user, tenant + "/" + project) == expected);
    }
  }));
}
