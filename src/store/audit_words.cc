// What events ask for, in words for the audit log.
#include <fmt/format.h>

#include "base/reflect.h"
#include "store/audit.h"

namespace pentad::store {

namespace {

std::string yuan(Money m) {
  const auto magnitude =
      m.value < 0 ? uint64_t{0} - static_cast<uint64_t>(m.value) : static_cast<uint64_t>(m.value);
  std::string text = fmt::format("{}{}.{:06}", m.value < 0 ? "-" : "", magnitude / 1'000'000,
                                 magnitude % 1'000'000);
  while (!text.ends_with(".00") && text.ends_with('0')) text.pop_back();
  return text + " CNY";
}

std::string counted(size_t n, std::string_view word) {
  return fmt::format("{} {}{}", n, word, n == 1 ? "" : "s");
}

std::string elements(const std::optional<IndexSet>& set) {
  return set ? fmt::format(" (elements {})", to_json(*set)) : "";
}

std::string grant(const RoleGrant& g) {
  std::string where = g.tenant.empty() ? " of the centre" : " of " + g.tenant;
  if (!g.project.empty()) where += "/" + g.project;
  return fmt::format("{}{}", enum_name(g.role), where);
}

// One for each event that people cause; the rest say themselves as they stand in the journal.
struct Words {
  std::string operator()(const event::Configure&) const { return "sets the centre's policy"; }
  std::string operator()(const event::UpsertNode& e) const {
    return fmt::format("describes node {}", e.node.name);
  }
  std::string operator()(const event::SetNodeState& e) const {
    return fmt::format("sets node {} to {}{}", e.node, enum_name(e.state),
                       e.reason.empty() ? "" : ": " + e.reason);
  }
  std::string operator()(const event::CreateReservation&) const { return "reserves nodes"; }
  std::string operator()(const event::DeleteReservation& e) const {
    return fmt::format("deletes reservation {}", e.id.value);
  }
  std::string operator()(const event::Submit& e) const {
    std::string what = fmt::format("submits {}", counted(e.jobs.size(), "job"));
    if (e.jobs.empty()) return what;
    const JobRequest& job = e.jobs.front();
    what += fmt::format(" from number {}: {} of {}", e.first.value, job.name, job.user);
    return job.project.empty() ? what : what + " in " + job.project;
  }
  std::string operator()(const event::Cancel& e) const {
    return fmt::format("cancels job {}{}", e.job.value, elements(e.elements));
  }
  std::string operator()(const event::Hold& e) const {
    return fmt::format("holds job {}{}", e.job.value, e.by_operator ? " as operator" : "");
  }
  std::string operator()(const event::Release& e) const {
    return fmt::format("releases job {}{}", e.job.value, e.by_operator ? " as operator" : "");
  }
  std::string operator()(const event::Requeue& e) const {
    return fmt::format("requeues job {}{}{}", e.job.value, elements(e.elements),
                       e.by_operator ? " as operator" : "");
  }
  std::string operator()(const event::Modify& e) const {
    return fmt::format("changes job {}", e.job.value);
  }

  std::string operator()(const event::PutTenant& e) const {
    return fmt::format("{} tenant {} ({})", e.is_new ? "makes" : "changes", e.tenant.name,
                       enum_name(e.tenant.state));
  }
  std::string operator()(const event::PutProject& e) const {
    return fmt::format("{} project {}/{} ({})", e.is_new ? "makes" : "changes", e.project.tenant,
                       e.project.name, enum_name(e.project.state));
  }
  std::string operator()(const event::PutUser& e) const {
    return fmt::format("{} user {} ({})", e.is_new ? "makes" : "changes", e.user.name,
                       enum_name(e.user.state));
  }
  std::string operator()(const event::GrantRole& e) const {
    return fmt::format("makes {} {}", e.grant.user, grant(e.grant));
  }
  std::string operator()(const event::RevokeRole& e) const {
    return fmt::format("{} is no longer {}", e.grant.user, grant(e.grant));
  }
  std::string operator()(const event::Note& e) const {
    return fmt::format("{}{}{}", e.what, e.subject.empty() ? "" : " " + e.subject,
                       e.detail.empty() ? "" : ": " + e.detail);
  }

  std::string operator()(const event::TopUp& e) const {
    return fmt::format("tops up {} by {} ({})", e.tenant, yuan(e.amount), e.reference);
  }
  std::string operator()(const event::Adjust& e) const {
    return fmt::format("moves {} from {} to {}: {}", yuan(e.amount), e.from, e.to, e.reason);
  }
  std::string operator()(const event::SetCredit& e) const {
    return fmt::format("gives {} a credit line of {}", e.tenant, yuan(e.line));
  }
  std::string operator()(const event::SetBudget& e) const {
    return fmt::format("sets the budget of {}/{}", e.tenant, e.project);
  }
  std::string operator()(const event::SetQuota& e) const {
    return fmt::format("sets the quota {}", to_json(e.quota, WriteMode::compact));
  }
  std::string operator()(const event::PutPrices& e) const {
    return fmt::format("sets {}", counted(e.prices.size(), "price"));
  }
  std::string operator()(const event::EndPrice& e) const {
    return fmt::format("ends price {}", e.price);
  }
  std::string operator()(const event::IssueVoucher& e) const {
    return fmt::format("issues a voucher of {} by {} to {}", yuan(e.voucher.amount),
                       e.voucher.funder, e.voucher.tenant);
  }
  std::string operator()(const event::CancelVoucher& e) const {
    return fmt::format("cancels voucher {}: {}", e.voucher, e.reason);
  }
  std::string operator()(const event::Meter& e) const {
    return fmt::format("meters {} of {} for {}/{} ({})", e.quantity, enum_name(e.unit), e.tenant,
                       e.project, e.reference);
  }
  std::string operator()(const event::CloseStatement& e) const {
    return fmt::format("closes the statement of {}/{} for {}: {}", e.tenant, e.project, e.month,
                       yuan(e.total));
  }

  template <class T>
  std::string operator()(const T& e) const {
    return fmt::format("{} {}", T::type_name, to_json(e, WriteMode::compact));
  }
};

}  // namespace

std::string describe(const event::What& what) { return std::visit(Words{}, what); }

}  // namespace pentad::store
