// Statements: open ones are made from the charges each time, closed ones are what was stored.
#include <fmt/format.h>

#include <memory>
#include <utility>

#include "api/handlers.h"
#include "api/money_common.h"
#include "api/statement_file.h"
#include "ledger/calendar.h"
#include "ledger/focus.h"
#include "ledger/statement_forms.h"

namespace pentad::api {

namespace {

struct Asked {
  std::string tenant, project, month;
  std::string format = "json";
  ledger::Language language = ledger::Language::en;
  std::string provider;
  std::vector<Voucher> vouchers;  // of the tenant, as known to the core
  std::vector<Price> prices;
};

// The project in full; for who computes in one only, that one.
Answer<std::pair<std::string, std::string>> project_of(const Caller& caller, std::string name) {
  if (name.empty()) {
    auto own = caller.directory->projects_of(caller.user);
    if (own.size() != 1) {
      return tl::unexpected(
          problem("invalid-parameter", "say of which project: tenant/name", "project"));
    }
    return std::pair(own.front()->tenant, own.front()->name);
  }
  auto parts = split_full_name(name);
  if (!parts) {
    return tl::unexpected(
        problem("invalid-parameter", "a project is named tenant/name", "project"));
  }
  if (!caller.may(Permission::statement_view, {parts->first, parts->second}) ||
      !caller.directory->find_project(parts->first, parts->second)) {
    return tl::unexpected(
        problem("not-found", fmt::format("there is no project `{}` of yours", name), "project"));
  }
  return *parts;
}

Result<ledger::Statement> open_statement(store::MoneyQueries& queries, const Asked& asked) {
  store::ChargeFilter filter;
  filter.tenant = asked.tenant;
  filter.project = asked.project;
  filter.month = asked.month;
  std::vector<Charge> charges;
  Status read = queries.for_each_charge(filter, [&](const Charge& charge) -> Status {
    charges.push_back(charge);
    return {};
  });
  if (!read) return tl::unexpected(read.error());
  return ledger::make_statement(asked.tenant, asked.project, asked.month, std::move(charges),
                                asked.vouchers);
}

struct Found {
  ledger::Statement statement;
  std::string canonical_text;
  ledger::StatementSeal seal;
};

// A closed one must still be what its digest says.
Result<Found> find_statement(store::JobQueries& jobs, const Asked& asked) {
  store::MoneyQueries queries(jobs.database());
  auto closed = queries.statement(asked.tenant, asked.project, asked.month);
  if (!closed) return tl::unexpected(closed.error());
  Found out;
  if (!*closed) {
    auto open = open_statement(queries, asked);
    if (!open) return tl::unexpected(open.error());
    out.statement = std::move(*open);
    out.canonical_text = ledger::canonical_text(out.statement);
    return out;
  }
  auto file = read_statement_file(
      ledger::statement_file_text((*closed)->body, {(*closed)->digest, (*closed)->closed}));
  if (!file) return tl::unexpected(file.error());
  out.statement = std::move(file->statement);
  out.canonical_text = std::move(file->canonical_text);
  out.seal = {(*closed)->digest, (*closed)->closed};
  return out;
}

struct Form {
  std::string media, extension;
  Result<std::string> text;
};

Form form_of(const Found& found, const Asked& asked) {
  if (asked.format == "csv") {
    return {"text/csv; charset=utf-8", "csv", ledger::statement_csv(found.statement)};
  }
  if (asked.format == "html") {
    return {"text/html; charset=utf-8", "html",
            ledger::statement_html(found.statement, found.seal, asked.language)};
  }
  if (asked.format == "focus") {
    ledger::FocusSettings settings{asked.provider, asked.prices, found.seal.digest};
    return {"text/csv; charset=utf-8", "focus.csv", ledger::focus_csv(found.statement, settings)};
  }
  return {"application/json", "json",
          ledger::statement_file_text(found.canonical_text, found.seal)};
}

void send_statement(store::JobQueries& queries, const Asked& asked, net::Responder responder) {
  auto found = find_statement(queries, asked);
  if (!found) return responder.send(problem_response(problem_of(found.error())));
  Form form = form_of(*found, asked);
  if (!form.text) return responder.send(problem_response(problem_of(form.text.error())));
  net::Response response;
  response.media_type = form.media;
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.body = std::move(*form.text);
  responder.send(std::move(response));
}

void learn_names(CoreView& view, Asked& asked) {
  for (const pentad::VoucherView& v : view.centre().vouchers()) {
    if (v.voucher.tenant == asked.tenant) asked.vouchers.push_back(v.voucher);
  }
  if (asked.format == "focus") asked.prices = view.centre().prices();
}

// What was made is closed as it is; the core compares its sums.
void close_made(const Services& services, const Request& request, const Asked& asked,
                const ledger::Statement& statement, net::Responder responder) {
  std::string text = ledger::canonical_text(statement);
  event::CloseStatement what{asked.tenant,
                             asked.project,
                             asked.month,
                             statement.total,
                             static_cast<int64_t>(statement.charges.size()),
                             statement_digest(text)};
  ClosedStatementView out{full_name(asked.tenant, asked.project),
                          asked.month,
                          what.total.value,
                          what.charges,
                          what.digest,
                          0};
  std::vector<store::Command> commands;
  commands.push_back(command_of(request, std::move(what)));
  commands.back().body = std::move(text);
  services.core.post(std::move(commands),
                     [out, responder](const auto& done, CoreView& view) mutable {
                       if (!done) return responder.send(problem_response(problem_of(done.error())));
                       const Reply& reply = done->front().effects.reply;
                       if (!reply.accepted())
                         return responder.send(problem_response(money_problem(reply.refusal)));
                       out.closed_at_ms = view.now().value;
                       responder.send(json_response(out, 201));
                     });
}

}  // namespace

void get_statement(const Services& services, Request request, net::Responder responder) {
  auto project = project_of(request.caller, text_parameter(request, "project").value_or(""));
  if (!project) return responder.send(problem_response(project.error()));
  auto asked = std::make_shared<Asked>();
  std::tie(asked->tenant, asked->project) = *project;
  asked->month = text_parameter(request, "month").value_or(ledger::month_name(services.now()));
  if (!ledger::month_span(asked->month)) {
    return responder.send(problem_response(
        problem("invalid-parameter", "expected a month such as 2026-11", "month")));
  }
  asked->format = text_parameter(request, "format").value_or("json");
  if (text_parameter(request, "lang").value_or("en") == "zh")
    asked->language = ledger::Language::zh;
  asked->provider = services.host;
  services.core.ask([&services, asked, responder](CoreView& view) {
    learn_names(view, *asked);
    services.workers.post([asked, responder](store::JobQueries& queries) {
      send_statement(queries, *asked, responder);
    });
  });
}

void close_statement(const Services& services, Request request, net::Responder responder) {
  auto body = read_body<StatementClose>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  auto parts = split_full_name(body->project);
  if (!parts) {
    return responder.send(
        problem_response(problem("invalid-value", "a project is named tenant/name", "/project")));
  }
  auto asked = std::make_shared<Asked>();
  std::tie(asked->tenant, asked->project) = *parts;
  asked->month = body->month;
  auto shared = std::make_shared<Request>(std::move(request));
  services.core.ask([&services, asked, shared, responder](CoreView& view) {
    learn_names(view, *asked);
    services.workers.post([&services, asked, shared, responder](store::JobQueries& queries) {
      store::MoneyQueries money(queries.database());
      auto statement = open_statement(money, *asked);
      if (!statement && statement.error().code == ErrorCode::invalid) {
        return responder.send(
            problem_response(problem("invalid-value", statement.error().message, "/month")));
      }
      if (!statement) return responder.send(problem_response(problem_of(statement.error())));
      close_made(services, *shared, *asked, *statement, responder);
    });
  });
}

void list_statements(const Services& services, Request request, net::Responder responder) {
  std::string tenant = text_parameter(request, "tenant").value_or("");
  services.workers.post(
      [caller = std::move(request.caller), tenant, responder](store::JobQueries& queries) {
        auto closed = store::MoneyQueries(queries.database()).statements(tenant);
        if (!closed) return responder.send(problem_response(problem_of(closed.error())));
        StatementList out;
        for (const store::ClosedStatement& s : *closed) {
          if (!caller.may(Permission::statement_view, {s.tenant, s.project})) continue;
          out.statements.push_back({full_name(s.tenant, s.project), s.month, s.total.value,
                                    s.charges, s.digest, s.closed.value});
        }
        responder.send(json_response(out));
      });
}

}  // namespace pentad::api
