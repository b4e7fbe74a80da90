// The fields of sacct and sstat: names, widths and what stands in them for a job and for its steps.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/front/slurm/job_fields.h"

namespace pentad::cli::front::slurm {

// One line: a job, or the step that is its script.
struct ReportRow {
  const Row* row = nullptr;
  bool is_batch = false;
};

struct ReportColumn {
  size_t field = 0;
  size_t width = 10;
  bool left = false;
};

struct ReportStyle {
  bool parsable = false;  // values as they are, with a delimiter
  bool ends = false;      // a delimiter behind the last one too
  std::string delimiter = "|";
  char unit = 0;  // of sizes; 0: K as the original
};

size_t report_field_count();
std::string_view report_field_name(size_t field);
bool is_sstat_field(size_t field);

// "JobID%-20,State,Elapsed"; throws the name of a field that does not exist.
struct UnknownField {
  std::string name;
};
std::vector<ReportColumn> read_report_columns(std::string_view format, bool for_sstat);

std::string report_text(size_t field, const ReportRow& row, const View& view,
                        const ReportStyle& style);

// Header and dashes, or one line of values.
void append_report_header(std::string& out, const std::vector<ReportColumn>& columns,
                          const ReportStyle& style);
void append_report_line(std::string& out, const std::vector<ReportColumn>& columns,
                        const std::vector<std::string>& values, const ReportStyle& style);

// All names in four columns, for --helpformat.
void append_field_names(std::string& out, bool for_sstat);

}  // namespace pentad::cli::front::slurm
