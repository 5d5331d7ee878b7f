# SPDX-License-Identifier: MIT
#
# Without -j on the command line, one job per processor. While makefiles are read make does not
# tell about -j, so its command line is looked at.

ifeq ($(MAKELEVEL),0)
  job_option := $(shell tr '\0' '\n' </proc/$$PPID/cmdline 2>/dev/null | \
                  grep -E '^(-[a-zA-Z]*j[0-9]*|--jobs.*)$$')
  ifeq ($(job_option)$(findstring j,$(firstword $(filter -j% --jobs%,$(MAKEFLAGS)))),)
    MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
  endif
endif
