// What the API shows of the core's and the store's types.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/types.h"
#include "base/units.h"
#include "centre/centre.h"
#include "engine/outputs.h"
#include "model/device.h"
#include "model/job_status.h"
#include "model/payload.h"
#include "store/job_queries.h"

namespace pentad::api {

// A time that is 0 has not come.
std::optional<int64_t> some_time(Time time);

// "job.number", or "job_index.number" for an element of an array.
std::string attempt_text(const AttemptId& attempt, bool is_array);

UsageView usage_view(const Usage& usage);
// Without what only the core knows (position, expected start) and without a result.
JobSummary job_summary(const store::JobRecord& record, Time now);
JobSummary job_summary(const JobStatus& status, const JobRequest& request,
                       const std::string& application, Time now);

// `files` may be left out when nobody asks for paths.
AttemptView attempt_view(const AttemptStatus& attempt, bool is_array,
                         const engine::Files* files = nullptr);

JobEvent job_event(const JobStatus& status, Time at);
AttemptEvent attempt_event(const AttemptStatus& attempt, Time at);

NodeInfo node_info(const NodeView& node);
std::vector<PoolInfo> pool_infos(const std::vector<NodeView>& nodes);
DeviceModelInfo device_model_info(const DeviceModel& model);
ThroughputView throughput_view(const Throughput& throughput);
ReservationView reservation_view(const AdvanceReservation& reservation);

}  // namespace pentad::api
