// Writing: described C++ values to JSON text, straight into a string.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/assert.h"
#include "base/json_writer.h"
#include "base/reflect_traits.h"

namespace pentad {

// full: every field, for answers. compact: leaves out fields that equal those of a
// default-constructed value (unless required), for the journal and snapshots.
enum class WriteMode { full, compact };

namespace reflect {

// Equality by described fields, so that types need no operator== of their own.
template <class T>
bool same(const T& a, const T& b) {
  if constexpr (Struct<T>) {
    bool equal = true;
    for_each_field<T>(
        [&](auto i) { equal = equal && same(a.*Member<T, i>::pointer, b.*Member<T, i>::pointer); });
    return equal;
  } else if constexpr (Optional<T>) {
    return a.has_value() == b.has_value() && (!a || same(*a, *b));
  } else if constexpr (Variant<T>) {
    if (a.index() != b.index()) return false;
    return std::visit(
        [&](const auto& value) { return same(value, std::get<std::decay_t<decltype(value)>>(b)); },
        a);
  } else if constexpr (Map<T>) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
      return x.first == y.first && same(x.second, y.second);
    });
  } else if constexpr (List<T> || Array<T>) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& x, const auto& y) { return same(x, y); });
  } else {
    return a == b;
  }
}

// `,"name":` for each field, made at compile time.
template <class T, size_t i>
struct KeyText {
  static consteval auto make() {
    constexpr std::string_view name = field_name<T, i>;
    std::array<char, name.size() + 4> text{};
    text[0] = ',';
    text[1] = '"';
    std::copy(name.begin(), name.end(), text.begin() + 2);
    text[name.size() + 2] = '"';
    text[name.size() + 3] = ':';
    return text;
  }
  static constexpr auto text = make();
  static constexpr std::string_view view{text.data(), text.size()};
};

template <class T>
void write(std::string& out, const T& value, WriteMode mode);

template <class T>
const T& default_value() {
  static const T value{};
  return value;
}

// Appends the fields, each after a comma unless `first`.
template <Struct T>
void write_fields(std::string& out, const T& value, WriteMode mode, bool first) {
  static_assert(notes_match<T>(), "field_notes names a field that is not described");
  const T* defaults = mode == WriteMode::compact ? &default_value<T>() : nullptr;
  for_each_field<T>([&](auto i) {
    const auto& field = value.*Member<T, i>::pointer;
    if constexpr (!field_note<T, i>.is_required) {
      if (defaults && same(field, defaults->*Member<T, i>::pointer)) return;
    }
    out.append(KeyText<T, i>::view.substr(first ? 1 : 0));
    first = false;
    write(out, field, mode);
  });
}

template <Variant T>
void write_variant(std::string& out, const T& value, WriteMode mode) {
  std::visit(
      [&]<class A>(const A& alternative) {
        static_assert(Tagged<A>, "an alternative of a variant needs a static type_name");
        static_assert(!has_field<A>("type"), "the field `type` is taken by the variant's tag");
        out += "{\"type\":";
        append_json_string(out, A::type_name);
        write_fields(out, alternative, mode, false);
        out.push_back('}');
      },
      value);
}

template <class K>
void write_key(std::string& out, const K& key) {
  if constexpr (Text<K>) {
    append_json_string(out, key);
  } else if constexpr (Strong<K>) {
    write_key(out, key.value);
  } else if constexpr (TextForm<K>) {
    append_json_string(out, key.to_text());
  } else if constexpr (Enum<K>) {
    append_json_string(out, enum_name(key));
  } else {
    static_assert(Integer<K>, "keys of a map are text, integers, ids or enums");
    out.push_back('"');
    append_json_integer(out, key);
    out.push_back('"');
  }
}

template <class T>
void write_items(std::string& out, const T& list, WriteMode mode) {
  out.push_back('[');
  bool first = true;
  for (const auto& item : list) {
    if (!first) out.push_back(',');
    first = false;
    write<typename T::value_type>(out, item, mode);
  }
  out.push_back(']');
}

template <Map T>
void write_map(std::string& out, const T& map, WriteMode mode) {
  out.push_back('{');
  bool first = true;
  for (const auto& [key, item] : map) {
    if (!first) out.push_back(',');
    first = false;
    write_key(out, key);
    out.push_back(':');
    write(out, item, mode);
  }
  out.push_back('}');
}

template <class T>
void write(std::string& out, const T& value, WriteMode mode) {
  if constexpr (std::same_as<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (Integer<T>) {
    append_json_integer(out, value);
  } else if constexpr (std::floating_point<T>) {
    append_json_double(out, value);
  } else if constexpr (Text<T>) {
    append_json_string(out, value);
  } else if constexpr (std::same_as<T, JsonText>) {
    out += value.text;
  } else if constexpr (Enum<T>) {
    PENTAD_ASSERT(!enum_name(value).empty(), "an enum holds a value that was never described");
    append_json_string(out, enum_name(value));
  } else if constexpr (Strong<T>) {
    write(out, value.value, mode);
  } else if constexpr (TextForm<T>) {
    append_json_string(out, value.to_text());
  } else if constexpr (Optional<T>) {
    if (value) {
      write(out, *value, mode);
    } else {
      out += "null";
    }
  } else if constexpr (Variant<T>) {
    write_variant(out, value, mode);
  } else if constexpr (Map<T>) {
    write_map(out, value, mode);
  } else if constexpr (List<T> || Array<T>) {
    write_items(out, value, mode);
  } else if constexpr (Struct<T>) {
    out.push_back('{');
    write_fields(out, value, mode, true);
    out.push_back('}');
  } else {
    static_assert(always_false<T>, "this type has no JSON form: describe it (see base/reflect.h)");
  }
}

}  // namespace reflect
}  // namespace pentad
