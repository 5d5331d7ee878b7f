// SPDX-License-Identifier: MIT
/** Page sizes of amd64. */
#pragma once

/** log2 of the smallest page, bytes. */
#define L4_PAGESHIFT 12
/** log2 of the next larger page, bytes. */
#define L4_SUPERPAGESHIFT 21
