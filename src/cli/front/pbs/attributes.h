// All that PBS tells about a job, as rows of one table, and the three forms it is printed in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/front/pbs/pbs.h"

namespace pentad::cli::front::pbs {

// `resource` is what stands behind the dot: Resource_List.walltime.
struct Attribute {
  std::string name, resource, value;
  bool is_number = false;
};
using Attributes = std::vector<Attribute>;

Attributes attributes_of(Server& server, const Row& row);

// "    name = value", lines of at most 79 characters broken at commas and going on behind a TAB.
void append_lines(std::string& out, const Attributes& attributes, bool wraps);
// Members of a JSON object, `indent` blanks before each.
void append_members(std::string& out, const Attributes& attributes, int indent);
// <name>value</name>, resources inside of their attribute.
void append_xml(std::string& out, const Attributes& attributes);

// 2048kb, as PBS writes sizes.
std::string size_text(int64_t bytes);
// How long it has run; 0 before.
int64_t elapsed_ms(Server& server, const Row& row);

}  // namespace pentad::cli::front::pbs
