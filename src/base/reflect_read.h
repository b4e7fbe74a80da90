// Reading: JSON text to described C++ values, straight into their fields.
#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/json_reader.h"
#include "base/reflect_check.h"
#include "base/reflect_traits.h"

namespace pentad::reflect {

template <class T>
bool read(JsonReader& in, T& out);
template <List T>
bool read_list(JsonReader& in, T& out, const FieldNote& note);

// One described field as the reader meets it at run time.
template <class T>
struct FieldReader {
  std::string_view name;
  const FieldNote* note;
  bool (*read)(JsonReader&, T&, const FieldNote&);
};

// null and lenient reading: the field counts as missing.
template <class F>
bool read_field(JsonReader& in, F& field, const FieldNote& note) {
  if constexpr (!Optional<F> && !std::same_as<F, JsonText>) {
    if (!in.strict() && in.peek() == JsonKind::null) return in.read_null();
  }
  if constexpr (List<F>) return read_list(in, field, note);
  if (!read(in, field)) return false;
  return !in.strict() || check(in, field, note);
}

template <class T>
consteval auto make_field_readers() {
  static_assert(notes_match<T>(), "field_notes names a field that is not described");
  std::array<FieldReader<T>, field_count<T>> readers{};
  for_each_field<T>([&]<class I>(I i) {
    readers[i] = {field_name<T, I::value>, &field_note<T, I::value>,
                  [](JsonReader& in, T& out, const FieldNote& note) {
                    return read_field(in, out.*Member<T, I::value>::pointer, note);
                  }};
  });
  return readers;
}
template <class T>
inline constexpr auto field_readers = make_field_readers<T>();

// Index of the field called `key`, trying `guess` first: our own text has them in order.
template <class T>
size_t find_field(std::string_view key, size_t guess) {
  constexpr auto& readers = field_readers<T>;
  if (guess < readers.size() && readers[guess].name == key) return guess;
  for (size_t i = 0; i < readers.size(); ++i) {
    if (readers[i].name == key) return i;
  }
  return readers.size();
}

template <class T>
std::vector<std::string_view> field_names() {
  std::vector<std::string_view> names;
  for (const auto& reader : field_readers<T>) names.push_back(reader.name);
  return names;
}

// `tag`, if not empty, is a field that was dealt with before.
template <Struct T>
bool read_struct(JsonReader& in, T& out, std::string_view tag = {}) {
  constexpr auto& readers = field_readers<T>;
  std::bitset<field_count<T> + 1> seen;
  std::string_view key;
  size_t next = 0;
  if (!in.begin_object()) return false;
  while (in.next_key(key)) {
    size_t i = find_field<T>(key, next);
    bool is_tag = i == readers.size() && !tag.empty() && key == tag;
    if (i == readers.size() && !is_tag) {
      if (in.strict()) return fail_unknown_field(in, key, field_names<T>());
      std::string name(key);  // the reader forgets it while it reads the value
      if (!in.skip_value()) return in.at(name);
      continue;
    }
    if (seen[i]) return fail_duplicate(in, key);
    seen[i] = true;
    next = i + 1;
    if (is_tag) {
      if (!in.skip_value()) return in.at(tag);
    } else if (!readers[i].read(in, out, *readers[i].note)) {
      return in.at(readers[i].name);
    }
  }
  if (!in.ok() || !in.strict()) return in.ok();
  for (size_t i = 0; i < readers.size(); ++i) {
    if (readers[i].note->is_required && !seen[i]) return fail_missing(in, *readers[i].note);
  }
  return true;
}

template <Variant T, size_t i = 0>
bool read_alternative(JsonReader& in, T& out, const std::string& tag) {
  if constexpr (i == std::variant_size_v<T>) {
    std::vector<std::string_view> tags;
    [&]<size_t... n>(std::index_sequence<n...>) {
      (tags.push_back(std::variant_alternative_t<n, T>::type_name), ...);
    }(std::make_index_sequence<std::variant_size_v<T>>());
    return fail_unknown_tag(in, tag, tags);
  } else {
    using A = std::variant_alternative_t<i, T>;
    static_assert(Tagged<A>, "an alternative of a variant needs a static type_name");
    static_assert(!has_field<A>("type"), "the field `type` is taken by the variant's tag");
    if (tag != A::type_name) return read_alternative<T, i + 1>(in, out, tag);
    return read_struct(in, out.template emplace<i>(), "type");
  }
}

template <class T>
bool read_text_form(JsonReader& in, std::string_view text, T& out) {
  if constexpr (Enum<T>) {
    if (auto value = enum_from_name<T>(text)) return out = *value, true;
    std::vector<std::string_view> names;
    for (const auto& entry : enum_entries<T>) names.push_back(entry.name);
    return fail_unknown_name(in, text, names);
  } else {
    if (auto value = T::from_text(text)) return out = std::move(*value), true;
    return fail_form(in, T::text_form);
  }
}

template <class K>
bool read_key(JsonReader& in, std::string_view text, K& out) {
  if constexpr (std::same_as<K, std::string>) {
    out = text;
    return true;
  } else if constexpr (Strong<K>) {
    return read_key(in, text, out.value);
  } else if constexpr (TextForm<K> || Enum<K>) {
    return read_text_form(in, text, out);
  } else {
    static_assert(Integer<K>, "keys of a map are text, integers, ids or enums");
    std::conditional_t<std::signed_integral<K>, int64_t, uint64_t> wide = 0;
    bool fits = parse_json_integer(text, wide) && std::in_range<K>(wide);
    out = static_cast<K>(wide);
    return fits || in.fail("expected a key that is an integer");
  }
}

template <Map T>
bool read_map(JsonReader& in, T& out) {
  std::string_view key_text;
  if (!in.begin_object()) return false;
  out.clear();
  while (in.next_key(key_text)) {
    typename T::key_type key{};
    std::string name(key_text);  // the reader forgets it while it reads the value
    if (!read_key(in, name, key)) return in.at(name);
    auto [place, is_new] = out.try_emplace(std::move(key));
    if (!is_new) return fail_duplicate(in, name);
    if (!read(in, place->second)) return in.at(name);
  }
  return in.ok();
}

// Refuses an item too many before it takes memory: `[{},{},...]` grows a thousandfold when read.
template <List T>
bool read_list(JsonReader& in, T& out, const FieldNote& note) {
  if (!in.begin_array()) return false;
  out.clear();
  size_t i = 0;
  for (; in.next_item(); ++i) {
    if (i == note.max_length && in.strict()) return fail_too_many(in, note);
    if constexpr (requires { out.emplace_back(); } && !std::same_as<T, std::vector<bool>>) {
      if (!read(in, out.emplace_back())) return in.at(i);
    } else {
      typename T::value_type item{};
      if (!read(in, item)) return in.at(i);
      size_t before = out.size();
      out.insert(out.end(), std::move(item));
      if (out.size() == before) return in.fail("expected each item once"), in.at(i);
    }
  }
  return in.ok() && (!in.strict() || check_length(in, i, note, "items"));
}

template <Array T>
bool read_array(JsonReader& in, T& out) {
  if (!in.begin_array()) return false;
  size_t count = 0;
  while (in.next_item()) {
    if (count == out.size()) return fail_item_count(in, out.size());
    if (!read(in, out[count])) return in.at(count);
    ++count;
  }
  if (in.ok() && count < out.size()) return fail_item_count(in, out.size());
  return in.ok();
}

template <class T>
bool read(JsonReader& in, T& out) {
  if constexpr (std::same_as<T, bool>) {
    return in.read_bool(out);
  } else if constexpr (Integer<T>) {
    return in.read_integer(out);
  } else if constexpr (std::same_as<T, double>) {
    return in.read_double(out);
  } else if constexpr (std::same_as<T, std::string>) {
    return in.read_string(out);
  } else if constexpr (std::same_as<T, JsonText>) {
    std::string_view raw;
    if (!in.skip_value(&raw)) return false;
    return out.text = raw, true;
  } else if constexpr (Enum<T> || TextForm<T>) {
    std::string text;
    return in.read_string(text) && read_text_form(in, text, out);
  } else if constexpr (Strong<T>) {
    return read(in, out.value);
  } else if constexpr (Optional<T>) {
    if (in.peek() == JsonKind::null) return out.reset(), in.read_null();
    return read(in, out.emplace());
  } else if constexpr (Variant<T>) {
    if (in.peek() != JsonKind::object) return in.fail_expected("an object with a field `type`");
    return read_alternative(in, out, in.find_tag("type"));
  } else if constexpr (Map<T>) {
    return read_map(in, out);
  } else if constexpr (List<T>) {
    return read_list(in, out, FieldNote{});
  } else if constexpr (Array<T>) {
    return read_array(in, out);
  } else if constexpr (Struct<T>) {
    return read_struct(in, out);
  } else {
    static_assert(always_false<T>, "this type has no JSON form: describe it (see base/reflect.h)");
  }
}

}  // namespace pentad::reflect
