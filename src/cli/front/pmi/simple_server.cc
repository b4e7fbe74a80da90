#include "cli/front/pmi/simple_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace pentad::cli::front::pmi {

namespace {

constexpr size_t kLongestLine = 64 << 10;
constexpr size_t kMostOnBoard = 256 << 20;
constexpr size_t kLongestName = 256, kLongestKey = 256, kLongestValue = 4096;
constexpr std::string_view kBoard = "kvs_0";

using Words = std::map<std::string, std::string>;

// `cmd=put kvsname=kvs_0 key=a value=b c`: a value goes on to the end of the line.
Words words_of(std::string_view line) {
  Words out;
  while (!line.empty()) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    const size_t equals = line.find('=');
    if (equals == line.npos) break;
    std::string name(line.substr(0, equals));
    const size_t end = name == "value" ? line.size() : std::min(line.find(' '), line.size());
    if (end < equals) break;
    out[name] = std::string(line.substr(equals + 1, end - equals - 1));
    line.remove_prefix(end);
  }
  return out;
}

std::string word(const Words& words, const char* name) {
  auto at = words.find(name);
  return at == words.end() ? std::string() : at->second;
}

}  // namespace

SimpleServer::SimpleServer(int64_t ranks) : ranks_(static_cast<size_t>(ranks)) {
  // One host with all ranks: blocks of (first host, hosts, ranks on each).
  board_["PMI_process_mapping"] = fmt::format("(vector,(0,1,{}))", ranks);
}

SimpleServer::Answers SimpleServer::hear(int64_t rank, std::string_view bytes) {
  Answers out;
  Rank& who = ranks_[static_cast<size_t>(rank)];
  if (who.deaf) return out;
  who.pending += bytes;
  size_t begin = 0;
  for (size_t end = 0; !who.deaf && (end = who.pending.find('\n', begin)) != std::string::npos;
       begin = end + 1) {
    answer(rank, std::string_view(who.pending).substr(begin, end - begin), out);
  }
  who.pending.erase(0, begin);
  who.deaf = who.deaf || who.pending.size() > kLongestLine;
  if (who.deaf) who.pending.clear();
  return out;
}

void SimpleServer::answer(int64_t rank, std::string_view line, Answers& out) {
  const Words words = words_of(line);
  const std::string command = word(words, "cmd");
  auto say = [&](std::string text) { out.emplace_back(rank, std::move(text) + "\n"); };
  if (command == "init") {
    const bool known = word(words, "pmi_version") == "1";
    return say(
        fmt::format("cmd=response_to_init pmi_version=1 pmi_subversion=1 rc={}", known ? 0 : -1));
  }
  if (command == "get_maxes") {
    return say(fmt::format("cmd=maxes kvsname_max={} keylen_max={} vallen_max={}", kLongestName,
                           kLongestKey, kLongestValue));
  }
  if (command == "get_appnum") return say("cmd=appnum appnum=0");
  if (command == "get_my_kvsname") return say(fmt::format("cmd=my_kvsname kvsname={}", kBoard));
  if (command == "get_universe_size") {
    return say(fmt::format("cmd=universe_size size={}", ranks_.size()));
  }
  if (command == "put") return say(put(words));
  if (command == "get") return say(get(words));
  if (command == "barrier_in") return enter_barrier(rank, out);
  if (command == "finalize") return say("cmd=finalize_ack");
  if (command == "abort") {
    const std::string text = word(words, "exitcode");
    int code = 1;
    std::from_chars(text.data(), text.data() + text.size(), code);
    aborted_ = code & 0xff;
    return;
  }
  if (command.empty()) {
    ranks_[static_cast<size_t>(rank)].deaf = true;  // also: more ranks than there are (mcmd=spawn)
    return;
  }
  say(fmt::format("cmd={}_result rc=-1 msg=not_here", command.substr(0, kLongestName)));
}

void SimpleServer::enter_barrier(int64_t rank, Answers& out) {
  ranks_[static_cast<size_t>(rank)].in_barrier = true;
  if (!std::ranges::all_of(ranks_, &Rank::in_barrier)) return;
  for (size_t i = 0; i < ranks_.size(); ++i) {
    ranks_[i].in_barrier = false;
    out.emplace_back(static_cast<int64_t>(i), "cmd=barrier_out\n");
  }
}

std::string SimpleServer::put(const Words& words) {
  const std::string key = word(words, "key"), value = word(words, "value");
  const size_t bytes = key.size() + value.size();
  const bool fits = key.size() <= kLongestKey && value.size() <= kLongestValue &&
                    board_bytes_ + bytes <= kMostOnBoard;
  if (key.empty() || !fits || word(words, "kvsname") != kBoard) {
    return "cmd=put_result rc=-1 msg=refused";
  }
  board_bytes_ += bytes;
  board_[key] = value;
  return "cmd=put_result rc=0 msg=success";
}

std::string SimpleServer::get(const Words& words) const {
  auto at = board_.find(word(words, "key"));
  if (at == board_.end()) return "cmd=get_result rc=-1 msg=key_not_found value=unknown";
  return "cmd=get_result rc=0 msg=success value=" + at->second;
}

}  // namespace pentad::cli::front::pmi
