// A centre in one TOML file: site, pools of nodes, power chain, cooling plant, policy. Names are
// looked up in the catalogue; every parameter of a row can be overridden in place (rows.h).
// docs/centre.md explains the keys; catalogue/centres/ has centres to start from.
//
//   auto rows = Rows::read("catalogue");
//   auto centre = read_centre(*rows, "catalogue/centres/air-as-found.toml");
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalogue/rows.h"
#include "catalogue/weather.h"
#include "energy/class_utilisation.h"
#include "energy/indicators.h"
#include "energy/it_power.h"
#include "energy/site.h"
#include "energy/tariff.h"
#include "model/job.h"
#include "model/node.h"
#include "model/policy.h"

namespace pentad::catalogue {

// Nodes of one make. `power.cpus` holds one Chip, the sockets; `power.devices` one Chip for each
// group of `node.devices`, in their order and with their names.
struct CentrePool {
  int32_t nodes = 0;
  Node node;  // of each; its name is the pool's
  energy::NodeModel power;
};

// One row of the catalogue that the centre stands on.
struct UsedRow {
  std::string kind;
  std::string name;
  std::string source;
  Certainty certainty = Certainty::judgement;
};
BOOST_DESCRIBE_STRUCT(UsedRow, (), (kind, name, source, certainty))

struct CentreFile {
  std::string name;
  std::string city;
  Weather weather;
  energy::Carbon carbon;
  std::string grid;  // what the location-based factor is of
  energy::Tariff tariff;
  Duration utc_offset;
  std::vector<CentrePool> pools;
  std::vector<DeviceModel> devices;  // all models of the pools, CPUs (per core) included
  energy::Site site;                 // chain, plant and all nodes together; passed validate()
  std::array<double, 12> reuse_demand_w{};  // heat wanted outside, by month
  Policy policy;
  Wish default_wish = Wish::cheapest;
  energy::ClassUtilisation utilisation;
  std::vector<UsedRow> used;       // in the order met, each once
  std::vector<std::string> notes;  // what was estimated or filled
};

// `file` is the name in messages; a relative weather file is looked for in `folder`. Errors:
// invalid and others, "FILE line 3: /pointer: what is wrong and what is allowed".
Result<CentreFile> parse_centre(const Rows& rows, const std::string& file, std::string_view toml,
                                const std::string& folder);
Result<CentreFile> read_centre(const Rows& rows, const std::string& file);

// All nodes, named after their pool: "gpu-001" and so on.
std::vector<Node> nodes_of(const CentreFile& centre);

}  // namespace pentad::catalogue
