#include "api/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <mutex>

#include "base/reflect_traits.h"

namespace pentad::api {

namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using Labels = std::map<std::string, std::string>;

Histogram::BucketBoundaries times() {
  return {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5};
}

int64_t resident_bytes() {
  std::ifstream in("/proc/self/statm");
  int64_t total = 0, resident = 0;
  in >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

double seconds(const timeval& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
}

}  // namespace

struct Metrics::Families {
  prometheus::Registry registry;

  Family<Counter>& counters(const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  }
  Gauge& gauge(const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
  }
  Histogram& histogram(const char* name, const char* help, Histogram::BucketBoundaries buckets) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add({}, buckets);
  }

  Histogram& batch_seconds =
      histogram("pentad_batch_seconds", "Time to step and commit one batch of commands", times());
  Histogram& batch_commands = histogram("pentad_batch_commands", "Commands committed together",
                                        {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000});
  Histogram& answer_seconds = histogram(
      "pentad_answer_seconds", "Time from a command's arrival at the core to its answer", times());
  Histogram& start_seconds = histogram(
      "pentad_start_seconds", "Time from a job's submission to its first process", times());
  Counter& batches_failed =
      counters("pentad_batches_failed_total", "Batches that could not be committed").Add({});
  Counter& submitted = counters("pentad_jobs_submitted_total", "Jobs accepted").Add({});
  Counter& started = counters("pentad_attempts_started_total", "Attempts started").Add({});
  Family<Counter>& jobs_ended = counters("pentad_jobs_ended_total", "Jobs ended, by state");
  Family<Counter>& attempts_ended =
      counters("pentad_attempts_ended_total", "Attempts ended, by kind of end");
  Family<Counter>& requests =
      counters("pentad_http_requests_total", "HTTP requests, by endpoint and status");
  Family<Histogram>& request_seconds = prometheus::BuildHistogram()
                                           .Name("pentad_http_request_seconds")
                                           .Help("Time to answer HTTP requests, by endpoint")
                                           .Register(registry);
  Gauge& queued = gauge("pentad_jobs_queued", "Jobs ready to start");
  Gauge& held = gauge("pentad_jobs_held", "Jobs held");
  Gauge& unfinished = gauge("pentad_jobs_unfinished", "Jobs pending or running");
  Gauge& running = gauge("pentad_attempts_running", "Attempts starting, running or ending");
  Gauge& cores = gauge("pentad_cores", "Cores of all nodes");
  Gauge& cores_used = gauge("pentad_cores_used", "Cores given to running attempts");
  Gauge& events = gauge("pentad_journal_events", "Events in the journal");
  Gauge& watchers = gauge("pentad_event_watchers", "Clients that follow what changes");
  Gauge& degraded = gauge("pentad_degraded", "1 while nothing new is taken");
  Gauge& resident = gauge("process_resident_memory_bytes", "Resident memory");
  Counter& cpu = counters("process_cpu_seconds_total", "CPU time of this process").Add({});

  // Looking a label up in a family takes its lock and a hash of all labels: kept here instead.
  std::mutex mutex;
  std::map<std::pair<std::string, int>, Counter*, std::less<>> request_counters;
  std::map<std::string, Histogram*, std::less<>> request_histograms;
};

Metrics::Metrics(std::string_view version) : families_(std::make_unique<Families>()) {
  prometheus::BuildGauge()
      .Name("pentad_info")
      .Help("Version of the program")
      .Register(families_->registry)
      .Add({{"version", std::string(version)}})
      .Set(1);
}

Metrics::~Metrics() = default;

void Metrics::batch(size_t commands, double seconds) {
  families_->batch_seconds.Observe(seconds);
  families_->batch_commands.Observe(static_cast<double>(commands));
}

void Metrics::batch_failed() { families_->batches_failed.Increment(); }
void Metrics::answered(double seconds) { families_->answer_seconds.Observe(seconds); }
void Metrics::start_latency(double seconds) { families_->start_seconds.Observe(seconds); }
void Metrics::attempt_started() { families_->started.Increment(); }

void Metrics::job_submitted(size_t count) {
  families_->submitted.Increment(static_cast<double>(count));
}

void Metrics::job_ended(JobState state) {
  families_->jobs_ended.Add({{"state", std::string(enum_name(state))}}).Increment();
}

void Metrics::attempt_ended(EndKind kind) {
  families_->attempts_ended.Add({{"end", std::string(enum_name(kind))}}).Increment();
}

void Metrics::request(std::string_view endpoint, int status, double seconds) {
  Families& f = *families_;
  Counter* counter = nullptr;
  Histogram* histogram = nullptr;
  {
    std::lock_guard lock(f.mutex);
    std::string name(endpoint);
    Counter*& c = f.request_counters[{name, status}];
    if (!c) c = &f.requests.Add({{"endpoint", name}, {"status", std::to_string(status)}});
    Histogram*& h = f.request_histograms[name];
    if (!h) h = &f.request_seconds.Add({{"endpoint", name}}, times());
    counter = c;
    histogram = h;
  }
  counter->Increment();
  histogram->Observe(seconds);
}

std::string Metrics::text(const State& state) {
  Families& f = *families_;
  auto set = [](Gauge& gauge, int64_t value) { gauge.Set(static_cast<double>(value)); };
  set(f.queued, state.counts.queued);
  set(f.held, state.counts.held);
  set(f.unfinished, state.counts.jobs);
  set(f.running, state.counts.attempts);
  set(f.cores, state.cores);
  set(f.cores_used, state.cores_used);
  set(f.events, state.last_event);
  set(f.watchers, state.watchers);
  set(f.degraded, state.degraded ? 1 : 0);
  set(f.resident, resident_bytes());
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::lock_guard lock(f.mutex);
  f.cpu.Increment(std::max(0.0, seconds(usage.ru_utime) + seconds(usage.ru_stime) - f.cpu.Value()));
  return prometheus::TextSerializer().Serialize(f.registry.Collect());
}

}  // namespace pentad::api
