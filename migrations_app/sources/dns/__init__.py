"""DNS as its authoritative servers tell it, without anybody's cache between."""
