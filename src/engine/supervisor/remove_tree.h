// Removal of a directory with all that is in it.
#pragma once

namespace pentad::engine {

// Follows no link; leaves what this process may not remove, and what lies deeper than a hundred
// directories.
void remove_tree(const char* path);

}  // namespace pentad::engine
