// Nodes, pools, device models and what was measured on them.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "api/answer.h"
#include "api/authenticate.h"
#include "api/checks.h"
#include "api/handlers.h"
#include "api/views.h"

namespace pentad::api {

namespace {

Problem no_such_node(std::string_view name) {
  return problem("not-found", fmt::format("there is no node `{}`", name), {},
                 "`pentad nodes` lists them (GET /api/v1/nodes)");
}

const NodeView* find_node(const std::vector<NodeView>& nodes, const std::string& name) {
  auto it = std::find_if(nodes.begin(), nodes.end(),
                         [&](const NodeView& n) { return n.node.name == name; });
  return it == nodes.end() ? nullptr : &*it;
}

void show_node(CoreView& view, const std::string& name, const net::Responder& responder) {
  std::vector<NodeView> nodes = view.centre().nodes();
  const NodeView* node = find_node(nodes, name);
  if (!node) return responder.send(problem_response(no_such_node(name)));
  responder.send(json_response(node_info(*node)));
}

DeviceModelList device_list(const Centre& centre) {
  DeviceModelList out;
  for (const DeviceModel& model : centre.device_models()) {
    out.models.push_back(device_model_info(model));
  }
  return out;
}

// Takes over what was measured; a 0 says nothing.
void merge(const ThroughputView& measured, Throughput& into) {
  auto take = [](int64_t from, int64_t& to) {
    if (from > 0) to = from;
  };
  take(measured.fp64, into.fp64);
  take(measured.fp32, into.fp32);
  take(measured.tf32, into.tf32);
  take(measured.bf16, into.bf16);
  take(measured.fp16, into.fp16);
  take(measured.fp8, into.fp8);
  take(measured.int8, into.int8);
  take(measured.int4, into.int4);
}

bool has_model(const Node& node, const std::string& model) {
  return node.cpu_model == model ||
         std::any_of(node.devices.begin(), node.devices.end(),
                     [&](const DeviceGroup& g) { return g.model == model; });
}

// The event that stores what was measured on a node.
Answer<event::Configure> to_configure(const Centre& centre, const Node& node,
                                      const Calibration& calibration) {
  event::Configure out;
  out.policy = centre.policy();
  std::vector<DeviceModel> known = centre.device_models();
  for (size_t i = 0; i < calibration.models.size(); ++i) {
    const MeasuredModel& measured = calibration.models[i];
    auto model = std::find_if(known.begin(), known.end(),
                              [&](const DeviceModel& m) { return m.name == measured.model; });
    if (model == known.end() || !has_model(node, measured.model)) {
      return tl::unexpected(problem_of(
          Refusal{RefusalCode::unknown_device, fmt::format("/models/{}/model", i),
                  fmt::format("node `{}` has no device `{}`", node.name, measured.model)}));
    }
    merge(measured.measured_mops, model->measured);
    out.device_models.push_back(*model);
  }
  return out;
}

void calibrate(const Services& services, CoreView& view, const std::string& name,
               const Calibration& calibration, const Request& request, net::Responder responder) {
  std::vector<NodeView> nodes = view.centre().nodes();
  const NodeView* node = find_node(nodes, name);
  if (!node) return responder.send(problem_response(no_such_node(name)));
  auto configure = to_configure(view.centre(), node->node, calibration);
  if (!configure) return responder.send(problem_response(configure.error()));
  std::vector<store::Command> commands;
  commands.push_back(command_of(request, std::move(*configure)));
  services.core.post(std::move(commands), [responder](const auto& done, CoreView& after) {
    if (!done) return responder.send(problem_response(problem_of(done.error())));
    responder.send(json_response(device_list(after.centre())));
  });
}

}  // namespace

void list_nodes(const Services& services, Request, net::Responder responder) {
  services.core.ask([responder](CoreView& view) {
    NodeList out;
    for (const NodeView& node : view.centre().nodes()) out.nodes.push_back(node_info(node));
    responder.send(json_response(out));
  });
}

void get_node(const Services& services, Request request, net::Responder responder) {
  std::string name(request.path_parameter("name"));
  services.core.ask([name, responder](CoreView& view) { show_node(view, name, responder); });
}

void change_node(const Services& services, Request request, net::Responder responder) {
  auto change = read_body<NodeChange>(request.body);
  if (!change) return responder.send(problem_response(change.error()));
  if (change->state == NodeState::drained) {
    return responder.send(problem_response(
        problem("invalid-value", "a draining node becomes drained by itself when it is empty",
                "/state", "use draining")));
  }
  if (auto complaint = check_line(change->reason)) {
    return responder.send(problem_response(problem("invalid-value", *complaint, "/reason")));
  }
  std::string name(request.path_parameter("name"));
  std::vector<store::Command> commands;
  commands.push_back(
      command_of(request, event::SetNodeState{name, change->state, std::move(change->reason)}));
  services.core.post(std::move(commands), [name, responder](const auto& done, CoreView& view) {
    if (!done) return responder.send(problem_response(problem_of(done.error())));
    const Refusal& refusal = done->front().effects.reply.refusal;
    if (refusal.code == RefusalCode::not_found) {
      return responder.send(problem_response(no_such_node(name)));
    }
    if (refusal.code != RefusalCode::none) {
      return responder.send(problem_response(problem_of(refusal)));
    }
    show_node(view, name, responder);
  });
}

void calibrate_node(const Services& services, Request request, net::Responder responder) {
  auto body = read_body<Calibration>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  auto shared = std::make_shared<Request>(std::move(request));
  services.core.ask([&services, shared, body = std::move(*body), responder](CoreView& view) {
    const std::string name(shared->path_parameter("name"));
    calibrate(services, view, name, body, *shared, responder);
  });
}

void list_pools(const Services& services, Request, net::Responder responder) {
  services.core.ask([responder](CoreView& view) {
    responder.send(json_response(PoolList{pool_infos(view.centre().nodes())}));
  });
}

void list_devices(const Services& services, Request, net::Responder responder) {
  services.core.ask(
      [responder](CoreView& view) { responder.send(json_response(device_list(view.centre()))); });
}

}  // namespace pentad::api
