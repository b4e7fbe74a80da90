#include "tenancy/directory.h"

#include <doctest/doctest.h>

#include "base/reflect.h"
#include "tenancy/names.h"

using namespace pentad;  // NOLINT

namespace {

Tenant tenant(const std::string& name) { return {name, normal_name(name)->key, "", {}}; }
Project project(const std::string& tenant, const std::string& name) {
  return {tenant, name, normal_name(name)->key, "", {}};
}
User user(const std::string& name) {
  User out;
  out.name = name;
  out.key = normal_name(name)->key;
  return out;
}

Directory small_city() {
  Directory d;
  CHECK(!d.put(tenant("city"), true));
  CHECK(!d.put(tenant("port"), true));
  CHECK(!d.put(project("city", "vision"), true));
  CHECK(!d.put(project("city", "speech"), true));
  CHECK(!d.put(project("port", "vision"), true));
  for (const char* name : {"root-op", "li", "wang"}) CHECK(!d.put(user(name), true));
  CHECK(!d.grant({"root-op", Role::centre_operator, "", ""}));
  CHECK(!d.grant({"li", Role::member, "city", "vision"}));
  CHECK(!d.grant({"wang", Role::tenant_admin, "port", ""}));
  return d;
}

RefusalCode code(const std::optional<Refusal>& refusal) {
  return refusal ? refusal->code : RefusalCode::none;
}

}  // namespace

TEST_CASE("people are found by name, project and Unix user") {
  Directory d = small_city();
  CHECK(d.find_project("city/vision")->tenant == "city");
  CHECK(!d.find_project("city"));
  CHECK(!d.find_project("town/vision"));
  CHECK(d.is_member("li", "city", "vision"));
  CHECK(!d.is_member("li", "city", "speech"));
  CHECK(!d.is_member("li", "port", "vision"));
  CHECK(d.is_member("wang", "port", "vision"));
  CHECK(!d.is_member("wang", "port", "gone"));
  CHECK(!d.grant({"li", Role::member, "city", ""}));
  CHECK(d.projects_of("li").size() == 2);

  CHECK(d.find_user_by_unix("li")->name == "li");
  User mapped = user("wang");
  mapped.unix_user = "li2";
  CHECK(!d.put(mapped, false));
  CHECK(d.find_user_by_unix("li2")->name == "wang");
  CHECK(!d.find_user_by_unix("wang"));
  User other = user("li");
  other.unix_user = "li2";
  CHECK(code(d.put(other, false)) == RefusalCode::already_exists);
  other.unix_user = "root";
  CHECK(code(d.put(other, false)) == RefusalCode::invalid_value);
}

TEST_CASE("what does not fit is refused and changes nothing") {
  Directory d = small_city();
  const std::string before = to_json(d.people());
  struct Case {
    const char* what;
    std::optional<Refusal> answer;
    RefusalCode expected;
  };
  const Case cases[] = {
      {"twice", d.put(tenant("city"), true), RefusalCode::already_exists},
      {"in capitals", d.put(tenant("CITY"), true), RefusalCode::already_exists},
      {"full width", d.put(user("ｌｉ"), true), RefusalCode::already_exists},
      {"to change, not there", d.put(tenant("town"), false), RefusalCode::unknown_tenant},
      {"no tenant", d.put(project("town", "a"), true), RefusalCode::unknown_tenant},
      {"no project", d.put(project("city", "a"), false), RefusalCode::unknown_project},
      {"a slash", d.put(Tenant{"a/b", "a/b", "", {}}, true), RefusalCode::invalid_value},
      {"dots", d.put(Tenant{"..", "..", "", {}}, true), RefusalCode::invalid_value},
      {"a quote", d.put(Tenant{"a'b", "a'b", "", {}}, true), RefusalCode::invalid_value},
      {"a line", d.put(Tenant{"a\nb", "a\nb", "", {}}, true), RefusalCode::invalid_value},
      {"nobody", d.grant({"zhao", Role::member, "city", "vision"}), RefusalCode::unknown_user},
      {"no such project", d.grant({"li", Role::member, "city", "x"}), RefusalCode::unknown_project},
      {"member of nothing", d.grant({"li", Role::member, "", ""}), RefusalCode::invalid_value},
      {"finance of one", d.grant({"li", Role::finance, "city", ""}), RefusalCode::invalid_value},
      {"admin of a project", d.grant({"li", Role::tenant_admin, "city", "vision"}),
       RefusalCode::invalid_value},
      {"not held", d.revoke({"li", Role::finance, "", ""}), RefusalCode::not_found},
      {"last operator", d.revoke({"root-op", Role::centre_operator, "", ""}),
       RefusalCode::wrong_state},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    CHECK(code(c.answer) == c.expected);
  }
  User last = user("root-op");
  last.state = AccountState::frozen;
  CHECK(code(d.put(last, false)) == RefusalCode::wrong_state);
  CHECK(to_json(d.people()) == before);
}

TEST_CASE("closed is for good, and standing is the worst of the three") {
  Directory d = small_city();
  CHECK(d.standing("city", "vision", "li") == AccountState::active);
  CHECK(d.standing("city", "gone", "li") == AccountState::closed);
  Project frozen = project("city", "vision");
  frozen.state = AccountState::frozen;
  CHECK(!d.put(frozen, false));
  CHECK(d.standing("city", "vision", "li") == AccountState::frozen);
  Tenant closed = tenant("city");
  closed.state = AccountState::closed;
  CHECK(!d.put(closed, false));
  CHECK(d.standing("city", "vision", "li") == AccountState::closed);
  CHECK(code(d.put(tenant("city"), false)) == RefusalCode::wrong_state);
  CHECK(code(d.put(project("city", "new"), true)) == RefusalCode::wrong_state);
  CHECK(code(d.grant({"wang", Role::member, "city", "vision"})) == RefusalCode::wrong_state);
  CHECK(d.check_invariants().empty());
}

TEST_CASE("an operator can go when there is another") {
  Directory d = small_city();
  CHECK(!d.grant({"li", Role::centre_operator, "", ""}));
  CHECK(!d.revoke({"root-op", Role::centre_operator, "", ""}));
  CHECK(d.operators() == 1);
}

TEST_CASE("a directory goes through its values and back, closed tenants included") {
  Directory d = small_city();
  Tenant closed = tenant("city");
  closed.state = AccountState::closed;
  CHECK(!d.put(closed, false));
  const std::string text = to_json(d.people());
  Result<Directory> again = Directory::restore(*from_json<People>(text));
  REQUIRE(again);
  CHECK(to_json(again->people()) == text);
  CHECK(again->check_invariants().empty());

  People broken = d.people();
  broken.grants.push_back({"zhao", Role::member, "city", "vision"});
  CHECK(!Directory::restore(broken));
  broken = d.people();
  broken.users.push_back(broken.users[0]);
  CHECK(!Directory::restore(broken));
}
