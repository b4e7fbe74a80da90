// GET /jobs/{id}/logs.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <utility>

#include "api/authenticate.h"
#include "api/handlers.h"
#include "api/job_store.h"
#include "api/log_follower.h"

namespace pentad::api {

namespace {

constexpr int64_t kWholeBytes = 256 << 10;  // up to here an answer is sent in one piece
constexpr std::string_view kMedia = "text/plain; charset=utf-8";

struct LogRequest {
  Caller caller;
  JobId job;
  std::optional<int64_t> element;
  std::optional<int32_t> attempt;
  bool want_stderr = false;
  bool follow = false;
  int64_t offset = 0;
  std::optional<int64_t> tail;
};

// A job whose output is asked for, with what names its files.
struct Source {
  store::JobRecord record;
  Payload payload;
};

// Whom the files must belong to: the user the job ran as, who owns its directory. A path given by
// that user must not make the daemon read what the user may not; what counts is who owns the file
// that was opened, wherever links have led.
uint32_t owner_of(const Services& services, JobId job) {
  struct stat info {};
  const std::string directory = engine::job_directory(services.home, job);
  return lstat(directory.c_str(), &info) == 0 ? info.st_uid : geteuid();
}

std::string path_of(const Services& services, const Source& source, const AttemptId& attempt,
                    bool want_stderr) {
  engine::Files files = files_of(services, attempt, source.record, source.payload);
  return want_stderr && !files.stderr_path.empty() ? files.stderr_path : files.stdout_path;
}

// Sends a part of a file piece by piece, as fast as the client takes it.
class Pump : public std::enable_shared_from_this<Pump> {
 public:
  Pump(Workers& workers, net::Stream stream, int fd, int64_t from, int64_t to)
      : workers_(workers), stream_(std::move(stream)), fd_(fd), at_(from), end_(to) {}
  ~Pump() { close(fd_); }
  Pump(const Pump&) = delete;
  Pump& operator=(const Pump&) = delete;

  void start() {
    // Held weakly: the stream keeps its callbacks, and the pump keeps the stream.
    stream_.on_writable([weak = weak_from_this()] {
      if (auto self = weak.lock()) self->post();
    });
    stream_.on_close([self = shared_from_this()]() mutable { self.reset(); });
    run();
  }

 private:
  void post() {
    workers_.post([self = shared_from_this()](store::JobQueries&) { self->run(); });
  }

  void run() {
    std::array<char, 64 << 10> buffer;
    while (at_ < end_) {
      size_t want = static_cast<size_t>(std::min<int64_t>(end_ - at_, buffer.size()));
      ssize_t n = pread(fd_, buffer.data(), want, at_);
      if (n <= 0) break;
      auto result = stream_.write({buffer.data(), static_cast<size_t>(n)});
      if (result == net::WriteResult::full) return;
      if (result == net::WriteResult::closed) break;
      at_ += n;
    }
    stream_.end();
  }

  Workers& workers_;
  net::Stream stream_;
  int fd_;
  int64_t at_;
  int64_t end_;
};

void send_file(const Services& services, int fd, const LogRequest& asked,
               net::Responder responder) {
  struct stat info {};
  fstat(fd, &info);
  int64_t size = info.st_size;
  int64_t from = asked.tail ? std::max<int64_t>(0, size - *asked.tail) : asked.offset;
  from = std::min(from, size);
  net::Response head;
  head.media_type = kMedia;
  if (size - from > kWholeBytes) {
    net::Stream stream = responder.stream(std::move(head));
    std::make_shared<Pump>(services.workers, std::move(stream), fd, from, size)->start();
    return;
  }
  head.body.resize(static_cast<size_t>(size - from));
  ssize_t n = pread(fd, head.body.data(), head.body.size(), from);
  head.body.resize(n > 0 ? static_cast<size_t>(n) : 0);
  close(fd);
  responder.send(std::move(head));
}

// The attempt that is asked for; number 0 when there is none yet.
Result<std::optional<AttemptStatus>> find_attempt(store::JobQueries& queries,
                                                  const LogRequest& asked) {
  int64_t element = asked.element.value_or(0);
  if (asked.attempt) return queries.attempt({asked.job, element, *asked.attempt});
  auto page = queries.attempts({asked.job, element, true, 1, {}});
  if (!page) return tl::unexpected(page.error());
  if (page->attempts.empty()) return std::nullopt;
  return std::move(page->attempts.front());
}

void follow(const Services& services, store::JobQueries& queries, const LogRequest& asked,
            Source source, const std::optional<AttemptStatus>& attempt, net::Responder responder) {
  auto shared = std::make_shared<Source>(std::move(source));
  auto path = [&services, shared, want_stderr = asked.want_stderr](const AttemptId& id) {
    return path_of(services, *shared, id, want_stderr);
  };
  Follow follow;
  follow.attempt = attempt ? attempt->attempt : AttemptId{asked.job, asked.element.value_or(0), 0};
  follow.path = path;
  follow.owner = [&services, job = asked.job] { return owner_of(services, job); };
  follow.offset = asked.offset;
  follow.may_stay = [&services, caller = asked.caller, user = shared->record.request.user,
                     project = shared->record.request.project] {
    const auto now = renewed(services, caller);
    return now && now->may_about(Permission::job_content, user, project);
  };
  if (asked.tail && attempt) {
    struct stat info {};
    bool there = stat(path(attempt->attempt).c_str(), &info) == 0;
    follow.offset = there ? std::max<int64_t>(0, info.st_size - *asked.tail) : 0;
  }
  net::Response head;
  head.media_type = kMedia;
  head.headers.add("Cache-Control", "no-store");
  follow.stream = responder.stream(std::move(head));
  int64_t handle = services.logs.follow(std::move(follow));
  auto now = find_attempt(queries, asked);
  if (now && *now) return services.logs.settle(handle, (*now)->attempt, is_final((*now)->state));
  auto record = queries.job(asked.job);
  if (record && *record && is_final((*record)->status.state)) {
    services.logs.settle(handle, {asked.job, asked.element.value_or(0), 0}, true);
  }
}

std::optional<Problem> check_element(const LogRequest& asked, const JobRequest& job) {
  if (!job.array && asked.element && *asked.element != 0) {
    return problem("invalid-parameter", "the job is not an array", "element");
  }
  if (job.array && !asked.element) {
    return problem("invalid-parameter", "the job is an array: name one of its elements", "element",
                   "its indices are " + job.array->indices.to_string());
  }
  if (job.array && !job.array->indices.contains(*asked.element)) {
    return problem("not-found", fmt::format("the job has no element {}", *asked.element),
                   "element");
  }
  return {};
}

void answer(const Services& services, store::JobQueries& queries, const LogRequest& asked,
            net::Responder responder) {
  auto refuse = [&](Problem p) { responder.send(problem_response(p)); };
  auto record = find_job(queries, asked.job, asked.caller, Permission::job_content);
  if (!record) return refuse(std::move(record.error()));
  if (auto p = check_element(asked, record->request)) return refuse(std::move(*p));
  auto payload = queries.payload(asked.job);
  if (!payload) return refuse(problem_of(payload.error()));
  auto attempt = find_attempt(queries, asked);
  if (!attempt) return refuse(problem_of(attempt.error()));
  Source source{std::move(*record), std::move(*payload)};
  bool over = is_final(source.record.status.state) || (*attempt && is_final((*attempt)->state));
  if (asked.follow && !over) {
    return follow(services, queries, asked, std::move(source), *attempt, std::move(responder));
  }
  if (!*attempt) {
    return refuse(problem("not-found", "there is no such attempt (yet)", {},
                          "follow=true waits for the first one"));
  }
  std::string path = path_of(services, source, (*attempt)->attempt, asked.want_stderr);
  int fd = open_output(path, owner_of(services, asked.job));
  if (fd < 0) {
    return refuse(problem("not-found", "there is no output to show", {}, "it would be in " + path));
  }
  send_file(services, fd, asked, std::move(responder));
}

}  // namespace

void get_logs(const Services& services, Request request, net::Responder responder) {
  auto id = path_id(request);
  if (!id) return responder.send(problem_response(id.error()));
  LogRequest asked;
  asked.caller = std::move(request.caller);
  asked.job = JobId{*id};
  asked.element = integer_parameter(request, "element");
  if (auto number = integer_parameter(request, "attempt")) {
    asked.attempt = static_cast<int32_t>(*number);
  }
  asked.want_stderr = request.query_value("stream") == "stderr";
  asked.follow = flag_parameter(request, "follow");
  asked.offset = integer_parameter(request, "offset").value_or(0);
  asked.tail = integer_parameter(request, "tail");
  services.workers.post([&services, asked, responder](store::JobQueries& queries) {
    answer(services, queries, asked, responder);
  });
}

}  // namespace pentad::api
