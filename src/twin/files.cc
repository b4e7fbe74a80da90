#include "twin/files.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/reflect.h"
#include "twin/report/comparison.h"
#include "twin/report/report.h"

namespace pentad::twin {

namespace {

namespace fs = std::filesystem;

Status write_whole(const std::string& path, const std::string& text) {
  const std::string draft = path + ".part";
  std::ofstream file(draft, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) {
    const ErrorCode code = errno == ENOSPC ? ErrorCode::disk_full : ErrorCode::failed;
    const std::string why = std::strerror(errno);
    std::error_code ignored;
    fs::remove(draft, ignored);
    return fail(code, why, path);
  }
  std::error_code error;
  fs::rename(draft, path, error);
  if (error) return fail(ErrorCode::failed, error.message(), path);
  return {};
}

std::string local_time(Time at, Duration utc_offset) {
  const std::time_t seconds = (at + utc_offset).value / 1000;
  return fmt::format("{:%Y-%m-%dT%H:%M}", fmt::gmtime(seconds));
}

void add_plant(std::string& line, const PlantRow& row, double pace) {
  const energy::SiteHour& h = row.hour;
  for (double value : {row.weather.dry_bulb_c,
                       row.weather.wet_bulb_c,
                       row.price_cny_kwh,
                       h.wanted_boards_w,
                       h.boards_w,
                       h.fan_w,
                       h.psu_loss_w,
                       h.it_w,
                       h.it_chain_loss_w,
                       h.site_chain_loss_w,
                       h.other_w,
                       h.air_handler_w,
                       h.coolant_pump_w,
                       h.facility_pump_w,
                       h.condenser_pump_w,
                       h.chiller_w,
                       h.tower_fan_w,
                       h.dry_cooler_fan_w,
                       h.outside_fan_w,
                       h.reuse_pump_w,
                       h.cooling_w,
                       h.grid_w,
                       h.it_w > 0 ? h.grid_w / h.it_w : 0,
                       h.rejected_w,
                       h.reused_w,
                       h.vented_w,
                       h.water_kg_s,
                       h.fluid_loss_kg_s,
                       h.coolant_c,
                       h.supply_c,
                       h.return_c,
                       h.junction_c,
                       h.tank_pressure_pa,
                       h.flux_margin,
                       h.short_w,
                       pace}) {
    line += fmt::format(",{:.6g}", value);
  }
}

constexpr const char* kPlantColumns =
    ",dry_bulb_c,wet_bulb_c,price_cny_kwh,wanted_boards_w,boards_w,fan_w,psu_loss_w,it_w,"
    "it_chain_loss_w,site_chain_loss_w,other_w,air_handler_w,coolant_pump_w,facility_pump_w,"
    "condenser_pump_w,chiller_w,tower_fan_w,dry_cooler_fan_w,outside_fan_w,reuse_pump_w,cooling_w,"
    "grid_w,grid_over_it,rejected_w,reused_w,vented_w,water_kg_s,fluid_loss_kg_s,coolant_c,"
    "supply_c,return_c,junction_c,tank_pressure_pa,flux_margin,short_w,pace";

}  // namespace

Status make_directory(const std::string& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return fail(ErrorCode::failed, error.message(), directory);
  return {};
}

std::string series_csv(const Series& series) {
  std::string text = "local_time,hours,queued,running";
  for (const UseColumn& column : series.columns) {
    text +=
        "," + column.pool + (column.device_model.empty() ? ".cores" : "." + column.device_model);
  }
  const bool plant = !series.rows.empty() && series.rows.front().plant;
  if (plant) text += kPlantColumns;
  text += '\n';
  for (const SeriesRow& row : series.rows) {
    text += fmt::format("{},{:.6g},{:.6g},{:.6g}", local_time(row.step.begin, series.utc_offset),
                        static_cast<double>(row.step.length.value) / 3'600'000, row.step.queued,
                        row.step.running);
    for (double busy : row.step.busy) text += fmt::format(",{:.6g}", busy);
    if (row.plant) add_plant(text, *row.plant, row.step.pace);
    text += '\n';
  }
  return text;
}

Status write_comparison(const Comparison& comparison, const std::vector<const RunOutput*>& runs,
                        const std::vector<std::string>& folders, const std::string& directory,
                        const std::string& language) {
  const std::string json = to_json(comparison) + "\n";
  if (Status s = write_whole(directory + "/comparison.json", json); !s) return s;
  return write_whole(directory + "/report.html",
                     comparison_report(comparison, runs, folders, language_of(language)));
}

Status write_files(const RunOutput& output, const std::string& directory,
                   const std::string& language) {
  const std::string summary = to_json(output.result) + "\n";
  if (Status s = write_whole(directory + "/summary.json", summary); !s) return s;
  if (Status s = write_whole(directory + "/series.csv", series_csv(output.series)); !s) return s;
  return write_whole(directory + "/report.html", html_report(output, language_of(language)));
}

}  // namespace pentad::twin
