// pentad calibrate: measures this machine and tells the centre.
#include <fmt/format.h>

#include "api/centre_types.h"
#include "cli/centre_process.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/table.h"
#include "engine/hardware/calibration.h"

namespace pentad::cli {

namespace {

// The report; what it says of its progress goes to our standard error. Throws when it fails.
std::string measure(bool quick) {
  std::vector<std::string> argv{program_beside("pentad-calibrate")};
  if (quick) argv.push_back("--quick");
  Finished done = output_of(argv);
  if (interrupted())
    throw CommandError(static_cast<ExitCode>(130), "interrupted; nothing was stored");
  if (done.status != 0) {
    throw CommandError(kFailed, fmt::format("{} ended with {}", argv[0], done.status));
  }
  return done.output;
}

api::ThroughputView view_of(const Throughput& t) {
  return {t.fp64, t.fp32, t.tf32, t.bf16, t.fp16, t.fp8, t.int8, t.int4};
}

// What the centre calls this machine: pentad.toml may give it another name than the host's.
std::string node_here(Session& session, const std::string& host) {
  auto list = session.get<api::NodeList>("/nodes");
  for (const api::NodeInfo& node : list.nodes) {
    if (node.name == host) return host;
  }
  if (list.nodes.size() == 1) return list.nodes[0].name;
  throw CommandError(kFailed, fmt::format("the centre has no node `{}`", printable(host)));
}

}  // namespace

int calibrate(Session& session, bool quick) {
  session.get<api::StatusView>("/status");  // no half a minute of work for one that is not there
  catch_interrupts();
  Result<engine::CalibrationReport> report = engine::read_calibration(measure(quick));
  if (!report) {
    throw CommandError(kFailed,
                       "pentad-calibrate printed something unexpected: " + report.error().message);
  }
  api::Calibration calibration;
  calibration.models.push_back({report->cpu_model, view_of(engine::measured_per_core(*report))});
  auto models = session.send<api::DeviceModelList>(
      net::Method::put,
      "/nodes/" + net::percent_encode(node_here(session, report->node)) + "/calibration",
      calibration);
  if (session.json()) {
    fmt::print("{}\n", to_json(*report));
    return kOk;
  }
  if (report->others_percent.value_or(0) > 5) {
    fmt::print("other programs took {} % of the processor meanwhile: the figures are too low\n",
               *report->others_percent);
  }
  return devices(session);
}

}  // namespace pentad::cli
