#include "cli/twin/inputs.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>

#include "cli/twin/centres.h"
#include "cli/twin/policy_text.h"
#include "cli/units.h"
#include "twin/made_up.h"

namespace pentad::cli::twin {

namespace {

using pentad::twin::Quality;

// Counts the bytes as they lie in the file, packed or not.
class CountedBytes : public trace::ByteSource {
 public:
  CountedBytes(std::unique_ptr<trace::ByteSource> from, std::shared_ptr<int64_t> count)
      : from_(std::move(from)), count_(std::move(count)) {}
  Result<size_t> read(char* to, size_t size) override {
    auto got = from_->read(to, size);
    if (got) *count_ += static_cast<int64_t>(*got);
    return got;
  }

 private:
  std::unique_ptr<trace::ByteSource> from_;
  std::shared_ptr<int64_t> count_;
};

Result<OpenTrace> open_file_trace(const std::string& path, bool strict) {
  auto bytes = trace::open_file(path);
  if (!bytes) return tl::unexpected(bytes.error());
  auto count = std::make_shared<int64_t>(0);
  auto counted = std::make_unique<CountedBytes>(std::move(*bytes), count);
  auto reader = trace::open_trace(std::move(counted), path, {strict});
  if (!reader) return tl::unexpected(reader.error());
  std::error_code error;
  const auto size = static_cast<double>(std::filesystem::file_size(path, error));
  auto part = [count, size, error] {
    return error || size <= 0 ? -1.0 : static_cast<double>(*count) / size;
  };
  return OpenTrace{std::move(*reader), part, path};
}

// "100000", "100000:0.9": jobs and load.
Result<OpenTrace> open_made_up(const InputOptions& input, const trace::Machine& machine) {
  const std::string& text = input.generate;
  const char* end = text.data() + text.size();
  int64_t jobs = 0;
  double load = 0.8;
  auto [rest, error] = std::from_chars(text.data(), end, jobs);
  bool good = error == std::errc{} && jobs > 0;
  if (good && rest != end) {
    auto [last, wrong] = std::from_chars(rest + 1, end, load);
    good = *rest == ':' && wrong == std::errc{} && last == end && load > 0 && load <= 10;
  }
  if (!good) {
    return fail(
        ErrorCode::invalid,
        fmt::format("\"{}\": write the number of jobs, or JOBS:LOAD such as 100000:0.9", text),
        "--generate");
  }
  auto config = pentad::twin::made_up_for(machine, jobs, load, input.seed);
  if (!config) return tl::unexpected(config.error());
  auto reader = trace::generate(*config);
  if (!reader) return tl::unexpected(reader.error());
  const trace::TraceReader* raw = reader->get();
  auto part = [raw, jobs] {
    return static_cast<double>(raw->counts().jobs) / static_cast<double>(jobs);
  };
  return OpenTrace{std::move(*reader), part, fmt::format("made up, seed {}", input.seed)};
}

Result<trace::Machine> machine_without_centre(const InputOptions& input) {
  if (!input.openb_nodes.empty()) return trace::read_openb_nodes(input.openb_nodes);
  if (input.cores > 0) return pentad::twin::plain_machine(input.cores);
  if (input.trace.empty()) {
    return fail(
        ErrorCode::invalid,
        "name a centre (a file or a preset, see `pentad twin presets`), a --trace, or both");
  }
  auto trace = open_file_trace(input.trace, false);
  if (!trace) return tl::unexpected(trace.error());
  return pentad::twin::machine_of(trace->reader->header(), input.nodes);
}

// Fen per kWh by hour of the day, over the months of a year.
std::vector<int32_t> mean_price_by_hour(const energy::Tariff& tariff) {
  std::vector<int32_t> fen(24);
  for (int hour = 0; hour < 24; ++hour) {
    double sum = 0;
    for (int month = 1; month <= 12; ++month) sum += energy::price_cny_kwh(tariff, month, hour);
    fen[static_cast<size_t>(hour)] = static_cast<int32_t>(sum / 12 * 100 + 0.5);
  }
  return fen;
}

Status change_flexible(pentad::twin::RunSetup& setup, const ChangeOptions& c) {
  if (!c.flexible.empty()) {
    const size_t colon = c.flexible.find(':');
    double share = -1;
    const char* begin = c.flexible.data();
    auto [end, error] = std::from_chars(begin, begin + std::min(colon, c.flexible.size()), share);
    auto slack = parse_duration(colon == std::string::npos ? "24h" : c.flexible.substr(colon + 1));
    if (error != std::errc{} || !(share >= 0 && share <= 1) || !slack) {
      return fail(ErrorCode::invalid,
                  fmt::format("\"{}\": a share and a duration, such as 0.3:24h", c.flexible),
                  "--flexible");
    }
    setup.replay.workload.flexible_share = share;
    setup.replay.workload.flexible_slack = *slack;
  }
  if (c.shift == "off") setup.policy.shift_deadline_jobs = {};
  if (c.shift != "price") return {};
  if (!setup.power) return fail(ErrorCode::invalid, "needs a centre with a tariff", "--shift");
  setup.policy.shift_deadline_jobs = {mean_price_by_hour(setup.power->plant.tariff),
                                      setup.utc_offset};
  return {};
}

Status change(pentad::twin::RunSetup& setup, const TwinOptions& options) {
  const ChangeOptions& c = options.change;
  if (!c.policy.empty()) {
    if (Status s = apply_policy_text(c.policy, setup.policy); !s) return s;
  }
  if (!c.power_cap.empty()) {
    if (Status s = apply_power_cap(c.power_cap, setup.policy); !s) return s;
    setup.policy.power_cap.utc_offset = setup.utc_offset;
  }
  if (!c.wish.empty()) {
    Wish wish{};
    if (!boost::describe::enum_from_string(c.wish.c_str(), wish)) {
      return fail(ErrorCode::invalid, fmt::format("\"{}\": cheapest, fastest or greenest", c.wish),
                  "--wish");
    }
    setup.replay.workload.wish = wish;
  }
  if (!c.until.empty()) {
    auto until = parse_duration(c.until);
    if (!until) return fail(ErrorCode::invalid, until.error().message, "--until");
    setup.replay.until = *until;
  }
  auto step = parse_duration(options.output.step);
  if (!step || *step < minutes(1) || *step > hours(24)) {
    return fail(ErrorCode::invalid,
                fmt::format("\"{}\": a duration from 1m to 24h", options.output.step), "--step");
  }
  setup.step = *step;
  if (!(c.scale >= 0.001 && c.scale <= 1000)) {
    return fail(ErrorCode::invalid, "a factor from 0.001 to 1000", "--scale");
  }
  setup.replay.arrival_scale = c.scale;
  setup.replay.closed_loop = c.closed_loop;
  setup.replay.workload.ignore_memory = c.ignore_memory;
  return change_flexible(setup, c);
}

}  // namespace

Result<pentad::twin::RunSetup> make_setup(const std::string& centre, const TwinOptions& options) {
  pentad::twin::RunSetup setup;
  if (centre.empty()) {
    auto machine = machine_without_centre(options.input);
    if (!machine) return tl::unexpected(machine.error());
    setup.machine = std::move(*machine);
    setup.name = "the trace's own machine";
    setup.policy = plain_policy();
  } else {
    auto file = read_named_centre(centre, options.change.weather);
    if (!file) return tl::unexpected(file.error());
    if (Status s = fill_from(*file, setup); !s) return tl::unexpected(s.error());
  }
  setup.inputs.push_back(
      {"starts of jobs", Quality::modelled, "the production scheduler on virtual time"});
  setup.inputs.push_back(
      options.input.generate.empty()
          ? pentad::twin::InputQuality{"jobs and run times", Quality::measured, options.input.trace}
          : pentad::twin::InputQuality{"jobs and run times", Quality::estimated,
                                       "made up from stated distributions"});
  setup.out = options.output.out;
  setup.journal = options.output.journal;
  if (Status s = change(setup, options); !s) return tl::unexpected(s.error());
  return setup;
}

Result<OpenTrace> open_input(const TwinOptions& options, const trace::Machine& machine) {
  if (!options.input.generate.empty()) return open_made_up(options.input, machine);
  if (options.input.trace.empty()) {
    return fail(ErrorCode::invalid,
                "name a workload: --trace FILE, or --generate JOBS to make one up", "--trace");
  }
  return open_file_trace(options.input.trace, options.input.strict);
}

}  // namespace pentad::cli::twin
