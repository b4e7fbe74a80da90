#include "engine/hardware/device_tools.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "base/reflect.h"

namespace pentad::engine {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  while (true) {
    size_t end = text.find(by);
    parts.push_back(trim(text.substr(0, end)));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// The whole of `text` as a number from 0 to `max`, rounded down; nothing for N/A and the like.
std::optional<int64_t> number(std::string_view text, double max) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool whole = error == std::errc{} && end == text.data() + text.size();
  if (!whole || !(value >= 0 && value <= max)) return std::nullopt;
  return static_cast<int64_t>(value);
}

constexpr double kMaxMib = 1 << 30;
constexpr double kMaxWatts = 1e6;

Bytes mib_or_none(std::string_view text) { return mebibytes(number(text, kMaxMib).value_or(0)); }

Power watts_or_none(std::string_view text) {
  return Power{number(text, kMaxWatts).value_or(0) * 1000};
}

Error unreadable(std::string_view tool, std::string_view line) {
  return Error{
      ErrorCode::invalid, fmt::format("{}: cannot read \"{}\"", tool, line.substr(0, 200)), {}};
}

// Cards by number, each with its properties by lower-case name.
using Cards = std::map<int64_t, std::map<std::string, std::string>>;

Result<Cards> read_cards(std::string_view json) {
  auto objects = from_json<std::map<std::string, JsonText>>(json);
  if (!objects) return tl::unexpected(unreadable("rocm-smi", objects.error().message));
  Cards cards;
  for (const auto& [name, text] : *objects) {
    if (!name.starts_with("card")) continue;  // "system" holds versions
    auto index = number(std::string_view(name).substr(4), 4096);
    if (!index) continue;
    auto properties = from_json<std::map<std::string, JsonText>>(text.text);
    if (!properties) return tl::unexpected(unreadable("rocm-smi", text.text));
    for (const auto& [key, value] : *properties) {
      auto words = from_json<std::string>(value.text);
      cards[*index][lower(key)] = words ? std::string(trim(*words)) : value.text;
    }
  }
  return cards;
}

// "N/A", numbers of models and empty names are no names for people.
bool is_name(std::string_view text) {
  return !text.empty() && lower(text) != "n/a" && !text.starts_with("0x");
}

FoundDevice device_of(int64_t index, std::map<std::string, std::string>& card, DeviceKind kind) {
  FoundDevice device;
  device.kind = kind;
  for (const char* key : {"card series", "card model", "device name", "market name"}) {
    if (device.reported_name.empty() && is_name(card[key])) device.reported_name = card[key];
  }
  if (device.reported_name.empty()) {
    device.reported_name = kind == DeviceKind::dcu ? "Hygon DCU" : "AMD GPU";
  }
  constexpr double max_bytes = kMaxMib * (1 << 20);
  device.memory = Bytes{number(card["vram total memory (b)"], max_bytes).value_or(0)};
  if (device.memory == Bytes{}) device.memory = mib_or_none(card["vram total memory (mib)"]);
  device.full_power = watts_or_none(card["max graphics package power (w)"]);
  device.visible = {"HIP_VISIBLE_DEVICES", fmt::format("{}", index)};
  return device;
}

// Value of a line "KEY : VALUE", by the start of its key.
std::optional<std::string_view> value_of(std::string_view text, std::string_view key) {
  for (std::string_view line : split(text, '\n')) {
    if (!line.starts_with(key)) continue;
    size_t colon = line.find(':');
    if (colon != line.npos) return trim(line.substr(colon + 1));
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> nvidia_arguments() {
  return {"--query-gpu=index,uuid,name,memory.total,power.max_limit",
          "--format=csv,noheader,nounits"};
}

std::vector<std::string> rocm_arguments() {
  return {"--showproductname", "--showmeminfo", "vram", "--showmaxpower", "--json"};
}

std::vector<std::string> npu_map_arguments() { return {"info", "-m"}; }

std::vector<std::string> npu_memory_arguments(int64_t npu, int64_t chip) {
  return {"info", "-t", "memory", "-i", fmt::format("{}", npu), "-c", fmt::format("{}", chip)};
}

Result<std::vector<FoundDevice>> parse_nvidia(std::string_view csv) {
  std::vector<FoundDevice> devices;
  for (std::string_view line : split(csv, '\n')) {
    if (line.empty() || line.starts_with("No devices")) continue;
    auto fields = split(line, ',');
    bool good = fields.size() == 5 && number(fields[0], 4096) && fields[1].starts_with("GPU-") &&
                is_name(fields[2]);
    if (!good) return tl::unexpected(unreadable("nvidia-smi", line));
    FoundDevice device;
    device.reported_name = std::string(fields[2]);
    device.memory = mib_or_none(fields[3]);
    device.full_power = watts_or_none(fields[4]);
    // Numbers depend on the order that the job's own settings ask for; the UUID does not.
    device.visible = {"CUDA_VISIBLE_DEVICES", std::string(fields[1])};
    devices.push_back(std::move(device));
  }
  return devices;
}

Result<std::vector<FoundDevice>> parse_rocm(std::string_view text, DeviceKind kind) {
  size_t begin = text.find('{');
  size_t end = text.rfind('}');
  if (begin == text.npos || end == text.npos || end < begin) {
    if (trim(text).empty() || lower(text).find("no ") != text.npos) return {};
    return tl::unexpected(unreadable("rocm-smi", text));
  }
  auto cards = read_cards(text.substr(begin, end - begin + 1));
  if (!cards) return tl::unexpected(cards.error());
  std::vector<FoundDevice> devices;
  for (auto& [index, card] : *cards) devices.push_back(device_of(index, card, kind));
  return devices;
}

Result<std::vector<NpuChip>> parse_npu_map(std::string_view text) {
  std::vector<NpuChip> chips;
  for (std::string_view line : split(text, '\n')) {
    if (line.empty() || line.starts_with("NPU ID")) continue;
    std::vector<std::string_view> words;
    for (std::string_view word : split(line, ' ')) {
      if (!word.empty() && words.size() < 4) words.push_back(word);
    }
    if (words.size() < 4) return tl::unexpected(unreadable("npu-smi", line));
    auto npu = number(words[0], 4096), chip = number(words[1], 4096);
    if (!npu || !chip) return tl::unexpected(unreadable("npu-smi", line));
    auto logic_id = number(words[2], 4096);
    if (!logic_id) continue;  // the board's controller: "-"
    size_t at = static_cast<size_t>(words[3].data() - line.data());
    chips.push_back({*npu, *chip, *logic_id, std::string(trim(line.substr(at)))});
  }
  return chips;
}

Result<Bytes> parse_npu_memory(std::string_view text) {
  for (std::string_view key : {"HBM Capacity(MB)", "DDR Capacity(MB)"}) {
    auto value = value_of(text, key);
    auto mib = value ? number(*value, kMaxMib) : std::nullopt;
    if (mib && *mib > 0) return mebibytes(*mib);
  }
  return tl::unexpected(unreadable("npu-smi", text));
}

}  // namespace pentad::engine
