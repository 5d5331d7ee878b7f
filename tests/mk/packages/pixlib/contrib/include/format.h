struct format { unsigned char magic[4]; unsigned char width; };
