// SPDX-License-Identifier: MIT
#pragma once

/**
 * \file
 * For files that are compiled with RTTI because they hold bases of other people's classes: their
 * type information refers to libstdc++, which a program without RTTI does not have and does not
 * need.
 */
asm(".weak _ZTVN10__cxxabiv117__class_type_infoE\n"
    ".weak _ZTVN10__cxxabiv120__si_class_type_infoE\n"
    ".weak _ZTVN10__cxxabiv121__vmi_class_type_infoE\n");
