// The format options of squeue, sinfo and sacct: which fields stand in a line, how wide, and what
// stands between them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace pentad::cli::front::slurm {

struct Piece {
  size_t field = 0;
  size_t width = 0;  // in characters; 0: as long as it is
  bool right = false;
  std::string after;  // stands behind it
};

struct Layout {
  std::string before;
  std::vector<Piece> pieces;
};

// Index of the field that a letter or a name means, or kNoField.
inline constexpr size_t kNoField = static_cast<size_t>(-1);
using ByLetter = std::function<size_t(char)>;
using ByName = std::function<size_t(std::string_view)>;
using Complain = std::function<void(std::string_view)>;

// "%.18i %P|%5j": unknown letters stand there as they are written, after a complaint. "%all" is
// replaced by all of `all`, between bars.
Layout read_letters(std::string_view format, std::string_view all, const ByLetter& find,
                    const Complain& unknown);

// "jobid:.20 ,name:30": 20 wide without a number; unknown names are left out after a complaint.
Layout read_names(std::string_view format, const ByName& find, const Complain& unknown);

// `text` cut and filled up to `width` characters.
void append_cell(std::string& out, std::string_view text, size_t width, bool right);

template <class Text>
void append_line(std::string& out, const Layout& layout, const Text& text_of) {
  out += layout.before;
  for (const Piece& piece : layout.pieces) {
    append_cell(out, text_of(piece.field), piece.width, piece.right);
    out += piece.after;
  }
  out += '\n';
}

// Writes what has been gathered when it is much, or at the end.
void write_out(std::string& out, bool at_end);

}  // namespace pentad::cli::front::slurm
