"""What a check's rule says of its readings: pure, clock injected, and no data never looks healthy.

Read `rule` for what can be asked, `measure` for what one set of readings says, and `judge` for what
time makes of it.
"""
