#include <fmt/format.h>

#include "tenancy/permissions.h"

namespace pentad {

namespace {

std::string_view word(Reach reach) {
  return reach == Reach::none ? std::string_view("-") : boost::describe::enum_to_string(reach, "?");
}

constexpr std::string_view kHead =
    "# Who may do what\n"
    "\n"
    "Made from the table in "
    "[src/tenancy/permissions.cc](../src/tenancy/permissions.cc), which is also what "
    "the centre checks;\n"
    "a test compares the two. Which permission an endpoint asks for stands in the "
    "OpenAPI document (`x-permission`).\n"
    "\n"
    "A person can have several roles; each gives what its column says, and everybody "
    "who has signed in has the column\n"
    "`anyone`. `own` is what belongs to the person, `project` what belongs to the "
    "project the role was given for, `tenant`\n"
    "what belongs to its tenant, `centre` everything - within what the role was "
    "given for: an auditor of one tenant reads\n"
    "that tenant alone. What one may not see is answered as if it were not there. A "
    "token can do less than its owner, by its\n"
    "scopes: names of permissions, `read`, `jobs`, or `all`.\n"
    "\n"
    "To compute one has to be a member, a manager or an administrator somewhere: who is "
    "auditor alone changes nothing but\n"
    "their own sign-in, and finance submits no jobs. While a centre has no tenant there is "
    "nothing to be a member of; then\n"
    "whoever has an account and no role at all counts as one.\n"
    "\n"
    "| permission | what it is for | anyone | centre_operator | finance | auditor | "
    "tenant_admin | project_manager | member |\n"
    "|---|---|---|---|---|---|---|---|---|\n";

}  // namespace

std::string permissions_document() {
  std::string out(kHead);
  for (const PermissionRow& row : permission_table()) {
    out += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
                       boost::describe::enum_to_string(row.permission, "?"), row.what,
                       word(row.anyone), word(row.centre_operator), word(row.finance),
                       word(row.auditor), word(row.tenant_admin), word(row.project_manager),
                       word(row.member));
  }
  return out;
}

}  // namespace pentad
