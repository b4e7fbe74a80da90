#include "dialect/site.h"

namespace pentad::dialect {

const OptionPolicy* SiteProfile::policy(Dialect dialect, std::string_view spelling) const {
  auto table = policies.find(dialect);
  if (table == policies.end()) return nullptr;
  auto found = table->second.find(spelling);
  return found == table->second.end() ? nullptr : &found->second;
}

}  // namespace pentad::dialect
