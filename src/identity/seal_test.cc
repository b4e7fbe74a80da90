#include "identity/seal.h"

#include <doctest/doctest.h>
#include <sodium.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace pentad;            // NOLINT
using namespace pentad::identity;  // NOLINT

namespace {

struct Folder {
  std::string path = "/tmp/pentad-seal.XXXXXX";
  Folder() {
    REQUIRE(sodium_init() >= 0);
    REQUIRE(mkdtemp(path.data()));
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string key() const { return path + "/key"; }
  Seal open() const { return *Seal::open(key()); }
};

}  // namespace

TEST_CASE("what is sealed is opened by its key and as what it was sealed, and by nothing else") {
  Folder folder;
  Seal seal = folder.open();
  CHECK(!seal.has_key());
  CHECK(!std::filesystem::exists(folder.key()));  // before it is needed
  REQUIRE(seal.make_key());
  struct stat info {};
  REQUIRE(stat(folder.key().c_str(), &info) == 0);
  CHECK((info.st_mode & 07777) == 0600);

  const Sealed sealed = seal.close("the secret", "totp li");
  CHECK(sealed.box.find("secret") == std::string::npos);
  CHECK(folder.open().reveal(sealed, "totp li") == "the secret");  // after a restart
  CHECK(!seal.reveal(sealed, "totp wang"));                        // somebody else's row
  CHECK(seal.close("the secret", "totp li").box != sealed.box);
  for (size_t i = 0; i < sealed.box.size(); ++i) {
    Sealed broken = sealed;
    broken.box[i] = broken.box[i] == 'A' ? 'B' : 'A';
    CHECK(seal.reveal(broken, "totp li").value_or("the secret") == "the secret");
    if (i + 1 < sealed.box.size()) CHECK(!seal.reveal(broken, "totp li"));
  }
  for (size_t n = 0; n < sealed.box.size(); ++n) {
    CHECK(!seal.reveal({sealed.key, sealed.box.substr(0, n)}, "totp li"));
  }

  std::filesystem::remove(folder.key());
  Seal other = folder.open();
  CHECK(!other.reveal(sealed, "totp li"));
  REQUIRE(other.make_key());
  CHECK(other.key_name() != seal.key_name());
  CHECK(!other.reveal(sealed, "totp li"));
}

TEST_CASE("two who need the first key at once get the same one") {
  Folder folder;
  Seal a = folder.open(), b = folder.open();
  REQUIRE(a.make_key());
  REQUIRE(b.make_key());
  CHECK(a.key_name() == b.key_name());
  CHECK(b.reveal(a.close("x", "y"), "y") == "x");
}

TEST_CASE("a key that is none, or open to others, is named") {
  Folder folder;
  std::ofstream(folder.key()) << "nonsense\n";
  std::filesystem::permissions(folder.key(), std::filesystem::perms(0600));
  auto none = Seal::open(folder.key());
  REQUIRE(!none);
  CHECK(none.error().path == folder.key());
  std::filesystem::remove(folder.key());
  Seal seal = folder.open();
  REQUIRE(seal.make_key());
  std::filesystem::permissions(folder.key(), std::filesystem::perms(0644));
  auto open = Seal::open(folder.key());
  REQUIRE(!open);
  CHECK(open.error().message.find("chmod 600") != std::string::npos);
  Seal nowhere = *Seal::open("/no/such/folder/key");
  CHECK(!nowhere.make_key());
}
