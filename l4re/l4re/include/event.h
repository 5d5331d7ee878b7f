// SPDX-License-Identifier: MIT
/** Input events and descriptions of their sources, as they travel (l4re-protocols.md section 10). */
#pragma once

#include <l4/re/event_enums.h>
#include <l4/sys/types.h>

/** An event in a buffer; a slot with time 0 is free. */
typedef struct l4re_event_t {
  l4_int64_t time;
  l4_uint16_t type;
  l4_uint16_t code;
  l4_int32_t value;
  l4_umword_t stream_id;
} l4re_event_t;

typedef struct l4re_event_stream_id_t {
  l4_uint16_t bustype;
  l4_uint16_t vendor;
  l4_uint16_t product;
  l4_uint16_t version;
} l4re_event_stream_id_t;

typedef struct l4re_event_absinfo_t {
  l4_int32_t value;
  l4_int32_t min;
  l4_int32_t max;
  l4_int32_t fuzz;
  l4_int32_t flat;
  l4_int32_t resolution;
} l4re_event_absinfo_t;

enum l4re_event_stream_max {
  L4RE_EVENT_EV_MAX = 0x1f,
  L4RE_EVENT_KEY_MAX = 0x1ff,
  L4RE_EVENT_REL_MAX = 0xf,
  L4RE_EVENT_ABS_MAX = 0x3f,
  L4RE_EVENT_PROP_MAX = 0x1f,
  L4RE_EVENT_SW_MAX = 0xf,
};

#define L4RE_EVENT_BIT_WORDS(max) (((max) + L4_MWORD_BITS) / L4_MWORD_BITS)

/** What a source can report: bit sets of properties, types and codes. */
typedef struct l4re_event_stream_info_t {
  l4_umword_t stream_id;
  char name[32];
  char phys[32];
  l4re_event_stream_id_t id;
  unsigned long propbits[L4RE_EVENT_BIT_WORDS(L4RE_EVENT_PROP_MAX)];
  unsigned long evbits[L4RE_EVENT_BIT_WORDS(L4RE_EVENT_EV_MAX)];
  unsigned long keybits[L4RE_EVENT_BIT_WORDS(L4RE_EVENT_KEY_MAX)];
  unsigned long relbits[L4RE_EVENT_BIT_WORDS(L4RE_EVENT_REL_MAX)];
  unsigned long absbits[L4RE_EVENT_BIT_WORDS(L4RE_EVENT_ABS_MAX)];
  unsigned long swbits[L4RE_EVENT_BIT_WORDS(L4RE_EVENT_SW_MAX)];
} l4re_event_stream_info_t;

/** Which keys are pressed and which switches are on. */
typedef struct l4re_event_stream_state_t {
  unsigned long keybits[L4RE_EVENT_BIT_WORDS(L4RE_EVENT_KEY_MAX)];
  unsigned long swbits[L4RE_EVENT_BIT_WORDS(L4RE_EVENT_SW_MAX)];
} l4re_event_stream_state_t;
