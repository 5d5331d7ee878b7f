// SPDX-License-Identifier: MIT
/** Types of events; the numbers are those of Linux input events. */
#pragma once

enum L4Re_events {
  L4RE_EV_SYN = 0x00,
  L4RE_EV_KEY = 0x01,
  L4RE_EV_REL = 0x02,
  L4RE_EV_ABS = 0x03,
  L4RE_EV_MSC = 0x04,
  L4RE_EV_SW = 0x05,
  L4RE_EV_LED = 0x11,
  L4RE_EV_SND = 0x12,
  L4RE_EV_REP = 0x14,
  L4RE_EV_FF = 0x15,
  L4RE_EV_PWR = 0x16,
  L4RE_EV_FF_STATUS = 0x17,
  /** Events of windows. */
  L4RE_EV_WIN = 0x18,
  /** Power management. */
  L4RE_EV_PM = 0x1e,
  L4RE_EV_MAX = 0x1f,
};

enum L4Re_syn_events {
  L4RE_SYN_REPORT = 0,
  L4RE_SYN_CONFIG = 1,
  L4RE_SYN_MT_REPORT = 2,
};

enum L4Re_rel_axes {
  L4RE_REL_X = 0x00,
  L4RE_REL_Y = 0x01,
  L4RE_REL_Z = 0x02,
  L4RE_REL_HWHEEL = 0x06,
  L4RE_REL_WHEEL = 0x08,
  L4RE_REL_MAX = 0x0f,
};

enum L4Re_abs_axes {
  L4RE_ABS_X = 0x00,
  L4RE_ABS_Y = 0x01,
  L4RE_ABS_Z = 0x02,
  L4RE_ABS_PRESSURE = 0x18,
  L4RE_ABS_MAX = 0x3f,
};

enum L4Re_buttons {
  L4RE_BTN_LEFT = 0x110,
  L4RE_BTN_RIGHT = 0x111,
  L4RE_BTN_MIDDLE = 0x112,
  L4RE_BTN_TOUCH = 0x14a,
};
