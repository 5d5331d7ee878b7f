#include "history.h"

void History::add(int value) { values.push_back(value); }
