// Sorts types by how they stand in JSON, and lists the fields of described types. All at compile
// time.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <boost/mp11/algorithm.hpp>
#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "base/reflect_note.h"

namespace pentad {

// Any JSON value, kept as text that is known to be valid.
struct JsonText {
  std::string text = "null";
  bool operator==(const JsonText&) const = default;
};

namespace reflect {

template <class T, template <class...> class Template>
inline constexpr bool is_instance = false;
template <template <class...> class Template, class... A>
inline constexpr bool is_instance<Template<A...>, Template> = true;

template <class T>
concept Integer = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>;
template <class T>
concept Text = std::same_as<T, std::string> || std::same_as<T, std::string_view>;

// Written as the one value inside: the units and ids of base.
template <class T>
concept Strong = std::is_class_v<T> && requires(T t) {
  typename T::rep;
  requires std::same_as<decltype(t.value), typename T::rep>;
  T{t.value};
};

// Written as a string of its own form. `text_form` completes "expected ..." for people.
template <class T>
concept TextForm = std::is_class_v<T> && requires(const T t, std::string_view s) {
  { T::from_text(s) } -> std::same_as<std::optional<T>>;
  { t.to_text() } -> std::convertible_to<std::string>;
  { T::text_form } -> std::convertible_to<std::string_view>;
};

template <class T>
concept Optional = is_instance<T, std::optional>;
template <class T>
concept Variant = is_instance<T, std::variant>;
template <class T>
concept Map = is_instance<T, std::map>;

template <class T>
concept Enum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;
template <class T>
concept Struct = std::is_class_v<T> && !Strong<T> && !TextForm<T> &&
                 boost::describe::has_describe_members<T>::value;

// Lists: vectors, deques, sets, whatever can be walked and appended to at its end; arrays are
// fixed.
template <class T>
inline constexpr bool is_array = false;
template <class T, size_t n>
inline constexpr bool is_array<std::array<T, n>> = true;
template <class T>
concept Array = is_array<T>;
template <class T>
concept List = !Text<T> && !Map<T> && !Array<T> && requires(T t) {
  typename T::value_type;
  t.insert(t.end(), typename T::value_type{});
  t.begin();
};

template <class T>
inline constexpr bool always_false = false;

// An enumerator or member that had to dodge a keyword (default_, class_) drops its last underscore.
constexpr std::string_view plain_name(std::string_view name) {
  if (name.ends_with('_')) name.remove_suffix(1);
  return name;
}

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public>;

template <class T>
inline constexpr size_t field_count = boost::mp11::mp_size<Members<T>>::value;

template <class T, size_t i>
using Member = boost::mp11::mp_at_c<Members<T>, i>;

template <class T, size_t i>
inline constexpr std::string_view field_name = plain_name(Member<T, i>::name);

// The note on field `i`; an empty one if the type says nothing about it.
template <class T>
consteval FieldNote find_note(std::string_view field) {
  if constexpr (requires { field_notes(static_cast<const T*>(nullptr)); }) {
    for (const FieldNote& n : field_notes(static_cast<const T*>(nullptr))) {
      if (n.field == field) return n;
    }
  }
  return note(field);
}
template <class T, size_t i>
inline constexpr FieldNote field_note = find_note<T>(field_name<T, i>);

// Calls f(std::integral_constant<size_t, i>) for each field in order.
template <class T, class F>
constexpr void for_each_field(F&& f) {
  boost::mp11::mp_for_each<boost::mp11::mp_iota_c<field_count<T>>>(f);
}

// True if every note names a field that exists; checked wherever a type is used.
template <class T>
consteval bool notes_match() {
  bool all = true;
  if constexpr (requires { field_notes(static_cast<const T*>(nullptr)); }) {
    for (const FieldNote& n : field_notes(static_cast<const T*>(nullptr))) {
      bool found = n.field.empty();  // a note on the type itself
      for_each_field<T>([&](auto i) { found = found || field_name<T, i> == n.field; });
      all = all && found;
    }
  }
  return all;
}

// Tag of an alternative of a variant: `static constexpr std::string_view type_name = "submit";`
// A name of its own, since renaming a C++ type must not break what is stored.
template <class T>
concept Tagged = Struct<T> && requires {
  { T::type_name } -> std::convertible_to<std::string_view>;
};

template <class T>
consteval bool has_field(std::string_view name) {
  bool found = false;
  for_each_field<T>([&](auto i) { found = found || field_name<T, i> == name; });
  return found;
}

template <Enum E>
struct EnumEntry {
  E value;
  std::string_view name;
};

template <Enum E>
consteval auto make_enum_entries() {
  using L = boost::describe::describe_enumerators<E>;
  std::array<EnumEntry<E>, boost::mp11::mp_size<L>::value> entries{};
  size_t n = 0;
  boost::mp11::mp_for_each<L>([&](auto d) { entries[n++] = {d.value, plain_name(d.name)}; });
  return entries;
}
template <Enum E>
inline constexpr auto enum_entries = make_enum_entries<E>();

// Name of a C++ type without its namespaces, for schemas.
template <class T>
constexpr std::string_view short_type_name() {
  if constexpr (requires { T::schema_name; }) {
    return T::schema_name;
  } else {
    std::string_view name = __PRETTY_FUNCTION__;
    name.remove_prefix(name.find("T = ") + 4);
    name = name.substr(0, name.find_first_of(";]"));
    if (size_t colon = name.rfind("::"); colon != name.npos) name.remove_prefix(colon + 2);
    return name;
  }
}

}  // namespace reflect

// Name of an enumerator; empty for a value that was not described.
template <reflect::Enum E>
constexpr std::string_view enum_name(E value) {
  for (const auto& entry : reflect::enum_entries<E>) {
    if (entry.value == value) return entry.name;
  }
  return {};
}

template <reflect::Enum E>
constexpr std::optional<E> enum_from_name(std::string_view name) {
  for (const auto& entry : reflect::enum_entries<E>) {
    if (entry.name == name) return entry.value;
  }
  return std::nullopt;
}

}  // namespace pentad
