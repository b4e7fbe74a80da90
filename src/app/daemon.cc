#include "app/daemon.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pwd.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include "api/job_store.h"
#include "api/routes.h"
#include "app/applications.h"
#include "app/catalogue.h"
#include "app/core_loop.h"
#include "app/first_operator.h"
#include "app/shims.h"
#include "app/site.h"
#include "app/turn.h"
#include "engine/local.h"
#include "identity/oidc.h"
#include "net/listen.h"
#include "net/server.h"
#include "store/lock_file.h"

namespace pentad::app {

namespace {

constexpr size_t kEventsRemembered = 10'000;
constexpr int kReaders = 2;
constexpr Duration kStopGrace = seconds(2);
constexpr Duration kMostPatience = seconds(3);  // with a daemon that has been replaced

Time wall_clock() {
  auto since = std::chrono::system_clock::now().time_since_epoch();
  return Time{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

std::string own_user() {
  const passwd* entry = getpwuid(geteuid());
  return entry ? entry->pw_name : fmt::format("{}", geteuid());
}

class LiveDaemon final : public Daemon {
 public:
  explicit LiveDaemon(DaemonOptions options) : options_(std::move(options)) {}
  ~LiveDaemon() override { stop(); }

  Status start();
  uint16_t port() const override { return server_ ? server_->port() : 0; }
  const std::string& home() const override { return home_; }
  Status reload() override;
  bool is_replaced() const override { return core_ && core_->is_replaced(); }
  void stop() override;

 private:
  Status prepare_home();
  Status lock_home();
  Status read_configuration();
  Status open_store();
  Status take_turn(store::Keeper& keeper);
  Status open_engine();
  Status tell_core(const Site& site);
  Status open_workers();
  Status open_identity();
  void read_applications();
  Status listen();
  void tell_of_certificate() const;

  DaemonOptions options_;
  std::string home_;
  Config config_;
  Site site_;        // as found
  Site configured_;  // as the core knows it
  bool stopped_ = false;

  // In the order in which they start; they stop the other way round.
  store::LockFile lock_;
  std::unique_ptr<api::EventHub> events_;
  std::unique_ptr<api::Metrics> metrics_;
  std::unique_ptr<CoreLoop> core_;
  WaitingMark waiting_;
  Turn turn_;  // given up before the lease is
  std::unique_ptr<engine::LocalEngine> engine_;
  std::unique_ptr<identity::Identity> identity_;
  std::unique_ptr<identity::Oidc> oidc_;
  std::unique_ptr<api::Workers> workers_;
  std::unique_ptr<api::LogFollower> logs_;
  Packages packages_;
  std::unique_ptr<CatalogueApplications> applications_;
  std::unique_ptr<api::StormGuard> storms_;
  std::unique_ptr<api::Services> services_;
  std::unique_ptr<net::Router> router_;
  std::unique_ptr<net::Server> server_;
};

Status LiveDaemon::prepare_home() {
  std::error_code error;
  home_ = std::filesystem::absolute(options_.home, error).lexically_normal().string();
  while (home_.size() > 1 && home_.ends_with('/')) home_.pop_back();
  const bool is_new = std::filesystem::create_directories(home_, error);
  if (error) return fail(ErrorCode::failed, "cannot be made: " + error.message(), home_);
  // Jobs of other users must find their directories in it.
  struct stat info {};
  if (is_new && geteuid() == 0) ::chmod(home_.c_str(), 0711);
  const bool is_closed = stat(home_.c_str(), &info) == 0 && (info.st_mode & S_IXOTH) == 0;
  if (geteuid() == 0 && is_closed) {
    spdlog::warn("{} is closed to others: jobs of other Unix users cannot start (chmod 711)",
                 home_);
  }
  return {};
}

// Daemons whose database is on a server may share a home: all but one wait.
Status LiveDaemon::lock_home() {
  const std::string path = home_ + "/pentad.pid";
  auto lock =
      config_.store.url.empty() ? store::LockFile::acquire(path) : store::LockFile::share(path);
  if (!lock) return tl::unexpected(lock.error());
  lock_ = std::move(*lock);
  return {};
}

Status LiveDaemon::read_configuration() {
  const std::string file = home_ + "/pentad.toml";
  auto config = read_config(file);
  if (!config) return tl::unexpected(config.error());
  config_ = std::move(*config);
  const std::string complaint = complaint_about_password(config_.store, file);
  if (!complaint.empty()) spdlog::warn("{}", complaint);
  if (options_.listen) {
    auto listen = parse_listen(*options_.listen);
    if (!listen) {
      return fail(ErrorCode::invalid,
                  fmt::format("the address to listen on {}", listen.error().message));
    }
    config_.http.listen = {*listen};
  }
  if (options_.insecure_listen) config_.http.insecure_listen = true;
  if (Status safe = check_exposure(config_.http); !safe) return safe;
  spdlog::set_level(spdlog::level::from_str(config_.log_level));
  return {};
}

Status LiveDaemon::open_store() {
  store::KeeperOptions options;
  options.database = store_options(config_, home_);
  spdlog::info("opening the journal in {}", options.database.path);
  auto begin = std::chrono::steady_clock::now();
  bool has_waited = false;
  options.database.wait = [&](const Error& error) {
    has_waited = true;
    waiting_.keep(home_);
    const bool goes_on = options_.wait && options_.wait(error.message);
    begin = std::chrono::steady_clock::now();
    return goes_on;
  };
  // What people and jobs say stands in these files: nobody else's business.
  for (const char* name : {"/pentad.db", "/pentad.db-wal", "/pentad.db-shm", "/log"}) {
    ::chmod((home_ + name).c_str(), 0600);
  }
  const mode_t before = ::umask(077);
  auto keeper = store::Keeper::open(options);
  ::umask(before);
  if (!keeper) return tl::unexpected(keeper.error());
  if (has_waited) spdlog::info("this daemon has taken the centre over");
  if (!config_.store.url.empty()) {
    if (Status taken = take_turn(*keeper); !taken) return taken;
  }
  const store::Recovery& recovery = keeper->recovery();
  for (const std::string& warning : recovery.warnings) spdlog::warn("{}", warning);
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  spdlog::info("{} events, the last {} replayed, {} unfinished jobs, in {:.2f} s",
               keeper->last_event(), recovery.replayed, keeper->centre().counts().jobs,
               took.count());
  // Microseconds since 1970: above every id of an earlier run.
  events_ = std::make_unique<api::EventHub>(wall_clock().value * 1000, kEventsRemembered);
  metrics_ = std::make_unique<api::Metrics>(options_.version);
  core_ = std::make_unique<CoreLoop>(std::move(*keeper), wall_clock, *events_, *metrics_);
  core_->on_replaced(options_.replaced);
  return {};
}

Status LiveDaemon::take_turn(store::Keeper& keeper) {
  const std::string file = home_ + "/pentad.db";
  if (access(file.c_str(), F_OK) == 0) {
    spdlog::warn("{} is another centre's and left alone: [store] url names the database", file);
  }
  const Duration patience = std::min<Duration>(kMostPatience, config_.store.lease / 4);
  auto turn = Turn::take(home_, keeper.database().identity(), patience);
  if (!turn) return tl::unexpected(turn.error());
  turn_ = std::move(*turn);
  lock_.sign();
  return keeper.probe();
}

Status LiveDaemon::open_engine() {
  auto site = look_at_site(options_.devices_file);
  if (!site) return tl::unexpected(site.error());
  site_ = std::move(*site);
  configured_ = configured(site_, config_);
  for (const std::string& note : configured_.notes) spdlog::info("{}", note);
  engine::LocalConfig local;
  local.home = home_;
  local.supervisor_path = options_.supervisor_path;
  local.node = configured_.node;
  local.machine = configured_.machine;
  std::string programs = std::filesystem::path(options_.supervisor_path).parent_path().string();
  // A machine that others reach is no longer one person's.
  const auto is_own = [](const Listen& listen) { return net::is_loopback(listen.host); };
  const HttpConfig& http = config_.http;
  local.allow_root = config_.engine.allow_root.value_or(
      !http.behind_proxy && std::all_of(http.listen.begin(), http.listen.end(), is_own));
  local.no_new_privileges = config_.engine.no_new_privileges;
  if (geteuid() != 0) {
    spdlog::info("not started by root: jobs run as {} and nobody else", own_user());
  } else if (local.allow_root) {
    spdlog::info("jobs of people without a Unix user here run as root ([engine] allow_root)");
  } else {
    spdlog::info("jobs run as the Unix users of those who submit them, never as root");
  }
  local.shims = home_ + "/shims";
  if (auto made = make_shims(home_, programs); !made) spdlog::warn("{}", made.error().message);
  local.epilogue_path = programs + "/pentad-epilogue";
  if (access(local.epilogue_path.c_str(), X_OK) != 0) {
    spdlog::warn("there is no {}: nothing follows the end of other schedulers' jobs",
                 local.epilogue_path);
    local.epilogue_path.clear();
  }
  auto engine = engine::LocalEngine::open(
      std::move(local), [core = core_.get()](std::vector<engine::Report> reports) {
        core->report(std::move(reports));
      });
  if (!engine) return tl::unexpected(engine.error());
  engine_ = std::move(*engine);
  for (const std::string& note : engine_->notes()) spdlog::warn("{}", note);
  core_->start(*engine_);
  return {};
}

Status LiveDaemon::tell_core(const Site& site) {
  std::vector<store::Command> commands;
  core_->wait_for([&](api::CoreView& view) {
    for (event::What& what : news(site, config_, view.centre())) {
      store::Command& command = commands.emplace_back();
      command.event.actor = "configuration";
      command.event.what = std::move(what);
    }
  });
  if (commands.empty()) return {};
  auto applied = core_->carry_out(std::move(commands));
  if (!applied) return tl::unexpected(applied.error());
  for (const store::Applied& a : *applied) {
    const Refusal& refusal = a.effects.reply.refusal;
    if (refusal.code == RefusalCode::none) continue;
    return fail(ErrorCode::invalid,
                fmt::format("the configuration was refused: {} {}", refusal.field, refusal.detail),
                home_ + "/pentad.toml");
  }
  return {};
}

Status LiveDaemon::reload() {
  Config before = config_;
  Status read = read_configuration();
  Site site = configured(site_, config_);
  // What the engine and the server were started with stays until the next start.
  bool is_same = read && config_.http == before.http && config_.store == before.store &&
                 config_.engine == before.engine && site.node.name == configured_.node.name &&
                 site.node.cores == configured_.node.cores &&
                 site.node.memory == configured_.node.memory;
  if (!read || !is_same) {
    config_ = std::move(before);
    if (!read) return read;
    return fail(ErrorCode::unsupported,
                "listen, [tls], [http], [store], [engine] and the node's name, cores and memory "
                "change with a "
                "restart only");
  }
  Status told = server_ ? server_->reload_tls() : Status{};
  if (told) tell_of_certificate();
  if (told) told = tell_core(site);
  if (told) configured_ = std::move(site);
  return told;
}

Status LiveDaemon::open_workers() {
  std::vector<store::Database> readers;
  for (int i = 0; i < kReaders + 1; ++i) {
    auto reader = store::Database::open_reader(store_options(config_, home_));
    if (!reader) return tl::unexpected(reader.error());
    readers.push_back(std::move(*reader));
  }
  events_->set_find_owner(api::owners_from(std::move(readers.back())));
  readers.pop_back();
  workers_ = std::make_unique<api::Workers>(std::move(readers));
  logs_ = std::make_unique<api::LogFollower>(*events_);
  return {};
}

Status LiveDaemon::open_identity() {
  auto settings = with_secrets(config_.identity, home_);
  if (!settings) return tl::unexpected(settings.error());
  std::vector<store::SecretRow> rows;
  Status read;
  core_->wait_for([&](api::CoreView&) {
    auto secrets = core_->secrets();
    if (secrets) {
      rows = std::move(*secrets);
    } else {
      read = tl::unexpected(secrets.error());
    }
  });
  if (!read) return read;
  if (!settings->oidc.issuer.empty()) oidc_ = std::make_unique<identity::Oidc>(settings->oidc);
  auto identity = identity::Identity::open(*settings, rows, outside_of(*core_, wall_clock));
  if (!identity) return tl::unexpected(identity.error());
  identity_ = std::move(*identity);
  if (identity_->locked_factors() > 0) spdlog::warn("{}", identity_->locked_words());
  auto file = make_first_operator(*core_, *identity_, home_, geteuid() == 0 ? "" : own_user());
  if (!file) return tl::unexpected(file.error());
  if (!file->empty()) {
    spdlog::info("first start: `operator` may do everything; how to sign in stands in {}", *file);
  }
  return {};
}

void LiveDaemon::read_applications() {
  if (options_.apps_folder.empty()) return;
  auto catalogue = read_catalogue(options_.apps_folder);
  if (!catalogue) {
    spdlog::warn("no applications: {}", catalogue.error().message);
    return;
  }
  for (const Error& error : catalogue->errors) spdlog::warn("{}: {}", error.path, error.message);
  applications_ =
      std::make_unique<CatalogueApplications>(std::move(*catalogue), packages_, geteuid() == 0);
}

Status LiveDaemon::listen() {
  Listen first = config_.http.listen.empty() ? Listen{} : config_.http.listen[0];
  bool is_tls = !config_.http.tls.empty() && !first.is_plain;
  std::string scheme = is_tls ? "https://" : "";
  storms_ =
      std::make_unique<api::StormGuard>(config_.jobs_from_jobs_burst, config_.jobs_from_jobs_per_s);
  services_ = std::make_unique<api::Services>(api::Services{
      *core_, *workers_, *events_, *logs_, *metrics_, *storms_, applications_.get(), wall_clock,
      options_.version, home_, configured_.node.name, own_user(), "", wall_clock()});
  services_->identity = identity_.get();
  services_->oidc = oidc_.get();
  services_->password_changed = [home = home_](const std::string& user) {
    forget_first_password(home, user);
  };
  router_ = std::make_unique<net::Router>(api::make_router(*services_));
  net::ServerOptions options = server_options(config_.http, home_);
  options.unix_path = home_ + "/pentad.sock";
  options.unix_mode = 0666;  // the kernel says who comes; src/api decides who may
  options.max_body_bytes = api::kMaxBodyBytes;
  options.log = [](const std::string& message) { spdlog::warn("{}", message); };
  auto server = net::Server::start(
      options, [router = router_.get()](net::Request request, net::Responder responder) {
        router->handle(std::move(request), std::move(responder));
      });
  if (!server) return tl::unexpected(server.error());
  server_ = std::move(*server);
  first.port = server_->port();
  services_->listen = scheme + authority_of(first);
  std::ofstream(home_ + "/http.port") << server_->port() << "\n";
  spdlog::info("listening on {}{} and {}", is_tls ? "" : "http://", services_->listen,
               home_ + "/pentad.sock");
  for (size_t i = 1; i < config_.http.listen.size(); ++i) {
    spdlog::info("listening on {} as well", authority_of(config_.http.listen[i]));
  }
  if (config_.http.insecure_listen) {
    spdlog::warn(
        "insecure_listen: what crosses the network to this centre can be read and changed "
        "by everybody on the way");
  }
  tell_of_certificate();
  return {};
}

void LiveDaemon::tell_of_certificate() const {
  const auto tls = server_ ? server_->tls() : nullptr;
  if (!tls) return;
  const net::CertificateInfo& certificate = tls->certificate();
  spdlog::info("certificate for {}, SHA-256 {}", fmt::join(certificate.names, ", "),
               certificate.fingerprint);
  Duration left = certificate.not_after - wall_clock();
  if (left < hours(24 * 14)) {
    spdlog::warn("the certificate {} {} days {}: clients will refuse it",
                 left < Duration{} ? "ended" : "ends in", std::abs(left.value) / 86'400'000,
                 left < Duration{} ? "ago" : "from now");
  }
}

Status LiveDaemon::start() {
  Status status = prepare_home();
  if (status) status = read_configuration();
  if (status) status = lock_home();
  if (status) status = open_store();
  if (status) status = open_engine();
  if (status) status = tell_core(configured_);
  if (status) status = open_identity();
  if (status) status = open_workers();
  if (!status) return status;
  read_applications();
  if (status = listen(); status) waiting_.remove();
  return status;
}

void LiveDaemon::stop() {
  if (std::exchange(stopped_, true)) return;
  if (events_) events_->stop();
  if (logs_) logs_->stop();
  const bool is_ours = !is_replaced();
  if (server_) server_->stop(is_ours ? kStopGrace : Duration{});
  if (identity_) identity_->stop();
  if (core_) core_->stop();
  if (workers_) workers_->stop();
  engine_.reset();
  if (core_ && is_ours) {
    if (Status closed = core_->close(); !closed) {
      spdlog::warn("no last snapshot: {}", closed.error().message);
    }
  }
  server_.reset();
  if (!home_.empty() && core_ && is_ours) std::filesystem::remove(home_ + "/http.port");
}

}  // namespace

Result<std::unique_ptr<Daemon>> Daemon::start(const DaemonOptions& options) {
  auto daemon = std::make_unique<LiveDaemon>(options);
  if (Status started = daemon->start(); !started) return tl::unexpected(started.error());
  return std::unique_ptr<Daemon>(std::move(daemon));
}

}  // namespace pentad::app
