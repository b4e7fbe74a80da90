// Comma-separated values (RFC 4180) that a spreadsheet may open without carrying anything out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pentad::ledger {

// A cell of text from outside. A text that a spreadsheet could take for a formula (its first
// visible character is = + - @ or one of their full-width forms, or it begins with a tab or a
// return) gets an apostrophe in front. Quoted where the format asks for it.
std::string csv_text(std::string_view text);

// A cell of a number or a word of our own: as it is, quoted where needed.
std::string csv_own(std::string_view text);

// A line of cells that csv_text or csv_own made, with its line end.
std::string csv_line(const std::vector<std::string>& cells);

}  // namespace pentad::ledger
