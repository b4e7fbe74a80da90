// What the centre is made of: from the inventory of this machine, the device catalogue and the
// configuration to the events that tell the core, and only those that tell it something new.
#pragma once

#include <string>
#include <vector>

#include "app/config.h"
#include "base/result.h"
#include "centre/centre.h"
#include "engine/machine.h"
#include "model/device.h"
#include "model/node.h"

namespace pentad::app {

// This machine as the core shall see it.
struct Site {
  Node node;
  engine::Machine machine;
  std::vector<DeviceModel> models;
  std::vector<std::string> notes;  // for the log
};

// Looks at the machine. `devices_file` may be empty. Errors: those of the inventory; a bad device
// catalogue is a note.
Result<Site> look_at_site(const std::string& devices_file);

// The site with what the configuration says over it.
Site configured(Site site, const Config& config);

// What the core does not know yet. Measured throughput that it has is kept. Nodes of earlier names
// are taken down.
std::vector<event::What> news(const Site& site, const Config& config, const Centre& centre);

}  // namespace pentad::app
