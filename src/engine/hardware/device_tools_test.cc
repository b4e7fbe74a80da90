#include "engine/hardware/device_tools.h"

#include <doctest/doctest.h>

namespace pentad::engine {
namespace {

TEST_CASE("nvidia-smi: two GPUs, one of which tells no power") {
  auto devices = parse_nvidia(
      "0, GPU-5a3c1d2e-0f6b-4c1a-9c57-0a3b7d1e2f40, NVIDIA H100 80GB HBM3, 81559, 700.00\n"
      "1, GPU-77c0b1aa-2d3e-4f50-8a61-b2c3d4e5f607, Tesla T4, 15360, [N/A]\n");
  REQUIRE(devices);
  REQUIRE(devices->size() == 2);
  const FoundDevice& first = devices->at(0);
  CHECK(first.kind == DeviceKind::gpu);
  CHECK(first.reported_name == "NVIDIA H100 80GB HBM3");
  CHECK(first.memory == mebibytes(81559));
  CHECK(first.full_power == Power{700'000});
  CHECK(first.visible.variable == "CUDA_VISIBLE_DEVICES");
  CHECK(first.visible.id == "GPU-5a3c1d2e-0f6b-4c1a-9c57-0a3b7d1e2f40");
  CHECK(devices->at(1).full_power == Power{});
}

TEST_CASE("nvidia-smi: nothing there, and nonsense") {
  CHECK(parse_nvidia("")->empty());
  CHECK(parse_nvidia("No devices were found\n")->empty());
  // An unknown field, a driver that does not answer, a line cut short.
  for (auto text :
       {"Field \"power.max_limit\" is not a valid field to query.\n",
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n",
        "0, GPU-1, NVIDIA H100\n", "x, GPU-1, NVIDIA H100, 1, 1\n", "0, 1, NVIDIA H100, 1, 1\n"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_nvidia(text));
  }
  CHECK(parse_nvidia("0, GPU-1, X, -5, 1e300\n")->at(0).memory == Bytes{});
}

TEST_CASE("rocm-smi: ROCm 6") {
  auto devices = parse_rocm(R"j({
    "card1": {"VRAM Total Memory (B)": "206141652992", "Card Series": "AMD Instinct MI300X",
              "Card Model": "0x74a1", "Max Graphics Package Power (W)": "750.0", "Node ID": "2"},
    "card0": {"VRAM Total Memory (B)": "21458059264", "Card Series": "Radeon RX 7900 XT",
              "Card Model": "0x744c", "Max Graphics Package Power (W)": "N/A"}})j",
                            DeviceKind::gpu);
  REQUIRE(devices);
  REQUIRE(devices->size() == 2);
  CHECK(devices->at(0).reported_name == "Radeon RX 7900 XT");
  CHECK(devices->at(0).full_power == Power{});
  CHECK(devices->at(0).visible.variable == "HIP_VISIBLE_DEVICES");
  CHECK(devices->at(0).visible.id == "0");
  CHECK(devices->at(1).reported_name == "AMD Instinct MI300X");
  CHECK(devices->at(1).memory == Bytes{206141652992});
  CHECK(devices->at(1).full_power == Power{750'000});
}

TEST_CASE("rocm-smi: older keys, a system entry, a name that is only a number") {
  auto devices = parse_rocm(R"j({
    "card10": {"Card series": "N/A", "Card model": "0x0c34", "VRAM Total Memory (B)": 5},
    "card2": {"Card series": "Arcturus GL-XL [AMD Instinct MI100]"},
    "system": {"Driver version": "5.18.13"}})j",
                            DeviceKind::gpu);
  REQUIRE(devices);
  REQUIRE(devices->size() == 2);
  CHECK(devices->at(0).visible.id == "2");
  CHECK(devices->at(1).visible.id == "10");  // by number, not by text
  CHECK(devices->at(1).reported_name == "AMD GPU");
  CHECK(devices->at(1).memory == Bytes{5});
}

TEST_CASE("hy-smi: MiB, and words around the object") {
  auto devices = parse_rocm(R"j(============ System Management Interface =============
{"card0": {"Card Series": "K100_AI", "Card Vendor": "C-3000 IC Design Co., Ltd.",
           "vram Total Memory (MiB)": "65520", "vram Total Used Memory (MiB)": "2"}}
==================== End of SMI Log ==================
)j",
                            DeviceKind::dcu);
  REQUIRE(devices);
  REQUIRE(devices->size() == 1);
  CHECK(devices->at(0).kind == DeviceKind::dcu);
  CHECK(devices->at(0).reported_name == "K100_AI");
  CHECK(devices->at(0).memory == mebibytes(65520));
}

TEST_CASE("rocm-smi: nothing there, and nonsense") {
  CHECK(parse_rocm("", DeviceKind::gpu)->empty());
  CHECK(parse_rocm("WARNING: No AMD GPUs specified\n", DeviceKind::gpu)->empty());
  CHECK(parse_rocm("{}", DeviceKind::gpu)->empty());
  for (auto text : {"ERROR:root:Driver not initialized", "{\"card0\": 7}", "{\"card0\": {", "}{"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rocm(text, DeviceKind::gpu));
  }
}

TEST_CASE("npu-smi: chips that compute, not the board's controller") {
  auto chips = parse_npu_map(
      "NPU ID                         Chip ID                        Chip Logic ID              "
      "    Chip Name\n"
      "0                              0                              0                          "
      "    Ascend 910B3\n"
      "0                              1                              -                          "
      "    Mcu\n"
      "4                              0                              1                          "
      "    Ascend 910B3\n");
  REQUIRE(chips);
  REQUIRE(chips->size() == 2);
  CHECK(chips->at(0).name == "Ascend 910B3");
  CHECK(chips->at(1).npu == 4);
  CHECK(chips->at(1).logic_id == 1);
  CHECK(parse_npu_map("")->empty());
  CHECK_FALSE(parse_npu_map("dcmi module initialize failed. ret is -8005\n"));
  CHECK_FALSE(parse_npu_map("0 0 0\n"));
}

TEST_CASE("npu-smi: memory of a chip") {
  auto memory = parse_npu_memory(
      "\tNPU ID                         : 0\n"
      "\tChip ID                        : 0\n"
      "\tDDR Capacity(MB)               : 0\n"
      "\tHBM Capacity(MB)               : 65536\n"
      "\tHBM Clock Speed(MHz)           : 1600\n");
  REQUIRE(memory);
  CHECK(*memory == mebibytes(65536));
  CHECK(*parse_npu_memory("\tDDR Capacity(MB) : 21534\n") == mebibytes(21534));
  CHECK_FALSE(parse_npu_memory("HBM Capacity(MB) : NA\n"));
  CHECK_FALSE(parse_npu_memory(""));
}

}  // namespace
}  // namespace pentad::engine
