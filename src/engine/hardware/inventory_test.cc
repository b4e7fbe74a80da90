#include "engine/hardware/inventory.h"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "engine/hardware/find_accelerators.h"

namespace pentad::engine {
namespace {

namespace fs = std::filesystem;

Inventory of(const std::string& topology) {
  auto inventory = take_inventory({.topology = topology, .accelerators = false});
  REQUIRE(inventory);
  return *inventory;
}

FoundDevice device(std::string name, std::string id) {
  FoundDevice found;
  found.reported_name = std::move(name);
  found.memory = gibibytes(80);
  found.full_power = Power{400'000};
  found.visible = {"CUDA_VISIBLE_DEVICES", std::move(id)};
  return found;
}

TEST_CASE("two packages, cores of two threads") {
  Inventory found = of("pack:2 numa:1(memory=8589934592) l3:2 core:3 pu:2");
  CHECK(found.node.cores == 12);
  CHECK(found.hardware_threads == 24);
  CHECK(found.packages == 2);
  CHECK(found.numa_nodes == 2);
  CHECK(found.node.memory == gibibytes(16));
  REQUIRE(found.machine.cores.size() == 12);
  std::set<int32_t> seen;
  for (const auto& core : found.machine.cores) {
    CHECK(core.size() == 2);
    seen.insert(core.begin(), core.end());
  }
  CHECK(seen.size() == 24);  // no processor in two cores
  CHECK(found.node.cpu_model == found.models.at(0).name);
  CHECK(found.models.at(0).kind == DeviceKind::cpu);
}

TEST_CASE("a machine that tells no cores") {
  Inventory found = of("pu:4");
  CHECK(found.node.cores == 4);
  CHECK(found.machine.cores.at(3) == std::vector<int32_t>{3});
}

TEST_CASE("a topology that cannot be read") {
  CHECK_FALSE(take_inventory({.topology = "nonsense:x", .accelerators = false}));
}

TEST_CASE("this machine") {
  auto found = take_inventory({.topology = {}, .accelerators = false});
  REQUIRE(found);
  CHECK(found->node.cores >= 1);
  CHECK(found->node.cores <= found->hardware_threads);
  CHECK(found->node.memory > mebibytes(64));
  CHECK_FALSE(found->node.name.empty());
  CHECK_FALSE(found->node.features.empty());
}

TEST_CASE("devices of one model stand together, in the same order in node and machine") {
  Inventory found = of("core:1 pu:1");
  add_devices(found, {device("NVIDIA T4", "a"), device("NVIDIA A100", "b"),
                      device("NVIDIA T4", "c"), device("NVIDIA A100", "d")});
  CHECK(found.node.devices == std::vector<DeviceGroup>{{"nvidia-a100", 2}, {"nvidia-t4", 2}});
  std::string ids;
  for (const VisibleDevice& one : found.machine.devices) ids += one.id;
  CHECK(ids == "bdac");
  REQUIRE(found.models.size() == 3);
  CHECK(found.models[1].name == "nvidia-a100");
  CHECK(found.models[1].memory == gibibytes(80));
  CHECK(found.models[1].full_power == Power{400'000});
  CHECK(found.reported_names.at(2) == "NVIDIA T4");
}

// Tools of our own that print what the vendors' do, found before any real ones.
class FakeTools {
 public:
  FakeTools() {
    char path[] = "/tmp/pentad-tools-XXXXXX";
    REQUIRE(mkdtemp(path));
    folder_ = path;
    old_path_ = getenv("PATH");
    setenv("PATH", (folder_ + ":/usr/bin:/bin").c_str(), 1);
  }
  ~FakeTools() {
    setenv("PATH", old_path_.c_str(), 1);
    fs::remove_all(folder_);
  }
  void add(const std::string& name, const std::string& script) const {
    std::ofstream(folder_ + "/" + name) << "#!/bin/sh\n" << script;
    chmod((folder_ + "/" + name).c_str(), 0755);
  }

 private:
  std::string folder_;
  std::string old_path_;
};

TEST_CASE("tools of several vendors are asked and their answers joined") {
  FakeTools tools;
  tools.add("nvidia-smi", "echo '0, GPU-1, NVIDIA A100, 40960, 400.00'\n");
  tools.add("hy-smi", R"(echo '{"card0": {"Card Series": "Z100"}}')");
  tools.add("rocm-smi", R"(echo '{"card0": {"Card Series": "the same again"}}')");
  tools.add("npu-smi",
            "case \"$*\" in\n"
            "'info -m') echo '4 0 0 Ascend 910B3';;\n"
            "'info -t memory -i 4 -c 0') echo ' HBM Capacity(MB) : 65536';;\n"
            "*) exit 9;; esac\n");
  std::vector<std::string> notes;
  auto found = find_accelerators({}, notes);
  CHECK(notes.empty());
  REQUIRE(found.size() == 3);
  CHECK(found[0].reported_name == "NVIDIA A100");
  CHECK(found[1].kind == DeviceKind::dcu);
  CHECK(found[2].kind == DeviceKind::npu);
  CHECK(found[2].memory == mebibytes(65536));
  CHECK(found[2].visible.id == "0");
}

TEST_CASE("a tool that fails is a note, not a failure") {
  FakeTools tools;
  tools.add("nvidia-smi", "echo 'NVIDIA-SMI has failed'; exit 9\n");
  tools.add("npu-smi", "echo garbage\n");
  std::vector<std::string> notes;
  CHECK(find_accelerators({}, notes).empty());
  REQUIRE(notes.size() == 2);
  CHECK(notes[0].ends_with("nvidia-smi ended with exit code 9"));
  CHECK(notes[1] == "npu-smi: cannot read \"garbage\"");
}

}  // namespace
}  // namespace pentad::engine
