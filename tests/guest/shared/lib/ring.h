/* SPDX-License-Identifier: MIT */
/* Two libraries that need each other. */
#pragma once

/* What happened at the end of the libraries; belongs to the program. */
struct Ring_events {
  int a_ended, b_ended;
  int asked_while_ending; /* calls of the other library in destructors */
};

#ifdef __cplusplus
extern "C" {
#endif

/* In a. */
void ring_listen(struct Ring_events *events);
struct Ring_events *ring_events(void);
int ring_a(void);

/* In b. */
int ring_b(void);
int ring_b_asks(void);

#ifdef __cplusplus
}
#endif
