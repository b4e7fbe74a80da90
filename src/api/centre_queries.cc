// Applications, and the daemon about itself.
#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <utility>

#include "api/answer.h"
#include "api/endpoints.h"
#include "api/handlers.h"
#include "api/views.h"

namespace pentad::api {

namespace {

NodeCounts count_nodes(const std::vector<NodeView>& nodes) {
  NodeCounts out;
  for (const NodeView& node : nodes) {
    switch (node.state) {
      case NodeState::up:
        ++out.up;
        break;
      case NodeState::draining:
        ++out.draining;
        break;
      case NodeState::drained:
        ++out.drained;
        break;
      case NodeState::down:
        ++out.down;
        break;
    }
    out.cores += node.node.cores;
    out.cores_used += node.cores_used;
  }
  return out;
}

net::Response plain(std::string text, int status = 200) {
  net::Response response;
  response.status = status;
  response.media_type = "text/plain; charset=utf-8";
  response.body = std::move(text);
  return response;
}

}  // namespace

void list_apps(const Services& services, Request, net::Responder responder) {
  services.workers.post([&services, responder](store::JobQueries&) {
    responder.send(
        json_response(services.applications ? services.applications->list() : AppList{}));
  });
}

void get_app(const Services& services, Request request, net::Responder responder) {
  std::string name(request.path_parameter("name"));
  services.workers.post([&services, name, responder](store::JobQueries&) {
    auto app = services.applications ? services.applications->find(name) : std::nullopt;
    if (app) return responder.send(json_response(*app));
    responder.send(
        problem_response(problem("not-found", fmt::format("there is no application `{}`", name), {},
                                 "`pentad apps` lists them (GET /api/v1/apps)")));
  });
}

void get_status(const Services& services, Request, net::Responder responder) {
  services.core.ask([&services, responder](CoreView& view) {
    StatusView out;
    out.version = services.version;
    if (auto trouble = services.core.trouble()) {
      out.health = Health::degraded;
      out.detail = trouble->message;
    }
    out.home = services.home;
    out.listen = services.listen;
    out.pid = getpid();
    out.now_ms = view.now().value;
    out.started_at_ms = services.started.value;
    Centre::Counts counts = view.centre().counts();
    out.jobs = {counts.held, counts.queued, counts.jobs, counts.attempts};
    out.nodes = count_nodes(view.centre().nodes());
    out.events = view.last_event();
    responder.send(json_response(out));
  });
}

void get_openapi(const Services& services, Request, net::Responder responder) {
  net::Response response;
  response.body = openapi_document(services.version);
  responder.send(std::move(response));
}

void get_metrics(const Services& services, Request, net::Responder responder) {
  services.core.ask([&services, responder](CoreView& view) {
    Metrics::State state;
    state.counts = view.centre().counts();
    NodeCounts nodes = count_nodes(view.centre().nodes());
    state.cores = nodes.cores;
    state.cores_used = nodes.cores_used;
    state.last_event = view.last_event();
    state.watchers = static_cast<int64_t>(services.events.subscriber_count());
    state.degraded = services.core.trouble().has_value();
    services.workers.post([&services, state, responder](store::JobQueries&) {
      net::Response response = plain(services.metrics.text(state));
      response.media_type = "text/plain; version=0.0.4; charset=utf-8";
      responder.send(std::move(response));
    });
  });
}

void get_health(const Services& services, Request, net::Responder responder) {
  // Through the core, so that a core that is stuck is not called healthy.
  services.core.ask([&services, responder](CoreView&) {
    auto trouble = services.core.trouble();
    responder.send(trouble ? plain(trouble->message + "\n", 503) : plain("ok\n"));
  });
}

}  // namespace pentad::api
