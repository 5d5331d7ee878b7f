#pragma once

#include <l4/pixlib/fill.h>
#include <l4/pixlib/pix_version.h>

unsigned pix_width(void);
unsigned pix_sum(void);
