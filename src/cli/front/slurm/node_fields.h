// What sinfo can print about the nodes of a partition, by the letters of -o and the names of -O.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/front/slurm/columns.h"
#include "cli/front/slurm/partitions.h"

namespace pentad::cli::front::slurm {

struct NodeRow {
  const Partition* partition = nullptr;
  std::vector<const api::NodeInfo*> nodes;  // alike in all that is printed of them
};

std::string_view all_node_letters();
size_t node_field_of(char letter);
size_t node_field_named(std::string_view name);
std::string_view node_title(size_t field);
std::string node_text(size_t field, const NodeRow& row);

// Whether two rows differ in nothing but what adds up: names and counts.
bool print_alike(const NodeRow& a, const NodeRow& b, const Layout& layout);
// Rows of a partition stand in descending order of it.
int rank(const NodeRow& row);

}  // namespace pentad::cli::front::slurm
