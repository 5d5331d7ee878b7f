$(STAMPS)/third-party/%.stamp:
	@mkdir -p $(@D) && touch $@
