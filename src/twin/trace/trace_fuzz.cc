// Any bytes as a trace, in whichever format they look like: reading ends without harm, keeps the
// promises of TraceReader, and what was read survives being written as SWF and read again. The
// first byte chooses strictness and how the bytes arrive.
#include <cstdlib>
#include <sstream>

#include "twin/trace/generator.h"
#include "twin/trace/trace.h"

namespace pentad::trace {
namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

class Pieces : public ByteSource {
 public:
  Pieces(std::string_view text, size_t step) : text_(text), step_(step) {}
  Result<size_t> read(char* to, size_t size) override {
    size_t n = std::min({size, step_, text_.size()});
    text_.copy(to, n);
    text_.remove_prefix(n);
    return n;
  }

 private:
  std::string_view text_;
  size_t step_;
};

class Given : public TraceReader {
 public:
  Given(const TraceHeader& header, std::vector<TraceJob> jobs) : jobs_(std::move(jobs)) {
    header_ = header;
  }
  Result<bool> read(TraceJob& out) override {
    if (next_ == jobs_.size()) return false;
    out = jobs_[next_++];
    return true;
  }

 private:
  std::vector<TraceJob> jobs_;
  size_t next_ = 0;
};

void check(const TraceJob& job, Duration last) {
  require(job.submit >= last);
  require(job.cores >= 1 && job.nodes >= 0 && job.cores_per_node >= 0);
  require(job.nodes == 0 || int64_t{job.nodes} * job.cores_per_node >= job.cores);
  require(!job.run_time || job.run_time->value >= 0);
  require(job.limit.value >= 0 && job.memory.value >= 0);
  require(job.devices_per_node >= 0 && job.devices_per_node <= kMaxDevicesPerNode);
  require(job.device_share_milli >= 1 && job.device_share_milli <= 1000);
}

void write_and_read(const TraceHeader& header, const std::vector<TraceJob>& jobs) {
  Given given(header, jobs);
  std::ostringstream out;
  require(write_swf(given, out, {.extended = true}).has_value());
  auto again = open_trace(from_text(out.str()), "again.swf");
  if (!again) {
    require(jobs.empty());
    return;
  }
  TraceJob job;
  for (const TraceJob& one : jobs) {
    auto more = (*again)->read(job);
    require(more && *more);
    require(job.cores == one.cores && job.run_time == one.run_time && job.limit == one.limit);
    require(job.devices_per_node == one.devices_per_node && job.pools.size() == one.pools.size());
  }
  require((*again)->counts().bad == 0);
}

void read(std::string_view text, bool strict, size_t step) {
  constexpr size_t kKept = 50;
  auto trace = open_trace(std::make_unique<Pieces>(text, step), "fuzz", {.strict = strict});
  if (!trace) return require(!trace.error().message.empty());
  std::vector<TraceJob> jobs;
  TraceJob job;
  Duration last;
  Result<bool> more = true;
  int64_t count = 0;
  while ((more = (*trace)->read(job)) && *more && count < 100'000) {
    check(job, last);
    last = job.submit;
    ++count;
    if (jobs.size() < kKept) jobs.push_back(job);
  }
  const TraceCounts& counts = (*trace)->counts();
  require(counts.jobs >= count && counts.bad >= static_cast<int64_t>((*trace)->bad_lines().size()));
  if (!more) require(!more.error().message.empty() && !(*trace)->read(job));
  if (strict && counts.bad > 0) require(!more);
  write_and_read((*trace)->header(), jobs);
}

}  // namespace
}  // namespace pentad::trace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pentad::trace;
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  read(text, data[0] & 1, data[0] & 2 ? 5 : 4096);
  (void)read_openb_nodes(from_text(std::string(text)), "fuzz");
  return 0;
}
