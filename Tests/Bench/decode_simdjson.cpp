// The peer of the decoder benchmark: simdjson's on-demand parser fills the same columns (Arrow
// layout, validity, offsets, 128-bit decimals, days, microseconds) from the same pages as Tern.
//
//   g++ -O3 -march=native -o decode_simdjson decode_simdjson.cpp -lsimdjson
//   decode_simdjson DIRECTORY [RUNS]
//
// Values are checked as Tern checks them (digits, ranges, calendar); UTF-8 is checked by simdjson.
#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using simdjson::ondemand::value;

[[noreturn]] void fail(const char *what) { throw std::runtime_error(what); }

struct Validity {
  std::vector<uint8_t> bits;
  size_t nulls = 0;
  void clear() { bits.clear(), nulls = 0; }
  void set_null(size_t row) {
    if (bits.size() <= row / 8) bits.resize(row / 8 + 1, 0xFF);
    bits[row / 8] &= static_cast<uint8_t>(~(1u << (row % 8)));
    nulls++;
  }
};

template <typename T>
struct Column {
  std::vector<T> values;
  Validity validity;
  void clear() { values.clear(), validity.clear(); }
  void add_null() { validity.set_null(values.size()), values.push_back(T{}); }
};

struct TextColumn {
  std::vector<int32_t> offsets{0};
  std::vector<char> bytes;
  Validity validity;
  void clear() { offsets.assign(1, 0), bytes.clear(), validity.clear(); }
  void add(std::string_view text) {
    bytes.insert(bytes.end(), text.begin(), text.end());
    offsets.push_back(static_cast<int32_t>(bytes.size()));
  }
  void add_null() { validity.set_null(offsets.size() - 1), offsets.push_back(offsets.back()); }
};

int digit(char c) {
  unsigned d = static_cast<unsigned char>(c) - '0';
  if (d > 9) fail("digit");
  return static_cast<int>(d);
}

int two(const char *p) { return digit(p[0]) * 10 + digit(p[1]); }

int32_t days(const char *p) {
  int year = two(p) * 100 + two(p + 2), month = two(p + 5), day = two(p + 8);
  static const int8_t lengths[13] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  if (p[4] != '-' || p[7] != '-' || year < 1 || month < 1 || month > 12 || day < 1 ||
      day > lengths[month] || (month == 2 && day == 29 && !leap)) {
    fail("date");
  }
  int y = month <= 2 ? year - 1 : year, m = month > 2 ? month - 3 : month + 9;
  int era = y / 400, of_era = y - era * 400;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * m + 2) / 5 + day - 1 -
         719468;
}

int32_t date(std::string_view text) {
  if (text.size() != 10) fail("date");
  return days(text.data());
}

int64_t timestamp(std::string_view text) {
  if (text.size() < 19) fail("timestamp");
  const char *p = text.data();
  int hour = two(p + 11), minute = two(p + 14), second = two(p + 17);
  if (p[10] != ' ' || p[13] != ':' || p[16] != ':' || hour > 23 || minute > 59 || second > 59) {
    fail("timestamp");
  }
  int64_t micros = 0;
  if (text.size() > 19) {
    if (p[19] != '.' || text.size() > 26 || text.size() == 20) fail("timestamp");
    for (size_t i = 20; i < text.size(); i++) micros = micros * 10 + digit(p[i]);
    for (size_t i = text.size(); i < 26; i++) micros *= 10;
  }
  int64_t seconds = ((days(p) * int64_t{24} + hour) * 60 + minute) * 60 + second;
  return seconds * 1000000 + micros;
}

__int128 decimal(std::string_view text) {
  const int scale = 2;
  size_t i = 0;
  bool negative = !text.empty() && text[0] == '-';
  if (negative) i++;
  int64_t unscaled = 0;
  size_t whole = i;
  for (; i < text.size() && text[i] != '.'; i++) {
    if (i - whole >= 16) fail("decimal");
    unscaled = unscaled * 10 + digit(text[i]);
  }
  if (i == whole) fail("decimal");
  int fraction = 0;
  if (i < text.size()) {
    for (i++; i < text.size(); i++, fraction++) {
      if (fraction >= scale) fail("decimal");
      unscaled = unscaled * 10 + digit(text[i]);
    }
  }
  for (; fraction < scale; fraction++) unscaled *= 10;
  return negative ? -unscaled : unscaled;
}

struct Batch {
  Column<int64_t> integers;
  Column<__int128> decimals;
  Column<double> doubles;
  TextColumn texts;
  Column<int32_t> dates;
  Column<int64_t> timestamps;
  void clear() {
    integers.clear(), decimals.clear(), doubles.clear(), texts.clear(), dates.clear();
    timestamps.clear();
  }
};

template <typename C, typename F>
void fill(simdjson::ondemand::array array, C &column, F read) {
  for (value v : array) {
    if (v.is_null()) {
      column.add_null();
    } else {
      read(column, v);
    }
  }
}

void decode(simdjson::ondemand::parser &parser, const simdjson::padded_string &page, Batch &batch) {
  simdjson::ondemand::document reply = parser.iterate(page);
  batch.clear();
  simdjson::ondemand::array data = reply["responseData"]["data"];
  int index = 0;
  for (simdjson::ondemand::array column : data) {
    switch (index++) {
      case 0:
        fill(column, batch.integers,
             [](auto &c, value &v) { c.values.push_back(int64_t(v.get_int64())); });
        break;
      case 1:
        fill(column, batch.decimals,
             [](auto &c, value &v) { c.values.push_back(decimal(v.get_string())); });
        break;
      case 2:
        fill(column, batch.doubles,
             [](auto &c, value &v) { c.values.push_back(double(v.get_double())); });
        break;
      case 3:
        fill(column, batch.texts, [](auto &c, value &v) { c.add(v.get_string()); });
        break;
      case 4:
        fill(column, batch.dates,
             [](auto &c, value &v) { c.values.push_back(date(v.get_string())); });
        break;
      case 5:
        fill(column, batch.timestamps,
             [](auto &c, value &v) { c.values.push_back(timestamp(v.get_string())); });
        break;
      default: fail("columns");
    }
  }
  if (index != 6) fail("columns");
}

uint64_t checksum(const Batch &b) {
  uint64_t sum = b.texts.bytes.size();
  for (int64_t v : b.integers.values) sum += static_cast<uint64_t>(v);
  for (__int128 v : b.decimals.values) sum += static_cast<uint64_t>(v);
  for (double v : b.doubles.values) {
    uint64_t bits;
    std::memcpy(&bits, &v, sizeof bits);
    sum += bits;
  }
  for (int32_t v : b.dates.values) sum += static_cast<uint64_t>(v);
  for (int64_t v : b.timestamps.values) sum += static_cast<uint64_t>(v);
  return sum;
}

}  // namespace

int main(int argc, char **argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: decode_simdjson DIRECTORY [RUNS]\n"), 2;
  int runs = argc > 2 ? std::atoi(argv[2]) : 5;
  std::vector<std::string> names;
  for (const auto &entry : std::filesystem::directory_iterator(argv[1])) {
    names.push_back(entry.path().string());
  }
  std::sort(names.begin(), names.end());
  std::vector<simdjson::padded_string> pages;
  size_t bytes = 0;
  for (const auto &name : names) {
    pages.push_back(simdjson::padded_string::load(name));
    bytes += pages.back().size();
  }
  simdjson::ondemand::parser parser;
  Batch batch;
  double best = 1e30;
  uint64_t sum = 0;
  size_t rows = 0;
  for (int run = 0; run < runs; run++) {
    double elapsed = 0;
    sum = 0, rows = 0;
    for (const auto &page : pages) {
      auto start = std::chrono::steady_clock::now();
      decode(parser, page, batch);
      elapsed += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      sum += checksum(batch), rows += batch.integers.values.size();
    }
    best = std::min(best, elapsed);
  }
  std::printf("{\"decoder\":\"simdjson %s\",\"rows\":%zu,\"bytes\":%zu,\"seconds\":%.6f,"
              "\"checksum\":%llu}\n",
              simdjson::get_active_implementation()->name().c_str(), rows, bytes, best,
              static_cast<unsigned long long>(sum));
}
