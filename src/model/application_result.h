// What a run of an application tells while it runs and when it is done (apps/README.md).
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/reflect_note.h"
#include "base/result.h"
#include "model/application.h"

namespace pentad {

// One named figure of a result, such as test_accuracy 0.9012 or steps_per_s 118.3 in 1/s.
struct Figure {
  std::string name;
  double value = 0;
  std::string unit;  // empty: a plain number
  bool operator==(const Figure&) const = default;
};
BOOST_DESCRIBE_STRUCT(Figure, (), (name, value, unit))
constexpr auto field_notes(const Figure*) {
  return std::array{note("name").required().single_line().length(1, 64), note("value").required(),
                    note("unit").single_line().length(0, 32)};
}

// The file that ApplicationSuccess::result names.
struct ApplicationResult {
  LocalText summary;  // one line each
  std::vector<Figure> figures;
  std::vector<std::string> files;  // what else is worth looking at in the job's directory
  bool operator==(const ApplicationResult&) const = default;
};
BOOST_DESCRIBE_STRUCT(ApplicationResult, (), (summary, figures, files))
constexpr auto field_notes(const ApplicationResult*) {
  return std::array{note("summary").required(), note("figures").length(0, 100),
                    note("files").length(0, 100)};
}

inline constexpr size_t kMaxResultBytes = 64 << 10;

// Reads the text of a result file, which an untrusted job wrote. Errors: too_large; invalid with
// the JSON pointer of the offending field.
Result<ApplicationResult> read_application_result(std::string_view json);

// A line `progress FRACTION WORDS` of a job's standard output; FRACTION from 0 to 1.
struct Progress {
  double fraction = 0;
  std::string words;  // control characters removed
  bool operator==(const Progress&) const = default;
};

std::optional<Progress> parse_progress(std::string_view line);

// The last progress in the end of a job's output. An unfinished last line does not count, nor does
// a first line that may be cut (`from_start` false).
std::optional<Progress> last_progress(std::string_view tail, bool from_start = true);

}  // namespace pentad
