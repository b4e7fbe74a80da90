// The audit log. It tells about everybody: whoever reads it may do so in the whole centre.
#include "store/audit.h"

#include <utility>

#include "api/answer.h"
#include "api/audit_types.h"
#include "api/handlers.h"
#include "api/money_common.h"

namespace pentad::api {

namespace {

// Of one answer with rows; at least one row is in it.
constexpr size_t kRowsBytes = size_t{4} << 20;

bool is_refused(const Request& request, const net::Responder& responder) {
  if (request.caller.may_everywhere(Permission::audit_view)) return false;
  responder.send(problem_response(may_not("read the audit log of the whole centre")));
  return true;
}

Result<AuditHead> head_of(store::Database& database) {
  Result<store::ChainHead> head = store::chain_head(database);
  if (!head) return tl::unexpected(head.error());
  Result<std::string> start = store::chain_start(database);
  if (!start) return tl::unexpected(start.error());
  Result<store::JournalExtent> extent = store::journal_extent(database);
  if (!extent) return tl::unexpected(extent.error());
  return AuditHead{extent->first, *start, head->seq, head->at.value, head->chain};
}

}  // namespace

void list_audit_log(const Services& services, Request request, net::Responder responder) {
  if (is_refused(request, responder)) return;
  store::AuditListing listing;
  if (auto since = integer_parameter(request, "since_ms")) listing.filter.since = Time{*since};
  if (auto until = integer_parameter(request, "until_ms")) listing.filter.until = Time{*until};
  listing.filter.actor = text_parameter(request, "actor");
  listing.filter.what = split_list(text_parameter(request, "what").value_or(""));
  listing.descending = text_parameter(request, "sort").value_or("-seq") == "-seq";
  listing.limit = static_cast<int32_t>(integer_parameter(request, "limit").value_or(100));
  listing.cursor = text_parameter(request, "cursor").value_or("");
  services.workers.post([listing, responder](store::JobQueries& queries) {
    auto page = store::list_audit(queries.database(), listing);
    if (!page) return responder.send(problem_response(problem_of(page.error())));
    AuditPage out;
    for (store::AuditRecord& r : page->records) {
      out.records.push_back({r.seq, r.at.value, std::move(r.actor), std::move(r.from),
                             std::move(r.what), std::move(r.words), std::move(r.chain)});
    }
    if (!page->next.empty()) out.next = page->next;
    responder.send(json_response(out));
  });
}

void get_audit_head(const Services& services, Request request, net::Responder responder) {
  if (is_refused(request, responder)) return;
  services.workers.post([responder](store::JobQueries& queries) {
    Result<AuditHead> head = tl::unexpected(Error{});
    // Of one moment.
    Status read = queries.database().transaction([&]() -> Status {
      head = head_of(queries.database());
      return head ? Status{} : Status(tl::unexpected(head.error()));
    });
    if (!read) return responder.send(problem_response(problem_of(read.error())));
    responder.send(json_response(*head));
  });
}

void export_audit_log(const Services& services, Request request, net::Responder responder) {
  if (is_refused(request, responder)) return;
  const int64_t after = integer_parameter(request, "after").value_or(0);
  const int64_t count = integer_parameter(request, "limit").value_or(100);
  services.workers.post([after, count, responder](store::JobQueries& queries) {
    net::Response response;
    response.media_type = "application/jsonl";
    const Error full{ErrorCode::too_large, "", ""};
    Status read = store::export_audit(queries.database(), after, count,
                                      [&](const std::string& line) -> Status {
                                        response.body += line + "\n";
                                        if (response.body.size() < kRowsBytes) return {};
                                        return tl::unexpected(full);
                                      });
    if (!read && read.error().code != full.code) {
      return responder.send(problem_response(problem_of(read.error())));
    }
    responder.send(std::move(response));
  });
}

}  // namespace pentad::api
