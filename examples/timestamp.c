#include "timestamp.h"

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* `count` digits at `at`, from `low` to `high`. */
static bool number(postern_str text, size_t at, size_t count, int low, int high,
                   int *out)
{
    int value = 0;

    if (at + count > text.len) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!digit(text.data[at + i])) {
            return false;
        }
        value = value * 10 + (text.data[at + i] - '0');
    }
    *out = value;
    return value >= low && value <= high;
}

static bool leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && leap(year));
}

static int64_t days_since_1970(int year, int month, int day)
{
    const int64_t before = year - 1;
    int64_t days = before * 365 + before / 4 - before / 100 + before / 400 - 719162;

    for (int i = 1; i < month; i++) {
        days += days_in(year, i);
    }
    return days + day - 1;
}

/* ".5": at least one digit; what is finer than a millisecond is cut. */
static bool fraction(postern_str text, size_t *at, int *milliseconds)
{
    int weight = 100;

    *milliseconds = 0;
    if (*at >= text.len || text.data[*at] != '.') {
        return true;
    }
    (*at)++;
    if (*at >= text.len || !digit(text.data[*at])) {
        return false;
    }
    for (; *at < text.len && digit(text.data[*at]); (*at)++) {
        *milliseconds += (text.data[*at] - '0') * weight;
        weight /= 10;
    }
    return true;
}

/* "Z" or "+hh:mm", the rest of the text; in minutes. */
static bool offset(postern_str text, size_t at, int *minutes)
{
    int hours;

    *minutes = 0;
    if (at + 1 == text.len && (text.data[at] == 'Z' || text.data[at] == 'z')) {
        return true;
    }
    if (at + 6 != text.len || (text.data[at] != '+' && text.data[at] != '-') ||
        text.data[at + 3] != ':' || !number(text, at + 1, 2, 0, 23, &hours) ||
        !number(text, at + 4, 2, 0, 59, minutes)) {
        return false;
    }
    *minutes += hours * 60;
    if (text.data[at] == '-') {
        *minutes = -*minutes;
    }
    return true;
}

bool timestamp_parse(postern_str text, int64_t *out)
{
    int year, month, day, hour, minute, second, milliseconds, ahead;
    size_t at = 19;
    int64_t seconds;

    if (!number(text, 0, 4, 1, 9999, &year) || !number(text, 5, 2, 1, 12, &month) ||
        !number(text, 8, 2, 1, days_in(year, month), &day) ||
        !number(text, 11, 2, 0, 23, &hour) || !number(text, 14, 2, 0, 59, &minute) ||
        !number(text, 17, 2, 0, 59, &second)) {
        return false;
    }
    if (text.data[4] != '-' || text.data[7] != '-' || text.data[13] != ':' ||
        text.data[16] != ':' || (text.data[10] != 'T' && text.data[10] != 't')) {
        return false;
    }
    if (!fraction(text, &at, &milliseconds) || !offset(text, at, &ahead)) {
        return false;
    }
    seconds = days_since_1970(year, month, day) * 86400 + (int64_t)hour * 3600 +
              (int64_t)(minute - ahead) * 60 + second;
    if (seconds < 0) {
        return false;
    }
    *out = seconds * 1000 + milliseconds;
    return true;
}
