// One function per endpoint of the table in endpoints.cc. Each answers through its responder, at
// once or later, exactly once; none blocks the thread that calls it.
#pragma once

#include "api/caller.h"
#include "net/responder.h"

namespace pentad::api {

struct Services;

using Handler = void (*)(const Services&, Request, net::Responder);

// --- submit.cc ---
void submit_jobs(const Services&, Request, net::Responder);

// --- job_queries.cc ---
void list_jobs(const Services&, Request, net::Responder);
void get_job(const Services&, Request, net::Responder);
void get_script(const Services&, Request, net::Responder);
void signal_job(const Services&, Request, net::Responder);
void list_all_attempts(const Services&, Request, net::Responder);
void list_attempts(const Services&, Request, net::Responder);

// --- job_commands.cc ---
void modify_job(const Services&, Request, net::Responder);
void cancel_job(const Services&, Request, net::Responder);
void hold_job(const Services&, Request, net::Responder);
void release_job(const Services&, Request, net::Responder);
void requeue_job(const Services&, Request, net::Responder);

// --- many_jobs.cc ---
void cancel_jobs(const Services&, Request, net::Responder);
void hold_jobs(const Services&, Request, net::Responder);
void release_jobs(const Services&, Request, net::Responder);
void requeue_jobs(const Services&, Request, net::Responder);

// --- logs.cc ---
void get_logs(const Services&, Request, net::Responder);

// --- nodes.cc ---
void list_nodes(const Services&, Request, net::Responder);
void get_node(const Services&, Request, net::Responder);
void change_node(const Services&, Request, net::Responder);
void calibrate_node(const Services&, Request, net::Responder);
void list_pools(const Services&, Request, net::Responder);
void list_devices(const Services&, Request, net::Responder);

// --- reservations.cc ---
void list_reservations(const Services&, Request, net::Responder);
void create_reservation(const Services&, Request, net::Responder);
void delete_reservation(const Services&, Request, net::Responder);

// --- centre_queries.cc ---
void list_apps(const Services&, Request, net::Responder);
void get_app(const Services&, Request, net::Responder);
void get_status(const Services&, Request, net::Responder);
void get_openapi(const Services&, Request, net::Responder);
void get_metrics(const Services&, Request, net::Responder);
void get_health(const Services&, Request, net::Responder);

// --- event_stream.cc ---
void stream_events(const Services&, Request, net::Responder);

}  // namespace pentad::api
