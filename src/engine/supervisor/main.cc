// pentad-supervisor: runs one attempt at a time for the daemon and outlives it. See ../README.md.
//
//   pentad-supervisor VERSION [what=directory ...]    (group.h lists what)
//
// Born with kSocketFd and kAttemptsFd and every signal blocked; ends when the daemon closes the
// socket and no attempt runs.

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstring>

#include "engine/protocol.h"
#include "engine/record.h"
#include "engine/supervisor/affinity.h"
#include "engine/supervisor/clock.h"
#include "engine/supervisor/group.h"
#include "engine/supervisor/io_counter.h"
#include "engine/supervisor/job.h"
#include "engine/supervisor/launch.h"
#include "engine/supervisor/text.h"
#include "engine/supervisor/watch.h"

namespace pentad::engine {
namespace {

using Body = Text<kMaxReply - 256>;

// Appends a whole record in one write, so that it is there or not, short of a full disk.
bool append_record(int fd, std::string_view type, const Body& body) {
  Text<kMaxReply> record;
  char head[kMaxHead];
  record.append(head, write_head(type, body.view(), head));
  record << body.view();
  const std::string_view text = record.view();
  const off_t size = lseek(fd, 0, SEEK_END);
  if (write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size())) return true;
  if (size >= 0 && ftruncate(fd, size) != 0) return false;
  return false;
}

bool reply(uint64_t sequence, ReplyKind kind, int64_t started_ms, bool retire,
           std::string_view body = {}) {
  char message[kMaxReply];
  ReplyHead head;
  std::memset(static_cast<void*>(&head), 0, sizeof head);
  head.sequence = sequence;
  head.started_ms = started_ms;
  head.kind = kind;
  head.retire = retire;
  std::memcpy(message, &head, sizeof head);
  std::memcpy(message + sizeof head, body.data(), body.size());
  const ssize_t n =
      send(kSocketFd, message, sizeof head + body.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return n > 0;
}

void tell_started(uint64_t sequence, int64_t started_ms) {
  reply(sequence, ReplyKind::started, started_ms, false);
}

// The kernel's start time of this process: with the number it names a process for good.
int64_t own_start_ticks() {
  char buffer[1024];
  const int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  const ssize_t n = fd < 0 ? 0 : read(fd, buffer, sizeof buffer);
  if (fd >= 0) close(fd);
  std::string_view text(buffer, n > 0 ? static_cast<size_t>(n) : 0);
  const size_t name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return 0;
  text.remove_prefix(name_end + 2);
  for (int field = 3; field < 22; ++field) {
    const size_t blank = text.find(' ');
    if (blank == std::string_view::npos) return 0;
    text.remove_prefix(blank + 1);
  }
  return parse_integer(text.substr(0, text.find(' ')), 0);
}

class Supervisor {
 public:
  bool start(int count, char** arguments) {
    io_.open();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_DUMPABLE, 0);
    fcntl(kSocketFd, F_SETFD, FD_CLOEXEC);
    fcntl(kAttemptsFd, F_SETFD, FD_CLOEXEC);
    append_field(identity_, "pid", int64_t{getpid()});
    append_field(identity_, "start_ticks", own_start_ticks());
    for (int i = 0; i < count; ++i) append_field(identity_, "group", arguments[i]);
    if (!group_.open(count, arguments)) return false;
    if (!can_be_born_into(group_)) group_.forbid_birth();
    return true;
  }

  // Serves the daemon until it closes the socket or an attempt has left the group unfit.
  void serve() {
    OrderMessage order;
    for (;;) {
      const ssize_t n = recv(kSocketFd, &order, sizeof order, 0);
      if (n < 0 && errno == EINTR) continue;
      if (n != sizeof order) return;
      order.name[kMaxControlName - 1] = 0;
      Ending ending;
      const int fd = openat(kAttemptsFd, order.name, O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
      const bool ran = fd >= 0 && attempt(fd, order, ending);
      if (!(ran ? report(fd, order, ending) : refuse(fd, order))) return;
    }
  }

  void leave() { group_.leave(); }

 private:
  // Both answer only when they have let go of the file, which may at once become another attempt's.
  // False when nobody hears us any more, or shall.
  bool refuse(int fd, const OrderMessage& order) {
    if (fd >= 0) close(fd);
    return reply(order.sequence, ReplyKind::refused, 0, group_.spent());
  }

  bool report(int fd, const OrderMessage& order, const Ending& ending) {
    Body body;
    write_body(order, ending, body);
    const bool written = append_record(fd, kEndedRecord, body);
    if (written) close(fd);
    const bool retire = group_.spent() || !written;
    const bool heard =
        reply(order.sequence, ReplyKind::ended, ending.started_ms, retire, body.view());
    if (!written) write_later(fd, body);
    return heard && !retire;
  }

  // False when the attempt is somebody else's.
  bool attempt(int fd, const OrderMessage& order, Ending& ending) {
    // Held as long as this process lives and the file is open: whoever can lock it knows that no
    // supervisor runs the attempt.
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) return false;
    Job job;
    if (file_.read(fd, job) != JobFileState::ready) return false;
    // Files are used again: this one may have become another attempt's since it was opened.
    if (job.attempt == nullptr || std::strcmp(job.attempt, order.name) != 0) return false;
    if (const char* problem = prepare(fd, job, order.sequence)) {
      ending.kind = EndCode::not_started;
      ending.message << problem;
      return true;
    }
    Watch(job, group_, io_, order.sequence, tell_started).run(ending);
    return true;
  }

  // From the started record on, nobody else will run this attempt.
  const char* prepare(int fd, const Job& job, uint64_t sequence) {
    if (const char* problem = group_.prepare(job.cpus, job.memory_bytes)) return problem;
    if (!bind_cpus(job.cpus)) return "cannot bind to the CPUs chosen";
    Body body = identity_;
    append_field(body, "attempt", std::string_view(job.attempt));
    append_field(body, "sequence", static_cast<int64_t>(sequence));
    append_field(body, "started_ms", clock_ms(CLOCK_REALTIME));
    if (job.cpus != nullptr) append_field(body, "cpus", std::string_view(job.cpus));
    if (!append_record(fd, kStartedRecord, body)) {
      return "cannot write to the control file (is the disk full?)";
    }
    return nullptr;
  }

  // Where no cpuset does it, by an affinity that children inherit.
  bool bind_cpus(const char* cpus) {
    if (group_.binds_cpus() || cpus == nullptr || bound_to_.view() == cpus) return true;
    bound_to_.clear();
    bound_to_ << cpus;
    return bind_to_cpus(cpus);
  }

  static void write_body(const OrderMessage& order, const Ending& ending, Body& body) {
    append_field(body, "attempt", std::string_view(order.name));
    append_ending(body, ending);
  }

  // A full disk must not cost the result: tries until it is written, or the daemon has removed the
  // file because it has the result from our reply.
  static void write_later(int fd, const Body& body) {
    struct stat info;
    while (fstat(fd, &info) == 0 && info.st_nlink > 0 && !append_record(fd, kEndedRecord, body)) {
      const timespec pause{0, 500'000'000};
      nanosleep(&pause, nullptr);
    }
  }

  Group group_;
  IoCounter io_;
  JobFile file_;
  Body identity_;
  Text<4096> bound_to_;
};

}  // namespace
}  // namespace pentad::engine

int main(int argc, char** argv) {
  if (argc < 2 || pentad::engine::parse_integer(argv[1], 0) != pentad::engine::kProtocolVersion) {
    static constexpr char kWords[] = "pentad-supervisor is started by the Pentad daemon only\n";
    return write(2, kWords, sizeof kWords - 1) > 0 ? 64 : 65;
  }
  syscall(SYS_close_range, 5u, ~0u, 0u);
  static pentad::engine::Supervisor supervisor;
  if (!supervisor.start(argc - 2, argv + 2)) return 66;
  supervisor.serve();
  supervisor.leave();
  return 0;
}
