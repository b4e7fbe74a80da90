#include "app/config.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

using namespace pentad;
using namespace pentad::app;

namespace {

std::string complaint(std::string_view toml) {
  auto config = parse_config(toml);
  return config ? "" : config.error().message;
}

std::string example() {
  std::ifstream in(PENTAD_SOURCE_DIR "/docs/pentad.example.toml");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("an empty file is the default configuration") {
  auto config = parse_config("");
  REQUIRE(config);
  CHECK(config->http == HttpConfig{});
  CHECK(config->http.listen == std::vector<Listen>{{"127.0.0.1", 6580}});
  CHECK(config->policy == Policy{});
  CHECK(config->node == NodeConfig{});
}

TEST_CASE("limits of what jobs submit are read") {
  auto config = parse_config("[limits]\njobs_from_jobs_burst = 12\njobs_from_jobs_per_s = 0\n");
  REQUIRE(config);
  CHECK(config->jobs_from_jobs_burst == 12);
  CHECK(config->jobs_from_jobs_per_s == 0);
}

TEST_CASE("everything that can be said is read") {
  auto config = parse_config(R"(
    listen = "[::1]:0"
    log_level = "debug"
    [node]
    name = "n"
    pool = "p"
    features = ["a", "b"]
    cores = 3
    memory_bytes = 1000
    [policy]
    reservation_depth = -1
    default_limit_s = 60
    max_limit_s = 120
    requeue_delay_s = 0
    max_array_size = 7
    max_pending_jobs = 8
    fair_share_half_life_s = 9
    fair_share_interval_s = 10
    weights = { nice = 1, qos = 2, fair_share = 3, age_per_hour = 4 }
    backfill = false
    shift_deadline_jobs.by_hour = [9,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2]
    shift_deadline_jobs.utc_offset_s = 28800
    power_cap.utc_offset_s = -3600
    power_cap.by_hour_w = [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2]
    [[qos]]
    name = "q"
    priority = -5
    [[project]]
    name = "x"
    parent = "y"
    [[project]]
    name = "y"
    shares = 4
    [[licence]]
    name = "l"
    count = 2
    [[device]]
    name = "d"
    idle_power_w = 0.5
    full_power_w = 7
    price_per_hour_cny = 0.000001
    peak_mops = { fp64 = 1, int4 = 2 }
  )");
  REQUIRE(config);
  CHECK(config->http.listen == std::vector<Listen>{{"::1", 0}});
  CHECK(config->node == NodeConfig{"n", "p", {"a", "b"}, 3, Bytes{1000}});
  const Policy& policy = config->policy;
  CHECK(policy.reservation_depth == -1);
  CHECK(policy.default_limit == seconds(60));
  CHECK(policy.weights == PriorityWeights{1, 2, 3, 4});
  CHECK(policy.power_cap.by_hour.back() == Power{2000});
  CHECK(policy.power_cap.utc_offset == seconds(-3600));
  CHECK_FALSE(policy.backfill);
  CHECK(policy.shift_deadline_jobs.by_hour.front() == 9);
  CHECK(policy.shift_deadline_jobs.utc_offset == hours(8));
  CHECK(policy.qos == std::vector<Qos>{{"q", -5}});
  CHECK(policy.projects == std::vector<FairShareProject>{{"x", "y", 1}, {"y", "", 4}});
  CHECK(policy.licences == std::vector<Licence>{{"l", 2}});
  DeviceModel model;
  model.memory = Bytes{5};
  apply(config->devices[0], model);
  CHECK(model.idle_power == Power{500});
  CHECK(model.price_per_hour == Money{1});
  CHECK(model.peak.int4 == 2);
  CHECK(model.memory == Bytes{5});
}

TEST_CASE("a centre is kept in its home, or in a database that is named") {
  auto config = parse_config("");
  REQUIRE(config);
  store::DatabaseOptions options = store_options(*config, "/home");
  CHECK(options.path == "/home/pentad.db");
  CHECK(options.url.empty());
  config = parse_config("[store]\nurl = \"postgresql://u:secret@db/centre\"\nlease_s = 3\n");
  REQUIRE(config);
  options = store_options(*config, "/home");
  CHECK(options.url == "postgresql://u:secret@db/centre");
  CHECK(options.path == "postgresql://db/centre");
  CHECK(options.lease == seconds(3));
}

TEST_CASE("mistakes about the store do not show its password") {
  CHECK(complaint("[store]\nlease_s = 0").starts_with("line 2: `store.lease_s` is 0"));
  CHECK(complaint("[store]\nurl = 5").starts_with("line 2: `store.url` must be text"));
  CHECK(complaint("[store]\nfile = \"x\"") == "line 2: `store.file` is unknown");
  for (const char* line : {"url = \"host=db password=secret\"", "url = postgresql://u:secret@db/x",
                           "url = \"postgresql://u:%zzsecret@db/x\"",
                           "url = \"postgresql://u:secret@db/x", "url = [\"secret\"]"}) {
    CAPTURE(line);
    const std::string said = complaint(std::string("[store]\n") + line + "\n");
    CHECK(said.starts_with("line 2: "));
    CHECK(said.find("secret") == std::string::npos);
  }
}

TEST_CASE("a password that others can read is complained about") {
  std::string path = (std::filesystem::temp_directory_path() / "pentad_config.XXXXXX").string();
  const int file = mkstemp(path.data());
  REQUIRE(file >= 0);
  close(file);
  const StoreConfig secret{"postgresql://u:secret@db/x"};
  CHECK(complaint_about_password(secret, path).empty());
  chmod(path.c_str(), 0640);
  const std::string said = complaint_about_password(secret, path);
  CHECK(said.find("chmod 600") != std::string::npos);
  CHECK(said.find("secret") == std::string::npos);
  CHECK(complaint_about_password({"postgresql://u@db/x"}, path).empty());
  CHECK(complaint_about_password({}, path).empty());
  std::filesystem::remove(path);
}

TEST_CASE("mistakes are named with their lines") {
  CHECK(complaint("listen = 5").starts_with("line 1: `listen` must be text"));
  CHECK(complaint("\nlisten = \"0.0.0.0:80\"").empty());
  CHECK(complaint("listen = \"centre.example:80\"").find("address of this") != std::string::npos);
  CHECK(complaint("listen = [\"127.0.0.1:80\", \"::1:80\"]").find("`listen` must name") !=
        std::string::npos);
  CHECK(complaint("[tls]\ncertificate = \"c\"") == "line 1: `tls.key` is missing");
  CHECK(complaint("[http]\ntrusted_proxies = [\"proxy\"]").find("proxy") != std::string::npos);
  CHECK(complaint("[http]\nbehind_proxy = true\ntrusted_proxies = []").starts_with("line 3:"));
  CHECK(complaint("listen = \"localhost:65536\"").find("port") != std::string::npos);
  CHECK(complaint("colour = 1\n[node]\nnmae = \"x\"") ==
        "line 3: `node.nmae` is unknown\nline 1: `colour` is unknown");
  CHECK(complaint("[policy]\nmax_limit_s = -1").starts_with("line 2: `policy.max_limit_s` is -1"));
  CHECK(complaint("[policy]\nmax_limit_s = 1.5").find("whole number") != std::string::npos);
  CHECK(complaint("[policy]\ndefault_limit_s = 99\nmax_limit_s = 9").starts_with("line 2:"));
  CHECK(complaint("[policy.power_cap]\nby_hour_w = [1, 2]").find("24") != std::string::npos);
  CHECK(complaint("[[qos]]\npriority = 1") == "line 1: `qos.name` is missing");
  CHECK(complaint("[[qos]]\nname = \"a\"\n[[qos]]\nname = \"a\"").starts_with("line 4:"));
  CHECK(complaint("[qos]\nname = \"a\"").find("[[qos]]") != std::string::npos);
  CHECK(complaint("[[project]]\nname = \"a\"\nparent = \"b\"").find("missing") !=
        std::string::npos);
  CHECK(complaint("[[project]]\nname = \"a\"\nparent = \"a\"").find("itself") != std::string::npos);
  CHECK(complaint("[[device]]\nname = \"a\"\nprice_per_hour_cny = nan").starts_with("line 3:"));
  CHECK(complaint("a = 1\na = 2").starts_with("line 2:"));
  CHECK(complaint("a = ").starts_with("line 1:"));
  CHECK(complaint("node = 2020-01-01").find("table") != std::string::npos);
}

// What somebody on the network could read along is refused before anything is opened.
TEST_CASE("listening beyond this machine needs TLS, a proxy or the flag") {
  auto exposure = [](std::string_view toml) {
    auto config = parse_config(toml);
    REQUIRE_MESSAGE(config, (config ? "" : config.error().message));
    Status safe = check_exposure(config->http);
    return safe ? "" : safe.error().message;
  };
  const std::string tls = "[tls]\ncertificate = \"c\"\nkey = \"k\"\n";
  CHECK(exposure("listen = [\"127.0.0.1:1\", \"[::1]:1\"]").empty());
  CHECK(exposure("listen = \"0.0.0.0:443\"").find("in clear") != std::string::npos);
  CHECK(exposure("listen = \"[::]:443\"").find("--self-signed") != std::string::npos);
  CHECK(exposure("listen = \"0.0.0.0:443\"\n" + tls).empty());
  CHECK_FALSE(exposure("listen = [\"0.0.0.0:443\", \"http://10.0.0.1:80\"]\n" + tls).empty());
  CHECK(exposure("listen = [\"0.0.0.0:443\", \"http://127.0.0.1:80\"]\n" + tls).empty());
  CHECK(exposure("listen = \"10.0.0.1:80\"\n[http]\nbehind_proxy = true\n").empty());
  CHECK(exposure("listen = \"10.0.0.1:80\"\n[http]\ninsecure_listen = true\n").empty());
}

TEST_CASE("the example file is what it says") {
  auto config = parse_config(example());
  REQUIRE_MESSAGE(config, (config ? "" : config.error().message));
  // Its values are the defaults, but for what is marked as examples.
  Policy policy = config->policy;
  CHECK(policy.qos.size() == 2);
  policy.qos.clear();
  policy.projects.clear();
  policy.licences.clear();
  CHECK(policy == Policy{});
  CHECK(config->http == HttpConfig{});
  CHECK(config->log_level == Config{}.log_level);
  CHECK(config->devices[0].full_power == Power{300'500});
}

TEST_CASE("what the example has commented out is valid too") {
  std::istringstream lines(example());
  std::string all;
  for (std::string line; std::getline(lines, line);) {
    bool is_setting =
        line.find(" = ") != std::string::npos || line.starts_with("# [") || line.starts_with("#  ");
    if (line.starts_with("# ") && is_setting) line.erase(0, 2);
    all += line + "\n";
  }
  auto config = parse_config(all);
  REQUIRE_MESSAGE(config, (config ? "" : config.error().message));
  CHECK(config->node.cores == 8);
  CHECK(config->policy.power_cap.by_hour.size() == 24);
}

TEST_CASE("a missing file is no error, an unreadable one is") {
  CHECK(read_config("/nonexistent/pentad.toml"));
  auto config = read_config("/");
  REQUIRE_FALSE(config);
  CHECK(config.error().path == "/");
}
