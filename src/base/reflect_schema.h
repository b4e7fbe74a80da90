// JSON Schema (2020-12, the dialect of OpenAPI 3.1) from the same descriptions that reading
// enforces.
//
//   SchemaSet set;
//   std::string text = set.schema<SubmitRequest>();   //
//   {"$ref":"#/components/schemas/SubmitRequest"} set.definitions(); // name -> schema of it and of
//   all it contains
//
// Each described struct becomes a definition under its C++ name (or its static `schema_name`). A
// note with an empty field name, note("").doc("..."), describes the type itself.
#pragma once

#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/reflect_traits.h"
#include "base/reflect_write.h"

namespace pentad {

// One schema while it is put together: members in order, values as JSON text.
class SchemaText {
 public:
  SchemaText() = default;
  explicit SchemaText(std::string_view type) : type_(type) {}

  SchemaText& add(std::string_view key, std::string json);
  SchemaText& add_words(std::string_view key, std::string_view words);  // nothing if empty
  SchemaText& make_nullable();
  // Adds what the note on a field says; its bounds win over those of the C++ type.
  SchemaText& constrain(const FieldNote& note);
  std::string_view type() const { return type_; }
  std::string text() const;

 private:
  void replace(std::string_view key, std::string json);

  std::string type_;
  bool nullable_ = false;
  std::vector<std::pair<std::string, std::string>> members_;
};

class SchemaSet {
 public:
  explicit SchemaSet(std::string ref_prefix = "#/components/schemas/")
      : ref_prefix_(std::move(ref_prefix)) {}

  template <class T>
  std::string schema() {
    return make<T>().text();
  }

  const std::map<std::string, std::string>& definitions() const { return definitions_; }

 private:
  template <class T>
  SchemaText make();
  template <reflect::Struct T>
  SchemaText object(std::string_view tag);
  template <reflect::Struct T>
  SchemaText reference();
  template <reflect::Variant T>
  SchemaText one_of();
  template <reflect::Integer T>
  SchemaText integer();
  template <class T, size_t i>
  SchemaText field();

  std::string ref_prefix_;
  std::map<std::string, std::string> definitions_;
  std::map<std::string, const void*> owners_;  // which C++ type a name stands for
};

namespace reflect {

// `["a","b"]`.
std::string json_list(const std::vector<std::string>& items);
std::string json_words(std::string_view words);

template <class T>
std::string json_of(const T& value) {
  std::string out;
  write(out, value, WriteMode::full);
  return out;
}

// One address per type.
template <class T>
inline constexpr char type_mark = 0;

// Types whose default is worth showing.
template <class T>
concept Scalar = std::is_arithmetic_v<T> || Text<T> || Enum<T> || Strong<T>;

}  // namespace reflect

template <reflect::Integer T>
SchemaText SchemaSet::integer() {
  SchemaText s("integer");
  s.add_words("format", sizeof(T) < 4 || std::same_as<T, int32_t> ? "int32" : "int64");
  using Limits = std::numeric_limits<T>;
  if (sizeof(T) < 8 || std::is_unsigned_v<T>) s.add("minimum", std::to_string(Limits::min()));
  if (sizeof(T) < 8) s.add("maximum", std::to_string(Limits::max()));
  return s;
}

template <class T, size_t i>
SchemaText SchemaSet::field() {
  using F = std::remove_cvref_t<decltype(std::declval<T>().*reflect::Member<T, i>::pointer)>;
  constexpr FieldNote note = reflect::field_note<T, i>;
  SchemaText s = make<F>();
  s.constrain(note);
  if constexpr (reflect::Scalar<F> && !note.is_required) {
    const T& defaults = reflect::default_value<T>();
    s.add("default", reflect::json_of(defaults.*reflect::Member<T, i>::pointer));
  }
  return s;
}

template <reflect::Struct T>
SchemaText SchemaSet::object(std::string_view tag) {
  static_assert(reflect::notes_match<T>(), "field_notes names a field that is not described");
  SchemaText s("object");
  s.add_words("description", reflect::find_note<T>("").text);
  std::string properties;
  std::vector<std::string> required;
  auto property = [&](std::string_view name, const SchemaText& of) {
    properties += (properties.empty() ? "{" : ",") + reflect::json_words(name) + ":" + of.text();
  };
  if (!tag.empty()) {
    property("type", SchemaText("string").add("const", reflect::json_words(tag)));
    required.push_back(reflect::json_words("type"));
  }
  reflect::for_each_field<T>([&]<class I>(I) {
    constexpr FieldNote note = reflect::field_note<T, I::value>;
    property(note.field, field<T, I::value>());
    if (note.is_required) required.push_back(reflect::json_words(note.field));
  });
  s.add("properties", properties.empty() ? "{}" : properties + "}");
  if (!required.empty()) s.add("required", reflect::json_list(required));
  return s.add("additionalProperties", "false");
}

template <reflect::Struct T>
SchemaText SchemaSet::reference() {
  std::string name(reflect::short_type_name<T>());
  auto [owner, is_new] = owners_.emplace(name, &reflect::type_mark<T>);
  PENTAD_ASSERT(owner->second == &reflect::type_mark<T>, "two types share one schema name");
  // Entered before it is made: a type may contain itself.
  if (is_new) definitions_[name] = object<T>({}).text();
  return SchemaText().add_words("$ref", ref_prefix_ + name);
}

template <reflect::Variant T>
SchemaText SchemaSet::one_of() {
  std::vector<std::string> alternatives;
  [&]<size_t... n>(std::index_sequence<n...>) {
    (alternatives.push_back(
         object<std::variant_alternative_t<n, T>>(std::variant_alternative_t<n, T>::type_name)
             .text()),
     ...);
  }(std::make_index_sequence<std::variant_size_v<T>>());
  return SchemaText().add("oneOf", reflect::json_list(alternatives));
}

template <class T>
SchemaText SchemaSet::make() {
  if constexpr (std::same_as<T, bool>) {
    return SchemaText("boolean");
  } else if constexpr (reflect::Integer<T>) {
    return integer<T>();
  } else if constexpr (std::floating_point<T>) {
    return SchemaText("number");
  } else if constexpr (reflect::Text<T>) {
    return SchemaText("string");
  } else if constexpr (std::same_as<T, JsonText>) {
    return SchemaText();
  } else if constexpr (reflect::Enum<T>) {
    std::vector<std::string> names;
    for (const auto& entry : reflect::enum_entries<T>)
      names.push_back(reflect::json_words(entry.name));
    return SchemaText("string").add("enum", reflect::json_list(names));
  } else if constexpr (reflect::Strong<T>) {
    return make<typename T::rep>();
  } else if constexpr (reflect::TextForm<T>) {
    return SchemaText("string").add_words("description", T::text_form);
  } else if constexpr (reflect::Optional<T>) {
    return make<typename T::value_type>().make_nullable();
  } else if constexpr (reflect::Variant<T>) {
    return one_of<T>();
  } else if constexpr (reflect::Map<T>) {
    return SchemaText("object").add("additionalProperties", schema<typename T::mapped_type>());
  } else if constexpr (reflect::Array<T>) {
    std::string n = std::to_string(T{}.size());
    return SchemaText("array")
        .add("items", schema<typename T::value_type>())
        .add("minItems", n)
        .add("maxItems", n);
  } else if constexpr (reflect::List<T>) {
    return SchemaText("array").add("items", schema<typename T::value_type>());
  } else {
    return reference<T>();
  }
}

}  // namespace pentad
