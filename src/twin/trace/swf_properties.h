// Columns 19 to 21 of an extended SWF line: {allocated ids}, queue, and what the nodes must be,
// such as `2:ppn=8:x86_64:cl_zegox`, `1:ppn=64:cl_zewura#excl`, `1:ppn=12:^zewura12`,
// `1:ppn=1+2:ppn=2`.
#pragma once

#include <string>
#include <string_view>

#include "twin/trace/trace.h"

namespace pentad::trace {

// What a text said that the job cannot hold exactly.
struct PropertyNotes {
  bool is_uneven = false;      // parts with different cores: each node must have the most
  bool is_rounded_up = false;  // ppn=1.5
};

// Each returns an empty text, or what is wrong. They overwrite the fields of `job` that they fill:
// parse_properties all that key=value properties can say, nodes and cores_per_node.
std::string parse_properties(std::string_view text, TraceJob& job, PropertyNotes& notes);
std::string parse_allocation(std::string_view text, TraceJob& job);

// The opposite: what reads back as the same fields.
std::string properties_text(const TraceJob& job);
std::string allocation_text(const TraceJob& job);

// Makes any text one word without : + # | { } , and the like, by %XX; and back.
std::string encode_word(std::string_view text);
std::string decode_word(std::string_view text);

}  // namespace pentad::trace
