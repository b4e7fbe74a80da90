#include "tenancy/permissions.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace pentad;  // NOLINT

namespace {

bool may(const RoleGrant& role, Permission permission, const Target& target) {
  return allowed("li", std::vector{role}, permission, target);
}

const RoleGrant kOperator{"li", Role::centre_operator, "", ""};
const RoleGrant kAuditor{"li", Role::auditor, "", ""};
const RoleGrant kTenantAuditor{"li", Role::auditor, "city", ""};
const RoleGrant kFinance{"li", Role::finance, "", ""};
const RoleGrant kAdmin{"li", Role::tenant_admin, "city", ""};
const RoleGrant kManager{"li", Role::project_manager, "city", "vision"};
const RoleGrant kMember{"li", Role::member, "city", "vision"};
const std::vector<RoleGrant> kAll = {kOperator, kAuditor, kTenantAuditor, kFinance,
                                     kAdmin,    kManager, kMember};

}  // namespace

TEST_CASE("each role reaches as far as the table says") {
  const Target mine{"city", "vision", "li"};
  const Target colleague{"city", "vision", "wang"};
  const Target sister{"city", "speech", "wang"};
  const Target foreign{"port", "vision", "wang"};
  const Target centre{};
  const Permission see = Permission::job_view;
  CHECK(may(kMember, see, mine));
  CHECK(!may(kMember, see, colleague));
  CHECK(may(kManager, see, colleague));
  CHECK(!may(kManager, see, sister));
  CHECK(may(kAdmin, see, sister));
  CHECK(!may(kAdmin, see, foreign));
  CHECK(!may(kTenantAuditor, see, foreign));
  CHECK(may(kTenantAuditor, see, sister));
  CHECK(may(kAuditor, see, foreign));
  CHECK(may(kOperator, see, foreign));
  CHECK(may(kFinance, see, foreign));
  CHECK(!may(kFinance, Permission::job_content, foreign));
  CHECK(!may(kAdmin, Permission::node_operate, centre));
  CHECK(!may(kTenantAuditor, Permission::metrics_view, centre));
  CHECK(may(kAuditor, Permission::metrics_view, centre));
  CHECK(!may(kManager, Permission::project_change, mine));
  CHECK(allowed("li", {}, see, {"", "", "li"}));
  CHECK(!allowed("li", {}, see, {"", "", "wang"}));
  CHECK(!allowed("", {}, see, {"", "", ""}));  // nobody owns nothing
}

TEST_CASE("an auditor changes nothing, whoever's tenant it is") {
  for (const PermissionRow& row : permission_table()) {
    const std::string name = boost::describe::enum_to_string(row.permission, "");
    const bool reads = name.ends_with("_view") || row.permission == Permission::job_content ||
                       row.permission == Permission::open;
    CAPTURE(name);
    // Their own password, tokens and sessions are everybody's.
    if (row.permission == Permission::own_change) continue;
    if (!reads) CHECK(row.auditor == Reach::none);
    if (!reads) CHECK(row.anyone == Reach::none);  // which auditors have as well
  }
}

TEST_CASE("who computes: members, not whoever looks after the money or the books") {
  const Target mine{"city", "vision", "li"};
  for (const Permission change : {Permission::job_submit, Permission::job_control}) {
    for (const RoleGrant& role : {kAuditor, kTenantAuditor, kFinance}) {
      CHECK(!may(role, change, mine));
      CHECK(!allowed_somewhere(std::vector{role}, change));
    }
    for (const RoleGrant& role : {kOperator, kAdmin, kManager, kMember}) {
      CHECK(may(role, change, mine));
    }
    CHECK(!allowed("li", {}, change, mine));
    // With a membership beside it they are members.
    CHECK(allowed("li", std::vector{kAuditor, kMember}, change, mine));
  }
}

TEST_CASE("on a centre without tenants an account without a role computes") {
  Directory directory;
  for (const char* name : {"li", "wang"}) {
    REQUIRE(!directory.put(User{name, name, "", "", "", AccountState::active}, true));
  }
  REQUIRE(!directory.grant({"wang", Role::auditor, "", ""}));
  const auto may_submit = [&](const char* user) {
    const auto roles = effective_roles(directory, user);
    return allowed(user, roles, Permission::job_submit, {"", "", user});
  };
  CHECK(may_submit("li"));
  CHECK(!may_submit("wang"));
  CHECK(!may_submit("nobody"));
  CHECK(!allowed("li", effective_roles(directory, "li"), Permission::job_view, {"", "", "wang"}));
  REQUIRE(!directory.put(Tenant{"city", "city", "", AccountState::active}, true));
  CHECK(effective_roles(directory, "li").empty());
  CHECK(!may_submit("li"));
}

TEST_CASE("no role of a tenant reaches another tenant, whatever it asks for") {
  CHECK(rc::check([] {
    const auto role = *rc::gen::elementOf(std::vector{kTenantAuditor, kAdmin, kManager, kMember});
    const auto permission = static_cast<Permission>(*rc::gen::inRange<size_t>(1, kPermissions));
    const Target foreign{"port", "vision", "wang"};
    const PermissionRow& row = permission_table()[static_cast<size_t>(permission)];
    if (row.anyone != Reach::centre) RC_ASSERT(!may(role, permission, foreign));
  }));
}

TEST_CASE("more roles never take anything away, and everywhere implies anywhere") {
  CHECK(rc::check([] {
    auto roles = *rc::gen::container<std::vector<RoleGrant>>(rc::gen::elementOf(kAll));
    const auto permission = static_cast<Permission>(*rc::gen::inRange<size_t>(1, kPermissions));
    const Target target{"city", "vision", *rc::gen::element<std::string_view>("li", "wang")};
    const bool before = allowed("li", roles, permission, target);
    if (allowed_everywhere(roles, permission)) RC_ASSERT(before);
    if (before && target.user != "li") RC_ASSERT(allowed_somewhere(roles, permission));
    roles.push_back(*rc::gen::elementOf(kAll));
    if (before) RC_ASSERT(allowed("li", roles, permission, target));
  }));
}

TEST_CASE("scopes of tokens") {
  CHECK(!scopes_from({}));
  CHECK(!scopes_from({"everything"}));
  CHECK(scopes_from({"all"})->all());
  auto read = *scopes_from({"read"});
  CHECK(read.test(static_cast<size_t>(Permission::job_content)));
  CHECK(!read.test(static_cast<size_t>(Permission::job_control)));
  CHECK(!read.test(static_cast<size_t>(Permission::own_change)));
  auto jobs = *scopes_from({"jobs", "metrics_view"});
  CHECK(jobs.test(static_cast<size_t>(Permission::job_submit)));
  CHECK(jobs.test(static_cast<size_t>(Permission::metrics_view)));
  CHECK(!jobs.test(static_cast<size_t>(Permission::job_submit_for)));
}

TEST_CASE("docs/permissions.md is what the table says") {
  const std::string path = PENTAD_SOURCE_DIR "/docs/permissions.md";
  if (std::getenv("PENTAD_UPDATE_GOLDEN")) std::ofstream(path) << permissions_document();
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  INFO("run this test with PENTAD_UPDATE_GOLDEN=1 to write it anew");
  CHECK(text.str() == permissions_document());
}
