// PMI-1 in its simple form, which MPICH and its kin speak over a descriptor each rank inherits
// (PMI_FD): who am I, a board of keys and values, a barrier. The lines are those that MPICH's own
// client writes (src/pmi/simple of MPICH 4). Pure: bytes in, bytes out.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pentad::cli::front::pmi {

class SimpleServer {
 public:
  // `ranks` processes, all on this host.
  explicit SimpleServer(int64_t ranks);

  // What a rank is to be sent.
  using Answers = std::vector<std::pair<int64_t, std::string>>;
  // Bytes that `rank` has written, in any pieces. A rank that writes what is no request is not
  // answered any more.
  Answers hear(int64_t rank, std::string_view bytes);

  // The exit code a rank asked to end all with.
  std::optional<int> aborted() const { return aborted_; }

 private:
  struct Rank {
    std::string pending;  // an unfinished line
    bool in_barrier = false, deaf = false;
  };
  void answer(int64_t rank, std::string_view line, Answers& out);
  void enter_barrier(int64_t rank, Answers& out);
  std::string put(const std::map<std::string, std::string>& words);
  std::string get(const std::map<std::string, std::string>& words) const;

  std::vector<Rank> ranks_;
  std::map<std::string, std::string> board_;
  size_t board_bytes_ = 0;
  std::optional<int> aborted_;
};

}  // namespace pentad::cli::front::pmi
