#include "api/sign_in_common.h"

#include <utility>

#include "api/checks.h"

namespace pentad::api {

void refuse(const net::Responder& responder, const Problem& p) {
  responder.send(problem_response(p));
}

net::Response never_stored(net::Response response) {
  response.headers.add("Cache-Control", "no-store");
  return response;
}

net::Response no_content() {
  net::Response response;
  response.status = 204;
  response.media_type.clear();
  return response;
}

void note(const Services& services, const Request& request, std::string actor, std::string what,
          std::string subject, std::string detail) {
  store::Command command;
  command.event.actor = std::move(actor);
  command.event.from = request.caller.from;
  command.event.what = event::Note{std::move(what), std::move(subject), std::move(detail)};
  std::vector<store::Command> commands;
  commands.push_back(std::move(command));
  services.core.post(std::move(commands), [](const auto&, CoreView&) {});
}

std::string loggable(std::string_view name) {
  return check_name(name) ? std::string("(no name)") : std::string(name.substr(0, 64));
}

identity::Identity* identity_of(const Services& services, const net::Responder& responder) {
  if (!services.identity) {
    refuse(responder, problem("unsupported", "this centre keeps no passwords and tokens"));
  }
  return services.identity;
}

void open_session(const Services& services, const std::shared_ptr<Request>& request,
                  const identity::SignInResult& who, Opened opened) {
  auto open = [&services, request, who, opened] {
    services.identity->open_session(who, request->caller.from,
                                    std::string(request->header("User-Agent")), opened);
  };
  if (!who.is_new) return open();
  User user{who.user, who.key, who.title, who.email, {}, AccountState::active};
  if (check_line(user.title)) user.title.clear();
  if (check_line(user.email)) user.email.clear();
  std::vector<store::Command> commands(1);
  commands[0].event.actor = "system";
  commands[0].event.from = request->caller.from;
  commands[0].event.what = event::PutUser{std::move(user), true};
  services.core.post(std::move(commands), [open, opened](const auto& done, CoreView&) {
    if (!done) return opened(tl::unexpected(done.error()));
    const Refusal& refusal = done->front().effects.reply.refusal;
    if (refusal.code == RefusalCode::none) return open();
    opened(fail(ErrorCode::invalid, refusal.detail));
  });
}

}  // namespace pentad::api
