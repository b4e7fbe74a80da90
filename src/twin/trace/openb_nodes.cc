// The node list of Alibaba's cluster-trace-gpu-v2023: sn,cpu_milli,memory_mib,gpu,model.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "twin/trace/csv.h"
#include "twin/trace/line_trace.h"

namespace pentad::trace {

namespace {

constexpr std::array<std::string_view, 5> kColumns = {"sn", "cpu_milli", "memory_mib", "gpu",
                                                      "model"};
constexpr const char* kCpuModel = "openb-cpu";  // the trace does not say which

// Memory of the models whose names are not made up; the trace hides what G2 and G3 are.
Bytes memory_of(std::string_view model) {
  constexpr std::array<std::pair<std::string_view, int64_t>, 5> known = {
      {{"T4", 16}, {"P100", 16}, {"V100M16", 16}, {"V100M32", 32}, {"A10", 24}}};
  for (const auto& [name, gib] : known) {
    if (name == model) return gibibytes(gib);
  }
  return Bytes{0};
}

class NodeList {
 public:
  NodeList(std::unique_ptr<ByteSource> bytes, std::string name)
      : lines_(std::move(bytes)), name_(std::move(name)) {}

  Result<Machine> read();

 private:
  Status take(std::string_view line);
  tl::unexpected<Error> wrong(std::string_view field, const std::string& why) const {
    return fail(ErrorCode::invalid, fmt::format("{}: {}", field, why),
                fmt::format("{}:{}", name_, lines_.line_number()));
  }
  Result<int64_t> number(size_t column, int64_t max) const;
  void add_models();

  LineReader lines_;
  std::string name_;
  CsvLine csv_;
  Machine machine_;
  std::set<std::string> names_;  // of nodes: each once
};

Result<int64_t> NodeList::number(size_t column, int64_t max) const {
  Number n;
  bool is_ok = parse_number(csv_.at(column), n) && !n.has_fraction;
  if (is_ok && n.whole >= 0 && n.whole <= max) return n.whole;
  return wrong(kColumns[column],
               fmt::format("{} is not a number from 0 to {}", quoted(csv_.at(column)), max));
}

Status NodeList::take(std::string_view line) {
  if (!csv_.split(line) || csv_.size() != kColumns.size()) {
    return wrong("line", fmt::format("expected {} values", kColumns.size()));
  }
  auto cpu_milli = number(1, kMaxCores);
  auto memory_mib = number(2, kMaxMemoryBytes >> 20);
  auto gpus = number(3, kMaxDevicesPerNode);
  for (auto* one : {&cpu_milli, &memory_mib, &gpus}) {
    if (!*one) return tl::unexpected(one->error());
  }
  Node node;
  node.name = csv_.at(0);
  std::string model(csv_.at(4));
  if (node.name.empty()) return wrong("sn", "is empty");
  if (!names_.insert(node.name).second) return wrong("sn", node.name + " stands twice");
  if (*cpu_milli < 1000) return wrong("cpu_milli", "less than a core");
  if (model.empty() != (*gpus == 0)) return wrong("model", "does not go with the number of GPUs");
  node.cores = static_cast<int32_t>(*cpu_milli / 1000);
  node.memory = mebibytes(*memory_mib);
  node.cpu_model = kCpuModel;
  if (*gpus > 0) node.devices.push_back({model, static_cast<int32_t>(*gpus)});
  std::string memory = *memory_mib % 1024 == 0 ? fmt::format("{}g", *memory_mib / 1024)
                                               : fmt::format("{}m", *memory_mib);
  node.pool = fmt::format("{}-{}c-{}", *gpus > 0 ? fmt::format("{}x{}", *gpus, model) : "cpu",
                          node.cores, memory);
  machine_.nodes.push_back(std::move(node));
  return {};
}

void NodeList::add_models() {
  std::map<std::string, DeviceModel> models;
  for (const Node& node : machine_.nodes) {
    for (const DeviceGroup& group : node.devices) {
      DeviceModel& model = models[group.model];
      model.name = group.model;
      model.memory = memory_of(group.model);
    }
  }
  DeviceModel cpu;
  cpu.name = kCpuModel;
  cpu.kind = DeviceKind::cpu;
  machine_.devices.push_back(std::move(cpu));
  for (auto& [name, model] : models) machine_.devices.push_back(std::move(model));
}

Result<Machine> NodeList::read() {
  Line line;
  while (true) {
    auto more = lines_.read(line);
    if (!more) {
      Error error = more.error();
      error.path = name_;
      return tl::unexpected(std::move(error));
    }
    if (!*more) break;
    if (line.is_too_long) return wrong("line", "is too long");
    if (lines_.line_number() == 1) {
      if (line.text != "sn,cpu_milli,memory_mib,gpu,model") {
        return wrong("line", "expected sn,cpu_milli,memory_mib,gpu,model");
      }
    } else if (!line.text.empty()) {
      if (auto taken = take(line.text); !taken) return tl::unexpected(taken.error());
    }
  }
  if (machine_.nodes.empty()) return wrong("line", "the list has no node");
  std::stable_sort(machine_.nodes.begin(), machine_.nodes.end(), [](const Node& a, const Node& b) {
    return std::tie(a.pool, a.name) < std::tie(b.pool, b.name);
  });
  add_models();
  return std::move(machine_);
}

}  // namespace

Result<Machine> read_openb_nodes(std::unique_ptr<ByteSource> bytes, const std::string& name) {
  auto unpacked = unpack(std::move(bytes));
  if (!unpacked) return tl::unexpected(unpacked.error());
  return NodeList(std::move(*unpacked), name).read();
}

Result<Machine> read_openb_nodes(const std::string& path) {
  auto file = open_file(path);
  if (!file) return tl::unexpected(file.error());
  return read_openb_nodes(std::move(*file), path);
}

}  // namespace pentad::trace
