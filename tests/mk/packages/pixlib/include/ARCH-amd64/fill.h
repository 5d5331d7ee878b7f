#pragma once
void pix_fill(void *at, unsigned value, unsigned long words);
