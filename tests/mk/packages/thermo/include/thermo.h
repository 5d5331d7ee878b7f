#pragma once

#include <l4/sys/compiler.h>
#include <l4/sys/types.h>

EXTERN_C_BEGIN

/* Reads the sensor behind a named capability; negative: an error. */
long thermo_read(char const *name, l4_int32_t *value);

EXTERN_C_END
