#include "twin/job_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace pentad::twin {

namespace {

template <class E>
const char* name_of(E value) {
  return boost::describe::enum_to_string(value, "?");
}

// A name from a trace may hold anything; a field of a CSV file may not.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

JobLog::JobLog(const ItPower* power, std::ostream* csv) : power_(power), csv_(csv) {
  if (csv_ == nullptr) return;
  *csv_
      << "job,trace_id,user,project,class,precision,pool,device_model,nodes,cores,devices,"
         "submitted_s,started_s,ended_s,wait_s,run_s,end,meter_kwh,energy_cny,carbon_kg,slowed_s\n";
}

void JobLog::stopped(const LiveJob& job, EndKind kind, Time now) {
  waiting_.push_back({job, kind, now});
}

void JobLog::Integrals::add(double hours, double factor, double price, double carbon_kg_kwh) {
  meter += factor * hours;
  money += factor * price * hours;
  carbon += factor * carbon_kg_kwh * hours;
}

JobLog::Integrals JobLog::Integrals::between(const Integrals& later, double part) const {
  return {meter + part * (later.meter - meter), money + part * (later.money - money),
          carbon + part * (later.carbon - carbon)};
}

JobLog::Marks JobLog::at(Time t) const {
  auto after = std::lower_bound(marks_.begin(), marks_.end(), t,
                                [](const auto& mark, Time time) { return mark.first < time; });
  if (after == marks_.end()) return marks_.empty() ? Marks{} : marks_.back().second;
  if (after == marks_.begin()) return after->second;
  const auto& [t0, m0] = *(after - 1);
  const auto& [t1, m1] = *after;
  const double part = seconds_of(t - t0) / seconds_of(t1 - t0);
  return {m0.idle.between(m1.idle, part), m0.paced.between(m1.paced, part)};
}

void JobLog::step_done(const StepRow& step, const PlantRow* plant, double carbon_kg_kwh) {
  if (marks_.empty()) marks_.push_back({step.begin, {}});
  const Time end = step.begin + step.length;
  const auto mark_until = [&](Time to) {
    auto [from, sum] = marks_.back();
    if (to <= from) return;
    if (plant != nullptr) {
      const double hours = seconds_of(to - from) / 3600;
      const double factor = plant->meter_factor, price = plant->price_cny_kwh;
      sum.idle.add(hours, factor, price, carbon_kg_kwh);
      sum.paced.add(hours * pace_, factor, price, carbon_kg_kwh);
    }
    marks_.push_back({to, sum});
  };
  // A pace that begins with the next step may be known by now.
  size_t done = 0;
  for (; done < paces_.size() && paces_[done].first < end; ++done) {
    mark_until(paces_[done].first);
    pace_ = paces_[done].second;
  }
  paces_.erase(paces_.begin(), paces_.begin() + static_cast<ptrdiff_t>(done));
  mark_until(end);
  for (const Line& line : waiting_) write(line);
  waiting_.clear();
}

void JobLog::write(const Line& line) {
  const LiveJob& job = line.job;
  const double hours = seconds_of(line.ended - job.started) / 3600;
  const double devices = held_devices(job.placement);
  double kwh = 0, cny = 0, carbon_kg = 0;
  if (power_ != nullptr) {
    const double added_kw = power_->added_w(job) / 1000;
    const double idle_kw = power_->idle_share_w(job) / 1000;
    const Marks from = at(job.started);
    const Marks to = at(line.ended);
    const auto sum = [&](double Integrals::*part) {
      return added_kw * (to.paced.*part - from.paced.*part) +
             idle_kw * (to.idle.*part - from.idle.*part);
    };
    kwh = sum(&Integrals::meter);
    cny = sum(&Integrals::money);
    carbon_kg = sum(&Integrals::carbon);
  }
  ClassEnergy& of_class = classes_[name_of(job.request.workload_class)];
  ++of_class.jobs;
  of_class.core_hours += hours * held_cores(job.placement);
  of_class.device_hours += hours * devices;
  of_class.meter_kwh += kwh;
  of_class.energy_cny += cny;
  of_class.carbon_kg += carbon_kg;
  if (csv_ == nullptr) return;
  *csv_ << fmt::format(
      "{},{},{},{},{},{},{},{},{},{},{},{:.3f},{:.3f},{:.3f},{:.3f},{:.3f},{},{:.6f},{:.6f},{:.6f},"
      "{:.3f}\n",
      job.id.value, job.trace_id, csv_field(job.request.user), csv_field(job.request.project),
      name_of(job.request.workload_class), name_of(job.request.precision),
      csv_field(job.placement.pool), csv_field(job.placement.device_model),
      job.placement.nodes.size(), job.placement.cores, devices,
      static_cast<double>(job.submitted.value) / 1000,
      static_cast<double>(job.started.value) / 1000, static_cast<double>(line.ended.value) / 1000,
      seconds_of(job.started - job.submitted), seconds_of(line.ended - job.started),
      line.running ? "running" : name_of(line.kind), kwh, cny, carbon_kg, seconds_of(job.slowed));
}

void JobLog::close(Time now, const std::unordered_map<JobId, LiveJob>& live) {
  std::vector<const LiveJob*> running;
  for (const auto& [id, job] : live) {
    if (!job.placement.nodes.empty()) running.push_back(&job);
  }
  std::sort(running.begin(), running.end(),
            [](const LiveJob* a, const LiveJob* b) { return a->id < b->id; });
  for (const LiveJob* job : running) waiting_.push_back({*job, EndKind::exited, now, true});
  for (const Line& line : waiting_) write(line);
  waiting_.clear();
}

}  // namespace pentad::twin
