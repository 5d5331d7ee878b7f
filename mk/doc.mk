# SPDX-License-Identifier: MIT
#
# Role: documentation of a package. Its pages (TARGET, default all *.md and *.txt) are linked into
# build/doc/PKG. A file files.cfg with the line `INPUT = headers or folders`, relative to the
# package, adds to what `make doc` describes.

include $(L4DIR)/mk/Makeconf

ROLE      := doc
doc_dir   := $(BUILD)/doc/$(PKG)
doc_pages := $(or $(TARGET),$(notdir $(wildcard $(SRC_DIR)/*.md $(SRC_DIR)/*.txt)))
no_pages  := $(foreach f,$(doc_pages),$(if $(wildcard $(SRC_DIR)/$f),,$f))
ifneq ($(strip $(no_pages)),)
  $(error $(SRC_REL)/Makefile: TARGET names '$(firstword $(no_pages))', which does not exist in \
          $(SRC_REL))
endif

build-all: $(addprefix $(doc_dir)/,$(doc_pages))
	@:
$(doc_dir)/%: $(SRC_DIR)/%
	@mkdir -p $(@D)
	@ln -sf $< $@

.PHONY: doc
doc: build-all

clean cleanall:
	@rm -rf $(doc_dir)
