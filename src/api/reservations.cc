// Advance reservations of nodes.
#include <fmt/format.h>

#include <utility>

#include "api/answer.h"
#include "api/authenticate.h"
#include "api/checks.h"
#include "api/handlers.h"
#include "api/submission.h"
#include "api/views.h"

namespace pentad::api {

namespace {

std::optional<Problem> check_names(const std::vector<std::string>& names, const char* field) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (auto complaint = check_name(names[i])) {
      return problem("invalid-value", *complaint, fmt::format("{}/{}", field, i));
    }
  }
  return {};
}

std::optional<Problem> check(const ReservationRequest& request) {
  if (auto complaint = check_name(request.name)) {
    return problem("invalid-value", *complaint, "/name");
  }
  if (auto p = check_names(request.nodes, "/nodes")) return p;
  if (auto p = check_names(request.users, "/users")) return p;
  for (size_t i = 0; i < request.projects.size(); ++i) {
    if (auto complaint = check_project(request.projects[i])) {
      return problem("invalid-value", *complaint, fmt::format("/projects/{}", i));
    }
  }
  return {};
}

Problem refused(const Refusal& refusal) {
  Problem p = problem_of(refusal);
  p.field = api_field(refusal.field, false);
  if (p.field->empty() || *p.field == "/id") p.field.reset();
  return p;
}

// When and where, but of the users and projects only those the caller may know of.
ReservationView for_caller(const AdvanceReservation& r, const Caller& caller) {
  ReservationView out = reservation_view(r);
  if (caller.may_everywhere(Permission::reservation_view)) return out;
  std::erase_if(out.users, [&](const std::string& user) { return user != caller.user; });
  std::erase_if(out.projects, [&](const std::string& project) {
    const auto parts = split_full_name(project);
    return !parts || !caller.directory->is_member(caller.user, parts->first, parts->second);
  });
  if (out.users.empty() && out.projects.empty()) out.name = "reserved";
  return out;
}

}  // namespace

void list_reservations(const Services& services, Request request, net::Responder responder) {
  services.core.ask([caller = std::move(request.caller), responder](CoreView& view) {
    ReservationList out;
    for (const AdvanceReservation& r : view.centre().reservations()) {
      out.reservations.push_back(for_caller(r, caller));
    }
    responder.send(json_response(out));
  });
}

void create_reservation(const Services& services, Request request, net::Responder responder) {
  auto body = read_body<ReservationRequest>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  if (auto p = check(*body)) return responder.send(problem_response(*p));
  AdvanceReservation wanted{{},
                            std::move(body->name),
                            std::move(body->nodes),
                            Time{body->begin_at_ms},
                            Time{body->end_at_ms},
                            std::move(body->users),
                            std::move(body->projects)};
  std::vector<store::Command> commands;
  commands.push_back(command_of(request, event::CreateReservation{wanted}));
  services.core.post(std::move(commands),
                     [wanted = std::move(wanted), responder](const auto& done, CoreView&) mutable {
                       if (!done) return responder.send(problem_response(problem_of(done.error())));
                       const Reply& reply = done->front().effects.reply;
                       if (!reply.accepted())
                         return responder.send(problem_response(refused(reply.refusal)));
                       wanted.id = reply.reservation;
                       responder.send(json_response(reservation_view(wanted), 201));
                     });
}

void delete_reservation(const Services& services, Request request, net::Responder responder) {
  auto id = path_id(request);
  if (!id) return responder.send(problem_response(id.error()));
  std::vector<store::Command> commands;
  commands.push_back(command_of(request, event::DeleteReservation{ReservationId{*id}}));
  services.core.post(std::move(commands), [responder](const auto& done, CoreView&) {
    if (!done) return responder.send(problem_response(problem_of(done.error())));
    const Refusal& refusal = done->front().effects.reply.refusal;
    if (refusal.code != RefusalCode::none)
      return responder.send(problem_response(refused(refusal)));
    net::Response response;
    response.status = 204;
    response.media_type.clear();
    responder.send(std::move(response));
  });
}

}  // namespace pentad::api
