// SPDX-License-Identifier: MIT
/** Calling convention of the C interfaces. */
#pragma once

/** The C interfaces use the default calling convention of the platform. */
#define L4_CV
