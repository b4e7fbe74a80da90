// Two ranks that write whatever they like: the first byte of each piece says which one does.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "cli/front/pmi/simple_server.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pentad::cli::front::pmi::SimpleServer server(2);
  std::string_view left(reinterpret_cast<const char*>(data), size);
  for (int64_t rank = 0; !left.empty(); rank = 1 - rank) {
    const size_t piece = static_cast<unsigned char>(left.front()) + size_t{1};
    const std::string_view bytes = left.substr(0, piece);
    for (const auto& [to, text] : server.hear(rank, bytes)) {
      // Each answer is one line.
      if (to < 0 || to > 1 || text.find('\n') != text.size() - 1) std::abort();
    }
    left.remove_prefix(bytes.size());
  }
  return 0;
}
