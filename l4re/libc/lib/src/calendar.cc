// SPDX-License-Identifier: MIT
/*
 * Times of the calendar that newlib does not compute.
 */
#include <time.h>

namespace {

constexpr long Days_per_era = 146097, Years_per_era = 400, Days_before_1970 = 719468;
constexpr long S_per_minute = 60, S_per_hour = 3600, S_per_day = 86400;
constexpr long First_year = 1900, Months = 12;

/// Division that rounds down, for times before the beginning.
constexpr long floor_div(long a, long b) { return a / b - (a % b < 0); }

/// Days from 1970-01-01 to the first of a month, in the Gregorian calendar. Years begin in March,
/// so that the day that leap years have more is the last one.
constexpr long days_to_month(long year, long month)
{
  long const y = year - (month < 2), era = floor_div(y, Years_per_era);
  long const of_era = y - era * Years_per_era, from_march = (month + 10) % Months;
  long const of_year = (153 * from_march + 2) / 5;
  return era * Days_per_era + of_era * 365 + of_era / 4 - of_era / 100 + of_year - Days_before_1970;
}

static_assert(days_to_month(1970, 0) == 0 && days_to_month(2000, 2) == 11017);
static_assert(days_to_month(1969, 11) == -31 && days_to_month(1600, 2) == -135080);

} // namespace

extern "C" {

time_t timegm(tm *t)
{
  long const months = t->tm_year * Months + t->tm_mon, years = floor_div(months, Months);
  long const days = days_to_month(First_year + years, months - years * Months) + t->tm_mday - 1;
  time_t const time =
      days * S_per_day + t->tm_hour * S_per_hour + t->tm_min * S_per_minute + t->tm_sec;
  return gmtime_r(&time, t) ? time : -1;
}

int timespec_get(timespec *time, int base)
{
  return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, time) == 0 ? base : 0;
}

} // extern "C"
