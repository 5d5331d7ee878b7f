/* SPDX-License-Identifier: MIT */
/* What client and server agree on: the words of the messages. */
#pragma once

/* Label of a request. Any positive number will do. */
enum { Calc_protocol = 0x44 };

/* Request: operation, then its operands. Answer: label 0 and the result, or a negative label. */
enum { Calc_sub = 0, Calc_neg = 1 };
