// SPDX-License-Identifier: MIT
#pragma once

/// Arguments of main().
extern int test_argc;
extern char **test_argv;
