#include "twin/run.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <set>

#include "twin/heat_limit.h"
#include "twin/journal.h"
#include "twin/schedule_digest.h"

namespace pentad::twin {

namespace {

// The parts of one run, in the order in which they hear of things.
class Run {
 public:
  explicit Run(const RunSetup& setup) : setup_(setup), measures_(setup.machine) {}

  Status prepare();
  Result<RunOutput> go(trace::TraceReader& trace, std::function<bool(const Progress&)> progress);

 private:
  void step_done(const StepRow& step);
  Status close(const Replay& replay);
  PlantSummary plant_summary() const;
  TraceInfo trace_info(const trace::TraceReader& trace, const Replay& replay) const;
  CentreInfo centre_info() const;

  const RunSetup& setup_;
  ScheduleMeasures measures_;
  ScheduleDigest digest_;
  std::optional<ItPower> power_;
  std::optional<PlantMeter> plant_;
  std::optional<HeatLimit> heat_;
  std::optional<Steps> steps_;
  std::ofstream jobs_file_;
  std::optional<JobLog> log_;
  std::optional<RunJournal> journal_;
  Series series_;
};

Status Run::prepare() {
  if (setup_.power) {
    auto power = ItPower::make(setup_.machine, setup_.power->pools, setup_.power->utilisation);
    if (!power) return tl::unexpected(power.error());
    power_ = std::move(*power);
    auto plant = PlantMeter::make(setup_.power->plant);
    if (!plant) return tl::unexpected(plant.error());
    plant_.emplace(std::move(*plant));
    heat_.emplace(*plant_, *power_, setup_.machine, setup_.policy, setup_.step);
  }
  if (!setup_.out.empty()) {
    const std::string path = setup_.out + "/jobs.csv";
    jobs_file_.open(path);
    if (!jobs_file_) return fail(ErrorCode::failed, std::strerror(errno), path);
    if (setup_.journal) {
      auto journal = RunJournal::open(setup_.out + "/journal");
      if (!journal) return tl::unexpected(journal.error());
      journal_.emplace(std::move(*journal));
    }
  }
  const ItPower* power = power_ ? &*power_ : nullptr;
  log_.emplace(power, jobs_file_.is_open() ? &jobs_file_ : nullptr);
  steps_.emplace(setup_.machine, power, setup_.step, [this](const StepRow& s) { step_done(s); });
  series_.step = setup_.step;
  series_.utc_offset = setup_.utc_offset;
  series_.columns = steps_->columns();
  return {};
}

void Run::step_done(const StepRow& step) {
  SeriesRow row{step, {}};
  if (plant_) row.plant = plant_->add(step);
  const double carbon = plant_ ? plant_->setup().carbon.location_kg_kwh : 0;
  log_->step_done(step, row.plant ? &*row.plant : nullptr, carbon);
  series_.rows.push_back(std::move(row));
}

Status Run::close(const Replay& replay) {
  steps_->close();
  log_->close(replay.progress().now, replay.live());
  if (jobs_file_.is_open()) {
    jobs_file_.close();
    if (!jobs_file_) return fail(ErrorCode::failed, "not all was written", "jobs.csv");
  }
  return journal_ ? journal_->close(replay.centre()) : Status{};
}

PlantSummary Run::plant_summary() const {
  PlantSummary s;
  const PlantSetup& setup = plant_->setup();
  s.plant = boost::describe::enum_to_string(setup.site.plant.kind, "?");
  s.weather = setup.weather_name;
  s.weather_notes = setup.weather_notes;
  s.tariff = setup.tariff.name;
  s.carbon = setup.carbon;
  s.rated_it_w = power_->rated_w();
  s.totals = plant_->totals();
  if (auto indicators = energy::indicators(s.totals)) {
    s.indicators = *indicators;
    s.pue_text = energy::pue_text(*indicators);
  }
  s.action_hours = plant_->action_hours();
  s.classes = log_->classes();
  s.idle_kwh = plant_->idle_kwh();
  double core_hours = 0, device_hours = 0;
  for (const auto& [name, of_class] : s.classes) {
    s.jobs_kwh += of_class.meter_kwh;
    core_hours += of_class.core_hours;
    device_hours += of_class.device_hours;
  }
  if (core_hours > 0) s.kwh_per_core_hour = s.totals.grid_kwh / core_hours;
  if (device_hours > 0) s.kwh_per_device_hour = s.totals.grid_kwh / device_hours;
  s.worst_conservation_error = plant_->worst_conservation_error();
  s.heat = heat_->summary();
  return s;
}

TraceInfo Run::trace_info(const trace::TraceReader& trace, const Replay& replay) const {
  TraceInfo info;
  info.source = trace.header().source;
  info.format = boost::describe::enum_to_string(trace.header().format, "?");
  info.computer = trace.header().computer;
  info.acknowledge = trace.header().acknowledge;
  info.counts = trace.counts();
  info.bad_lines = trace.bad_lines();
  info.adjustments = replay.adjustments();
  return info;
}

CentreInfo Run::centre_info() const {
  CentreInfo info{setup_.name, setup_.site, policy_text(setup_.policy), 0, 0, 0};
  for (const Node& node : setup_.machine.nodes) {
    ++info.nodes;
    info.cores += node.cores;
    for (const DeviceGroup& group : node.devices) info.devices += group.count;
  }
  return info;
}

Result<RunOutput> Run::go(trace::TraceReader& trace,
                          std::function<bool(const Progress&)> progress) {
  Replay replay(setup_.machine, setup_.policy, setup_.replay);
  // Steps come first: what happens now belongs to the step that begins now.
  replay.add(&*steps_);
  replay.add(&measures_);
  replay.add(&*log_);
  replay.add(&digest_);
  if (heat_ && heat_->any()) {
    replay.add(&*heat_);
    replay.set_governor(&*heat_);
  }
  if (journal_) replay.set_journal([this](const Event& event) { return journal_->add(event); });
  if (progress) replay.set_progress(std::move(progress));
  auto end = replay.run(trace);
  if (!end) return tl::unexpected(end.error());
  if (Status s = close(replay); !s) return tl::unexpected(s.error());
  RunOutput out;
  out.result.end = *end == ReplayEnd::complete      ? "complete"
                   : *end == ReplayEnd::until       ? "until"
                   : *end == ReplayEnd::interrupted ? "interrupted"
                                                    : "stuck";
  out.result.begin = replay.progress().start;
  out.result.until = replay.progress().now;
  out.result.events = replay.progress().events;
  out.result.schedule_digest = fmt::format("{:016x}", digest_.digest());
  out.result.trace = trace_info(trace, replay);
  out.result.centre = centre_info();
  out.result.schedule = measures_.summary();
  if (plant_) out.result.plant = plant_summary();
  out.result.inputs = setup_.inputs;
  out.series = std::move(series_);
  return out;
}

}  // namespace

std::string policy_text(const Policy& policy) {
  const int32_t depth = policy.reservation_depth;
  std::string text = !policy.backfill ? "no backfill"
                     : depth == 0     ? "no reservations"
                     : depth == 1     ? "EASY backfill"
                     : depth < 0      ? "conservative backfill"
                                      : fmt::format("backfill with {} reservations", depth);
  const bool fcfs = policy.weights.fair_share == 0 && policy.weights.qos == 0;
  text += fcfs ? ", first come first served order"
          : policy.weights.fair_share != 0
              ? fmt::format(", fair share (half-life {} h)",
                            policy.fair_share_half_life.value / 3'600'000)
              : ", order by priority";
  if (policy.power_cap.by_hour.size() == 24) text += ", power cap by hour";
  return text;
}

Result<RunOutput> run(const RunSetup& setup, trace::TraceReader& trace,
                      std::function<bool(const Progress&)> progress) {
  Run run(setup);
  if (Status s = run.prepare(); !s) return tl::unexpected(s.error());
  return run.go(trace, std::move(progress));
}

}  // namespace pentad::twin
