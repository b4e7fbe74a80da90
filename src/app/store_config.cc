#include "app/store_config.h"

#include <sys/stat.h>

#include "store/database_url.h"

namespace pentad::app {

void read_store(TomlReader& in, TomlErrors& errors, StoreConfig& store) {
  const TomlValue* table = in.table("store");
  if (!table) return;
  TomlReader row(*table, "store.", errors);
  if (row.text("url", store.url, 4096)) {
    if (Status good = store::check_url(store.url); !good) row.wrong("url", good.error().message);
  }
  int64_t lease_s = 0;
  if (row.integer("lease_s", lease_s, int64_t{1}, int64_t{600})) store.lease = seconds(lease_s);
  row.finish();
}

std::string complaint_about_password(const StoreConfig& store, const std::string& path) {
  if (store.url.empty() || !store::holds_password(store.url)) return {};
  struct stat info {};
  if (stat(path.c_str(), &info) != 0 || (info.st_mode & 077) == 0) return {};
  return path + " holds the password of the database and others can read it (chmod 600)";
}

}  // namespace pentad::app
