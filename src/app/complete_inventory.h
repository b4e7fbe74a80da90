// What the device catalogue knows, added to what the machine tells.
#pragma once

#include "catalogue/device_catalogue.h"
#include "engine/hardware/inventory.h"

namespace pentad::app {

// Gives each model of the inventory that the catalogue knows, by a reported name or its own, the
// catalogue's name, peaks and power; memory stays as the machine told it where it did.
void complete(engine::Inventory& inventory, const DeviceCatalogue& catalogue);

}  // namespace pentad::app
