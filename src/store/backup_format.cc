#include "store/backup_format.h"

#include <fmt/format.h>

#include "base/json_reader.h"
#include "base/json_writer.h"

namespace pentad::store {

namespace {

// Longer lines than any table can have: an altered file shall not take all memory.
constexpr size_t kMaxLineBytes = size_t{1} << 30;

struct End {
  bool end = false;
  int64_t rows = 0;
};
BOOST_DESCRIBE_STRUCT(End, (), (end, rows))

tl::unexpected<Error> damaged(std::string what) {
  return fail(ErrorCode::corrupt, "the backup is damaged: " + std::move(what));
}

}  // namespace

std::string header_line(const BackupHeader& header) { return to_json(header) + "\n"; }
std::string table_line(const BackupTable& table) { return to_json(table) + "\n"; }
std::string end_line(int64_t rows) { return to_json(End{true, rows}) + "\n"; }

void append_row_line(std::string& out, const std::vector<BackupValue>& row) {
  char before = '[';
  for (const BackupValue& value : row) {
    out += before;
    before = ',';
    if (const auto* number = std::get_if<int64_t>(&value)) {
      append_json_integer(out, *number);
    } else {
      append_json_string(out, std::get<std::string>(value));
    }
  }
  out += "]\n";
}

Status BackupParser::feed(std::string_view text) {
  for (;;) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) break;
    Status read;
    if (rest_.empty()) {
      read = line(text.substr(0, end));
    } else {
      rest_ += text.substr(0, end);
      read = line(rest_);
      rest_.clear();
    }
    if (!read) return read;
    text.remove_prefix(end + 1);
  }
  if (rest_.size() + text.size() > kMaxLineBytes) return damaged("a row without an end");
  rest_ += text;
  return {};
}

Status BackupParser::finish() const {
  if (has_end_ && rest_.empty()) return {};
  return damaged("its end is missing");
}

Status BackupParser::line(std::string_view text) {
  if (has_end_) return damaged("there is more behind its end");
  if (!has_header_) return read_header(text);
  return text.starts_with('[') ? read_row(text) : read_object(text);
}

Status BackupParser::read_header(std::string_view text) {
  Result<BackupHeader> header = from_json<BackupHeader>(text, ReadMode::lenient);
  if (!header) return damaged("its header cannot be read");
  if (header->pentad_backup > kBackupFormat) {
    return fail(ErrorCode::unsupported,
                fmt::format("the backup has form {}, this Pentad reads up to {}: use the version "
                            "that made it, or a later one",
                            header->pentad_backup, kBackupFormat));
  }
  if (header->pentad_backup < 1 || header->rows < 0) return damaged("its header says nothing");
  has_header_ = true;
  return sink_.header ? sink_.header(*header) : Status{};
}

Status BackupParser::read_row(std::string_view text) {
  if (columns_ == 0) return damaged("a row stands before its table");
  JsonReader in(text, ReadMode::lenient);
  row_.resize(columns_);
  size_t at = 0;
  if (in.begin_array()) {
    for (; in.next_item(); ++at) {
      if (at == columns_) return damaged(fmt::format("row {} is too long", rows_ + 1));
      if (in.peek() == JsonKind::string) {
        if (!std::holds_alternative<std::string>(row_[at])) row_[at] = std::string();
        in.read_string(std::get<std::string>(row_[at]));
      } else {
        int64_t number = 0;
        if (in.read_integer(number)) row_[at] = number;
      }
      if (!in.ok()) break;
    }
  }
  if (!in.ok() || !in.finish() || at != columns_) {
    return damaged(fmt::format("row {} cannot be read", rows_ + 1));
  }
  ++rows_;
  return sink_.row ? sink_.row(row_) : Status{};
}

Status BackupParser::read_object(std::string_view text) {
  if (Result<End> end = from_json<End>(text); end && end->end) {
    if (end->rows != rows_) {
      return damaged(fmt::format("{} rows are there, {} were written", rows_, end->rows));
    }
    has_end_ = true;
    return {};
  }
  Result<BackupTable> table = from_json<BackupTable>(text);
  if (!table || table->columns.empty()) return damaged("a line that says nothing");
  columns_ = table->columns.size();
  return sink_.table ? sink_.table(*table) : Status{};
}

}  // namespace pentad::store
