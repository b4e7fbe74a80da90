// Every key of [money] and what is refused of it.
#include <doctest/doctest.h>

#include <string>

#include "app/config.h"

using namespace pentad;
using namespace pentad::app;

namespace {

MoneyPolicy money_of(const std::string& keys) {
  auto config = parse_config("[money]\n" + keys);
  REQUIRE_MESSAGE(config, (config ? "" : config.error().message));
  return config->policy.money;
}

std::string complaint(const std::string& keys) {
  auto config = parse_config("[money]\n" + keys);
  return config ? "" : config.error().message;
}

}  // namespace

TEST_CASE("without [money] nothing is charged; with nothing in it neither") {
  CHECK(parse_config("")->policy.money == MoneyPolicy{});
  CHECK(money_of("") == MoneyPolicy{});
  CHECK(MoneyPolicy{}.charged.empty());
  CHECK(MoneyPolicy{}.charge_requeued);  // or whoever puts jobs back computes for nothing
  CHECK_FALSE(MoneyPolicy{}.charge_not_started);
  CHECK(MoneyPolicy{}.notify_at_percent == std::vector<int32_t>{50, 80, 100});
}

TEST_CASE("every key of [money] is read") {
  const MoneyPolicy money = money_of(
      "charged = [\"energy_kwh\", \"core_hour\", \"memory_gib_hour\", \"device_hour\"]\n"
      "pue = 1.234\ncharge_requeued = false\ncharge_not_started = true\n"
      "notify_at_percent = [10, 100, 1000]\n");
  CHECK(money.charged == std::vector<PriceUnit>{PriceUnit::energy_kwh, PriceUnit::core_hour,
                                                PriceUnit::memory_gib_hour,
                                                PriceUnit::device_hour});
  CHECK(money.pue_milli == 1234);
  CHECK_FALSE(money.charge_requeued);
  CHECK(money.charge_not_started);
  CHECK(money.notify_at_percent == std::vector<int32_t>{10, 100, 1000});
  CHECK(money_of("pue = 1\n").pue_milli == 1000);
  CHECK(money_of("pue = 10\n").pue_milli == 10'000);
  CHECK(money_of("notify_at_percent = []\n").notify_at_percent.empty());
  CHECK(money_of("charged = []\n").charged.empty());
}

TEST_CASE("what [money] may not hold is named with its line") {
  const std::string units =
      "line 2: `money.charged` may hold core_hour, memory_gib_hour, device_hour and energy_kwh";
  CHECK(complaint("charged = [\"core_hours\"]") == units);
  CHECK(complaint("charged = [\"storage_gib_day\"]") == units);  // not of jobs
  CHECK(complaint("charged = [\"tokens_million\"]") == units);
  CHECK(complaint("charged = [\"core_hour\", \"core_hour\"]") ==
        "line 2: `money.charged` holds `core_hour` twice");
  CHECK(complaint("charged = \"core_hour\"") ==
        "line 2: `money.charged` must be a list of texts of 1 to 255 bytes");
  CHECK(complaint("charged = [5]").find("list of texts") != std::string::npos);
  CHECK(complaint("pue = 0.99") == "line 2: `money.pue` is 0.99; it may be 1 to 10");
  CHECK(complaint("pue = 10.01").find("it may be 1 to 10") != std::string::npos);
  CHECK(complaint("pue = nan").find("it may be 1 to 10") != std::string::npos);
  CHECK(complaint("pue = \"1.2\"") == "line 2: `money.pue` must be a number");
  CHECK(complaint("charge_requeued = 1") ==
        "line 2: `money.charge_requeued` must be true or false");
  CHECK(complaint("charge_not_started = \"no\"") ==
        "line 2: `money.charge_not_started` must be true or false");
  const std::string ascend = "line 2: `money.notify_at_percent` must ascend, each once";
  CHECK(complaint("notify_at_percent = [80, 50]") == ascend);
  CHECK(complaint("notify_at_percent = [50, 50]") == ascend);
  const std::string levels =
      "line 2: `money.notify_at_percent` must be a list of whole numbers from 1 to 1000";
  CHECK(complaint("notify_at_percent = [0, 50]") == levels);
  CHECK(complaint("notify_at_percent = [1001]") == levels);
  CHECK(complaint("notify_at_percent = [50.5]") == levels);
  CHECK(complaint("notify_at_percent = 50") == levels);
  CHECK(complaint("currency = \"CNY\"") == "line 2: `money.currency` is unknown");
  CHECK(complaint("[money.charged]").find("list of texts") != std::string::npos);
}
