#include "api/problem.h"

#include <algorithm>
#include <array>

#include "api/body.h"
#include "base/assert.h"

namespace pentad::api {

namespace {

using Kind = ProblemKind;

// Every problem this API can answer with. Names are for programs and never change their meaning.
constexpr std::array kKinds{
    Kind{"malformed-json", 400, "The body is not JSON"},
    Kind{"invalid-value", 422, "A field is outside what it may hold"},
    Kind{"invalid-parameter", 400, "A query parameter or header is outside what it may hold"},
    Kind{"unsupported-media-type", 415, "The body must be application/json"},
    Kind{"too-large", 413, "The request is larger than the limit"},
    Kind{"not-found", 404, "There is nothing of that name"},
    Kind{"no-such-path", 404, "This API has no such address"},
    Kind{"method-not-allowed", 405, "This address does not take that method"},
    Kind{"idempotency-key-reused", 422, "The Idempotency-Key was used for another request"},
    Kind{"idempotency-key-in-use", 409,
         "A request with this Idempotency-Key is still being answered"},
    Kind{"not-signed-in", 401, "Who asks is not known"},
    Kind{"not-permitted", 403, "Not with these roles, or not with this token"},
    Kind{"too-many-attempts", 429, "Too many attempts to sign in"},
    Kind{"second-factor-needed", 401, "The second factor is needed as well"},
    Kind{"unavailable", 503, "The centre takes nothing new at the moment"},
    Kind{"jobs-submit-too-fast", 429, "Jobs submit jobs faster than this centre takes"},
    Kind{"unsupported", 501, "This centre cannot do that"},
    Kind{"timed-out", 504, "It took too long"},
    Kind{"internal", 500, "Something is broken here"},
    Kind{"missing-packages", 409, "The application needs packages that are not installed"},
};

struct RefusalKind {
  RefusalCode code;
  std::string_view name;
  int32_t status;
  std::string_view title;
};

constexpr std::array kRefusals{
    RefusalKind{RefusalCode::not_found, "not-found", 404, "There is nothing of that name"},
    RefusalKind{RefusalCode::invalid_value, "invalid-value", 422,
                "A field is outside what it may hold"},
    RefusalKind{RefusalCode::too_many_jobs, "too-many-jobs", 429, "The queue is full"},
    RefusalKind{RefusalCode::array_too_large, "array-too-large", 422, "The array is too large"},
    RefusalKind{RefusalCode::limit_too_long, "limit-too-long", 422, "The limit is too long"},
    RefusalKind{RefusalCode::unknown_tenant, "unknown-tenant", 422, "There is no such tenant"},
    RefusalKind{RefusalCode::unknown_project, "unknown-project", 422, "There is no such project"},
    RefusalKind{RefusalCode::unknown_user, "unknown-user", 422, "There is no such user"},
    RefusalKind{RefusalCode::unknown_voucher, "unknown-voucher", 422, "There is no such voucher"},
    RefusalKind{RefusalCode::already_exists, "already-exists", 409, "The name is taken"},
    RefusalKind{RefusalCode::account_frozen, "account-frozen", 403,
                "The tenant, project or user is frozen or closed"},
    RefusalKind{RefusalCode::not_permitted, "not-permitted", 403,
                "Not with these roles, or not with this token"},
    RefusalKind{RefusalCode::overlapping_price, "overlapping-price", 409,
                "Another price holds then"},
    RefusalKind{RefusalCode::no_price, "no-price", 422, "Something the job needs has no price"},
    RefusalKind{RefusalCode::over_quota, "over-quota", 409, "The quota is used up"},
    RefusalKind{RefusalCode::over_budget, "over-budget", 409, "The project's budget is used up"},
    RefusalKind{RefusalCode::not_enough_money, "not-enough-money", 402,
                "Balance, credit and vouchers do not pay for it"},
    RefusalKind{RefusalCode::unknown_qos, "unknown-qos", 422, "There is no such QoS"},
    RefusalKind{RefusalCode::unknown_licence, "unknown-licence", 422, "There is no such licence"},
    RefusalKind{RefusalCode::unknown_pool, "unknown-pool", 422, "There is no such pool"},
    RefusalKind{RefusalCode::unknown_device, "unknown-device", 422, "There is no such device"},
    RefusalKind{RefusalCode::unknown_reservation, "unknown-reservation", 422,
                "There is no such reservation"},
    RefusalKind{RefusalCode::reservation_not_yours, "reservation-not-yours", 403,
                "The reservation is for others"},
    RefusalKind{RefusalCode::unknown_dependency, "unknown-dependency", 422,
                "The job waits for one that never was"},
    RefusalKind{RefusalCode::cyclic_dependency, "cyclic-dependency", 422,
                "The job would wait for itself"},
    RefusalKind{RefusalCode::impossible_deadline, "impossible-deadline", 422,
                "The deadline cannot be kept"},
    RefusalKind{RefusalCode::impossible_resources, "impossible-resources", 422,
                "No node or pool has that much"},
    RefusalKind{RefusalCode::overlapping_reservation, "overlapping-reservation", 409,
                "The nodes are reserved then"},
    RefusalKind{RefusalCode::wrong_state, "wrong-state", 409, "Not in the state it is in"},
    RefusalKind{RefusalCode::too_late, "too-late", 409, "This may be changed only while it waits"},
};

Problem make(std::string_view name, int32_t status, std::string_view title, std::string detail,
             std::string field, std::string hint) {
  Problem p;
  p.type = std::string(net::problem_base).append(name);
  p.title = title;
  p.status = status;
  p.detail = std::move(detail);
  if (!field.empty()) p.field = std::move(field);
  if (!hint.empty()) p.hint = std::move(hint);
  return p;
}

std::string hint_of(RefusalCode code) {
  switch (code) {
    case RefusalCode::too_many_jobs:
      return "try again when some have ended, or use a job array";
    case RefusalCode::unknown_pool:
      return "`pentad pools` lists them (GET /api/v1/pools)";
    case RefusalCode::unknown_device:
      return "`pentad devices` lists them (GET /api/v1/devices)";
    case RefusalCode::unknown_reservation:
      return "`pentad reservations` lists them (GET /api/v1/reservations)";
    default:
      return {};
  }
}

struct ErrorKind {
  ErrorCode code;
  std::string_view kind;
  std::string_view hint;
};

constexpr std::array kErrors{
    ErrorKind{ErrorCode::failed, "internal", "the daemon's log says more"},
    ErrorKind{ErrorCode::not_found, "not-found", ""},
    ErrorKind{ErrorCode::invalid, "invalid-value", ""},
    ErrorKind{ErrorCode::unsupported, "unsupported", ""},
    ErrorKind{ErrorCode::disk_full, "unavailable", "try again when there is space"},
    ErrorKind{ErrorCode::unavailable, "unavailable", "try again later"},
    ErrorKind{ErrorCode::corrupt, "internal", "the daemon's log says more"},
    ErrorKind{ErrorCode::too_large, "too-large", ""},
    ErrorKind{ErrorCode::timed_out, "timed-out", "try again later"},
};

}  // namespace

Problem problem(std::string_view kind, std::string detail, std::string field, std::string hint) {
  auto it =
      std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& k) { return k.name == kind; });
  PENTAD_ASSERT(it != kKinds.end(), "a kind of problem that the catalogue does not have");
  return make(it->name, it->status, it->title, std::move(detail), std::move(field),
              std::move(hint));
}

Problem problem_of(const Refusal& refusal) {
  auto it = std::find_if(kRefusals.begin(), kRefusals.end(),
                         [&](const RefusalKind& k) { return k.code == refusal.code; });
  PENTAD_ASSERT(it != kRefusals.end(), "a refusal that the catalogue does not have");
  return make(it->name, it->status, it->title, refusal.detail, refusal.field,
              hint_of(refusal.code));
}

Problem problem_of(const Error& error) {
  auto it = std::find_if(kErrors.begin(), kErrors.end(),
                         [&](const ErrorKind& k) { return k.code == error.code; });
  PENTAD_ASSERT(it != kErrors.end(), "an error that the catalogue does not have");
  return problem(it->kind, error.message, error.path, std::string(it->hint));
}

std::vector<ProblemKind> problem_kinds() {
  std::vector<ProblemKind> kinds(kKinds.begin(), kKinds.end());
  for (const RefusalKind& k : kRefusals) {
    bool known = std::any_of(kKinds.begin(), kKinds.end(),
                             [&](const Kind& other) { return other.name == k.name; });
    if (!known) kinds.push_back({k.name, k.status, k.title});
  }
  return kinds;
}

Problem body_problem(std::string_view body, const Error& error) {
  JsonReader reader(body, ReadMode::lenient);
  bool is_json = reader.skip_value() && reader.finish();
  return problem(is_json ? "invalid-value" : "malformed-json", error.message, error.path);
}

}  // namespace pentad::api
