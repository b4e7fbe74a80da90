#include "engine/control_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/protocol.h"
#include "engine/record.h"

namespace pentad::engine {

namespace {

std::string record(std::string_view type, const std::string& body) {
  char head[kMaxHead];
  std::string text(head, write_head(type, body, head));
  return text += body;
}

std::string unescaped(std::string_view value) {
  std::string text(value.size(), '\0');
  text.resize(unescape(value, text.data()));
  return text;
}

// The number at the start of `text` up to `end`, both taken off.
template <class Integer>
bool take_number(std::string_view& text, std::string_view end, Integer& value) {
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<size_t>(at - text.data()));
  if (!text.starts_with(end)) return false;
  text.remove_prefix(end.size());
  return true;
}

EndKind end_kind(int64_t code) {
  switch (static_cast<EndCode>(code)) {
    case EndCode::exited:
      return EndKind::exited;
    case EndCode::signalled:
      return EndKind::signalled;
    case EndCode::timeout:
      return EndKind::timeout;
    case EndCode::stopped:
      return EndKind::stopped;
    case EndCode::out_of_memory:
      return EndKind::out_of_memory;
    case EndCode::not_started:
      return EndKind::not_started;
    case EndCode::lost:
      break;
  }
  return EndKind::lost;
}

Owner parse_owner(std::string_view body) {
  Owner owner;
  Field field;
  while (take_field(body, field)) {
    const int64_t number = parse_integer(field.value, 0);
    if (field.key == "pid")
      owner.pid = static_cast<pid_t>(std::clamp<int64_t>(number, 0, INT32_MAX));
    if (field.key == "start_ticks") owner.start_ticks = number;
    if (field.key == "sequence") owner.sequence = static_cast<uint64_t>(number);
    if (field.key == "started_ms") owner.started = Time{number};
    if (field.key == "cpus") owner.cpus = unescaped(field.value);
    if (field.key == "group") owner.groups.push_back(unescaped(field.value));
  }
  return owner;
}

bool names(const Record& record, std::string_view attempt) {
  std::string_view body = record.body;
  Field field;
  while (take_field(body, field)) {
    if (field.key == "attempt") return field.value == attempt;
  }
  return false;
}

void append_user(std::string& body, const OrderText& order) {
  if (!order.switch_user) return;
  append_field(body, "uid", int64_t{order.uid});
  append_field(body, "gid", int64_t{order.gid});
  for (const gid_t group : order.groups) append_field(body, "group", int64_t{group});
}

void append_paths(std::string& body, const OrderText& order) {
  const auto append = [&body](std::string_view key, const std::string& path) {
    if (!path.empty()) append_field(body, key, std::string_view(path));
  };
  append("program", order.program);
  append("workdir", order.workdir);
  append("tmp", order.tmp);
  append("stdin", order.stdin_path);
  append("stdout", order.stdout_path);
  append("stderr", order.stderr_path);
  append("cpus", order.cpus);
}

void append_signals(std::string& body, const OrderText& order) {
  append_field(body, "warn_signal", int64_t{order.warn_signal});
  append_field(body, "warn_lead_ms", order.warn_lead.value);
  if (order.warn_hard) append_field(body, "warn_hard", int64_t{1});
  if (order.warn_first_only) append_field(body, "warn_first_only", int64_t{1});
  const auto append = [&body](std::string_view key, const std::vector<SignalText>& steps) {
    for (const SignalText& step : steps) {
      const std::string text = fmt::format("{} {}", step.signal, step.after.value);
      append_field(body, key, std::string_view(text));
    }
  };
  append("on_limit", order.on_limit);
  append("on_stop", order.on_stop);
}

}  // namespace

std::string control_name(const AttemptId& attempt) {
  return fmt::format("{}_{}.{}", attempt.job.value, attempt.index, attempt.number);
}

std::optional<AttemptId> parse_control_name(std::string_view name) {
  AttemptId attempt;
  std::string_view rest = name;
  if (!take_number(rest, "_", attempt.job.value)) return std::nullopt;
  if (!take_number(rest, ".", attempt.index)) return std::nullopt;
  if (!take_number(rest, "", attempt.number) || !rest.empty()) return std::nullopt;
  if (control_name(attempt) != name) return std::nullopt;
  return attempt;
}

std::string order_record(const OrderText& order) {
  std::string body;
  body.reserve(4096);
  append_field(body, "attempt", std::string_view(order.attempt));
  for (const std::string& arg : order.argv) append_field(body, "arg", std::string_view(arg));
  append_paths(body, order);
  append_field(body, "append", int64_t{order.append});
  append_field(body, "umask", int64_t{order.umask});
  append_user(body, order);
  append_field(body, "no_new_privileges", int64_t{order.no_new_privileges});
  for (const LimitText& limit : order.limits) {
    const std::string text = fmt::format("{} {} {}", limit.resource, limit.soft, limit.hard);
    append_field(body, "rlimit", std::string_view(text));
  }
  append_field(body, "memory_bytes", order.memory.value);
  append_field(body, "limit_ms", order.limit.value);
  append_field(body, "grace_ms", order.grace.value);
  append_signals(body, order);
  for (const std::string& word : order.after) append_field(body, "after", std::string_view(word));
  for (const std::string& entry : order.environment) {
    append_field(body, "env", std::string_view(entry));
  }
  return record(kOrderRecord, body);
}

std::string void_record() { return record(kVoidRecord, ""); }

AttemptEnd parse_end(std::string_view body) {
  AttemptEnd end;
  int64_t user_us = 0;
  int64_t system_us = 0;
  Field field;
  while (take_field(body, field)) {
    const int64_t number = parse_integer(field.value, 0);
    if (field.key == "kind") end.kind = end_kind(number);
    if (field.key == "exit_code") end.exit_code = static_cast<int32_t>(number);
    if (field.key == "signal") end.signal = static_cast<int32_t>(number);
    if (field.key == "message") end.message = unescaped(field.value);
    if (field.key == "started_ms") end.started_at = Time{number};
    if (field.key == "ended_ms") end.ended_at = Time{number};
    if (field.key == "user_us") user_us = number;
    if (field.key == "system_us") system_us = number;
    if (field.key == "peak_bytes") end.usage.peak_memory = Bytes{number};
    if (field.key == "read_bytes") end.usage.read = Bytes{number};
    if (field.key == "written_bytes") end.usage.written = Bytes{number};
  }
  end.usage.cpu_user = Duration{user_us / 1000};
  end.usage.cpu_system = Duration{system_us / 1000};
  return end;
}

ControlFile parse_control_file(std::string_view text, std::string_view attempt) {
  ControlFile file;
  const size_t size = text.size();
  Record record;
  if (!take_record(text, record) || record.type != kOrderRecord) return file;
  if (!names(record, attempt)) return file;
  file.ordered = true;
  file.order_size = size - text.size();
  file.touched = !text.empty();
  while (take_record(text, record)) {
    if (record.type == kVoidRecord) file.voided = true;
    if (!names(record, attempt)) continue;
    if (record.type == kStartedRecord) file.owner = parse_owner(record.body);
    if (record.type == kEndedRecord) file.end = parse_end(record.body);
  }
  return file;
}

}  // namespace pentad::engine
