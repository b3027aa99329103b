"""The desk on the web, without the web: who may enter, what each may see and do, what is written down about it."""
