#include "cli/front/pmi/simple_server.h"

#include <doctest/doctest.h>

using namespace pentad::cli::front::pmi;

namespace {

// What `rank` is told at once, its own answers alone.
std::string ask(SimpleServer& server, int64_t rank, std::string_view bytes) {
  std::string out;
  for (const auto& [to, text] : server.hear(rank, bytes)) {
    if (to == rank) out += text;
  }
  return out;
}

}  // namespace

TEST_CASE("PMI-1: two ranks meet") {
  SimpleServer server(2);
  CHECK(ask(server, 0, "cmd=init pmi_version=1 pmi_subversion=1\n") ==
        "cmd=response_to_init pmi_version=1 pmi_subversion=1 rc=0\n");
  CHECK(ask(server, 0, "cmd=get_my_kvsname\n") == "cmd=my_kvsname kvsname=kvs_0\n");
  CHECK(ask(server, 0, "cmd=get_universe_size\n") == "cmd=universe_size size=2\n");
  CHECK(ask(server, 1, "cmd=get kvsname=kvs_0 key=PMI_process_mapping\n") ==
        "cmd=get_result rc=0 msg=success value=(vector,(0,1,2))\n");
  CHECK(ask(server, 0, "cmd=put kvsname=kvs_0 key=card-0 value=host a, port=1\n") ==
        "cmd=put_result rc=0 msg=success\n");
  CHECK(ask(server, 0, "cmd=barrier_in\n").empty());
  const SimpleServer::Answers all = server.hear(1, "cmd=barrier_in\n");
  CHECK(all == SimpleServer::Answers{{0, "cmd=barrier_out\n"}, {1, "cmd=barrier_out\n"}});
  CHECK(ask(server, 1, "cmd=get kvsname=kvs_0 key=card-0\n") ==
        "cmd=get_result rc=0 msg=success value=host a, port=1\n");
  CHECK(ask(server, 1, "cmd=get kvsname=kvs_0 key=card-1\n").find("rc=-1") != std::string::npos);
  CHECK(ask(server, 1, "cmd=finalize\n") == "cmd=finalize_ack\n");
}

TEST_CASE("PMI-1: lines in pieces, and what is no request") {
  SimpleServer server(1);
  CHECK(ask(server, 0, "cmd=get_app").empty());
  CHECK(ask(server, 0, "num\ncmd=get_appnum\n") == "cmd=appnum appnum=0\ncmd=appnum appnum=0\n");
  CHECK(ask(server, 0, "cmd=dance\n") == "cmd=dance_result rc=-1 msg=not_here\n");
  CHECK(ask(server, 0, "cmd=put kvsname=other key=a value=b\n") ==
        "cmd=put_result rc=-1 msg=refused\n");
  CHECK(ask(server, 0, "cmd=put kvsname=kvs_0 key=" + std::string(1000, 'k') + " value=b\n") ==
        "cmd=put_result rc=-1 msg=refused\n");
  CHECK(ask(server, 0, "mcmd=spawn\n").empty());
  CHECK(ask(server, 0, "cmd=get_appnum\n").empty());
}

TEST_CASE("PMI-1: a rank ends all") {
  SimpleServer server(2);
  CHECK(!server.aborted());
  server.hear(1, "cmd=abort exitcode=3\n");
  CHECK(server.aborted() == 3);
}
