#include "store/replay.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/reflect.h"
#include "store/storable.h"

namespace pentad::store {

namespace {

constexpr int64_t kEventsBetweenSigns = 5000;

tl::unexpected<Error> differs(const JournalEntry& entry) {
  if (entry.core_version != kCoreVersion) {
    return fail(ErrorCode::unsupported,
                fmt::format("event {} of the journal was decided by core version {}; this one, "
                            "version {}, decides otherwise: start the earlier Pentad once more and "
                            "stop it with `pentad down`, then this one can take over",
                            entry.seq, entry.core_version, kCoreVersion));
  }
  return fail(ErrorCode::failed,
              fmt::format("event {} of the journal has other effects now than when it was recorded "
                          "(core version {}): this is a fault of Pentad; please report it",
                          entry.seq, entry.core_version));
}

}  // namespace

EncodedEvent encode_event(Event event) {
  std::string json = to_json(event, WriteMode::compact);
  // The replacement character tells that something may have been mended.
  if (mend_escaped_nul(json) || json.find("\xEF\xBF\xBD") != std::string::npos) {
    if (Result<Event> mended = from_json<Event>(json, ReadMode::lenient)) {
      return {std::move(json), std::move(*mended)};
    }
  }
  return {std::move(json), std::move(event)};
}

Result<Effects> Replay::step(const JournalEntry& entry) {
  Result<Event> event = from_json<Event>(entry.event, ReadMode::lenient);
  if (!event) {
    return fail(ErrorCode::corrupt,
                fmt::format("event {} of the journal cannot be read: {}: {}", entry.seq,
                            event.error().path, event.error().message));
  }
  Effects effects = centre.step(*event);
  digest = next_digest(digest, entry.event, effects);
  seq = entry.seq;
  if (digest != entry.digest) return differs(entry);
  return effects;
}

Result<Replay> restore(Database& database, const SnapshotInfo& info) {
  Result<std::string> text = read_snapshot(database, info);
  if (!text) return tl::unexpected(text.error());
  Result<Centre> centre = Centre::restore(*text);
  if (!centre) {
    return fail(ErrorCode::corrupt,
                fmt::format("the snapshot after event {} cannot be read: {}: {}", info.seq,
                            centre.error().path, centre.error().message),
                database.path());
  }
  return Replay{std::move(*centre), info.seq, info.journal_digest};
}

Result<Recovered> recover(Database& database) {
  Result<JournalExtent> extent = journal_extent(database);
  if (!extent) return tl::unexpected(extent.error());
  Result<std::vector<SnapshotInfo>> snapshots = list_snapshots(database);
  if (!snapshots) return tl::unexpected(snapshots.error());

  Recovered result;
  for (const SnapshotInfo& info : *snapshots) {
    if (info.parts == 0) continue;
    Result<Replay> from = restore(database, info);
    if (from) {
      result.replay = std::move(*from);
      result.snapshot_seq = info.seq;
      break;
    }
    if (from.error().code != ErrorCode::corrupt) return tl::unexpected(from.error());
    result.warnings.push_back(from.error().message);
  }
  const int64_t last = std::max(extent->last, result.snapshot_seq);
  if (last == result.snapshot_seq) return result;
  if (extent->first > result.snapshot_seq + 1) {
    return fail(ErrorCode::corrupt,
                fmt::format("the journal begins with event {}, and there is no good snapshot to "
                            "begin with: restore {} from a copy",
                            extent->first, database.path()),
                database.path());
  }
  Status replayed =
      for_each_entry(database, result.snapshot_seq, last, [&](const JournalEntry& entry) -> Status {
        ++result.replayed;
        if (result.replayed % kEventsBetweenSigns == 0) {
          if (Status signed_ = database.sign(); !signed_) return signed_;
        }
        Result<Effects> stepped = result.replay.step(entry);
        if (!stepped) return tl::unexpected(stepped.error());
        return {};
      });
  if (!replayed) return tl::unexpected(replayed.error());
  return result;
}

}  // namespace pentad::store
