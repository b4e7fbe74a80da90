// pentad calibrate: measures this machine and tells the centre.
#include <fmt/format.h>
#include <sys/wait.h>

#include <cstdio>

#include "api/centre_types.h"
#include "cli/centre_process.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "engine/hardware/calibration.h"

namespace pentad::cli {

namespace {

// Its standard output; what it says of its progress goes to ours. Throws when it fails.
std::string output_of(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  if (!pipe) throw CommandError(kFailed, "cannot run " + command);
  std::string text;
  std::array<char, 4096> buffer;
  while (size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe))
    text.append(buffer.data(), n);
  int status = pclose(pipe);
  if (interrupted())
    throw CommandError(static_cast<ExitCode>(130), "interrupted; nothing was stored");
  if (status != 0) {
    throw CommandError(kFailed, fmt::format("{} ended with {}", command, WEXITSTATUS(status)));
  }
  return text;
}

api::ThroughputView view_of(const Throughput& t) {
  return {t.fp64, t.fp32, t.tf32, t.bf16, t.fp16, t.fp8, t.int8, t.int4};
}

}  // namespace

int calibrate(Session& session, bool quick) {
  session.get<api::StatusView>(
      "/status");  // no half a minute of work for a centre that is not there
  catch_interrupts();
  std::string program = "'" + program_beside("pentad-calibrate") + "'" + (quick ? " --quick" : "");
  Result<engine::CalibrationReport> report = engine::read_calibration(output_of(program));
  if (!report) {
    throw CommandError(kFailed,
                       "pentad-calibrate printed something unexpected: " + report.error().message);
  }
  api::Calibration calibration;
  calibration.models.push_back({report->cpu_model, view_of(engine::measured_per_core(*report))});
  auto models = session.send<api::DeviceModelList>(
      net::Method::put, "/nodes/" + net::percent_encode(report->node) + "/calibration",
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
