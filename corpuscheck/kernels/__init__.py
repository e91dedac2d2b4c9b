"""The hot loops: plain Python over UTF-8 bytes, compiled by Numba.

Bytes and tables go in, numbers and arrays come out; nothing here knows a file, a tokenizer or a
report. With ``NUMBA_DISABLE_JIT=1`` every loop runs unchanged as ordinary Python.
"""
