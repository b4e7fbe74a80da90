// Reads what the vendors' tools print about their devices. Text in, values out; running the tools
// is inventory.cc's part. Formats: nvidia-smi(1) --query-gpu, rocm-smi --json, hy-smi --json (a
// fork of it that prints MiB), npu-smi info -m and -t memory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "engine/machine.h"
#include "model/device.h"

namespace pentad::engine {

struct FoundDevice {
  DeviceKind kind = DeviceKind::gpu;
  std::string reported_name;  // as the tool prints it
  Bytes memory;               // 0: not told
  Power full_power;           // 0: not told
  VisibleDevice visible;
};

// Arguments after the tool's path whose output the parser below reads.
std::vector<std::string> nvidia_arguments();
std::vector<std::string> rocm_arguments();
std::vector<std::string> npu_map_arguments();
std::vector<std::string> npu_memory_arguments(int64_t npu, int64_t chip);

// Errors of all: invalid, with what could not be understood. No device is an empty list.
Result<std::vector<FoundDevice>> parse_nvidia(std::string_view csv);

// `kind` is gpu for rocm-smi, dcu for hy-smi. Words around the JSON object are passed over.
Result<std::vector<FoundDevice>> parse_rocm(std::string_view text, DeviceKind kind);

struct NpuChip {
  int64_t npu = 0;
  int64_t chip = 0;
  int64_t logic_id = 0;  // what ASCEND_RT_VISIBLE_DEVICES takes
  std::string name;
};

// The chips that compute (those with a logic id).
Result<std::vector<NpuChip>> parse_npu_map(std::string_view text);
// Memory of one chip: HBM if it has any, else DDR.
Result<Bytes> parse_npu_memory(std::string_view text);

}  // namespace pentad::engine
