// Nothing is called from outside: what mutex.c defines takes the place of functions of Swift's library.
