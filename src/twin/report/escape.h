// Text from traces and centre files made harmless: whatever its bytes, it stays text.
#pragma once

#include <string>
#include <string_view>

namespace pentad::twin {

// Valid UTF-8 without control characters: bytes that are not UTF-8, C0 and C1 controls and marks
// that turn the direction of what follows become U+FFFD, line breaks and tabs a space.
std::string clean(std::string_view text);

// Cleaned, for HTML text and for attributes in double or single quotes.
std::string escape_html(std::string_view text);

// JSON that may stand inside <script>: no '<', '>' or '&', no line separators.
std::string json_for_script(std::string json);

}  // namespace pentad::twin
