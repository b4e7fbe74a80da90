// The place, its weather, price and carbon; the plant; and all of it put together.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "catalogue/centre_reader.h"
#include "catalogue/climate.h"

namespace pentad::catalogue {

Status CentreReader::read_weather(TomlTable& site, const TomlValue& at) {
  auto climate = take(site, "climate");
  auto file = take(site, "weather");
  if (climate.has_value() == file.has_value()) {
    return wrong(at, "/site", "expected either `climate`, of the catalogue, or `weather`, a file");
  }
  if (climate) {
    TomlValue resolved;
    auto row = this->row<Climate>(*climate, "climate", "/site/climate", &resolved);
    if (!row) return tl::unexpected(row.error());
    if (Status status = validate(*row); !status) {
      return tl::unexpected(rows_.located(resolved, status.error(), "/site/climate"));
    }
    centre_.weather = climate_year(*row);
    return {};
  }
  const auto* name = std::get_if<std::string>(&file->value);
  if (!name || name->empty()) return wrong(*file, "/site/weather", "expected the name of a file");
  bool relative = !name->starts_with('/') && !folder_.empty();
  auto weather = read_weather_file(relative ? folder_ + "/" + *name : *name);
  if (!weather) {
    return wrong(*file, "/site/weather", weather.error().path + ": " + weather.error().message);
  }
  centre_.weather = std::move(*weather);
  return {};
}

Status CentreReader::read_grid_and_tariff(TomlTable& site, const TomlValue& at) {
  auto grid = take(site, "grid");
  if (!grid) return wrong(at, "/site/grid", "missing: a row of grids.toml, such as \"china\"");
  auto factor = row<GridFactor>(*grid, "grid", "/site/grid");
  if (!factor) return tl::unexpected(factor.error());
  centre_.grid = fmt::format("{} ({})", factor->region, factor->year);
  centre_.carbon.location_kg_kwh = factor->location_kg_kwh;
  auto tariff = take(site, "tariff");
  if (!tariff) return wrong(at, "/site/tariff", "missing: a row of tariffs.toml, such as \"flat\"");
  TomlValue resolved;
  auto price = row<energy::Tariff>(*tariff, "tariff", "/site/tariff", &resolved);
  if (!price) return tl::unexpected(price.error());
  if (Status status = energy::validate(*price); !status) {
    return tl::unexpected(rows_.located(resolved, status.error(), "/site/tariff"));
  }
  centre_.tariff = std::move(*price);
  return {};
}

Status CentreReader::read_site() {
  auto site = take(top_, "site");
  if (!site || !std::holds_alternative<TomlTable>(site->value)) {
    return wrong(site.value_or(pools_at_), "/site", "expected a table [site]");
  }
  auto& table = std::get<TomlTable>(site->value);
  const TomlValue at{TomlTable{}, site->line, site->file};
  if (Status status = read_weather(table, at); !status) return status;
  if (Status status = read_grid_and_tariff(table, at); !status) return status;
  auto rest = rows_.read_as<SiteTable>(*site, "/site");
  if (!rest) return tl::unexpected(rest.error());
  centre_.city = rest->city;
  centre_.carbon.market_kg_kwh = rest->market_kg_kwh.value_or(centre_.carbon.location_kg_kwh);
  if (!rest->market_kg_kwh) {
    centre_.notes.emplace_back("no market-based factor given: the grid's is used");
  }
  centre_.site.other_share = rest->other_share;
  centre_.site.it.network_w = rest->network_w;
  centre_.utc_offset = minutes(std::llround(centre_.weather.utc_offset_h * 60));
  for (const std::string& note : centre_.weather.notes) {
    centre_.notes.push_back("weather: " + note);
  }
  located_["other_share"] = at;
  return {};
}

Status CentreReader::read_plant() {
  struct Part {
    const char* key;
    const char* kind;
  };
  for (Part part : {Part{"power", "chain"}, Part{"plant", "plant"}}) {
    auto value = take(top_, part.key);
    std::string path = std::string("/") + part.key;
    if (!value) {
      return wrong(pools_at_, path, fmt::format("missing: a {} of the catalogue", part.kind));
    }
    bool is_chain = std::string_view(part.kind) == "chain";
    TomlValue& resolved = located_[is_chain ? "chain" : "plant"];
    Status status;
    if (is_chain) {
      auto chain = row<energy::PowerChain>(*value, part.kind, path, &resolved);
      if (chain) status = energy::validate(*chain);
      if (!chain) return tl::unexpected(chain.error());
      centre_.site.chain = std::move(*chain);
    } else {
      auto plant = row<energy::Plant>(*value, part.kind, path, &resolved);
      if (plant) status = energy::validate(*plant);
      if (!plant) return tl::unexpected(plant.error());
      centre_.site.plant = std::move(*plant);
    }
    if (!status) return tl::unexpected(rows_.located(resolved, status.error(), path));
  }
  return {};
}

Status CentreReader::read_reuse() {
  auto utilisation = take_table("utilisation");
  if (!utilisation) return tl::unexpected(utilisation.error());
  auto use = rows_.read_as<energy::ClassUtilisation>(*utilisation, "/utilisation");
  if (!use) return tl::unexpected(use.error());
  for (double share : {use->simulation, use->training, use->inference}) {
    if (!(share >= 0 && share <= 1)) return wrong(*utilisation, "/utilisation", "expected 0 to 1");
  }
  centre_.utilisation = *use;

  auto reuse = take_table("reuse");
  if (!reuse) return tl::unexpected(reuse.error());
  auto demand = take(std::get<TomlTable>(reuse->value), "demand_kw");
  if (demand) {
    auto months = rows_.read_as<std::array<double, 12>>(*demand, "/reuse/demand_kw");
    if (!months) return tl::unexpected(months.error());
    for (size_t m = 0; m < 12; ++m) {
      double kw = (*months)[m];
      if (!(kw >= 0 && kw <= 1e6)) {
        return wrong(*demand, fmt::format("/reuse/demand_kw/{}", m), "expected 0 to 1,000,000 kW");
      }
      centre_.reuse_demand_w[m] = kw * 1000;
    }
  }
  auto read = rows_.read_as<energy::HeatReuse>(*reuse, "/reuse");
  if (!read) return tl::unexpected(read.error());
  if (read->enabled && !demand) {
    return wrong(*reuse, "/reuse/demand_kw", "missing: kW of heat wanted outside, 12 months");
  }
  centre_.site.reuse = *read;
  located_["reuse"] = std::move(*reuse);
  return {};
}

Status CentreReader::assemble() {
  std::vector<energy::NodeGroup> groups;
  for (const CentrePool& pool : centre_.pools) {
    groups.push_back({pool.power, static_cast<double>(pool.nodes)});
  }
  double network_w = centre_.site.it.network_w;
  auto it = energy::it_model(groups);
  if (!it) return tl::unexpected(rows_.located(pools_at_, it.error(), "/pool"));
  centre_.site.it = *it;
  centre_.site.it.network_w = network_w;
  centre_.site.name = centre_.name;
  located_["it"] = pools_at_;
  auto model = energy::SiteModel::make(centre_.site);
  if (!model) {
    TomlValue whole{located_, 1, pools_at_.file};
    return tl::unexpected(rows_.located(whole, model.error()));
  }
  return {};
}

}  // namespace pentad::catalogue
