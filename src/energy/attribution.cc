#include "energy/attribution.h"

#include <algorithm>

#include "energy/check.h"

namespace pentad::energy {
namespace {

using Wide = __int128;

Status check_job(const NodeInterval& in, const JobShare& job, const std::string& at) {
  Check check(at);
  check.that("cpu_ms", job.cpu_ms >= 0, "negative time")
      .that("allocated_thousandths",
            job.allocated_thousandths >= 0 && job.allocated_thousandths <= 1000,
            "expected 0 to 1000");
  for (size_t d = 0; d < job.devices.size(); ++d) {
    const std::string one = "devices/" + std::to_string(d);
    check.that(one + "/device", job.devices[d].device < in.devices.size(), "no such device")
        .that(one + "/thousandths",
              job.devices[d].thousandths >= 0 && job.devices[d].thousandths <= 1000,
              "expected 0 to 1000");
  }
  return check.status();
}

Status check_node(const NodeInterval& in) {
  Check check("");
  check.that("node", in.node.value >= 0, "negative energy")
      .that("idle", in.idle.value >= 0, "negative energy")
      .that("system_cpu_ms", in.system_cpu_ms >= 0, "negative time");
  for (size_t d = 0; d < in.devices.size(); ++d) {
    check.that("devices/" + std::to_string(d), in.devices[d].value >= 0, "negative energy");
  }
  std::vector<int64_t> given(in.devices.size(), 0);
  int64_t allocated = 0;
  for (size_t j = 0; j < in.jobs.size(); ++j) {
    const std::string at = "jobs/" + std::to_string(j);
    check.part(check_job(in, in.jobs[j], "/" + at));
    if (!check.status()) break;
    allocated += in.jobs[j].allocated_thousandths;
    for (const DeviceShare& share : in.jobs[j].devices) {
      given[share.device] += share.thousandths;
      check.that(at + "/devices", given[share.device] <= 1000,
                 "more than a whole device given away");
    }
  }
  check.that("jobs", allocated <= 1000, "more than a whole node given away");
  return check.status();
}

// Each device's energy to its holders; what nobody holds to idle. Returns the devices' sum.
Energy share_devices(const NodeInterval& in, NodeEnergy& out) {
  Energy sum;
  for (size_t d = 0; d < in.devices.size(); ++d) {
    std::vector<int64_t> weights;
    std::vector<size_t> holders;
    int64_t held = 0;
    for (size_t j = 0; j < in.jobs.size(); ++j) {
      for (const DeviceShare& share : in.jobs[j].devices) {
        if (share.device != d) continue;
        weights.push_back(share.thousandths);
        holders.push_back(j);
        held += share.thousandths;
      }
    }
    weights.push_back(1000 - held);
    const std::vector<Energy> parts = split(in.devices[d], weights);
    for (size_t i = 0; i < holders.size(); ++i) out.jobs[holders[i]].devices += parts[i];
    out.idle += parts.back();
    sum += in.devices[d];
  }
  return sum;
}

// Idle power by allocation, the free part to the account `idle`.
void share_idle(const NodeInterval& in, Energy idle, NodeEnergy& out) {
  std::vector<int64_t> weights;
  int64_t allocated = 0;
  for (const JobShare& job : in.jobs) {
    weights.push_back(job.allocated_thousandths);
    allocated += job.allocated_thousandths;
  }
  weights.push_back(1000 - allocated);
  const std::vector<Energy> parts = split(idle, weights);
  for (size_t j = 0; j < in.jobs.size(); ++j) out.jobs[j].idle = parts[j];
  out.idle += parts.back();
}

// Dynamic power by CPU time; without any CPU time it is the system's.
void share_dynamic(const NodeInterval& in, Energy dynamic, NodeEnergy& out) {
  std::vector<int64_t> weights;
  int64_t time = in.system_cpu_ms;
  for (const JobShare& job : in.jobs) {
    weights.push_back(job.cpu_ms);
    time += job.cpu_ms;
  }
  weights.push_back(time > 0 ? in.system_cpu_ms : 1);
  const std::vector<Energy> parts = split(dynamic, weights);
  for (size_t j = 0; j < in.jobs.size(); ++j) out.jobs[j].shared = parts[j];
  out.system = parts.back();
}

}  // namespace

std::vector<Energy> split(Energy total, std::span<const int64_t> weights) {
  std::vector<Energy> parts(weights.size());
  Wide sum = 0;
  for (int64_t weight : weights) sum += std::max<int64_t>(weight, 0);
  if (sum == 0 || total.value <= 0) return parts;
  std::vector<std::pair<Wide, size_t>> remainders;
  int64_t given = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    const Wide product = Wide(total.value) * std::max<int64_t>(weights[i], 0);
    parts[i] = Energy{static_cast<int64_t>(product / sum)};
    given += parts[i].value;
    remainders.emplace_back(product % sum, i);
  }
  std::stable_sort(remainders.begin(), remainders.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  for (size_t i = 0; given < total.value; ++i, ++given) parts[remainders[i].second] += Energy{1};
  return parts;
}

Result<NodeEnergy> attribute(const NodeInterval& in) {
  if (Status ok = check_node(in); !ok) return tl::unexpected(ok.error());
  NodeEnergy out;
  out.quality = in.quality;
  for (const JobShare& job : in.jobs) out.jobs.push_back({job.job, {}, {}, {}});
  const Energy devices = share_devices(in, out);
  const Energy rest = std::max(in.node - devices, Energy{0});
  const Energy idle = std::min(rest, in.idle);
  share_idle(in, idle, out);
  share_dynamic(in, rest - idle, out);
  // Only meters that disagree leave something: devices that claim more than the node used.
  out.residual = in.node - out.idle - out.system;
  for (const JobEnergy& job : out.jobs) out.residual -= job.sum();
  return out;
}

Result<SiteEnergy> balance(const SiteInterval& in) {
  Check check("");
  check.that("site", in.site.value >= 0, "negative energy")
      .that("nodes", in.nodes.value >= 0, "negative energy")
      .that("losses", in.losses.value >= 0, "negative energy")
      .that("cooling", in.cooling.value >= 0, "negative energy")
      .that("other", in.other.value >= 0, "negative energy");
  if (!check.status()) return tl::unexpected(check.status().error());
  SiteEnergy out;
  out.quality = in.quality;
  out.residual = in.site - in.nodes - in.losses - in.cooling - in.other;
  const double site = static_cast<double>(in.site.value);
  if (in.nodes.value > 0) out.overhead = site / static_cast<double>(in.nodes.value);
  if (in.site.value > 0) out.residual_share = static_cast<double>(out.residual.value) / site;
  return out;
}

std::vector<Energy> facility_shares(Energy site, std::span<const Energy> accounts) {
  std::vector<int64_t> weights;
  weights.reserve(accounts.size());
  for (Energy account : accounts) weights.push_back(account.value);
  return split(site, weights);
}

}  // namespace pentad::energy
