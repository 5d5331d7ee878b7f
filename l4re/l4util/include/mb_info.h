// SPDX-License-Identifier: MIT
/** Structures of the Multiboot specification, version 1 (all addresses physical, 32 bits). */
#pragma once

#include <l4/sys/l4int.h>

/** In eax when a loader starts an image. */
#define L4UTIL_MB_VALID 0x2badb002

/** Bits of l4util_mb_info_t::flags: which fields are valid. */
enum {
  L4UTIL_MB_MEMORY = 0x001,
  L4UTIL_MB_BOOTDEV = 0x002,
  L4UTIL_MB_CMDLINE = 0x004,
  L4UTIL_MB_MODS = 0x008,
  L4UTIL_MB_AOUT_SYMS = 0x010,
  L4UTIL_MB_ELF_SHDR = 0x020,
  L4UTIL_MB_MEM_MAP = 0x040,
  L4UTIL_MB_DRIVE_INFO = 0x080,
  L4UTIL_MB_CONFIG_TABLE = 0x100,
  L4UTIL_MB_BOOT_LOADER_NAME = 0x200,
  L4UTIL_MB_APM_TABLE = 0x400,
  L4UTIL_MB_VIDEO_INFO = 0x800,
};

typedef struct l4util_mb_mod_t {
  l4_uint32_t mod_start;
  /** First address behind the module. */
  l4_uint32_t mod_end;
  l4_uint32_t cmdline;
  l4_uint32_t pad;
} l4util_mb_mod_t;

/** `struct_size` counts what follows it; entries are not aligned. */
typedef struct l4util_mb_addr_range_t {
  l4_uint32_t struct_size;
  l4_uint64_t addr;
  l4_uint64_t size;
  /** 1 is RAM. */
  l4_uint32_t type;
} __attribute__((packed)) l4util_mb_addr_range_t;

enum {
  MB_ART_MEMORY = 1,
  MB_ART_RESERVED = 2,
  MB_ART_ACPI = 3,
  MB_ART_NVS = 4,
  MB_ART_UNUSABLE = 5,
};

/** Description of a graphics mode (VESA BIOS extensions). */
typedef struct l4util_mb_vbe_mode_t {
  l4_uint16_t mode_attributes;
  l4_uint8_t win_a_attributes, win_b_attributes;
  l4_uint16_t win_granularity, win_size, win_a_segment, win_b_segment;
  l4_uint32_t win_func;
  l4_uint16_t bytes_per_scanline;
  l4_uint16_t x_resolution, y_resolution;
  l4_uint8_t x_char_size, y_char_size;
  l4_uint8_t number_of_planes, bits_per_pixel, number_of_banks, memory_model, bank_size;
  l4_uint8_t number_of_image_pages, reserved0;
  l4_uint8_t red_mask_size, red_field_position;
  l4_uint8_t green_mask_size, green_field_position;
  l4_uint8_t blue_mask_size, blue_field_position;
  l4_uint8_t reserved_mask_size, reserved_field_position;
  l4_uint8_t direct_color_mode_info;
  l4_uint32_t phys_base;
  l4_uint32_t reserved1;
  l4_uint16_t reserved2;
  l4_uint16_t linear_bytes_per_scanline;
  l4_uint8_t banked_number_of_image_pages, linear_number_of_image_pages;
  l4_uint8_t linear_red_mask_size, linear_red_field_position;
  l4_uint8_t linear_green_mask_size, linear_green_field_position;
  l4_uint8_t linear_blue_mask_size, linear_blue_field_position;
  l4_uint8_t linear_reserved_mask_size, linear_reserved_field_position;
  l4_uint32_t max_pixel_clock;
  l4_uint8_t reserved3[190];
} __attribute__((packed)) l4util_mb_vbe_mode_t;

typedef struct l4util_mb_vbe_ctrl_t {
  l4_uint8_t signature[4];
  l4_uint16_t version;
  l4_uint32_t oem_string;
  l4_uint32_t capabilities;
  l4_uint32_t video_mode;
  /** Units of 64 KiB. */
  l4_uint16_t total_memory;
  l4_uint16_t oem_software_rev;
  l4_uint32_t oem_vendor_name, oem_product_name, oem_product_rev;
  l4_uint8_t reserved[222];
  l4_uint8_t oem_data[256];
} __attribute__((packed)) l4util_mb_vbe_ctrl_t;

typedef struct l4util_mb_info_t {
  l4_uint32_t flags;
  /** KiB below 1 MiB, KiB from 1 MiB on. */
  l4_uint32_t mem_lower, mem_upper;
  l4_uint32_t boot_device;
  l4_uint32_t cmdline;
  l4_uint32_t mods_count;
  l4_uint32_t mods_addr;
  l4_uint32_t syms[4];
  l4_uint32_t mmap_length;
  l4_uint32_t mmap_addr;
  l4_uint32_t drives_length;
  l4_uint32_t drives_addr;
  l4_uint32_t config_table;
  l4_uint32_t boot_loader_name;
  l4_uint32_t apm_table;
  l4_uint32_t vbe_ctrl_info;
  l4_uint32_t vbe_mode_info;
  l4_uint16_t vbe_mode;
  l4_uint16_t vbe_interface_seg;
  l4_uint16_t vbe_interface_off;
  l4_uint16_t vbe_interface_len;
} l4util_mb_info_t;
